// Candles and timeframes as everything outside the candle book sees them.
import type { EpochMs } from '../kernel/units.ts';

export const TIMEFRAMES = ['5m', '15m', '1h'] as const;
export type Timeframe = (typeof TIMEFRAMES)[number];

const DURATION_MS: Readonly<Record<Timeframe, number>> = { '5m': 300_000, '15m': 900_000, '1h': 3_600_000 };

/** Length of one candle, milliseconds. */
export function timeframeMs(timeframe: Timeframe): number {
  return DURATION_MS[timeframe];
}

/** One candle. Prices and volumes are floating point (analysis side). `openTime` is aligned to the timeframe, UTC. */
export interface Candle {
  readonly openTime: EpochMs;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Base-asset volume. */
  readonly volume: number;
  readonly quoteVolume: number;
  readonly trades: number;
  /** Base-asset volume bought by takers. */
  readonly takerBuyVolume: number;
}

/** Candles as columns, oldest first, all arrays of one length; for charts and the wire. */
export interface CandleColumns {
  readonly openTime: readonly number[];
  readonly open: readonly number[];
  readonly high: readonly number[];
  readonly low: readonly number[];
  readonly close: readonly number[];
  readonly volume: readonly number[];
}

/** Open time of the candle that contains `time`. */
export function candleOpenTime(time: EpochMs, timeframe: Timeframe): EpochMs {
  const step = DURATION_MS[timeframe];
  return (Math.floor(time / step) * step) as EpochMs;
}
