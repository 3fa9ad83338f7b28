// Market-wide volatility measures.
import { describe, expect, it } from 'vitest';
import { epochMs } from '../../../src-shared/kernel/units.ts';
import { medianOf, MinuteMove, ratioToMean, ratioToMedian } from '../../../src-main/core/engine/volatility.ts';

describe('MinuteMove', () => {
  it('measures the move within the last minute only', () => {
    const move = new MinuteMove();
    move.add(100, epochMs(0));
    move.add(102, epochMs(30_000));
    expect(move.percent()).toBeCloseTo(2, 10);
    move.add(102, epochMs(61_000));
    expect(move.percent()).toBe(0);
  });
  it('is 0 before two samples', () => {
    const move = new MinuteMove();
    expect(move.percent()).toBe(0);
    move.add(100, epochMs(0));
    expect(move.percent()).toBe(0);
  });
});

describe('medianOf', () => {
  it('ignores warm-up values and averages the middle pair', () => {
    expect(medianOf([3, Number.NaN, 1, 2, 10])).toBe(2.5);
    expect(medianOf([Number.NaN])).toBeNaN();
  });
});

/** Hourly candles whose ATR was this, newest first. */
function hourly(past: readonly number[]): Parameters<typeof ratioToMean>[0] {
  return { atr: past[0] ?? Number.NaN, indicators: { atrAgo: (ago) => past[ago] ?? Number.NaN } };
}

describe('ATR against its past', () => {
  /** 0.02 now; 29 days of 0.01 and before them a wild month of 0.05. */
  const past = [0.02, ...Array.from({ length: 29 * 24 }, () => 0.01), ...Array.from({ length: 31 * 24 }, () => 0.05)];

  it('over its mean counts the days that were asked for and no more', () => {
    expect(ratioToMean(hourly(past), 7)).toBeCloseTo(0.02 / ((0.02 + 167 * 0.01) / 168), 12);
    expect(ratioToMean(hourly(past), 30)).toBeCloseTo(0.02 / ((0.02 + 696 * 0.01 + 23 * 0.05) / 720), 12);
  });

  it('over its median is not moved by a few wild hours', () => {
    expect(ratioToMedian(hourly(past), 30)).toBeCloseTo(2, 12);
    expect(ratioToMedian(hourly(past), 60)).toBeCloseTo(0.4, 12);
  });

  it('is unknown with less than a day of it, and known from a day on', () => {
    const short = (hours: number): ReturnType<typeof hourly> => hourly(Array.from({ length: hours }, () => 0.25));
    expect([ratioToMean(short(23), 7), ratioToMedian(short(23), 30)]).toEqual([Number.NaN, Number.NaN]);
    expect([ratioToMean(short(24), 7), ratioToMedian(short(24), 30)]).toEqual([1, 1]);
  });
});
