// The statistics at their edges: the least data each needs, ties, and values worked out by hand.
import { describe, expect, test } from 'vitest';
import { bootstrapDifference, bootstrapMean, quantileOfSorted, seededUniform } from '../../../src-main/core/review/intervals.ts';
import { normalCumulative } from '../../../src-main/core/review/normal.ts';
import { probabilityOfOverfitting } from '../../../src-main/core/review/overfitting.ts';
import {
  deflatedSharpe,
  expectedBestOfLuck,
  maxDrawdown,
  momentsOf,
  probabilisticSharpe,
  sharpePerPeriod,
  sharpeRatio,
  sortinoRatio,
} from '../../../src-main/core/review/returns.ts';
import { randomOf } from '../support/candles.ts';
import { phi } from './second-opinion.ts';

describe('quantiles', () => {
  test('lie on the straight line between the neighbours in order', () => {
    expect([0, 0.25, 0.5, 0.9, 1].map((share) => quantileOfSorted([1, 2, 4, 8], share))).toEqual([1, 1.75, 3, expect.closeTo(6.8, 12), 8]);
    expect([0, 0.3, 1].map((share) => quantileOfSorted([5], share))).toEqual([5, 5, 5]);
    expect(quantileOfSorted([], 0.5)).toBeNaN();
  });
});

describe('the bootstrap', () => {
  /** The same draws taken again, one list after the other. */
  function meansAgain(lists: readonly (readonly number[])[], resamples: number, seed: number): number[] {
    const next = seededUniform(seed);
    const mean = (values: readonly number[]): number =>
      values.map(() => values[Math.floor(next() * values.length)]!).reduce((sum, value) => sum + value, 0) / values.length;
    return Array.from({ length: resamples }, () => lists.map(mean).reduce((a, b) => a - b)).toSorted((a, b) => a - b);
  }

  test('of a mean is the quantiles of two thousand resampled means of seed 1, 95 % of them inside', () => {
    const values = [3.1, -1.7, 4.04, 1.003, -5.77, 9.31, 2.222, -0.6];
    const means = meansAgain([values], 2000, 1);
    const { low, high } = bootstrapMean(values);
    expect(low).toBeCloseTo(quantileOfSorted(means, 0.025), 12);
    expect(high).toBeCloseTo(quantileOfSorted(means, 0.975), 12);
    const half = bootstrapMean(values, { resamples: 50, seed: 9, confidence: 0.5 });
    expect(half.low).toBeCloseTo(quantileOfSorted(meansAgain([values], 50, 9), 0.25), 12);
  });

  test('of two values is known', () => {
    expect(bootstrapMean([1, 2])).toEqual({ low: 1, high: 2 });
    expect(bootstrapDifference([1, 2], [0, 0])).toEqual({ difference: 1.5, low: 1, high: 2 });
  });

  test('of a difference is that of the means, with the quantiles of resampled differences', () => {
    const lists = [
      [3, -1, 4, 1],
      [2, 7, 1, 8, 2],
    ] as const;
    const found = bootstrapDifference(...lists, { resamples: 300, seed: 4, confidence: 0.9 });
    const again = meansAgain(lists, 300, 4);
    expect(found.difference).toBeCloseTo(7 / 4 - 20 / 5, 12);
    expect(found.low).toBeCloseTo(quantileOfSorted(again, 0.05), 12);
    expect(found.high).toBeCloseTo(quantileOfSorted(again, 0.95), 12);
  });

  test('of a difference is unknown while either list has less than two values', () => {
    const unknown = { difference: Number.NaN, low: Number.NaN, high: Number.NaN };
    expect([bootstrapDifference([1], [1, 2]), bootstrapDifference([1, 2], [1])]).toEqual([unknown, unknown]);
  });
});

describe('chance', () => {
  test('is that of mulberry32: a recorded seed draws the same numbers for ever', () => {
    for (const seed of [0, 1, 20_261_121, 4_294_967_295]) {
      const [ours, other] = [seededUniform(seed), randomOf(seed)];
      for (let draw = 0; draw < 50; draw += 1) expect(ours()).toBe(other());
    }
  });
});

describe('the normal distribution', () => {
  test('has the tails of the complementary error function where one formula ends and the next begins', () => {
    const tails = { '-6.5': 4.016000583859125e-11, '-7.2': 3.0106279811174455e-13, '-8': 6.220960574271819e-16, '-9': 1.1285884059538422e-19 };
    for (const [x, tail] of Object.entries(tails)) expect(normalCumulative(Number(x)) / tail).toBeCloseTo(1, 7);
    expect(normalCumulative(0)).toBeCloseTo(0.5, 15);
  });
});

describe('risk-adjusted return', () => {
  test('needs two returns', () => {
    expect([momentsOf([0.1]).deviation, sharpeRatio([0.1]), sortinoRatio([-0.1])]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect([momentsOf([1, 3]).deviation, sharpeRatio([1, 3], 1)]).toEqual([Math.SQRT2, expect.closeTo(Math.SQRT2, 12)]);
    expect(sortinoRatio([-0.1, 0.3], 1)).toBeCloseTo(0.1 / Math.sqrt(0.005), 12);
  });

  test('is annualised by the square root of 365 unless told otherwise', () => {
    expect(sharpeRatio([1, 3])).toBeCloseTo(Math.SQRT2 * Math.sqrt(365), 12);
    expect(sharpePerPeriod([1, 3])).toBeCloseTo(Math.SQRT2, 12);
    expect(sortinoRatio([-0.1, 0.3])).toBeCloseTo((0.1 / Math.sqrt(0.005)) * Math.sqrt(365), 12);
  });

  test('the probabilistic ratio follows its formula, needs three returns, variation, and a spread above zero', () => {
    const shape = { count: 101, mean: 0.02, deviation: 0.1, skewness: -0.5, kurtosis: 5 };
    const spread = 1 + 0.5 * 0.2 + 0.2 ** 2;
    expect(probabilisticSharpe(shape, 0.05)).toBeCloseTo(phi((0.15 * 10) / Math.sqrt(spread)), 9);
    expect(probabilisticSharpe({ ...shape, count: 2 }, 0)).toBeNaN();
    expect(probabilisticSharpe({ ...shape, count: 3 }, 0)).toBeCloseTo(phi((0.2 * Math.SQRT2) / Math.sqrt(spread)), 9);
    expect([0, Number.NaN].map((deviation) => probabilisticSharpe({ ...shape, deviation }, 0))).toEqual([Number.NaN, Number.NaN]);
    // A ratio of 1, skewness 1 and kurtosis 1 leave a spread of exactly 0.
    expect(probabilisticSharpe({ count: 9, mean: 1, deviation: 1, skewness: 1, kurtosis: 1 }, 0)).toBeNaN();
  });

  test('two trials are already deflated, by the variance of their ratios', () => {
    const series = [0.02, -0.01, 0.03, -0.02, 0.01, 0.015];
    const trials = [0.1, 0.4];
    expect(expectedBestOfLuck(1, 0.5)).toBe(0);
    // z of one half is 0; z of 1 − 1/(2e) = 0.81606 is 0.9004.
    expect(expectedBestOfLuck(2, 0.25)).toBeCloseTo(0.5 * 0.577_215_664_9 * 0.900_44, 4);
    const variance = 2 * 0.15 ** 2;
    expect(deflatedSharpe(series, trials)).toBe(probabilisticSharpe(momentsOf(series), expectedBestOfLuck(2, momentsOf(trials).deviation ** 2)));
    expect(momentsOf(trials).deviation ** 2).toBeCloseTo(variance, 12);
  });
});

describe('the deepest fall', () => {
  test('starts at the last of equal peaks, ends at the first of equal depths, and is over when its peak is reached again', () => {
    expect(maxDrawdown([100, 100, 90, 100])).toEqual({ share: 0.1, amount: 10, peakIndex: 1, troughIndex: 2, recoveredIndex: 3 });
    expect(maxDrawdown([100, 90, 100, 90])).toEqual({ share: 0.1, amount: 10, peakIndex: 0, troughIndex: 1, recoveredIndex: 2 });
    expect(maxDrawdown([100, 90, 99.9])).toMatchObject({ recoveredIndex: null });
  });

  test('of a series that only rises is none', () => {
    expect(maxDrawdown([100, 110, 120])).toEqual({ share: 0, amount: 0, peakIndex: 0, troughIndex: 0, recoveredIndex: null });
    expect(maxDrawdown([])).toMatchObject({ share: 0, recoveredIndex: null });
  });
});

describe('the probability of overfitting', () => {
  const up = [1, 2, 3];
  const down = [-1, -2, -3];
  const flat = [0.1, -0.1, 0];

  test('is certain when the best of each half is the worst of the other', () => {
    expect(
      probabilityOfOverfitting(
        [
          [...up, ...down],
          [...down, ...up],
        ],
        2,
      ),
    ).toEqual({ probability: 1, splits: 2, blocks: 2 });
  });

  test('is none when the best stays the best', () => {
    expect(
      probabilityOfOverfitting(
        [
          [...up, ...up],
          [...down, ...down],
          [...flat, ...flat],
        ],
        2,
      ).probability,
    ).toBe(0);
  });

  test('counts the median of the other half as no better than chance', () => {
    const trials = [
      [...up, ...flat],
      [...flat, ...up],
      [...down, ...down],
    ];
    expect(probabilityOfOverfitting(trials, 2).probability).toBe(1);
    expect(
      probabilityOfOverfitting(
        [
          [...up, ...up],
          [...up, ...up],
        ],
        2,
      ).probability,
    ).toBe(1);
  });

  test('counts a rank just above the median as better than chance, and shares the rank of equals', () => {
    const at = (first: number, second: number): number[] => [...up.map((value) => value + 3 * first), ...up.map((value) => value + 3 * second)];
    // The best of either half stands sixth of ten in the other: 6 / 11.
    const ten = [0, 1, 2, 3, 4, 6, 7, 8].map((level) => at(level, level));
    expect(probabilityOfOverfitting([...ten, at(9, 5), at(5, 9)], 2).probability).toBe(0);
    // Below one, beside another: 2.5 / 4.
    expect(probabilityOfOverfitting([at(2, 1), at(1, 1), at(0, 0)], 2).probability).toBe(0);
  });

  test('needs two trials and three periods a block; a trial without a trade has neither gain nor risk', () => {
    const long = Array.from({ length: 24 }, (_, index) => (index % 2) - 0.2);
    const idle = long.map(() => 0);
    expect(probabilityOfOverfitting([long])).toEqual({ probability: Number.NaN, splits: 0, blocks: 0 });
    expect(probabilityOfOverfitting([long, idle])).toEqual({ probability: 0, splits: 70, blocks: 8 });
    expect(probabilityOfOverfitting([long.slice(1), idle.slice(1)]).splits).toBe(0);
    expect(probabilityOfOverfitting([long.map((value) => -value), idle]).probability).toBe(0);
  });
});
