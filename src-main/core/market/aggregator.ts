// Builds 15m and 1h candles from the 5m candles of a book.
import type { Candle, Timeframe } from '../../../src-shared/domain/candle.ts';
import { timeframeMs } from '../../../src-shared/domain/candle.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import type { CandleBook } from './candle-book.ts';

/** The candle of `timeframe` that opens at `bucketOpen`, or null when the book does not hold all of its parts. */
export function aggregateBucket(book: CandleBook, bucketOpen: number, timeframe: Timeframe): Candle | null {
  const parts = timeframeMs(timeframe) / book.stepMs;
  const first = book.indexOf(bucketOpen);
  if (first < 0 || first + parts > book.count) return null;
  let high = -Infinity;
  let low = Infinity;
  let volume = 0;
  let quoteVolume = 0;
  let trades = 0;
  let takerBuyVolume = 0;
  for (let index = first; index < first + parts; index += 1) {
    const slot = book.slot(index);
    high = Math.max(high, book.high[slot]!);
    low = Math.min(low, book.low[slot]!);
    volume += book.volume[slot]!;
    quoteVolume += book.quoteVolume[slot]!;
    trades += book.trades[slot]!;
    takerBuyVolume += book.takerBuyVolume[slot]!;
  }
  const open = book.open[book.slot(first)]!;
  const close = book.close[book.slot(first + parts - 1)]!;
  return { openTime: bucketOpen as EpochMs, open, high, low, close, volume, quoteVolume, trades, takerBuyVolume };
}
