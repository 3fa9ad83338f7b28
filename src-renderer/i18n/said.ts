// What the engine says by code, in the language of the screen: compiled to be complete, with its numbers and names put in.
import { SAID_SLOT, type Said, type SaidValues } from '../../src-shared/contract/said.ts';
import { describeCode, nameCode } from '../text/codes.ts';
import { currentLanguage, type Language } from './language.ts';
import { isSaidCode, phraseOf } from './phrases/said.ts';
import { inWords } from './sentences.ts';
import { pick, wordOf } from './translate.ts';

/** A code that this screen knows, else its English text as far as its templates are known: the engine may be of another build. */
export function inLanguage(said: Said | null | undefined, english: string, language: Language = currentLanguage()): string {
  if (said == null) return inWords(english, language);
  if (said.kind === 'denial') {
    // What was no number on the other side of the wire is none here.
    const numbers = Object.fromEntries(Object.entries(said.numbers).map(([name, value]) => [name, value ?? Number.NaN]));
    return `${describeCode(said.code, numbers, language)}${language === 'en' ? ' ' : ''}${inWords('Nothing was done.', language)}`;
  }
  if (!isSaidCode(said.code)) return inWords(english, language);
  return pick(phraseOf(said.code), language).replace(SAID_SLOT, (_all, name: string, prefix: string | undefined) =>
    wordIn(said.values, { name, prefix, language }),
  );
}

interface Slot {
  readonly name: string;
  readonly prefix: string | undefined;
  readonly language: Language;
}

function wordIn(values: SaidValues, { name, prefix, language }: Slot): string {
  const value = String(values[name] ?? '');
  if (prefix === undefined) return value;
  if (prefix === 'sentence') return inWords(value, language);
  return prefix === 'denialName' ? nameCode(value) : wordOf(prefix, value);
}
