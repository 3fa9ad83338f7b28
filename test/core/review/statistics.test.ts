// The statistics agree with published numbers and with a second implementation that shares no code with them.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bootstrapDifference, bootstrapMean, quantileOfSorted, seededUniform, wilsonInterval } from '../../../src-main/core/review/intervals.ts';
import { normalCumulative, normalQuantile } from '../../../src-main/core/review/normal.ts';
import { probabilityOfOverfitting } from '../../../src-main/core/review/overfitting.ts';
import {
  deflatedSharpe,
  expectedBestOfLuck,
  maxDrawdown,
  momentsOf,
  probabilisticSharpe,
  returnsOf,
  sharpePerPeriod,
  sharpeRatio,
  sortinoRatio,
} from '../../../src-main/core/review/returns.ts';
import { deepestFall, everyResampledMean, moments, phi, wilson } from './second-opinion.ts';

const returnList = fc.array(fc.double({ min: -0.2, max: 0.2, noNaN: true }), { minLength: 5, maxLength: 60 }).filter((list) => moments(list).deviation > 1e-3);

describe('normal distribution', () => {
  test('the cumulative probability agrees with integration of the density', () => {
    for (const x of [-6, -3.3, -1.96, -0.5, 0, 0.1, 1, 2.5758, 5]) expect(normalCumulative(x)).toBeCloseTo(phi(x), 10);
  });

  test('far tails agree with published values', () => {
    expect(normalCumulative(-10) / 7.619853024160527e-24).toBeCloseTo(1, 8);
    expect(normalCumulative(-40)).toBe(0);
    expect(normalCumulative(40)).toBe(1);
  });

  test('the quantile is the inverse of the cumulative probability', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true }), (p) => {
        expect(normalCumulative(normalQuantile(p))).toBeCloseTo(p, 12);
      }),
    );
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 12);
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([-Infinity, Infinity]);
  });
});

describe('intervals', () => {
  test("Wilson's interval ends where the observed share is z standard errors away", () => {
    for (const [successes, count] of [
      [3, 10],
      [57, 103],
      [1, 40],
      [20, 20],
      [0, 7],
    ] as const) {
      const [low, high] = wilson(successes, count, 1.959963984540054);
      expect(wilsonInterval(successes, count).low).toBeCloseTo(low, 9);
      expect(wilsonInterval(successes, count).high).toBeCloseTo(high, 9);
    }
  });

  test('without a trial every share is possible', () => {
    expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 });
  });

  test('the bootstrap finds the quantiles of the exact resampling distribution', () => {
    const values = [-1, -1, 2, 0.5, 3];
    const exact = everyResampledMean(values);
    const drawn = bootstrapMean(values, { resamples: 40_000, seed: 7 });
    expect(drawn.low).toBeCloseTo(quantileOfSorted(exact, 0.025), 1);
    expect(drawn.high).toBeCloseTo(quantileOfSorted(exact, 0.975), 1);
  });

  test('the bootstrap of one list is the same every time, and unknown below two values', () => {
    expect(bootstrapMean([1, 2, 3, 4], { seed: 3 })).toEqual(bootstrapMean([1, 2, 3, 4], { seed: 3 }));
    expect(bootstrapMean([1], { seed: 3 })).toEqual({ low: Number.NaN, high: Number.NaN });
  });

  test('the difference of two means has an interval around it that excludes zero only for lists that differ', () => {
    const next = seededUniform(5);
    const list = (shift: number): number[] => Array.from({ length: 200 }, () => next() + shift);
    const same = bootstrapDifference(list(0), list(0));
    const apart = bootstrapDifference(list(0.5), list(0));
    expect(same.low).toBeLessThan(0);
    expect(same.high).toBeGreaterThan(0);
    expect(apart.low).toBeGreaterThan(0.3);
    expect(apart.high).toBeLessThan(0.7);
  });

  test('seeded numbers are uniform', () => {
    const next = seededUniform(11);
    const draws = Array.from({ length: 20_000 }, next);
    const { mean, deviation } = moments(draws);
    expect(mean).toBeCloseTo(0.5, 2);
    expect(deviation).toBeCloseTo(Math.sqrt(1 / 12), 2);
  });
});

describe('risk-adjusted return', () => {
  test('moments agree with sums of powers', () => {
    fc.assert(
      fc.property(returnList, (list) => {
        const ours = momentsOf(list);
        const other = moments(list);
        expect(ours.mean).toBeCloseTo(other.mean, 10);
        expect(ours.deviation).toBeCloseTo(other.deviation, 8);
        expect(ours.skewness).toBeCloseTo(other.skewness, 4);
        expect(ours.kurtosis).toBeCloseTo(other.kurtosis, 4);
      }),
    );
  });

  test('Sharpe and Sortino ratios of a small series computed by hand', () => {
    const series = [0.02, -0.01, 0.03, -0.02];
    expect(sharpeRatio(series, 1)).toBeCloseTo(0.005 / Math.sqrt((0.000225 + 0.000225 + 0.000625 + 0.000625) / 3), 12);
    expect(sortinoRatio(series, 1)).toBeCloseTo(0.005 / Math.sqrt((0.0001 + 0.0004) / 4), 12);
    expect(sharpeRatio(series, 365)).toBeCloseTo(sharpeRatio(series, 1) * Math.sqrt(365), 12);
  });

  test('a series without variation or without a loss has no ratio', () => {
    expect(sharpeRatio([0.01, 0.01, 0.01])).toBeNaN();
    expect(sortinoRatio([0.01, 0.02])).toBeNaN();
  });

  test('the deepest fall agrees with looking at every pair of points', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 10, max: 200, noNaN: true }), { minLength: 2, maxLength: 40 }), (equity) => {
        expect(maxDrawdown(equity).share).toBeCloseTo(deepestFall(equity), 12);
      }),
    );
  });

  test('a fall names its peak, its bottom and its recovery', () => {
    expect(maxDrawdown([100, 120, 90, 110, 121, 118])).toEqual({ share: 0.25, amount: 30, peakIndex: 1, troughIndex: 2, recoveredIndex: 4 });
    expect(maxDrawdown([100, 80, 90]).recoveredIndex).toBeNull();
  });

  test('the published example of the deflated Sharpe ratio comes out', () => {
    // Bailey and López de Prado (2014), numerical example: 100 trials with variance 1/2 a year, 1250 days, SR 2.5 a year, skewness −3, kurtosis 10.
    const benchmark = expectedBestOfLuck(100, 0.5 / 250);
    expect(benchmark).toBeCloseTo(0.1132, 4);
    const shape = { count: 1250, mean: 2.5 / Math.sqrt(250), deviation: 1, skewness: -3, kurtosis: 10 };
    expect(probabilisticSharpe(shape, benchmark)).toBeCloseTo(0.9004, 3);
  });

  test('one trial is not deflated, and more trials deflate more', () => {
    const next = seededUniform(2);
    const series = Array.from({ length: 250 }, () => (next() - 0.42) * 0.02);
    const ratio = sharpePerPeriod(series);
    expect(deflatedSharpe(series, [ratio])).toBe(probabilisticSharpe(momentsOf(series), 0));
    const trials = Array.from({ length: 50 }, () => ratio * (next() - 0.5));
    expect(deflatedSharpe(series, [ratio, ...trials])).toBeLessThan(deflatedSharpe(series, [ratio, ...trials.slice(0, 5)]));
  });

  test('returns are taken between consecutive equities', () => {
    expect(returnsOf([100, 110, 99])).toEqual([expect.closeTo(0.1, 12), expect.closeTo(-0.1, 12)]);
  });
});

describe('probability of overfitting', () => {
  const noise = (trials: number, seed: number): number[][] => {
    const next = seededUniform(seed);
    return Array.from({ length: trials }, () => Array.from({ length: 160 }, () => next() - 0.5));
  };

  test('the best of pure noise is worth nothing outside about half the time', () => {
    const estimates = [1, 2, 3, 4, 5, 6].map((seed) => probabilityOfOverfitting(noise(20, seed)).probability);
    const mean = estimates.reduce((sum, value) => sum + value, 0) / estimates.length;
    expect(mean).toBeGreaterThan(0.3);
    expect(mean).toBeLessThan(0.75);
  });

  test('a trial that is better everywhere is not overfitted', () => {
    const trials = noise(20, 9);
    trials[4] = trials[4]!.map((value) => value + 0.6);
    expect(probabilityOfOverfitting(trials)).toEqual({ probability: 0, splits: 70, blocks: 8 });
  });

  test('too little data gives no estimate', () => {
    expect(probabilityOfOverfitting([[0.1, 0.2]]).probability).toBeNaN();
  });
});
