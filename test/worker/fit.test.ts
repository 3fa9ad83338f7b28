// The verdict: a planted signal is an edge, noise is not, a planted leak fails the run, and time runs forward everywhere.
import { describe, expect, it } from 'vitest';
import { FEATURE_COUNT, FEATURES } from '../../src-main/core/features/schema.ts';
import { createRandom } from '../../src-worker/training/random.ts';
import type { TrainingRow } from '../../src-worker/training/candidates.ts';
import { boostedSteps, fitBoosted, showsEdge } from '../../src-worker/training/fit.ts';
import { driveSteps } from '../../src-worker/training/steps.ts';
import { EMBARGO_MS, sampleWeights, splitAt, uniquenessOf } from '../../src-worker/training/split.ts';
import { areaUnderCurve, bootstrapMean, scoreModel } from '../../src-worker/training/metrics.ts';
import { fitPlatt } from '../../src-worker/training/calibrate.ts';
import { sigmoid } from '../../src-worker/training/tree.ts';

const DAY = 86_400_000;
const START = 1_700_000_000_000;
const silent = (): void => undefined;

interface Plan {
  /** Log odds are strength × feature 3 − 0.7. */
  readonly strength: number;
  readonly leak?: boolean;
  readonly seed: number;
}

function planted({ strength, leak = false, seed }: Plan): readonly TrainingRow[] {
  const random = createRandom(seed);
  return Array.from({ length: 3000 }, (_, index): TrainingRow => {
    const features = Float32Array.from({ length: FEATURE_COUNT }, () => random() * 2 - 1);
    const label = random() < sigmoid(strength * features[3]! - 0.7) ? 1 : 0;
    if (leak) features[40] = label + 0.2 * features[40]!;
    const decidedAt = START + index * DAY * 0.1;
    return {
      kind: 'set-up',
      symbol: `S${index % 7}`,
      side: index % 2 === 0 ? 'long' : 'short',
      decidedAt,
      labelledAt: decidedAt + DAY / 4,
      features,
      label,
      resultR: (label === 1 ? 2 : -1) - 0.1,
      breakEven: 1.1 / 3,
      ictConfidence: random(),
      quality: 0.5,
      isSignal: true,
      next: index,
      exits: { stop: 0.01, target: 0.02, horizonMs: 4 * DAY },
    };
  });
}

describe('training verdict', () => {
  it('finds a planted signal out of sample and calls it an edge', () => {
    const fit = fitBoosted(planted({ strength: 2.5, seed: 1 }), 3, silent);
    expect(fit.edge).toBe(true);
    expect(fit.holdOut.auc).toBeGreaterThan(0.75);
    expect(fit.holdOut.expectancyTaken.low).toBeGreaterThan(0);
    expect(fit.importance[0]!.feature).toBe(`${FEATURES[3]!.group}.${FEATURES[3]!.name}`);
    expect(fit.leakage).toMatchObject({ passed: true, suspiciousFeatures: [], windowsOverlap: false });
  });

  it('says no edge on pure noise', () => {
    for (const seed of [1, 2, 3]) {
      const fit = fitBoosted(planted({ strength: 0, seed }), seed, silent);
      expect(fit.edge).toBe(false);
      expect(Math.abs(fit.leakage.shuffledAuc - 0.5)).toBeLessThan(0.1);
    }
  });

  it('a feature that peeks at the outcome fails the run, however good it looks', () => {
    const fit = fitBoosted(planted({ strength: 1, leak: true, seed: 4 }), 3, silent);
    expect(fit.holdOut.auc).toBeGreaterThan(0.95);
    expect(fit.leakage.suspiciousFeatures).toEqual([FEATURES[40]!.name]);
    expect(fit.edge).toBe(false);
  });

  it('L20 names a feature that never changes in training', () => {
    const rows = planted({ strength: 1, seed: 6 }).map((row) => ({ ...row, features: row.features.with(10, 0.5) }));
    expect(fitBoosted(rows, 3, silent).leakage.constantFeatures).toEqual([FEATURES[10]!.name]);
  });

  it('the same rows and seed give the same model; pauses between steps change no byte, and a run can be cancelled between two of them', async () => {
    const rows = planted({ strength: 1, seed: 8 });
    let steps = 0;
    const pausing = await driveSteps(boostedSteps(rows, 5, silent), {
      onProgress: () => (steps += 1),
      mayGoOn: () => new Promise((resume) => setTimeout(() => resume(true), steps % 50 === 0 ? 2 : 0)),
    });
    expect(pausing.kind === 'done' && JSON.stringify(pausing.value)).toBe(JSON.stringify(fitBoosted(rows, 5, silent)));
    expect(steps).toBeGreaterThan(100);
    const cancelled = await driveSteps(boostedSteps(rows, 5, silent), { onProgress: () => undefined, mayGoOn: () => Promise.resolve(false) });
    expect(cancelled).toEqual({ kind: 'cancelled' });
  });

  it('L34 splits by time: training outcomes are known at the boundary, test decisions come an embargo later', () => {
    const rows = planted({ strength: 0, seed: 2 });
    const boundary = rows[2000]!.decidedAt;
    const { train, test, purged } = splitAt(rows, boundary, Infinity);
    expect(Math.max(...train.map((row) => row.labelledAt))).toBeLessThanOrEqual(boundary);
    expect(Math.min(...test.map((row) => row.decidedAt))).toBeGreaterThanOrEqual(boundary + EMBARGO_MS);
    expect(purged).toBe(2);
    expect(train.length + purged).toBe(2000);
  });

  it('L34 weights never look at the outcome, and winners and losers both stay', () => {
    const rows = planted({ strength: 1, seed: 3 });
    const flipped = rows.map((row) => ({ ...row, label: (1 - row.label) as 0 | 1, resultR: -row.resultR }));
    expect([...sampleWeights(flipped)]).toEqual([...sampleWeights(rows)]);
    expect(new Set(splitAt(rows, Infinity, Infinity).train.map((row) => row.label))).toEqual(new Set([0, 1]));
  });

  it('overlapping label windows of one symbol share weight; other symbols do not count', () => {
    const row = (symbol: string, decidedAt: number, labelledAt: number): Pick<TrainingRow, 'symbol' | 'decidedAt' | 'labelledAt'> => ({
      symbol,
      decidedAt,
      labelledAt,
    });
    const rows = [row('A', 0, 10), row('B', 1, 9), row('A', 5, 20), row('A', 8, 9), row('A', 20, 30)];
    expect([...uniquenessOf(rows)]).toEqual([1 / 3, 1, 1 / 3, 1 / 3, 1]);
  });
});

describe('figures', () => {
  it('L35 calibration makes probabilities of this side winning: an over-sure model is pulled back, a backward one is ignored', () => {
    const random = createRandom(12);
    const margins = Array.from({ length: 5000 }, () => random() * 6 - 3);
    const labels = margins.map((margin) => (random() < sigmoid(0.5 * margin - 0.4) ? 1 : 0));
    const { slope, intercept } = fitPlatt(margins, labels);
    expect(slope).toBeCloseTo(0.5, 1);
    expect(intercept).toBeCloseTo(-0.4, 1);
    const backward = fitPlatt(
      margins.map((margin) => -margin),
      labels,
    );
    expect(backward.slope).toBe(0);
    expect(sigmoid(backward.intercept)).toBeCloseTo(labels.reduce<number>((sum, label) => sum + label, 0) / 5000, 6);
  });

  it('H5 a model whose probabilities do not mean what they say has no authority, however well it ranks', () => {
    const random = createRandom(9);
    const rows = Array.from({ length: 1500 }, (_, index) => {
      const truth = random() < 0.5 ? 0.15 : 0.6;
      const label = random() < truth ? 1 : 0;
      return { probability: truth, label, resultR: label === 1 ? 1.9 : -1.1, decidedAt: index * DAY, baseRate: 0.375, breakEven: 0.37 };
    });
    const sound = scoreModel(rows, 1);
    expect(Math.abs(sound.calibrationZ)).toBeLessThan(3);
    expect(showsEdge(sound)).toBe(true);
    const boastful = scoreModel(
      rows.map((row) => ({ ...row, probability: row.probability === 0.6 ? 0.75 : 0.15 })),
      1,
    );
    expect(boastful.auc).toBeCloseTo(sound.auc, 9);
    expect(boastful.logLossGain.low).toBeGreaterThan(0);
    expect(boastful.calibrationZ).toBeGreaterThan(3);
    expect(showsEdge(boastful)).toBe(false);
  });

  it('AUC counts pairs, ties as half', () => {
    const at = (probability: number, label: number): { readonly probability: number; readonly label: number } => ({ probability, label });
    expect(areaUnderCurve([at(0.1, 0), at(0.4, 1), at(0.4, 0), at(0.9, 1)])).toBe(0.875);
    expect(areaUnderCurve([at(0.1, 1), at(0.9, 0)])).toBe(0);
  });

  it('bootstrap bounds hold the mean and widen when outcomes come in blocks', () => {
    const random = createRandom(3);
    const loose = Array.from({ length: 2000 }, (_, index) => ({ value: random() - 0.5, time: index * DAY }));
    const clumped = loose.map((entry, index) => ({ ...entry, value: loose[Math.floor(index / 4) * 4]!.value }));
    const width = (values: typeof loose): number => {
      const interval = bootstrapMean(values, 1);
      expect(interval.low).toBeLessThan(interval.value);
      expect(interval.high).toBeGreaterThan(interval.value);
      return interval.high - interval.low;
    };
    expect(width(clumped)).toBeGreaterThan(width(loose) * 1.5);
  });
});
