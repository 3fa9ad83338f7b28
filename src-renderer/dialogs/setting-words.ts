// What a parameter is for and what it accepts, in the language of the screen.
import { describeAllowed, parameterOf, type SettingKey } from '../../src-shared/contract/settings.ts';
import { currentLanguage } from '../i18n/language.ts';
import { HELP } from '../i18n/phrases/help.ts';
import { inWords } from '../i18n/sentences.ts';
import { translate, wordOf } from '../i18n/translate.ts';

/** A unit in words where the language has them; signs and abbreviations of the trade (`×`, `%`, `R`, `USDT`) stay. */
export function unitOf(unit: string): string {
  return unit === '' ? '' : wordOf('unit', unit);
}

/** What a parameter must be, for a value that is not, under the name the form shows. */
export function problemOf(key: SettingKey, message: string): string {
  const range = rangeOf(key);
  return range === '' ? inWords(message) : translate('settings.outside', { name: parameterOf(key).name, range: range.slice(1, -1) });
}

/** Help of a parameter; English where the language has none. */
export function helpOf(key: SettingKey): string {
  const texts = HELP[key];
  const language = currentLanguage();
  if (language === 'en' || texts === undefined) return parameterOf(key).help;
  return texts[language === 'zh-CN' ? 0 : 1];
}

/** The range of a number with its default, in brackets; nothing for other kinds. */
export function rangeOf(key: SettingKey): string {
  const parameter = parameterOf(key);
  if (parameter.kind !== 'number') return '';
  const range =
    currentLanguage() === 'en'
      ? describeAllowed(parameter)
      : translate(parameter.integer ? 'settings.wholeRange' : 'settings.range', {
          minimum: String(parameter.minimum),
          maximum: String(parameter.maximum),
          unit: unitOf(parameter.unit),
        });
  return `(${range}; ${translate('settings.default', { value: String(parameter.default) })})`;
}
