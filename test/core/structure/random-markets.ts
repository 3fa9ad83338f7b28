// Small wild markets for the oracles of structure: equal prices, outside bars and flat bars are common, and every object's whole life is recorded.
import fc from 'fast-check';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { Candle } from '../../../src-shared/domain/candle.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import { HistoryRecorder } from '../../../src-main/core/structure/history.ts';
import type { StructureHistory } from '../../../src-main/core/structure/history.ts';
import { candleOf, randomOf } from '../support/candles.ts';

export const STEP = 900_000;
export const START = Date.UTC(2025, 0, 6);
export const settings: Settings = {
  ...defaultSettings(),
  internalSwingLength: 2,
  swingLength: 4,
  orderBlockMaxHistory: 200,
  orderBlockMinVolumeRatio: 0.5,
  orderBlockTimeDecayHours: 6,
  orderBlockDecayRatePercent: 60,
};

/** A jumpy walk on a coarse grid. */
const markets = fc
  .record({ seed: fc.integer({ min: 1, max: 1_000_000 }), count: fc.integer({ min: 60, max: 260 }), wildness: fc.integer({ min: 1, max: 6 }) })
  .map(walk);

function walk(shape: { readonly seed: number; readonly count: number; readonly wildness: number }): readonly Candle[] {
  const random = randomOf(shape.seed);
  const jump = (): number => Math.round((random() - 0.5) * 2 * shape.wildness);
  let price = 200;
  return Array.from({ length: shape.count }, (_, index) => {
    const open = Math.max(50, price + (random() < 0.15 ? jump() : 0));
    const close = Math.max(50, open + jump());
    const high = Math.max(open, close) + Math.abs(random() < 0.6 ? jump() : 0);
    const low = Math.max(40, Math.min(open, close) - Math.abs(random() < 0.6 ? jump() : 0));
    price = close;
    return candleOf({ openTime: START + index * STEP, open, high, low, close, volume: 1 + Math.round(random() * 100) });
  });
}

/** Everything published over the candles, and the ATR (of log price) at the close of each. */
export function recordWithAtr(candles: readonly Candle[], used: Settings = settings): { readonly history: StructureHistory; readonly atr: readonly number[] } {
  const recorder = new HistoryRecorder('15m', used, 512);
  const atr = candles.map((candle) => {
    recorder.append(candle);
    return recorder.state.atr;
  });
  return { history: recorder.finish(), atr };
}

export function record(candles: readonly Candle[]): StructureHistory {
  return recordWithAtr(candles).history;
}

export const closeTime = (candle: Candle): EpochMs => (candle.openTime + STEP) as EpochMs;
export const after = (candles: readonly Candle[], time: number): readonly Candle[] => candles.filter((candle) => closeTime(candle) > time);
export const check = (holds: (candles: readonly Candle[]) => void, numRuns = 60): void => fc.assert(fc.property(markets, holds), { numRuns, seed: 20_261_121 });
