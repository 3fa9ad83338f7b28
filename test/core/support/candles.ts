// Candles for tests: real ones from the shared data folder, synthetic ones by seed, and the mirror image of either.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Candle, Timeframe } from '../../../src-shared/domain/candle.ts';
import { timeframeMs } from '../../../src-shared/domain/candle.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import { sharedDataPath } from './shared-data.ts';

/** Candles `from` … `from + count` of a file, or null when the shared data is absent. */
export function realCandles(symbol: string, timeframe: Timeframe, range: { readonly from: number; readonly count: number }): Candle[] | null {
  const path = sharedDataPath(`data/klines/${timeframe}/${symbol}-${timeframe}.csv.gz`);
  if (path === null) return null;
  const lines = gunzipSync(readFileSync(path))
    .toString('utf8')
    .trimEnd()
    .split('\n')
    .slice(1 + range.from, 1 + range.from + range.count);
  return lines.map((line) => {
    const [openTime, open, high, low, close, volume] = line.split(',').map(Number) as [number, number, number, number, number, number];
    return candleOf({ openTime, open, high, low, close, volume });
  });
}

export function candleOf(values: {
  readonly openTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}): Candle {
  return { ...values, openTime: values.openTime as EpochMs, quoteVolume: values.volume * values.close, trades: 1, takerBuyVolume: values.volume / 2 };
}

/** Deterministic uniform numbers in [0, 1) (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A walk with drifting regimes and clustered volume, on a tick grid so that equal prices occur. */
export function syntheticCandles(request: { readonly seed: number; readonly count: number; readonly timeframe: Timeframe; readonly start?: number }): Candle[] {
  const random = randomOf(request.seed);
  const step = timeframeMs(request.timeframe);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const grid = (price: number): number => Math.round(price * 100) / 100;
  const list: Candle[] = [];
  let price = 100;
  let drift = 0;
  let volatility = 0.002;
  for (let index = 0; index < request.count; index += 1) {
    if (random() < 0.01) drift = (random() - 0.5) * 0.0012;
    volatility = Math.max(0.0006, volatility * Math.exp(0.06 * normal() - 0.03 * Math.log(volatility / 0.002)));
    const open = grid(price);
    const close = grid(open * Math.exp(drift + volatility * normal()));
    const high = grid(Math.max(open, close) * Math.exp(volatility * 0.5 * Math.abs(normal())));
    const low = grid(Math.min(open, close) * Math.exp(-volatility * 0.5 * Math.abs(normal())));
    const volume = Math.round(1000 * Math.exp(0.6 * normal()) * (1 + (200 * Math.abs(close - open)) / open));
    list.push(candleOf({ openTime: (request.start ?? Date.UTC(2025, 0, 6)) + index * step, open, high, low, close, volume }));
    price = close;
  }
  return list;
}

/** The mirror market p → K/p with K = 10⁴: highs become lows, rises become falls, volume stays. */
export function mirrorCandles(candles: readonly Candle[]): Candle[] {
  const scale = 10_000;
  return candles.map((candle) => ({ ...candle, open: scale / candle.open, high: scale / candle.low, low: scale / candle.high, close: scale / candle.close }));
}

export const MIRROR_SCALE = 10_000;
