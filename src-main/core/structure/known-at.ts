// Structure as it was known at a past time, replayed from the candles that had closed by then.
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { Candle, Timeframe } from '../../../src-shared/domain/candle.ts';
import { timeframeMs } from '../../../src-shared/domain/candle.ts';
import type { StructureSnapshot } from '../../../src-shared/domain/structure.ts';
import { describeStructure } from './snapshot.ts';
import { TimeframeState } from './timeframe-state.ts';

const SMALLEST_BOOK = 256;

export interface KnownAtSource {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** Contiguous, oldest first; those that close after the time asked for are left out. */
  readonly candles: readonly Candle[];
  readonly settings: Settings;
}

/** The snapshot of `time`, or null when no candle had closed by then. Averages start from the first candle given. */
export function structureAsOf(source: KnownAtSource, time: number): StructureSnapshot | null {
  const { symbol, timeframe, candles, settings } = source;
  const step = timeframeMs(timeframe);
  const past = new TimeframeState(timeframe, settings, Math.max(SMALLEST_BOOK, candles.length));
  for (const candle of candles) {
    if (candle.openTime + step > time) break;
    past.append(candle);
  }
  return past.book.count === 0 ? null : describeStructure(symbol, past);
}
