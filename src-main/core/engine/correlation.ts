// Return correlation of two markets over their last common hours; decides which positions count as one cluster.
import type { CandleBook } from '../market/candle-book.ts';

const RETURNS = 100;
const MINIMUM_RETURNS = 30;

/** Pearson correlation of log returns in [-1, 1], or NaN when fewer than 30 common returns are known. */
export function returnCorrelation(a: CandleBook, b: CandleBook): number {
  const lastTime = Math.min(a.lastOpenTime, b.lastOpenTime);
  if (!Number.isFinite(lastTime)) return Number.NaN;
  const endA = a.indexOf(lastTime);
  const endB = b.indexOf(lastTime);
  const count = Math.min(RETURNS, endA - a.firstIndex, endB - b.firstIndex);
  if (endA < 0 || endB < 0 || count < MINIMUM_RETURNS) return Number.NaN;
  let sumA = 0;
  let sumB = 0;
  let sumAA = 0;
  let sumBB = 0;
  let sumAB = 0;
  for (let back = 0; back < count; back += 1) {
    const returnA = logReturn(a, endA - back);
    const returnB = logReturn(b, endB - back);
    sumA += returnA;
    sumB += returnB;
    sumAA += returnA * returnA;
    sumBB += returnB * returnB;
    sumAB += returnA * returnB;
  }
  const covariance = sumAB - (sumA * sumB) / count;
  const spread = Math.sqrt((sumAA - (sumA * sumA) / count) * (sumBB - (sumB * sumB) / count));
  return spread > 0 ? covariance / spread : Number.NaN;
}

function logReturn(book: CandleBook, index: number): number {
  return (book.logClose[book.slot(index)] ?? Number.NaN) - (book.logClose[book.slot(index - 1)] ?? Number.NaN);
}
