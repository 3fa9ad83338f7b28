// Splits and weights to the millisecond and the digit: what counts on which side of a boundary, and how much.
import { describe, expect, it } from 'vitest';
import type { TrainingRow } from '../../../src-worker/training/candidates.ts';
import { EMBARGO_MS, sampleWeights, splitAt, timeAtShare } from '../../../src-worker/training/split.ts';

const DAY = 86_400_000;

function row(decidedAt: number, labelledAt: number, change: Partial<TrainingRow> = {}): TrainingRow {
  return {
    kind: 'set-up',
    symbol: 'BTCUSDT',
    side: 'long',
    decidedAt,
    labelledAt,
    features: new Float32Array(0),
    label: 1,
    resultR: 2,
    breakEven: 0.4,
    ictConfidence: 0.5,
    quality: 1,
    isSignal: true,
    next: 0,
    exits: { stop: 0.01, target: 0.02, horizonMs: 4 * DAY },
    ...change,
  };
}

describe('a split by time', () => {
  const boundary = 100 * DAY;
  const times = (rows: readonly TrainingRow[]): readonly number[] => rows.map(({ decidedAt }) => decidedAt);

  it('L34 learns from what was known at the boundary itself, purges what was known a millisecond later, and judges from the end of the embargo', () => {
    const rows = [
      row(boundary - 9, boundary - 1),
      row(boundary - 8, boundary),
      row(boundary - 7, boundary + 1),
      row(boundary - 1, boundary + 5),
      row(boundary, boundary + 5),
      row(boundary + EMBARGO_MS - 1, boundary + 2 * EMBARGO_MS),
      row(boundary + EMBARGO_MS, boundary + 2 * EMBARGO_MS),
      row(boundary + 3 * DAY - 1, boundary + 9 * DAY),
      row(boundary + 3 * DAY, boundary + 9 * DAY),
    ];
    const { train, test, purged } = splitAt(rows, boundary, boundary + 3 * DAY);
    expect(times(train)).toEqual([boundary - 9, boundary - 8]);
    expect(times(test)).toEqual([boundary + EMBARGO_MS, boundary + 3 * DAY - 1]);
    expect(purged).toBe(2);
    expect(EMBARGO_MS).toBe(DAY);
  });

  it('finds the moment below which a share of the rows lies', () => {
    const rows = Array.from({ length: 10 }, (_, at) => row(at, at));
    expect([0, 0.25, 0.5, 0.99, 1].map((share) => timeAtShare(rows, share))).toEqual([0, 2, 5, 9, 9]);
    expect(timeAtShare([], 0.5)).toBe(0);
  });
});

describe('sample weights', () => {
  it('halve every 180 days, and run from a half to one with the quality known at entry', () => {
    const rows = [row(0, 1, { quality: 1 }), row(180 * DAY, 180 * DAY + 1, { quality: 0 }), row(360 * DAY, 360 * DAY + 1, { quality: 0.6 })];
    const weights = sampleWeights(rows);
    expect(weights[0]).toBeCloseTo(0.25, 12);
    expect(weights[1]).toBeCloseTo(0.5 * 0.5, 12);
    expect(weights[2]).toBeCloseTo(0.8, 12);
  });

  it('of label windows that overlap on one symbol are shared; windows that only touch overlap nothing', () => {
    const at = 10 * DAY;
    const weights = sampleWeights([row(at, at + 10), row(at, at + 5), row(at, at + 10, { symbol: 'ETHUSDT' }), row(at + 5, at + 12)]);
    expect([...weights].map((weight) => Math.round(weight * 1e6) / 1e6)).toEqual([0.333333, 0.5, 1, 0.5]);
  });
});
