// Returns over closed candles: sums, volatility and correlation in log price.
import type { TimeframeState } from '../structure/timeframe-state.ts';

/** Log return over the last `bars` candles; NaN when the book is shorter. */
export function logReturn(frame: TimeframeState, bars: number): number {
  const { book } = frame;
  const from = book.count - 1 - bars;
  if (from < book.firstIndex) return Number.NaN;
  return book.logClose[book.slot(book.count - 1)]! - book.logClose[book.slot(from)]!;
}

/** Root mean square of the last `bars` one-bar log returns; NaN when the book is shorter. */
export function realisedVolatility(frame: TimeframeState, bars: number): number {
  const { book } = frame;
  const from = book.count - bars;
  if (from - 1 < book.firstIndex) return Number.NaN;
  let squares = 0;
  for (let bar = from; bar < book.count; bar += 1) squares += (book.logClose[book.slot(bar)]! - book.logClose[book.slot(bar - 1)]!) ** 2;
  return Math.sqrt(squares / bars);
}

/** Pearson correlation of the last `bars` one-bar log returns of two books that end at the same time; NaN when either is flat or short. */
export function correlationOfReturns(a: TimeframeState, b: TimeframeState, bars: number): number {
  if (a.book.size <= bars || b.book.size <= bars) return Number.NaN;
  let sumA = 0;
  let sumB = 0;
  let sumAA = 0;
  let sumBB = 0;
  let sumAB = 0;
  for (let back = 0; back < bars; back += 1) {
    const x = stepReturn(a, back);
    const y = stepReturn(b, back);
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

function stepReturn(frame: TimeframeState, back: number): number {
  const { book } = frame;
  const bar = book.count - 1 - back;
  return book.logClose[book.slot(bar)]! - book.logClose[book.slot(bar - 1)]!;
}
