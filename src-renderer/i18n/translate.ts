// Phrases into sentences: the active language, numbers put in with their format, English plurals.
import { currentLanguage, LANGUAGES, useLanguage, type Language } from './language.ts';
import { PHRASES, type PhraseKey } from './phrases.ts';
import type { Phrase } from './phrase.ts';

export type { PhraseKey };

export type Values = Readonly<Record<string, string | number | undefined>>;

const MISSING = '–';
/** Whole numbers this long are hard to read without separators. */
const GROUPED_FROM = 10_000;
const GROUPED = new Intl.NumberFormat('en-US');
/** `{name}`, `{name:2}` (decimals), `{name:%}` (fraction as whole percent), `{count|one|many}`. */
const SLOT = /\{(\w+)(?::(\d|%))?(?:\|([^|}]*)\|([^}]*))?\}/g;

/** Puts values into a template. A missing or non-finite number reads as a dash, never as `NaN`. */
export function fillTemplate(template: string, values: Values): string {
  return template.replace(SLOT, (_all, name: string, format: string | undefined, one: string | undefined, many: string | undefined) => {
    const value = values[name];
    if (value === undefined || (typeof value === 'number' && !Number.isFinite(value))) return format === '%' ? `${MISSING} %` : MISSING;
    if (one !== undefined && many !== undefined) return `${value} ${value === 1 ? one : many}`;
    if (typeof value === 'string') return value;
    if (format === undefined) return Number.isInteger(value) && Math.abs(value) >= GROUPED_FROM ? GROUPED.format(value) : String(value);
    return format === '%' ? `${Math.round(value * 100)} %` : value.toFixed(Number(format));
  });
}

export function pick(phrase: Phrase, language: Language): string {
  return phrase[LANGUAGES.indexOf(language)] ?? phrase[0];
}

/** The sentence for a key in the active language (or in a given one). */
export function translate(key: PhraseKey, values: Values = {}, language: Language = currentLanguage()): string {
  return fillTemplate(pick(PHRASES[key], language), values);
}

export type Translate = (key: PhraseKey, values?: Values) => string;
/** One function per language, so that what was built with it (columns of a table) is built anew when the language changes. */
const perLanguage = Object.fromEntries(LANGUAGES.map((language) => [language, (key, values) => translate(key, values, language)])) as Readonly<
  Record<Language, Translate>
>;

/** For components: the sentences of the active language. */
export function useText(): Translate {
  return perLanguage[useLanguage((state) => state.language)];
}

/** Whether a text computed from data is a phrase key. */
export function isPhraseKey(text: string): text is PhraseKey {
  return Object.hasOwn(PHRASES, text);
}

/** A phrase where the key is known, else the word itself made readable; for codes and names that come from the engine. */
export function wordOf(prefix: string, word: string): string {
  const key = `${prefix}.${word}`;
  return isPhraseKey(key) ? translate(key) : word.replaceAll('_', ' ');
}
