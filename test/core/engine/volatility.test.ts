// Market-wide volatility measures.
import { describe, expect, it } from 'vitest';
import { epochMs } from '../../../src-shared/kernel/units.ts';
import { medianOf, MinuteMove } from '../../../src-main/core/engine/volatility.ts';

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
