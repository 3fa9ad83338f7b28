// Reference candles of a venue that has run for weeks: the newest are right, whole and in order, and the memory does not grow.
import { expect, it } from 'vitest';
import { ReferenceSeries, type ReferencePath } from '../../../src-worker/market/reference-series.ts';

const FIVE = 300_000;
const START = Date.UTC(2026, 0, 22);

/** Mark, index and price step through the numbers of the candle: mark 100 n to 100 n + 9, index half of it, price a tenth of it above the index. */
function pathOf(number: number): ReferencePath {
  const marks = Float64Array.from({ length: 10 }, (_, point) => 100 * number + point);
  return { openTime: START + number * FIVE, marks, indexes: marks.map((mark) => mark / 2 + 1), points: marks.map((mark) => (mark / 2 + 1) * 1.1) };
}

const asked = (interval: string, change: object = {}): Parameters<ReferenceSeries['candles']>[1] => ({
  interval,
  from: 0,
  to: Number.MAX_SAFE_INTEGER,
  limit: 5000,
  newest: true,
  ...change,
});
const nothing = { current: null, now: 0 };

it('keeps the newest days, each candle opening where the one before it closed, also across what was forgotten', () => {
  const series = new ReferenceSeries(START);
  for (let number = 0; number < 5000; number += 1) series.append(pathOf(number));
  const candles = series.candles('mark', asked('5m'), nothing);
  expect(candles.length).toBeGreaterThanOrEqual(1600);
  expect(candles.length).toBeLessThan(2000);
  const first = 5000 - candles.length;
  const told = candles.map(({ openTime, open, high, low, close }) => [(openTime - START) / FIVE, open, high, low, close]);
  expect(told).toEqual(
    candles.map((_, index) => {
      const before = 100 * (first + index - 1) + 9;
      return [first + index, before, before + 100, before, before + 100];
    }),
  );
  const minutes = series.candles('index', asked('1m'), nothing);
  expect(minutes.length).toBeGreaterThanOrEqual(500);
  expect(minutes.length).toBeLessThan(700);
  expect(minutes.slice(1).map((minute) => minute.open)).toEqual(minutes.slice(0, -1).map((minute) => minute.close));
  expect(series.candles('premium', asked('1h', { limit: 2 }), nothing)).toMatchObject([{ close: expect.closeTo(0.1, 9) as number }, {}]);
});

it('of the history before its start it works out no more than it keeps', () => {
  const now = START + 5000 * FIVE;
  const series = new ReferenceSeries(now);
  for (let number = 0; number < 5000; number += 1) series.append(pathOf(number));
  expect(series.candles('mark', asked('5m'), nothing)).toHaveLength(1600);
  expect(series.candles('mark', asked('1m'), nothing)).toHaveLength(500);
  expect(series.candles('mark', asked('5m', { limit: 1 }), nothing)).toMatchObject([{ open: 499_809, close: 499_909 }]);
});

it('the path that time is on is seen up to now and no further', () => {
  const series = new ReferenceSeries(START);
  series.append(pathOf(0));
  const current = pathOf(1);
  // Two and a half of five minutes are over: half of its ten points.
  const seen = { current, now: START + FIVE + FIVE / 2 };
  expect(series.candles('mark', asked('5m'), seen).at(-1)).toMatchObject({ open: 9, high: 104, close: 104 });
  expect(series.candles('mark', asked('1m'), seen).slice(5)).toMatchObject([{ open: 9, close: 101 }, { close: 103 }, { close: 104 }]);
});

it('a candle of which the beginning was forgotten is not told', () => {
  const series = new ReferenceSeries(START + 7 * FIVE + 1600 * FIVE);
  for (let number = 0; number < 1607; number += 1) series.append(pathOf(number));
  const hours = series.candles('mark', asked('1h'), nothing);
  expect(hours[0]).toMatchObject({ openTime: START + 12 * FIVE, open: 1109 });
  expect(series.candles('mark', asked('5m'), nothing)[0]).toMatchObject({ openTime: START + 7 * FIVE });
});
