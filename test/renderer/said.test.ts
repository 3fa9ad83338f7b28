// What the engine says by code is worded in every language: no code without a sentence, no slot lost, numbers and names put in.
import { afterEach, describe, expect, it } from 'vitest';
import { DENIAL_CODES } from '../../src-shared/domain/risk.ts';
import { inEnglish, SAID_ENGLISH, SAID_SLOT, say, sayDenial, type Said } from '../../src-shared/contract/said.ts';
import { SAID_DENIALS } from '../../src-shared/contract/said-denials.ts';
import { LANGUAGES, setLanguage, type Language } from '../../src-renderer/i18n/language.ts';
import { isSaidCode, phraseOf, SAID_PHRASES } from '../../src-renderer/i18n/phrases/said.ts';
import { inLanguage } from '../../src-renderer/i18n/said.ts';
import { isPhraseKey } from '../../src-renderer/i18n/translate.ts';

const speak = (language: Language): void => {
  Object.assign(globalThis, { document: { documentElement: {} } });
  setLanguage(language);
  Reflect.deleteProperty(globalThis, 'document');
};
afterEach(() => speak('en'));

const slotsOf = (text: string): string =>
  [...text.matchAll(SAID_SLOT)]
    .map(([slot]) => slot)
    .toSorted()
    .join();
const CODES = Object.keys(SAID_ENGLISH).filter(isSaidCode);

describe('what the engine says by code', () => {
  it('has a sentence in every language for every code, with the same slots', () => {
    expect(CODES.length).toBe(Object.keys(SAID_ENGLISH).length);
    expect(SAID_PHRASES.length).toBe(CODES.length);
    const broken = CODES.filter((code) => {
      const phrase = phraseOf(code);
      return phrase.length !== LANGUAGES.length || phrase.some((text) => text.trim() === '' || slotsOf(text) !== slotsOf(phrase[0]));
    });
    expect(broken).toEqual([]);
  });

  it('is Chinese in the Chinese languages, but for units', () => {
    const isChinese = (text: string): boolean => /\p{Script=Han}/u.test(text);
    expect(
      CODES.filter((code) =>
        phraseOf(code)
          .slice(1)
          .some((text) => !isChinese(text)),
      ),
    ).toEqual(['memory.used']);
  });

  it('has a sentence in every language for every denial', () => {
    expect(DENIAL_CODES.filter((code) => SAID_DENIALS[code] === '' || !isPhraseKey(`denial.${code}`))).toEqual([]);
  });

  it('puts numbers, names and words in, and never leaves a slot open', () => {
    expect(inEnglish(say('feed.loading', { ready: 3, total: 60 }))).toBe('Loading history: 3 of 60 symbols.');
    expect(inEnglish(say('way.fine', { via: 'through_the_proxy', ms: 80, offset: 4 }))).toMatch(/reach the exchange through the proxy\. The answer took 80 ms/);
    speak('zh-CN');
    expect(inLanguage(say('feed.loading', { ready: 3, total: 60 }), '')).toBe('加载历史：3 / 60。');
    expect(inLanguage(say('breaker.grade', { grade: 'throttled' }), '')).toMatch(/^连续失败后等级为\p{Script=Han}+。$/u);
    expect(inLanguage(say('way.fine', { via: 'through_the_proxy', ms: 80, offset: 4 }), '')).toMatch(/^请求与数据流\p{Script=Han}+到达交易所/u);
    const values = Object.fromEntries(['limit', 'side', 'via', 'grade'].map((name) => [name, 'risk_per_trade']));
    for (const code of CODES) expect(inLanguage(say(code, values), '')).not.toMatch(/[{}]/);
  });

  it('a denial is worded with its numbers and says that nothing was done', () => {
    const denial: Said = sayDenial({ code: 'stop_too_close', numbers: { distancePercent: 0.1, minimumPercent: 0.3 } });
    expect(inEnglish(denial)).toBe('The stop is too close to the price (distancePercent 0.1, minimumPercent 0.3). Nothing was done.');
    expect(inLanguage(denial, '')).toMatch(/Nothing was done\.$/);
    speak('zh-TW');
    expect(inLanguage(denial, '')).toMatch(/\p{Script=Han}.*未執行任何操作。$/u);
    const overTheWire = JSON.parse(JSON.stringify(sayDenial({ code: 'stop_wrong_side', numbers: { price: 1, stop: Number.NaN } }))) as Said;
    expect(inLanguage(overTheWire, '')).not.toMatch(/NaN|null/);
  });

  it('a code of another build falls back to its English text', () => {
    speak('zh-CN');
    expect(inLanguage({ kind: 'sentence', code: 'tomorrow.new' as never, values: {} }, 'A sentence of tomorrow.')).toBe('A sentence of tomorrow.');
    expect(inLanguage(null, 'Saved.')).toBe('已保存。');
  });
});
