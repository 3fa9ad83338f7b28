// What a historical clock runs on: paths inside candles, columns, hidden and altered futures, folds, equity, contract rules.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { money } from '../../../src-shared/kernel/units.ts';
import type { Candle } from '../../../src-shared/domain/candle.ts';
import { deriveInstrument } from '../../../src-main/core/backtest/derived-instrument.ts';
import { EquityRecorder } from '../../../src-main/core/backtest/equity-recorder.ts';
import { nextLevel, pathOf } from '../../../src-main/core/backtest/intrabar-path.ts';
import { firstDifference, printOf } from '../../../src-main/core/backtest/line-print.ts';
import { combinationsOf, describeCombination, foldsOf } from '../../../src-main/core/backtest/parameter-grid.ts';
import {
  alterFuture,
  BAR_MS,
  candleOf,
  emptySlot,
  firstAt,
  fundingRateAt,
  hideFuture,
  historyOf,
  readCandle,
  spanOf,
} from '../../../src-main/core/backtest/price-history.ts';
import { maintenanceUsdt } from '../../../src-main/core/venue/margin.ts';
import { generateCandles } from '../../bench/market.ts';

const FROM = 1_760_000_400_000;
const candles = generateCandles(3, 40);
const instrument = deriveInstrument('AAAUSDT', candles);
const history = historyOf(instrument, candles, { times: Float64Array.of(FROM, FROM + 10 * BAR_MS, FROM + 30 * BAR_MS), ratesE8: Float64Array.of(1, 2, 3) });

describe('inside a candle', () => {
  test('price goes to the nearer extreme first, then to the other, then to the close', () => {
    expect(pathOf({ open: 100, high: 103, low: 99, close: 102 })).toEqual([99, 103, 102]);
    expect(pathOf({ open: 100, high: 101, low: 97, close: 98 })).toEqual([101, 97, 98]);
    expect(pathOf({ open: 100, high: 102, low: 98, close: 100 })).toEqual([102, 98, 100]);
  });

  test('levels on the way are met one after the other, each once, none beyond the end', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 12 }),
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 0, max: 100 }),
        (levels, from, to) => {
          const met: number[] = [];
          for (let level = nextLevel(levels, from, to); level !== null; level = nextLevel(levels, met.at(-1)!, to)) met.push(level);
          const between = [...new Set(levels)]
            .filter((level) => level > Math.min(from, to) && level < Math.max(from, to))
            .toSorted((a, b) => (from < to ? a - b : b - a));
          expect(met).toEqual(between);
        },
      ),
    );
  });
});

describe('columns', () => {
  test('give every candle back as it was', () => {
    expect(candles.map((_, index) => candleOf(history, index))).toEqual(candles);
    const slot = emptySlot();
    for (const [index, candle] of candles.entries()) {
      readCandle(history, index, slot);
      expect(slot).toEqual(candle);
    }
  });

  test('make up a quote volume that the file does not carry', () => {
    const [bare] = candles.map((candle) => ({ ...candle, quoteVolume: 0 }));
    expect(historyOf(instrument, [bare!]).quoteVolume[0]).toBeCloseTo((bare!.volume * (bare!.open + bare!.high + bare!.low + bare!.close)) / 4, 6);
  });

  test('are searched by time', () => {
    expect([FROM - 1, FROM, FROM + 1, FROM + 39 * BAR_MS, FROM + 40 * BAR_MS].map((time) => firstAt(history.openTime, time))).toEqual([0, 0, 1, 39, 40]);
    expect(spanOf([history])).toEqual({ first: FROM, last: FROM + 39 * BAR_MS });
    expect(spanOf([])).toBeNull();
  });

  test('tell the funding rate of a settlement within a minute, else the usual one', () => {
    expect([FROM, FROM + 30_000, FROM + 10 * BAR_MS, FROM + 5 * BAR_MS].map((time) => fundingRateAt(history.funding, time, 99))).toEqual([1, 1, 2, 99]);
    expect(fundingRateAt(null, FROM, 99)).toBe(99);
  });
});

describe('a cut through time', () => {
  const cut = FROM + 20 * BAR_MS;

  test('hides every candle that has not closed, but for the first price after the cut', () => {
    const hidden = hideFuture(history, cut);
    expect(Array.from({ length: 20 }, (_, index) => candleOf(hidden, index))).toEqual(candles.slice(0, 20));
    expect(hidden.openTime).toHaveLength(21);
    const { open } = candles[20]!;
    expect(candleOf(hidden, 20)).toEqual({ openTime: cut, open, high: open, low: open, close: open, volume: 0, quoteVolume: 0, trades: 0, takerBuyVolume: 0 });
    expect([...hidden.funding!.times]).toEqual([FROM, FROM + 10 * BAR_MS]);
  });

  test('hides a candle that is open at the cut as well', () => {
    expect(hideFuture(history, cut + 1).openTime).toHaveLength(20);
  });

  test('another future is sane, begins at the same price and goes the other way', () => {
    const altered = alterFuture(history, cut);
    expect(Array.from({ length: 20 }, (_, index) => candleOf(altered, index))).toEqual(candles.slice(0, 20));
    expect(altered.open[20]).toBeCloseTo(candles[20]!.open, 10);
    for (let index = 20; index < 40; index += 1) {
      expect(altered.high[index]).toBeGreaterThanOrEqual(Math.max(altered.open[index]!, altered.close[index]!));
      expect(altered.low[index]).toBeLessThanOrEqual(Math.min(altered.open[index]!, altered.close[index]!));
      expect(Math.sign(altered.close[index]! - altered.open[index]!)).toBe(-Math.sign(candles[index]!.close - candles[index]!.open));
    }
  });
});

test('prints differ for texts that differ, and the first difference of two lists is found', () => {
  const prints = Array.from({ length: 5000 }, (_, index) => printOf(`{"n":${index}}`));
  expect(new Set(prints).size).toBe(5000);
  expect(firstDifference([1, 2, 3], [1, 2, 3])).toBeNull();
  expect(firstDifference([1, 2, 3], [1, 9, 3])).toBe(1);
  expect(firstDifference([1, 2, 3], [1, 2])).toBe(2);
});

test('a sweep tries every combination once, and nothing but the settings without parameters', () => {
  const combinations = combinationsOf([
    { name: 'a', values: [1, 2] },
    { name: 'b', values: [true, false, 'x'] },
  ]);
  expect(new Set(combinations.map((combination) => JSON.stringify(combination))).size).toBe(6);
  expect(combinations[1]).toEqual({ a: 1, b: false });
  expect(combinationsOf([])).toEqual([{}]);
});

test('folds of a walk-forward test every day after the first training once and never train on what they test', () => {
  const day = 86_400_000;
  const folds = foldsOf(0, 100 * day, { trainDays: 30, testDays: 20 });
  expect(folds.map((fold) => [fold.trainFrom / day, fold.trainTo / day, fold.testTo / day])).toEqual([
    [0, 30, 50],
    [20, 50, 70],
    [40, 70, 90],
    [60, 90, 100],
  ]);
  expect(foldsOf(0, 20 * day, { trainDays: 30, testDays: 5 })).toEqual([]);
});

test('equity keeps the last value of each hour and day, and the deepest fall at any moment', () => {
  const hour = 3_600_000;
  const recorder = new EquityRecorder(money(100), 0);
  for (const [equity, time] of [
    [120, 1],
    [90, hour - 1],
    [110, hour],
    [130, 25 * hour],
    [104, 26 * hour],
  ] as const)
    recorder.add(money(equity), time);
  expect(recorder.curve()).toMatchObject({
    hours: [hour, 2 * hour, 26 * hour, 27 * hour],
    hourly: [90, 110, 130, 104],
    days: [0, 24 * hour, 48 * hour],
    daily: [100, 110, 104],
    peak: 130,
    deepestFall: 30,
    maxDrawdown: 0.25,
  });
});

describe('contract rules derived from candles', () => {
  const flat = (price: number, volume: number): readonly Candle[] =>
    candles.map((candle) => ({ ...candle, open: price, high: price, low: price, close: price, volume, quoteVolume: 0 }));

  test('have a tick as fine as the finest price seen', () => {
    expect(deriveInstrument('AAAUSDT', flat(0.01234, 1)).priceScale).toBe(5);
    expect(deriveInstrument('BTCUSDT', flat(96_000.1, 1))).toMatchObject({ priceScale: 1, quantityScale: 3, minNotional: 10_000_000_000 });
    expect(deriveInstrument('AAAUSDT', flat(12, 1))).toMatchObject({ priceScale: 0, quantityScale: 1, minNotional: 500_000_000 });
  });

  test('give majors, large and small contracts tiers whose maintenance margin has no step', () => {
    for (const derived of [
      deriveInstrument('BTCUSDT', flat(90_000, 1)),
      deriveInstrument('AAAUSDT', flat(10, 200_000)),
      deriveInstrument('AAAUSDT', flat(10, 10)),
    ]) {
      for (const bracket of derived.brackets.slice(1)) {
        const below = maintenanceUsdt(derived, bracket.notionalFloor - 0.01);
        expect(maintenanceUsdt(derived, bracket.notionalFloor + 0.01) / below).toBeCloseTo(1, 4);
      }
    }
    expect(deriveInstrument('AAAUSDT', flat(10, 200_000)).brackets[0]?.initialLeverage).toBe(75);
    expect(deriveInstrument('AAAUSDT', flat(10, 10)).brackets[0]?.initialLeverage).toBe(50);
  });
});

test('a combination of parameters is told in words', () => {
  expect(describeCombination({ minConfidence: 0.4, trailingStopEnabled: false })).toBe('minConfidence 0.4, trailingStopEnabled false');
  expect(describeCombination({})).toBe('settings as they are');
});
