// Stable codes into sentences a trader reads: why there is no signal, why a trade was denied.
import { currentLanguage, type Language } from '../i18n/language.ts';
import { isPhraseKey, translate, type PhraseKey } from '../i18n/translate.ts';
import { numberText } from '../ui/format.ts';

type Numbers = Readonly<Record<string, number>>;

/** A sentence for any code; an unknown one is shown readable with its numbers rather than hidden. */
export function describeCode(code: string, numbers: Numbers, language: Language = currentLanguage()): string {
  const beyond = beyondRange(code, numbers);
  if (beyond !== null) return translate(beyond, numbers, language);
  for (const key of [`reason.${code}`, `denial.${code}`]) if (isPhraseKey(key)) return translate(key, numbers, language);
  const words = code.replace(/^[a-z]+\./, '').replaceAll('_', ' ');
  const figures = Object.entries(numbers)
    .map(([name, value]) => `${name} ${numberText(value, 2)}`)
    .join(', ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${figures === '' ? '' : ` (${figures})`}.`;
}

/** A price outside its dealing range is in no share of it: below it and above it are their own sentences. */
function beyondRange(code: string, { rangePosition = Number.NaN }: Numbers): PhraseKey | null {
  if (code === 'setup.in_discount' && rangePosition < 0) return 'reason.setup.below_range';
  return code === 'setup.in_premium' && rangePosition > 1 ? 'reason.setup.above_range' : null;
}

/** A code without its numbers and without a full stop, for lists that do not carry them. */
export function nameCode(code: string): string {
  const key = `verdict.${code}`;
  return isPhraseKey(key) ? translate(key) : describeCode(code, {}).replace(/[.。]$/u, '');
}
