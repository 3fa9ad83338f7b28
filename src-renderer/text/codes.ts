// Stable codes into sentences a trader reads: why there is no signal, why a trade was denied.
import { currentLanguage, type Language } from '../i18n/language.ts';
import { isPhraseKey, translate } from '../i18n/translate.ts';
import { numberText } from '../ui/format.ts';

type Numbers = Readonly<Record<string, number>>;

/** A sentence for any code; an unknown one is shown readable with its numbers rather than hidden. */
export function describeCode(code: string, numbers: Numbers, language: Language = currentLanguage()): string {
  for (const key of [`reason.${code}`, `denial.${code}`]) if (isPhraseKey(key)) return translate(key, numbers, language);
  const words = code.replace(/^[a-z]+\./, '').replaceAll('_', ' ');
  const figures = Object.entries(numbers)
    .map(([name, value]) => `${name} ${numberText(value, 2)}`)
    .join(', ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${figures === '' ? '' : ` (${figures})`}.`;
}

/** A code without its numbers, for lists that do not carry them. */
export function nameCode(code: string): string {
  const key = `verdict.${code}`;
  return isPhraseKey(key) ? translate(key) : describeCode(code, {});
}
