// The venue's candles: larger intervals add up, ranges are honoured, minutes add up to their five, and memory has an end.
import { describe, expect, it } from 'vitest';
import type { Candle } from '../../../src-shared/domain/candle.ts';
import { epochMs } from '../../../src-shared/kernel/units.ts';
import { minuteCandles, priceAt } from '../../../src-worker/market/minutes.ts';
import { aggregateSeries, CandleSeries } from '../../../src-worker/market/series.ts';

const T0 = Date.UTC(2026, 0, 19);
const STEP = 300_000;

function candle(index: number): Candle {
  const open = 100 + (index % 17);
  return {
    openTime: epochMs(T0 + index * STEP),
    open,
    high: open + 3,
    low: open - 2,
    close: 100 + ((index + 1) % 17),
    volume: 1 + (index % 5),
    quoteVolume: 100,
    trades: 2,
    takerBuyVolume: 0.5,
  };
}

function seriesOf(count: number): CandleSeries {
  const series = new CandleSeries();
  for (let index = 0; index < count; index += 1) series.append(candle(index));
  return series;
}

describe('candles of larger intervals', () => {
  const series = seriesOf(600);
  const all = { from: 0, to: Number.MAX_SAFE_INTEGER, limit: 1500, newest: true } as const;

  it('add up exactly, the unfinished one included', () => {
    const hours = aggregateSeries(series, candle(600), { ...all, interval: '1h' });
    expect(hours).toHaveLength(51);
    const [first] = hours;
    const parts = Array.from({ length: 12 }, (_, index) => candle(index));
    expect(first).toMatchObject({
      openTime: T0,
      open: parts[0]?.open,
      close: parts[11]?.close,
      high: Math.max(...parts.map((part) => part.high)),
      low: Math.min(...parts.map((part) => part.low)),
      volume: parts.reduce((sum, part) => sum + part.volume, 0),
      trades: 24,
    });
    expect(hours.at(-1)).toMatchObject({ openTime: T0 + 600 * STEP, volume: candle(600).volume });
    expect(hours.reduce((sum, hour) => sum + hour.volume, 0)).toBe(
      Array.from({ length: 601 }, (_, index) => candle(index).volume).reduce((sum, value) => sum + value, 0),
    );
  });

  it('keep to the range: forward from a start, or the newest before an end', () => {
    const forward = aggregateSeries(series, null, { interval: '15m', from: T0 + STEP, to: Number.MAX_SAFE_INTEGER, limit: 3, newest: false });
    expect(
      forward.map((row) => (row.openTime - T0) / STEP),
      'a candle that began before the start is left out',
    ).toEqual([3, 6, 9]);
    const backward = aggregateSeries(series, null, { interval: '15m', from: 0, to: T0 + 100 * STEP, limit: 2, newest: true });
    expect(backward.map((row) => (row.openTime - T0) / STEP)).toEqual([96, 99]);
    expect(aggregateSeries(series, null, { ...all, interval: '1w' })).toHaveLength(1);
    expect(aggregateSeries(series, null, { ...all, interval: '1d', limit: 2 })).toHaveLength(2);
  });

  it('forget the oldest after two months and stay right about the rest', () => {
    const long = seriesOf(20_000);
    expect(long.count).toBeLessThanOrEqual(16_384);
    expect(long.last).toEqual(candle(19_999));
    expect(long.at(long.lowerBound(T0 + 15_000 * STEP))).toEqual(candle(15_000));
    expect(long.day()?.open).toBe(candle(20_000 - 288).open);
  });
});

describe('minutes', () => {
  it('add up to their five minutes in price and volume', () => {
    const whole: Candle = { ...candle(0), open: 100, high: 106, low: 97, close: 104, volume: 50 };
    const points = Float64Array.from([101, 99, 97, 100, 103, 106, 105, 104.5, 105, 103, 103.5, 104]);
    const minutes = minuteCandles(whole, points, { until: T0 + STEP, round: (price) => price });
    expect(minutes).toHaveLength(5);
    expect(minutes[0]?.open).toBe(100);
    expect(minutes.at(-1)?.close).toBe(104);
    expect(Math.max(...minutes.map((minute) => minute.high))).toBe(106);
    expect(Math.min(...minutes.map((minute) => minute.low))).toBe(97);
    expect(minutes.reduce((sum, minute) => sum + minute.volume, 0)).toBeCloseTo(50, 9);
    for (let index = 1; index < 5; index += 1) expect(minutes[index]?.open).toBe(minutes[index - 1]?.close);
  });

  it('end at the present, with price on the line between two points', () => {
    const whole: Candle = { ...candle(0), open: 100, high: 110, low: 100, close: 110, volume: 50 };
    const points = Float64Array.from([105, 110]);
    expect(priceAt(whole, points, T0 + 75_000)).toBe(102.5);
    const minutes = minuteCandles(whole, points, { until: T0 + 90_000, round: (price) => price });
    expect(minutes.map((minute) => [minute.open, minute.close])).toEqual([
      [100, 102],
      [102, 103],
    ]);
  });
});
