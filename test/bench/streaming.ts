// One new value at a time: our indicators beside three libraries, each in the way it offers.
import { IndicatorsSync } from '@ixjb94/indicators';
import * as library from 'technicalindicators';
import * as signals from 'trading-signals';
import type { Candle } from '../../src-shared/domain/candle.ts';
import { Adx } from '../../src-main/core/indicators/adx.ts';
import { Atr } from '../../src-main/core/indicators/atr.ts';
import { Bollinger } from '../../src-main/core/indicators/bollinger.ts';
import { Ema } from '../../src-main/core/indicators/ema.ts';
import { Rsi } from '../../src-main/core/indicators/rsi.ts';
import { generateCandles } from './market.ts';

const CANDLES = 50_000;
const ROUNDS = 5;
/** A batch library asked for its newest value must be given a window again. */
const BATCH_WINDOW = 500;
const BATCH_STEPS = 2_000;

export const INDICATORS = ['EMA 20', 'RSI 14', 'ATR 14', 'ADX 14', 'Bollinger 20'] as const;
type Name = (typeof INDICATORS)[number];
interface Market {
  readonly candles: readonly Candle[];
  readonly closes: Float64Array;
}

/** One pass over the market. Each has a loop of its own, so that none pays for the shapes of the others. */
type Run = (market: Market) => number;

const ours: Readonly<Record<Name, Run>> = {
  'EMA 20': (market) => {
    const indicator = new Ema(20);
    let sum = 0;
    for (const close of market.closes) sum += indicator.update(close) || 0;
    return sum;
  },
  'RSI 14': (market) => {
    const indicator = new Rsi(14);
    let sum = 0;
    for (const close of market.closes) sum += indicator.update(close) || 0;
    return sum;
  },
  'ATR 14': (market) => {
    const indicator = new Atr(14);
    let sum = 0;
    for (const candle of market.candles) sum += indicator.update(candle.high, candle.low, candle.close) || 0;
    return sum;
  },
  'ADX 14': (market) => {
    const indicator = new Adx(14);
    let sum = 0;
    for (const candle of market.candles) sum += indicator.update(candle.high, candle.low, candle.close) || 0;
    return sum;
  },
  'Bollinger 20': (market) => {
    const indicator = new Bollinger();
    let sum = 0;
    for (const close of market.closes) {
      indicator.update(close);
      sum += indicator.upper || 0;
    }
    return sum;
  },
};

const technicalindicators: Readonly<Record<Name, Run>> = {
  'EMA 20': (market) => {
    const indicator = new library.EMA({ period: 20, values: [] });
    let sum = 0;
    for (const close of market.closes) sum += indicator.nextValue(close) ?? 0;
    return sum;
  },
  'RSI 14': (market) => {
    const indicator = new library.RSI({ period: 14, values: [] });
    let sum = 0;
    for (const close of market.closes) sum += indicator.nextValue(close) ?? 0;
    return sum;
  },
  'ATR 14': (market) => {
    const indicator = new library.ATR({ period: 14, high: [], low: [], close: [] });
    let sum = 0;
    for (const candle of market.candles) sum += indicator.nextValue(candle) ?? 0;
    return sum;
  },
  'ADX 14': (market) => {
    const indicator = new library.ADX({ period: 14, high: [], low: [], close: [] });
    let sum = 0;
    for (const candle of market.candles) sum += (indicator.nextValue(candle as never) as { adx: number } | undefined)?.adx ?? 0;
    return sum;
  },
  'Bollinger 20': (market) => {
    const indicator = new library.BollingerBands({ period: 20, stdDev: 2, values: [] });
    let sum = 0;
    for (const close of market.closes) sum += indicator.nextValue(close)?.upper ?? 0;
    return sum;
  },
};

const tradingSignals: Readonly<Record<Name, Run>> = {
  'EMA 20': (market) => {
    const indicator = new signals.EMA(20);
    let sum = 0;
    for (const close of market.closes) sum += indicator.update(close, false);
    return sum;
  },
  'RSI 14': (market) => {
    const indicator = new signals.RSI(14);
    let sum = 0;
    for (const close of market.closes) sum += indicator.update(close, false) ?? 0;
    return sum;
  },
  'ATR 14': (market) => {
    const indicator = new signals.ATR(14);
    let sum = 0;
    for (const candle of market.candles) sum += indicator.update(candle, false) ?? 0;
    return sum;
  },
  'ADX 14': (market) => {
    const indicator = new signals.ADX(14);
    let sum = 0;
    for (const candle of market.candles) sum += indicator.update(candle, false) ?? 0;
    return sum;
  },
  'Bollinger 20': (market) => {
    const indicator = new signals.BollingerBands(20, 2);
    let sum = 0;
    for (const close of market.closes) sum += indicator.update(close, false)?.upper ?? 0;
    return sum;
  },
};

interface Columns {
  readonly high: number[];
  readonly low: number[];
  readonly close: number[];
}

const batch = new IndicatorsSync();
const batchRuns: Readonly<Record<Name, (columns: Columns) => unknown>> = {
  'EMA 20': ({ close }) => batch.ema(close, 20),
  'RSI 14': ({ close }) => batch.rsi(close, 14),
  'ATR 14': ({ high, low, close }) => batch.atr(high, low, close, 14),
  'ADX 14': ({ high, low }) => batch.adx(high, low, 14),
  'Bollinger 20': ({ close }) => batch.bbands(close, 20, 2),
};

/** Nanoseconds per new value. */
export interface StreamingRow {
  readonly indicator: Name;
  readonly ours: number;
  readonly technicalindicators: number;
  readonly tradingSignals: number;
  /** As a stream: a window of 500 again for each new value. */
  readonly ixjb94Stream: number;
  /** At its best: the whole history in one call, divided by its length. It cannot do that when candles arrive one by one. */
  readonly ixjb94Batch: number;
}

/** Best of several rounds each; interleaved, so that a busy machine is unfair to nobody. */
export function measureStreaming(): readonly StreamingRow[] {
  const candles = generateCandles(7, CANDLES);
  const market: Market = { candles, closes: Float64Array.from(candles, (candle) => candle.close) };
  const whole: Columns = { high: candles.map((candle) => candle.high), low: candles.map((candle) => candle.low), close: candles.map((candle) => candle.close) };
  const window: Columns = { high: whole.high.slice(-BATCH_WINDOW), low: whole.low.slice(-BATCH_WINDOW), close: whole.close.slice(-BATCH_WINDOW) };
  return INDICATORS.map((indicator) => {
    const runs = {
      ours: [() => ours[indicator](market), CANDLES],
      technicalindicators: [() => technicalindicators[indicator](market), CANDLES],
      tradingSignals: [() => tradingSignals[indicator](market), CANDLES],
      ixjb94Stream: [() => repeat(BATCH_STEPS, () => batchRuns[indicator](window)), BATCH_STEPS],
      ixjb94Batch: [() => batchRuns[indicator](whole), CANDLES],
    } as const;
    const best: Record<string, number> = {};
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [name, [run, values]] of Object.entries(runs)) {
        const started = performance.now();
        run();
        best[name] = Math.min(best[name] ?? Infinity, ((performance.now() - started) * 1e6) / values);
      }
    }
    return { indicator, ...best } as StreamingRow;
  });
}

function repeat(times: number, run: () => unknown): void {
  for (let index = 0; index < times; index += 1) run();
}
