// The language of the screen: which one is active, and its cached Intl formatters. Changing it needs no restart.
import { create } from 'zustand';

export const LANGUAGES = ['en', 'zh-CN', 'zh-TW'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Names of the languages in themselves, for the switch. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: 'English', 'zh-CN': '简体中文', 'zh-TW': '繁體中文' };

interface LanguageState {
  readonly language: Language;
}

export const useLanguage = create<LanguageState>(() => ({ language: 'en' }));

export function currentLanguage(): Language {
  return useLanguage.getState().language;
}

/** Makes a language the active one; every component that shows text renders again. */
export function setLanguage(language: Language): void {
  if (currentLanguage() === language) return;
  document.documentElement.lang = language;
  useLanguage.setState({ language });
}

const numberFormats = new Map<string, Intl.NumberFormat>();
const dateFormats = new Map<string, Intl.DateTimeFormat>();

/** A formatter with a fixed number of decimal places in the active language. */
export function numberFormat(places: number, options: Intl.NumberFormatOptions = {}): Intl.NumberFormat {
  const key = `${currentLanguage()} ${places} ${JSON.stringify(options)}`;
  const known = numberFormats.get(key);
  if (known !== undefined) return known;
  const made = new Intl.NumberFormat(currentLanguage(), {
    minimumFractionDigits: places,
    maximumFractionDigits: places,
    signDisplay: 'negative',
    ...options,
  });
  numberFormats.set(key, made);
  return made;
}

export function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${currentLanguage()} ${JSON.stringify(options)}`;
  const known = dateFormats.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(currentLanguage(), options);
  dateFormats.set(key, made);
  return made;
}
