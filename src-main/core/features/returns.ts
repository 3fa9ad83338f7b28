// Returns over closed candles: sums, volatility and correlation in log price.
import { RETURNS, RETURN_BARS } from '../structure/facts.ts';
import type { TimeframeState } from '../structure/timeframe-state.ts';

/** Log return over the last `bars` candles; NaN when the book is shorter. */
export function logReturn(frame: TimeframeState, bars: number): number {
  const { book } = frame;
  const from = book.count - 1 - bars;
  if (from < book.firstIndex) return Number.NaN;
  return book.logClose[book.slot(book.count - 1)]! - book.logClose[book.slot(from)]!;
}

/** Root mean square of the last `bars` one-bar log returns, at most {@link RETURN_BARS}; NaN when the book is shorter. */
export function realisedVolatility(frame: TimeframeState, bars: number): number {
  const { facts } = frame;
  const { count } = frame.book;
  let even = 0;
  let odd = 0;
  for (let bar = count - bars; bar < count; bar += 2) {
    even += facts[RETURNS + (bar & (RETURN_BARS - 1))]! ** 2;
    if (bar + 1 < count) odd += facts[RETURNS + ((bar + 1) & (RETURN_BARS - 1))]! ** 2;
  }
  return count > bars ? Math.sqrt((even + odd) / bars) : Number.NaN;
}

/** Pearson correlation of the last `bars` one-bar log returns of two books that end at the same time; NaN when either is flat or short. */
export function correlationOfReturns(a: TimeframeState, b: TimeframeState, bars: number): number {
  if (a.book.count <= bars || b.book.count <= bars) return Number.NaN;
  let sumA = 0;
  let sumB = 0;
  let sumAA = 0;
  let sumBB = 0;
  let sumAB = 0;
  for (let back = 1; back <= bars; back += 1) {
    const x = a.facts[RETURNS + ((a.book.count - back) & (RETURN_BARS - 1))]!;
    const y = b.facts[RETURNS + ((b.book.count - back) & (RETURN_BARS - 1))]!;
    sumA += x;
    sumB += y;
    sumAA += x * x;
    sumBB += y * y;
    sumAB += x * y;
  }
  const covariance = sumAB - (sumA * sumB) / bars;
  const spread = Math.sqrt((sumAA - (sumA * sumA) / bars) * (sumBB - (sumB * sumB) / bars));
  return spread > 0 ? covariance / spread : Number.NaN;
}
