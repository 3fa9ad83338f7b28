// Correlation of two markets' returns.
import { describe, expect, it } from 'vitest';
import { CandleBook } from '../../../src-main/core/market/candle-book.ts';
import { returnCorrelation } from '../../../src-main/core/engine/correlation.ts';
import { epochMs } from '../../../src-shared/kernel/units.ts';

function bookOf(closes: readonly number[], from = 0): CandleBook {
  const book = new CandleBook('1h', 256);
  closes.forEach((close, index) => {
    book.append({
      openTime: epochMs((from + index) * 3_600_000),
      open: close,
      high: close,
      low: close,
      close,
      volume: 1,
      quoteVolume: close,
      trades: 1,
      takerBuyVolume: 0.5,
    });
  });
  return book;
}

const wave = (phase: number): number[] => Array.from({ length: 120 }, (_, index) => 100 * Math.exp(0.01 * Math.sin(index * 0.9 + phase)));

describe('returnCorrelation', () => {
  it('is 1 for the same market at another price and -1 for its mirror', () => {
    const closes = wave(0);
    expect(returnCorrelation(bookOf(closes), bookOf(closes.map((close) => close * 7)))).toBeCloseTo(1, 9);
    expect(returnCorrelation(bookOf(closes), bookOf(closes.map((close) => 10_000 / close)))).toBeCloseTo(-1, 9);
  });
  it('is near 0 for waves a quarter turn apart', () => {
    expect(Math.abs(returnCorrelation(bookOf(wave(0)), bookOf(wave(Math.PI / 2))))).toBeLessThan(0.2);
  });
  it('compares the same hours when one market is behind the other', () => {
    const closes = wave(0);
    expect(returnCorrelation(bookOf(closes), bookOf(closes.slice(0, 110)))).toBeCloseTo(1, 9);
  });
  it('is unknown with too little common history', () => {
    expect(returnCorrelation(bookOf(wave(0).slice(0, 20)), bookOf(wave(0)))).toBeNaN();
    expect(returnCorrelation(bookOf([]), bookOf(wave(0)))).toBeNaN();
  });
});
