// The bounded maps of scores: where they begin, where they end, and a straight line between.
import { describe, expect, it } from 'vitest';
import { bounded, soft } from '../../../src-main/core/features/row-writer.ts';
import { clamp, oppositeSide, plateau, sideDirection, sideSign, unit } from '../../../src-main/core/features/scale.ts';

describe('scores', () => {
  it('are kept within their bounds, and an unknown one stays unknown', () => {
    expect([-3, -2, 0, 2, 3].map((value) => clamp(value, -2, 2))).toEqual([-2, -2, 0, 2, 2]);
    expect([-0.1, 0, 0.4, 1, 1.1].map(unit)).toEqual([0, 0, 0.4, 1, 1]);
    expect(unit(Number.NaN)).toBeNaN();
  });

  it('are full on a plateau and fall in a straight line to nothing on both sides', () => {
    const shape = { zeroLow: 2, low: 4, high: 8, zeroHigh: 16 };
    expect([1, 2, 2.5, 3, 4, 6, 8, 10, 12, 16, 20].map((value) => plateau(value, shape))).toEqual([0, 0, 0.25, 0.5, 1, 1, 1, 0.75, 0.5, 0, 0]);
  });

  it('turn with the side', () => {
    expect([sideSign('long'), sideSign('short')]).toEqual([1, -1]);
    expect([sideDirection('long'), sideDirection('short')]).toEqual(['bullish', 'bearish']);
    expect([oppositeSide('long'), oppositeSide('short')]).toEqual(['short', 'long']);
  });

  it('become features between −2 and 2: an unknown one 0, and a measurement without bounds bent into ±1', () => {
    expect([-3, -2, -1.5, 0, 1.9, 2, 2.5, Number.NaN].map(bounded)).toEqual([-2, -2, -1.5, 0, 1.9, 2, 2, 0]);
    expect([-3, -1, 0, 1, 3, 1e12].map(soft)).toEqual([-0.75, -0.5, 0, 0.5, 0.75, expect.closeTo(1, 9)]);
  });
});
