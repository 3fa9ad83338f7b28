// The three languages: complete, with the same slots, and switched without a restart.
import { afterEach, describe, expect, it } from 'vitest';
import { DENIAL_CODES } from '../../src-shared/domain/risk.ts';
import { setLanguage } from '../../src-renderer/i18n/language.ts';
import { HELP } from '../../src-renderer/i18n/phrases/help.ts';
import type { Parameter } from '../../src-shared/contract/parameter.ts';
import { parameterOf, settingKeys } from '../../src-shared/contract/settings.ts';
import { problemOf, rangeOf, unitOf } from '../../src-renderer/dialogs/setting-words.ts';
import { PHRASES } from '../../src-renderer/i18n/phrases.ts';
import { fillTemplate, isPhraseKey, translate, wordOf } from '../../src-renderer/i18n/translate.ts';
import { describeCode, nameCode } from '../../src-renderer/text/codes.ts';
import { formatAge, formatMoment, formatVolume } from '../../src-renderer/ui/format.ts';

const withPage = (run: () => void): void => {
  Object.assign(globalThis, { document: { documentElement: {} } });
  run();
  Reflect.deleteProperty(globalThis, 'document');
};

afterEach(() => withPage(() => setLanguage('en')));

/** Names of the slots in a template, whatever their format. */
function slotsOf(text: string): readonly string[] {
  return [...new Set([...text.matchAll(/\{(\w+)/g)].map((match) => match[1] ?? ''))].toSorted();
}

describe('help of the parameters', () => {
  it('is in Chinese for every parameter of the product; the newest few may still wait in English', () => {
    expect(settingKeys().filter((key) => HELP[key] === undefined).length).toBeLessThanOrEqual(3);
  });
});

describe('phrases', () => {
  it('have a text in every language, or none in any', () => {
    const broken = Object.entries(PHRASES).filter(([, phrase]) => phrase.length !== 3 || new Set(phrase.map((text) => text.trim() === '')).size !== 1);
    expect(broken).toEqual([]);
  });

  it('have the same slots in every language, so that no number is lost in translation', () => {
    const broken = Object.entries(PHRASES).filter(([, [english, ...others]]) => others.some((text) => slotsOf(text).join() !== slotsOf(english).join()));
    expect(broken).toEqual([]);
  });

  it('never leave Simplified characters in the Traditional text', () => {
    const simplifiedOnly = /[开关单仓损价设数据时钟连线认为将过这会从对应请说现实样么没执行层级]/u;
    const alsoTraditional = /[將過這會從對應請說現實樣麼沒執層級開關單倉損價設數據時鐘連線認為]/u;
    const broken = Object.entries(PHRASES).filter(([, [, , traditional]]) =>
      Array.from(traditional).some((letter) => simplifiedOnly.test(letter) && !alsoTraditional.test(letter) && !'行'.includes(letter)),
    );
    expect(broken.map(([key]) => key)).toEqual([]);
  });

  it('name every code without a gap where its numbers would stand', () => {
    const codes = Object.keys(PHRASES).flatMap((key) => (/^(reason|denial)\./.test(key) ? [key.replace(/^(reason|denial)\./, '')] : []));
    expect(codes.length).toBeGreaterThan(40);
    // Codes that stop a market before a candidate exists never become a verdict.
    const verdicts = codes.filter((code) => !/^(data|regime)\./.test(code));
    expect(verdicts.filter((code) => nameCode(code).includes('–'))).toEqual([]);
  });

  it('say why for every denial in Chinese too', () => {
    for (const code of DENIAL_CODES) expect(describeCode(code, {}, 'zh-CN'), code).toMatch(/[\u4e00-\u9fff]/);
  });
});

describe('templates', () => {
  it('format numbers, percentages and plurals, and show a dash for what is missing', () => {
    expect(fillTemplate('{a:2} of {b:%}, {n|alarm|alarms}', { a: 1.239, b: 0.456, n: 1 })).toBe('1.24 of 46 %, 1 alarm');
    expect(fillTemplate('{n|alarm|alarms}', { n: 3 })).toBe('3 alarms');
    expect(fillTemplate('{a:2} {b}', { a: Number.NaN })).toBe('– –');
  });

  it('keep an unknown word readable', () => {
    expect(wordOf('regime', 'strong_trending')).toBe('strong trend');
    expect(wordOf('regime', 'brand_new')).toBe('brand new');
  });
});

describe('switching the language', () => {
  it('changes texts, volumes and dates at once', () => {
    const time = Date.UTC(2026, 10, 21, 12, 5);
    expect([translate('panel.positions'), formatVolume(1_234_000_000), formatMoment(time)]).toEqual(['Positions', '1.2B', 'Nov 21, 12:05']);
    withPage(() => setLanguage('zh-CN'));
    expect([translate('panel.positions'), formatVolume(1_234_000_000), formatMoment(time)]).toEqual(['持仓', '12.3亿', '11月21日 12:05']);
    withPage(() => setLanguage('zh-TW'));
    expect([translate('panel.positions'), formatVolume(1_234_000_000)]).toEqual(['持倉', '12.3億']);
  });
});

describe('ages, units and choices', () => {
  it('are words of the language of the screen', () => {
    expect(problemOf('maxPositions', 'maxPositions is 0; it must be …')).toBe('MAX_POSITIONS must be a whole number from 1 to 999 positions; default 999');
    withPage(() => setLanguage('zh-CN'));
    expect([formatAge(59_000), formatAge(61_000), formatAge(7_200_000), formatAge(200_000_000)]).toEqual(['59秒', '1分', '2小时', '2天']);
    expect([unitOf('weight/min'), unitOf('×'), unitOf('')]).toEqual(['权重/分钟', '×', '']);
    expect(rangeOf('maxPositions')).toBe('(整数，1 到 999 个持仓; 默认 999)');
    expect(problemOf('maxPositions', 'maxPositions is 0; it must be …')).toBe('MAX_POSITIONS 必须为 整数，1 到 999 个持仓; 默认 999');
  });

  it('have a word for every choice and every unit that is no sign', () => {
    const signs = new Set(['×', '%', 'R', 'USDT', 'ATR', 'MB', '']);
    const parameters = settingKeys().map((key) => parameterOf(key) as Parameter);
    const units = [...new Set(parameters.map(({ unit }) => unit))].filter((unit) => !signs.has(unit));
    expect(units.filter((unit) => !isPhraseKey(`unit.${unit}`))).toEqual([]);
    const choices = parameters.flatMap((parameter) => (parameter.kind === 'choice' ? parameter.choices : []));
    expect(choices.filter((choice) => !isPhraseKey(`choice.${choice}`))).toEqual([]);
  });
});
