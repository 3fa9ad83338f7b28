// What the engine says is shown in the language of the screen: sentences that its own code makes are known, numbers and names survive.
import { afterEach, describe, expect, it } from 'vitest';
import { describeWrongClock } from '../../src-shared/contract/wrong-clock.ts';
import { inWords } from '../../src-renderer/i18n/sentences.ts';
import { SENTENCES } from '../../src-renderer/i18n/phrases/sentences.ts';
import { setLanguage } from '../../src-renderer/i18n/language.ts';
import { buildHealth, type HealthInputs } from '../../src-main/hosts/health.ts';
import { defaultSettings } from '../../src-shared/contract/settings.ts';
import { epochMs } from '../../src-shared/kernel/units.ts';

const page = { documentElement: {} };
const speak = (language: 'en' | 'zh-CN' | 'zh-TW'): void => {
  Object.assign(globalThis, { document: page });
  setLanguage(language);
  Reflect.deleteProperty(globalThis, 'document');
};
afterEach(() => speak('en'));

const slotsOf = (text: string): string =>
  [...text.matchAll(/\{(\w+)/g)]
    .map(([, name]) => name)
    .toSorted((a, b) => (a ?? '').localeCompare(b ?? ''))
    .join();
/** English that is no name, unit or setting. */
const hasEnglishSentence = (text: string): boolean => /[a-z]{3,} [a-z]{2,} [a-z]{2,}/.test(text.replaceAll(/`[^`]*`/g, ''));

const inputs = (change: Partial<HealthInputs>): HealthInputs =>
  ({
    now: epochMs(1000),
    speed: 1,
    settings: defaultSettings(),
    exchange: {
      userStream: 'connected',
      breaker: 'normal',
      weightUsed: 1346,
      weightLimit: 1920,
      clockOffsetMs: -12,
      restLatencyMs: 9,
    } as HealthInputs['exchange'],
    feed: { state: 'streaming', text: '200 markets, 192 with full history.', symbolsReady: 192, symbolsTotal: 200, lastEventAt: epochMs(900) },
    live: { last: 12.3, p50: 10, p99: 20, count: 5 },
    virtual: { last: 1, p50: 1, p99: 1, count: 5 },
    overruns: 1,
    nextCycleAt: null,
    memoryMb: 500,
    predictor: null,
    modelProblem: null,
    journalProblem: null,
    hindsight: { published: 10, rewriteCount: 0, rebuilt: 0, comparisons: 5, offence: null, checkedAt: epochMs(1) },
    way: null,
    exit: { state: 'not-needed', address: null, verifiedAt: null, sentence: 'Connected directly; no exit address is demanded.' },
    ...change,
  }) as HealthInputs;

describe('sentences of the engine', () => {
  it('have the same slots in every language', () => {
    expect(SENTENCES.filter(([english, ...others]) => others.some((text) => slotsOf(text) !== slotsOf(english)))).toEqual([]);
  });

  it('keep their numbers and names', () => {
    expect(inWords('200 markets, 192 with full history.', 'zh-CN')).toBe('200 个市场，192 个历史完整。');
    speak('zh-TW');
    expect(inWords('Trading reducing: Reason: stale data. Stops and targets stay in force.')).toBe('交易僅減倉：原因：資料過舊。停損與停利仍然有效。');
    expect(inWords(`Reason: clock skew. ${describeWrongClock(-86_400_000)} Stops and targets stay in force.`)).toBe(
      '原因：時鐘。本機時鐘比交易所快 24.0 h。請開啟網路時間；校正前不開倉。停損與停利仍然有效。',
    );
    expect(inWords('BTCUSDT short: Signal with confidence 69 % is being traded; stop 14.8, target 14.2.')).toBe(
      'BTCUSDT 空：信心度 69 % 的訊號正在交易；停損 14.8，停利 14.2。',
    );
  });

  it('stay as they are in English, and where no template knows them', () => {
    expect(inWords('Saved.', 'en')).toBe('Saved.');
    expect(inWords('A sentence of tomorrow.', 'zh-CN')).toBe('A sentence of tomorrow.');
  });

  it('of the health checklist are all known, well or unwell', () => {
    const views = [
      inputs({}),
      inputs({
        hindsight: { published: 0, rewriteCount: 0, rebuilt: 0, comparisons: 0, offence: null, checkedAt: epochMs(1) },
        live: { last: null, p50: null, p99: null, count: 0 },
        feed: null,
      }),
      inputs({
        exchange: { ...inputs({}).exchange, userStream: 'down', breaker: 'throttled', weightUsed: 1900, clockOffsetMs: 9000 },
        feed: { state: 'streaming', text: '', symbolsReady: 1, symbolsTotal: 1, lastEventAt: epochMs(-90_000) },
        memoryMb: 2000,
      }),
    ].map(buildHealth);
    const unknown = views
      .flatMap(({ checks }) => checks.flatMap(({ detail, advice }) => [detail, advice ?? '']))
      .map((text) => inWords(text, 'zh-CN'))
      .filter(hasEnglishSentence);
    expect(unknown).toEqual([]);
  });
});
