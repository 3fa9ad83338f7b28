// The figures of a verdict, each computed by hand on rows that can be counted on the fingers.
import { describe, expect, it } from 'vitest';
import { showsEdge } from '../../../src-worker/training/fit.ts';
import { calibrationZ, mean, scoreModel, type Metrics, type Scored } from '../../../src-worker/training/metrics.ts';

const DAY = 86_400_000;

const scored = (probability: number, label: 0 | 1, change: Partial<Scored> = {}): Scored => ({
  probability,
  label,
  resultR: label === 1 ? 1.9 : -1.1,
  decidedAt: 0,
  baseRate: 0.5,
  breakEven: 0.4,
  ...change,
});

describe('the figures of a model', () => {
  it('log loss, base log loss, gain, Brier and base rate are those of the definition', () => {
    const rows = [scored(0.8, 1, { baseRate: 0.25 }), scored(0.4, 0, { decidedAt: 5 * DAY, baseRate: 0.25 })];
    const metrics = scoreModel(rows, 1);
    expect(metrics.logLoss).toBeCloseTo((-Math.log(0.8) - Math.log(0.6)) / 2, 12);
    expect(metrics.baseLogLoss).toBeCloseTo((-Math.log(0.25) - Math.log(0.75)) / 2, 12);
    expect(metrics.logLossGain.value).toBeCloseTo(metrics.baseLogLoss - metrics.logLoss, 12);
    expect(metrics.brier).toBeCloseTo((0.04 + 0.16) / 2, 12);
    expect([metrics.count, metrics.baseRate, metrics.auc]).toEqual([2, 0.5, 1]);
    expect(metrics.expectancyAll.value).toBeCloseTo(0.4, 12);
  });

  it('takes what stands above its own break-even, not at it', () => {
    const rows = [scored(0.4, 1), scored(0.41, 1), scored(0.6, 0, { decidedAt: DAY }), scored(0.6, 1, { breakEven: 0.7 })];
    const metrics = scoreModel(rows, 1);
    expect([metrics.taken, metrics.precision]).toEqual([2, 0.5]);
    expect(metrics.expectancyTaken.value).toBeCloseTo((1.9 - 1.1) / 2, 12);
    expect(scoreModel([scored(0.4, 1)], 1)).toMatchObject({ taken: 0, precision: Number.NaN, expectancyTaken: { value: Number.NaN } });
  });

  it('a certain prediction that was wrong costs much and not infinitely', () => {
    expect(scoreModel([scored(0, 1)], 1).logLoss).toBeCloseTo(-Math.log(1e-9), 9);
    expect(mean([])).toBeNaN();
  });

  it('the calibration is in deviations of chance, above zero where more is won than was said', () => {
    // One row: (label − p)(1 − 2p) over its own deviation.
    expect(calibrationZ([{ probability: 0.2, label: 1 }])).toBeCloseTo((0.8 * 0.6) / Math.sqrt(0.36 * 0.16), 12);
    expect(calibrationZ([{ probability: 0.2, label: 0 }])).toBeCloseTo((-0.2 * 0.6) / Math.sqrt(0.36 * 0.16), 12);
    const two = [
      { probability: 0.2, label: 1 },
      { probability: 0.9, label: 1 },
    ];
    expect(calibrationZ(two)).toBeCloseTo((0.8 * 0.6 - 0.1 * 0.8) / Math.sqrt(0.36 * 0.16 + 0.64 * 0.09), 12);
    expect(calibrationZ([{ probability: 0.5, label: 1 }])).toBeNaN();
  });

  it('the calibration curve has ten even bins in the order of what was said, and none that is empty', () => {
    const rows = Array.from({ length: 25 }, (_, at) => scored((25 - at) / 100, at < 5 ? 1 : 0));
    const { calibration } = scoreModel(rows, 1);
    expect(calibration.map(({ count }) => count)).toEqual([2, 3, 2, 3, 2, 3, 2, 3, 2, 3]);
    expect(calibration[0]).toMatchObject({ from: 0.01, to: 0.02, observed: 0 });
    expect(calibration[0]!.predicted).toBeCloseTo(0.015, 12);
    expect(calibration[9]).toMatchObject({ from: 0.23, to: 0.25, observed: 1 });
    expect(scoreModel(rows.slice(0, 3), 1).calibration.map(({ count }) => count)).toEqual([1, 1, 1]);
  });
});

describe('H5 an edge', () => {
  const good: Metrics = {
    ...scoreModel([scored(0.5, 1)], 1),
    calibrationZ: 3,
    logLossGain: { value: 0.1, low: 0.001, high: 0.2 },
    taken: 30,
    expectancyTaken: { value: 0.2, low: 0.001, high: 0.4 },
  };

  it('needs all four: calibration within three deviations, a lower loss, thirty trades and their expectancy above zero', () => {
    expect(showsEdge(good)).toBe(true);
    expect(showsEdge({ ...good, calibrationZ: -3 })).toBe(true);
    expect(showsEdge({ ...good, calibrationZ: 3.01 })).toBe(false);
    expect(showsEdge({ ...good, calibrationZ: -3.01 })).toBe(false);
    expect(showsEdge({ ...good, calibrationZ: Number.NaN })).toBe(false);
    expect(showsEdge({ ...good, logLossGain: { value: 0.1, low: 0, high: 0.2 } })).toBe(false);
    expect(showsEdge({ ...good, logLossGain: { value: 0.1, low: Number.NaN, high: Number.NaN } })).toBe(false);
    expect(showsEdge({ ...good, taken: 29 })).toBe(false);
    expect(showsEdge({ ...good, expectancyTaken: { value: 0.1, low: 0, high: 0.2 } })).toBe(false);
    expect(showsEdge({ ...good, expectancyTaken: { value: 0.1, low: Number.NaN, high: Number.NaN } })).toBe(false);
  });
});
