// Every network on a planted rule, on pure noise and with a planted leak: found, "no skill", caught.
import { describe, expect, it } from 'vitest';
import { DISCOVERY_SPEC, REGIME_SPEC, STRUCTURE_SPEC } from '../../../src-worker/training/architectures.ts';
import { fitLearner, type LearnerResult, type LearnerRows } from '../../../src-worker/training/learner.ts';
import type { NetworkSpec } from '../../../src-worker/training/network.ts';
import { createRandom } from '../../../src-worker/training/random.ts';
import { sigmoid } from '../../../src-worker/training/tree.ts';

const HOUR = 3_600_000;
const COUNT = 3000;

interface Planted {
  readonly width: number;
  readonly targets: number;
  readonly seed: number;
  /** Rows; fewer where a network is dear. */
  readonly count?: number;
  /** Fills a row's targets from its inputs. */
  readonly rule: (row: Float32Array, targets: Float32Array, random: () => number) => void;
}

function planted({ width, targets, seed, rule, count = COUNT }: Planted): LearnerRows {
  const random = createRandom(seed);
  const data = {
    rows: new Float32Array(count * width),
    targets: new Float32Array(count * targets),
    times: Float64Array.from({ length: count }, (_, index) => index * 4 * HOUR),
    knownAt: Float64Array.from({ length: count }, (_, index) => index * 4 * HOUR + 12 * HOUR),
  };
  for (let row = 0; row < count; row += 1) {
    const own = data.rows.subarray(row * width, (row + 1) * width);
    for (let at = 0; at < width; at += 1) own[at] = random() * 2 - 1;
    rule(own, data.targets.subarray(row * targets, (row + 1) * targets), random);
  }
  return data;
}

interface Change {
  readonly epochs?: number;
  readonly batch?: number;
  readonly learningRate?: number;
  readonly isAutoencoder?: boolean;
}

function fit(spec: NetworkSpec, data: LearnerRows, change: Change = {}): Promise<LearnerResult> {
  return fitLearner({
    spec,
    names: ['outcome', 'second', 'third'],
    data,
    boundary: data.times.length * 0.7 * 4 * HOUR,
    options: { epochs: change.epochs ?? 12, batch: change.batch ?? 64, learningRate: change.learningRate ?? 0.003, patience: 3, seed: 5 },
    isAutoencoder: change.isAutoencoder ?? false,
  });
}

const figure = (result: LearnerResult, name: string): number => result.figures.find((entry) => entry.name === name)!.value;

describe('feature discovery', () => {
  const data = (strength: number, leak = false): LearnerRows =>
    planted({
      width: DISCOVERY_SPEC.inputWidth,
      targets: 1,
      seed: 3,
      rule: (row, targets, random) => {
        targets[0] = random() < sigmoid(strength * (row[4]! + Math.abs(row[9]!) - 0.5)) ? 1 : 0;
        if (leak) row[20] = targets[0]! + 0.1 * row[20]!;
      },
    });

  it('finds a planted rule on later rows', async () => {
    const result = await fit(DISCOVERY_SPEC, data(4));
    expect(result.hasSkill).toBe(true);
    expect(figure(result, 'outcome: AUC')).toBeGreaterThan(0.82);
    expect(result.gain.low).toBeGreaterThan(0.08);
    expect(result.leakage).toMatchObject({ passed: true, windowsOverlap: false, suspiciousInputs: [] });
    expect(result.counts.purged).toBe(2);
  });

  it('says no skill on pure noise', async () => {
    const result = await fit(DISCOVERY_SPEC, data(0));
    expect(result.hasSkill).toBe(false);
    expect(Math.abs(figure(result, 'outcome: AUC') - 0.5)).toBeLessThan(0.07);
  });

  it('an input that peeks fails the run, however good it looks', async () => {
    const result = await fit(DISCOVERY_SPEC, data(1, true));
    expect(figure(result, 'outcome: AUC')).toBeGreaterThan(0.97);
    expect(result.leakage).toMatchObject({ passed: false, suspiciousInputs: [20] });
    expect(result.hasSkill).toBe(false);
  });
});

describe('structure autoencoder', () => {
  const windows = (isNoise: boolean): LearnerRows =>
    planted({
      width: STRUCTURE_SPEC.inputWidth,
      targets: 0,
      seed: 8,
      count: 1200,
      rule: (row, _, random) => {
        if (isNoise) return;
        const waves = Array.from({ length: 6 }, () => random() * 2 - 1);
        row.forEach((_, at) => (row[at] = waves.reduce((sum, wave, index) => sum + wave * Math.sin(((index + 1) * at) / 50), 0)));
      },
    });

  it('describes windows made of six waves with sixteen numbers', async () => {
    const result = await fit(STRUCTURE_SPEC, windows(false), { epochs: 12, learningRate: 0.005, isAutoencoder: true });
    expect(result.hasSkill).toBe(true);
    expect(result.gain.value).toBeGreaterThan(0.9);
  });

  it('says no skill where there is nothing to describe', async () => {
    const result = await fit(STRUCTURE_SPEC, windows(true), { epochs: 3, isAutoencoder: true });
    expect(result.gain.value).toBeLessThan(0.1);
  });
});

describe('regime predictor', () => {
  const data = (isNoise: boolean, leak = false): LearnerRows =>
    planted({
      width: REGIME_SPEC.inputWidth,
      targets: 3,
      seed: 4,
      rule: (row, targets, random) => {
        const drift = 0.9 * row[110]! + 0.8 * row[98]!;
        targets[isNoise ? Math.floor(random() * 3) : drift > 0.4 ? 0 : drift < -0.4 ? 1 : 2] = 1;
        if (leak) row[33] = targets[0]! + 0.1 * row[33]!;
      },
    });

  it('is judged against the rule where there is one: knowing no more than the rule is no skill', async () => {
    const planted = data(false);
    const told = { ...planted, baseline: planted.targets.map((target) => (target === 1 ? 0.98 : 0.01)) };
    const result = await fit(REGIME_SPEC, told);
    expect(figure(result, 'outcome: accuracy')).toBeGreaterThan(0.8);
    expect(result.hasSkill).toBe(false);
  });

  it('finds planted regimes and says no skill on noise', async () => {
    const found = await fit(REGIME_SPEC, data(false));
    expect(found.hasSkill).toBe(true);
    expect(figure(found, 'outcome: accuracy')).toBeGreaterThan(0.8);
    const noise = await fit(REGIME_SPEC, data(true));
    expect(noise.hasSkill).toBe(false);
  });

  it('an input that peeks fails the run, however good it looks', async () => {
    const result = await fit(REGIME_SPEC, data(true, true), { epochs: 4 });
    expect(result.gain.low).toBeGreaterThan(0.1);
    expect(result.leakage).toMatchObject({ passed: false, suspiciousInputs: [33] });
    expect(result.hasSkill).toBe(false);
  });
});

describe('liquidity predictor', () => {
  // The product's heads on a shorter sequence: the LSTM itself is tested at full length in the parity tests.
  const SPEC: NetworkSpec = {
    inputWidth: 10 * 8,
    trunk: [{ kind: 'lstm', steps: 10, units: 16 }],
    heads: [
      { units: 2, activation: 'softplus', loss: 'squared', weight: 0.2 },
      { units: 2, activation: 'sigmoid', loss: 'logistic', weight: 1 },
    ],
  };
  const data = (strength: number, leak = false): LearnerRows =>
    planted({
      width: SPEC.inputWidth,
      count: 2400,
      targets: 4,
      seed: 6,
      rule: (row, targets, random) => {
        const pull = row[9 * 8 + 1]! - row[5 * 8 + 2]!;
        targets[2] = random() < sigmoid(strength * pull) ? 1 : 0;
        targets[3] = random() < sigmoid(-strength * pull) ? 1 : 0;
        targets[0] = targets[2] === 1 ? 1 + row[9 * 8]! : Number.NaN;
        targets[1] = targets[3] === 1 ? 1 - row[9 * 8]! : Number.NaN;
        if (leak) row[70] = targets[2] + 0.1 * row[70]!;
      },
    });

  it('finds planted pools: which side is taken, and how far it is, from pools that were taken alone', async () => {
    const result = await fit(SPEC, data(4), { epochs: 9, batch: 96, learningRate: 0.012 });
    expect(result.hasSkill).toBe(true);
    const auc = result.figures.filter((entry) => entry.name.endsWith('AUC')).map((entry) => entry.value);
    expect(Math.min(...auc)).toBeGreaterThan(0.8);
    expect(result.figures[0]!.value).toBeGreaterThan(0.5);
  });

  it('says no skill on noise', async () => {
    expect((await fit(SPEC, data(0), { epochs: 3, batch: 96, learningRate: 0.012 })).hasSkill).toBe(false);
  });

  it('an input that peeks fails the run', async () => {
    const result = await fit(SPEC, data(0, true), { epochs: 1, batch: 256 });
    expect(result.leakage).toMatchObject({ passed: false, suspiciousInputs: [70] });
    expect(result.hasSkill).toBe(false);
  });
});

it('stops when asked, and a stopped run has no skill', async () => {
  const data = planted({ width: 120, targets: 3, seed: 1, rule: (_, targets) => (targets[0] = 1) });
  let asked = 0;
  const result = await fitLearner({
    spec: REGIME_SPEC,
    names: ['outcome'],
    data,
    boundary: COUNT * 0.7 * 4 * HOUR,
    options: { epochs: 30, batch: 64, learningRate: 0.003, patience: 3, seed: 5 },
    mayGoOn: () => Promise.resolve((asked += 1) < 3),
  });
  expect({ isCancelled: result.isCancelled, hasSkill: result.hasSkill }).toEqual({ isCancelled: true, hasSkill: false });
});
