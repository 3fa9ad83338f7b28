// The universe, the price table and the book's columns.
import { describe, expect, it } from 'vitest';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import type { MarketPrice } from '../../../src-main/core/ports.ts';
import { CandleBook } from '../../../src-main/core/market/candle-book.ts';
import { PriceTable } from '../../../src-main/core/market/price-table.ts';
import { selectUniverse } from '../../../src-main/core/market/universe.ts';
import { syntheticCandles } from '../support/candles.ts';

function price(symbol: string, time: number, change24h = 0): MarketPrice {
  return { symbol, last: 1, mark: 1, change24h, quoteVolume24h: 1, fundingRate: 0, nextFundingTime: null, time: time as EpochMs };
}

describe('universe', () => {
  const candidates = [
    { symbol: 'AUSDT', quoteVolume24h: 5, tradable: true },
    { symbol: 'BUSDT', quoteVolume24h: 9, tradable: true },
    { symbol: 'CUSDT', quoteVolume24h: 50, tradable: false },
    { symbol: 'DUSDT', quoteVolume24h: 5, tradable: true },
    { symbol: '币安人生USDT', quoteVolume24h: 7, tradable: true },
  ];
  it('takes the most traded pairs, ties by name', () => {
    expect(selectUniverse({ candidates, limit: 3, required: [] })).toEqual(['BUSDT', '币安人生USDT', 'AUSDT']);
  });
  it('a pair with a position never drops out, once, and an unlisted one is never invented', () => {
    expect(selectUniverse({ candidates, limit: 1, required: ['DUSDT', 'BUSDT', 'DUSDT', 'CUSDT', 'GONEUSDT'] })).toEqual(['BUSDT', 'DUSDT', 'CUSDT']);
  });
});

describe('price table', () => {
  it('L26 age is measured from event time, and an older update never overwrites a newer one', () => {
    const table = new PriceTable();
    expect(table.update([price('A', 1000), price('B', 1000)])).toEqual(['A', 'B']);
    expect(table.update([price('A', 900), price('B', 2000)])).toEqual(['B']);
    expect([table.ageMs('A', 2500 as EpochMs), table.ageMs('B', 2500 as EpochMs), table.ageMs('C', 2500 as EpochMs)]).toEqual([1500, 500, Infinity]);
  });
  it('breadth is the share of known symbols that rise', () => {
    const table = new PriceTable();
    table.update([price('A', 1, 0.1), price('B', 1, -0.1), price('C', 1, 0.2)]);
    expect(table.breadth(['A', 'B', 'C', 'D'])).toBeCloseTo(2 / 3, 12);
    expect(table.breadth(['D'])).toBeNaN();
  });
});

describe('candle book', () => {
  it('finds bars by time across the seam of its ring and gives columns oldest first', () => {
    const candles = syntheticCandles({ seed: 3, count: 700, timeframe: '5m' });
    const book = new CandleBook('5m', 256);
    for (const candle of candles) book.append(candle);
    expect(book.indexOf(candles[443]!.openTime)).toBe(-1);
    expect(book.candleAt(book.indexOf(candles[444]!.openTime))).toEqual(candles[444]);
    expect(book.indexOf(candles[500]!.openTime + 1)).toBe(-1);
    expect(book.columns(3)).toEqual({
      openTime: candles.slice(-3).map((candle) => candle.openTime),
      open: candles.slice(-3).map((candle) => candle.open),
      high: candles.slice(-3).map((candle) => candle.high),
      low: candles.slice(-3).map((candle) => candle.low),
      close: candles.slice(-3).map((candle) => candle.close),
      volume: candles.slice(-3).map((candle) => candle.volume),
    });
  });
  it('refuses to bridge missing bars', () => {
    const candles = syntheticCandles({ seed: 3, count: 3, timeframe: '5m' });
    const book = new CandleBook('5m', 256);
    book.append(candles[0]!);
    expect(() => book.append(candles[2]!)).toThrow('does not follow');
  });
});
