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
type Run = (candles: readonly Candle[]) => number;

const ours: Readonly<Record<Name, Run>> = {
  'EMA 20': (candles) => fold(candles, new Ema(20), (ema, candle) => ema.update(candle.close)),
  'RSI 14': (candles) => fold(candles, new Rsi(14), (rsi, candle) => rsi.update(candle.close)),
  'ATR 14': (candles) => fold(candles, new Atr(14), (atr, { high, low, close }) => atr.update(high, low, close)),
  'ADX 14': (candles) => fold(candles, new Adx(14), (adx, { high, low, close }) => adx.update(high, low, close)),
  'Bollinger 20': (candles) =>
    fold(candles, new Bollinger(), (bands, candle) => {
      bands.update(candle.close);
      return bands.upper + bands.lower;
    }),
};

const technicalindicators: Readonly<Record<Name, Run>> = {
  'EMA 20': (candles) => fold(candles, new library.EMA({ period: 20, values: [] }), (ema, candle) => ema.nextValue(candle.close) ?? 0),
  'RSI 14': (candles) => fold(candles, new library.RSI({ period: 14, values: [] }), (rsi, candle) => rsi.nextValue(candle.close) ?? 0),
  'ATR 14': (candles) => fold(candles, new library.ATR({ period: 14, high: [], low: [], close: [] }), (atr, candle) => atr.nextValue(candle) ?? 0),
  'ADX 14': (candles) =>
    fold(
      candles,
      new library.ADX({ period: 14, high: [], low: [], close: [] }),
      (adx, candle) => (adx.nextValue(candle as never) as { adx: number } | undefined)?.adx ?? 0,
    ),
  'Bollinger 20': (candles) =>
    fold(candles, new library.BollingerBands({ period: 20, stdDev: 2, values: [] }), (bands, candle) => bands.nextValue(candle.close)?.upper ?? 0),
};

const tradingSignals: Readonly<Record<Name, Run>> = {
  'EMA 20': (candles) => fold(candles, new signals.EMA(20), (ema, candle) => ema.update(candle.close, false)),
  'RSI 14': (candles) => fold(candles, new signals.RSI(14), (rsi, candle) => rsi.update(candle.close, false) ?? 0),
  'ATR 14': (candles) => fold(candles, new signals.ATR(14), (atr, candle) => atr.update(candle, false) ?? 0),
  'ADX 14': (candles) => fold(candles, new signals.ADX(14), (adx, candle) => adx.update(candle, false) ?? 0),
  'Bollinger 20': (candles) => fold(candles, new signals.BollingerBands(20, 2), (bands, candle) => bands.update(candle.close, false)?.upper ?? 0),
};

function fold<T>(candles: readonly Candle[], indicator: T, step: (indicator: T, candle: Candle) => number): number {
  let sum = 0;
  for (const candle of candles) {
    const value = step(indicator, candle);
    if (value > 0) sum += value;
  }
  return sum;
}

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
  const whole: Columns = { high: candles.map((candle) => candle.high), low: candles.map((candle) => candle.low), close: candles.map((candle) => candle.close) };
  const window: Columns = { high: whole.high.slice(-BATCH_WINDOW), low: whole.low.slice(-BATCH_WINDOW), close: whole.close.slice(-BATCH_WINDOW) };
  return INDICATORS.map((indicator) => {
    const runs = {
      ours: [() => ours[indicator](candles), CANDLES],
      technicalindicators: [() => technicalindicators[indicator](candles), CANDLES],
      tradingSignals: [() => tradingSignals[indicator](candles), CANDLES],
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
