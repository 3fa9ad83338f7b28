// Journal lines, verdicts of models and sentences of the review as a person reads them: quantities, prices and words, in every language.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readReport } from '../../src-main/adapters/models/reports.ts';
import { scoreOverrides } from '../../src-main/core/review/override-score.ts';
import type { MarketInfo } from '../../src-shared/contract/view.ts';
import { setLanguage } from '../../src-renderer/i18n/language.ts';
import { JOURNAL_LINES } from '../../src-renderer/i18n/phrases/journal-lines.ts';
import { LOG_LINES } from '../../src-renderer/i18n/phrases/log-lines.ts';
import { EVIDENCE_SENTENCES } from '../../src-renderer/i18n/phrases/evidence-sentences.ts';
import { MODEL_SENTENCES } from '../../src-renderer/i18n/phrases/model-sentences.ts';
import { REVIEW_SENTENCES } from '../../src-renderer/i18n/phrases/review-sentences.ts';
import { inWords } from '../../src-renderer/i18n/sentences.ts';
import { inUnits, journalLine } from '../../src-renderer/text/journal-line.ts';

const MODELS = resolve(import.meta.dirname, '../../models');
const MARKETS: Readonly<Record<string, MarketInfo>> = {
  BTCUSDT: { symbol: 'BTCUSDT', baseAsset: 'BTC', priceScale: 1, tickUnits: 1, quantityScale: 3, stepUnits: 1 },
};

const speak = (language: 'en' | 'zh-CN' | 'zh-TW'): void => {
  Object.assign(globalThis, { document: { documentElement: {} } });
  setLanguage(language);
  Reflect.deleteProperty(globalThis, 'document');
};
afterEach(() => speak('en'));

/** Two English words in a row that are no name of a model, file, flag or setting. */
const hasEnglish = (text: string): boolean => /[a-z]{3,} [a-z]{2,}/.test(text.replaceAll(/\b[a-z]+[A-Z]\w+\b/g, ''));

/** One of every kind of line that a day of the engine wrote, and those a person's hand writes. */
const LINES = [
  'BTCUSDT: long denied (insufficient_margin), confidence 64 %',
  'BTCUSDT: short executed, confidence 58 %',
  'BTCUSDT: long virtual (rank.beyond), confidence 41 %',
  'BTCUSDT: BUY 4691 lots at 91234.5',
  'BTCUSDT: SELL 12 lots at 91234.5',
  'BTCUSDT: funding -0.52 USDT',
  'BTCUSDT max pnl updated',
  'BTCUSDT: entry order filled 25 lots',
  'BTCUSDT: stop order is partially filled',
  'BTCUSDT: target order is canceled',
  'BTCUSDT: stop order is triggered',
  'BTCUSDT: entry order was refused: The price has moved away.',
  'BTCUSDT: closed (stop)',
  'BTCUSDT: closed 25 lots at 91000',
  'BTCUSDT: opened 25 lots at 91000',
  'BTCUSDT: long approved, 5× leverage',
  'BTCUSDT: the stop is sent ahead of the fills',
  'BTCUSDT: stop moved from 912345 to 912000 ticks by hand',
  'BTCUSDT: target moved from none to 950000 ticks by hand',
  'BTCUSDT: the entry is to move from 25 lots at 912345 ticks to 20 lots at 911000 ticks by hand',
  'BTCUSDT: plan of the entry moved by hand from stop 900000, target none to stop 901000, target 950000',
  'BTCUSDT: 10 lots are added to 25 by hand',
  'BTCUSDT: execution cost -10.3 bps beside its virtual twin',
  'BTCUSDT: virtual long (trigger.zone_not_touched)',
  'BTCUSDT: virtual long (traded)',
  'BTCUSDT: virtual short closed by stop, -1.19 R',
  'BTCUSDT: virtual min pnl updated',
  'BTCUSDT: funding 0.0100 % on its virtual positions',
  'The day and the peak that losses are measured from',
  'Trading state set to reducing by hand',
  'screen 1: update-settings → Saved.',
  'flattened by hand',
  'Automation paused by hand',
];

describe('a journal line', () => {
  it('says quantities and prices of its market instead of lots and ticks', () => {
    expect(journalLine('BTCUSDT: BUY 4691 lots at 91234.5', MARKETS)).toBe('BTCUSDT: BUY 4.691 at 91234.5');
    expect(journalLine('BTCUSDT: stop moved from 912345 to 912000 ticks by hand', MARKETS)).toBe('BTCUSDT: stop moved from 91,234.5 to 91,200.0 by hand');
    expect(inUnits('BTCUSDT: the entry moved from 25 lots at 912345 ticks to 20 lots at the market ticks', MARKETS)).toBe(
      'BTCUSDT: the entry moved from 0.025 at 91,234.5 to 0.020 at the market',
    );
    expect(inUnits('BTCUSDT: 10 lots are added to 25 by hand', MARKETS)).toBe('BTCUSDT: 0.010 are added to 0.025 by hand');
    expect(inUnits('BTCUSDT: plan of the entry moved by hand from stop 900000, target none to stop 901000, target 950000', MARKETS)).toBe(
      'BTCUSDT: plan of the entry moved by hand from stop 90,000.0, target none to stop 90,100.0, target 95,000.0',
    );
  });

  it('keeps lots and ticks of a market that is not listed', () => {
    expect(journalLine('GONEUSDT: BUY 4691 lots at 1.5', MARKETS)).toBe('GONEUSDT: BUY 4691 lots at 1.5');
  });

  it('names a code in words, in English too', () => {
    expect(journalLine('BTCUSDT: virtual long (trigger.zone_not_touched)', MARKETS)).toBe('BTCUSDT: virtual long (Waiting for price to touch the zone)');
    expect(journalLine('Trading is active (none)', MARKETS)).toBe('Trading is active (none)');
  });

  it('is Chinese where the screen is, whatever the engine wrote', () => {
    speak('zh-CN');
    expect(LINES.map((line) => journalLine(line, MARKETS)).filter((line) => hasEnglish(line) || !/[\u4e00-\u9fff]/.test(line))).toEqual([]);
    expect(journalLine('BTCUSDT: long denied (insufficient_margin), confidence 64 %', MARKETS)).toBe('BTCUSDT：多，被拒（可用保证金不足），置信度 64 %');
    expect(journalLine('BTCUSDT: BUY 4691 lots at 91234.5', MARKETS)).toBe('BTCUSDT：买入 4.691，价格 91234.5');
    expect(journalLine('GONEUSDT: SELL 4691 lots at 1.5', MARKETS)).toBe('GONEUSDT：卖出 4691 手，价格 1.5');
  });
});

describe('sentences about models', () => {
  const reports = readdirSync(MODELS).filter((name) => name.endsWith('.report.json'));

  it('of the bundled reports are Chinese: verdict, purpose, leakage and the names of the figures', () => {
    speak('zh-CN');
    expect(reports.length).toBeGreaterThan(5);
    const said = reports.flatMap((file) => {
      const { verdict } = JSON.parse(readFileSync(join(MODELS, file), 'utf8')) as { verdict: string };
      const { purpose, leakage, figures } = readReport(MODELS, { report: file.replace('.json', '.md') });
      return [verdict, purpose, leakage?.text ?? '', ...figures.flatMap(({ name }) => (name.includes('evolver') || name.includes('always') ? [name] : []))];
    });
    expect(said.map((text) => inWords(text)).filter((text) => hasEnglish(text))).toEqual([]);
  });
});

describe('sentences of the review', () => {
  it('keep their numbers: what the hand was worth, why a backtest could not start', () => {
    speak('zh-CN');
    const { verdict } = scoreOverrides([
      { action: 'move-stop', actualR: 1, planR: 0.5 },
      { action: 'move-stop', actualR: -1, planR: 0.2 },
    ] as unknown as Parameters<typeof scoreOverrides>[0]);
    expect(inWords(verdict)).toBe('尚无定论：2 次干预，每次 −0.35 R。');
    expect(inWords('The candle archive holds no 5m candles of that time. Name a folder of candle files instead.')).toBe(
      'K 线库中没有该时段的 5m K 线。请改为指定 K 线文件夹。',
    );
    expect(inWords('12 of 40 decisions were denied by position_exists: most of the time nothing was traded because of it.')).toContain('40 个决策中 12 个');
  });
});

describe('the evidence of a decision', () => {
  const literalsOf = (file: string): readonly string[] =>
    [
      ...readFileSync(join(import.meta.dirname, '../../src-main', file), 'utf8').matchAll(
        /'((?:[^'\n]*ICT (?:rules )?decides? [^'\n]*\.)|(?:5m [^'\n]+ the zone))'/g,
      ),
    ].map(([, text]) => text ?? '');

  it('says in Chinese what triggered it and why a model had no say', () => {
    speak('zh-CN');
    const said = [
      'core/strategies/evidence.ts',
      'core/strategies/self-learning.ts',
      'core/strategies/context.ts',
      'adapters/workers/pool.ts',
      'adapters/workers/hot-predictor.ts',
      'adapters/workers/stack-prediction.ts',
    ].flatMap((file) => literalsOf(file));
    expect(said.length).toBeGreaterThanOrEqual(8);
    expect(said.filter((text) => inWords(text) === text)).toEqual([]);
    expect([
      inWords('liquidity hunter: sweep of equal levels on 15m that closed back'),
      inWords('The models did not answer within 30 s; ICT rules decide this cycle alone.'),
      inWords('would not: confidence.too_low'),
      inWords('Opened by hand'),
    ]).toEqual([
      '流动性猎手：扫过 15m 等高/等低位并收回',
      '模型未在 30 秒内作答；本周期仅由 ICT 规则决策。',
      expect.stringMatching(/^不会：[^a-z]+$/),
      '手动开仓',
    ]);
  });
});

describe('a line of the log', () => {
  it('is Chinese too: a training, a reconnection, the end', () => {
    speak('zh-CN');
    expect([
      inWords('A training of all begins (drift).'),
      inWords('A training of all begins (new samples).'),
      inWords('Stopped (asked to). Open positions keep their stops at the venue.'),
      inWords('No market passes: All 112 markets stopped at the data step; check data and settings.'),
      inWords('BTCUSDT unprotected: No stop could be placed in time; the position is being closed at the market.'),
      inWords('A person set the simulated exchange: {"kind":"speed"}.'),
    ]).toEqual([
      '开始训练 全部（漂移）。',
      '开始训练 全部（新样本）。',
      '已停止（asked to）。未平持仓在交易所保留其止损。',
      '没有市场通过：全部 112 个市场停在“数据”步骤；请检查数据与设置。',
      'BTCUSDT 无保护：未能及时挂出止损；正在市价平仓。',
      '人工设置了模拟交易所：{"kind":"speed"}。',
    ]);
  });
});

describe('templates of the journal, the models and the review', () => {
  const slotsOf = (text: string): string =>
    [...text.matchAll(/\{(\w+)/g)]
      .map(([, name]) => name ?? '')
      .toSorted()
      .join();

  it('have the same slots in every language', () => {
    const all = [...EVIDENCE_SENTENCES, ...JOURNAL_LINES, ...MODEL_SENTENCES, ...REVIEW_SENTENCES, ...LOG_LINES];
    expect(all.filter(([english, ...others]) => others.some((text) => slotsOf(text) !== slotsOf(english)))).toEqual([]);
  });
});
