// Candle intervals of the exchange: their length and where their candles begin.
import { FIVE_MINUTES } from './source.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
/** The epoch was a Thursday; weeks begin on Monday. */
const MONDAY_OFFSET = 4 * DAY;

export const INTERVALS: Readonly<Record<string, number>> = {
  '1m': MINUTE,
  '3m': 3 * MINUTE,
  '5m': FIVE_MINUTES,
  '15m': 3 * FIVE_MINUTES,
  '30m': 6 * FIVE_MINUTES,
  '1h': 12 * FIVE_MINUTES,
  '2h': 24 * FIVE_MINUTES,
  '4h': 48 * FIVE_MINUTES,
  '6h': 72 * FIVE_MINUTES,
  '8h': 96 * FIVE_MINUTES,
  '12h': 144 * FIVE_MINUTES,
  '1d': DAY,
  '3d': 3 * DAY,
  '1w': 7 * DAY,
  '1M': 31 * DAY,
};

/** Open time of the interval's candle that holds `time`. */
export function bucketOpen(interval: string, time: number): number {
  if (interval === '1M') {
    const date = new Date(time);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  }
  const step = INTERVALS[interval] ?? FIVE_MINUTES;
  if (interval === '1w') return Math.floor((time - MONDAY_OFFSET) / step) * step + MONDAY_OFFSET;
  return Math.floor(time / step) * step;
}

/** Open time of the candle after the one that opens at `open`. */
export function nextOpen(interval: string, open: number): number {
  if (interval === '1M') {
    const date = new Date(open);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
  }
  return open + (INTERVALS[interval] ?? FIVE_MINUTES);
}
