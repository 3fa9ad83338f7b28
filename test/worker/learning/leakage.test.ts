// The shuffle check both ways: silent on clean data however much outcomes overlap, loud when a row stands on both sides of the split.
import { describe, expect, it } from 'vitest';
import { DEFAULT_PARAMETERS, type LabelledRows } from '../../../src-worker/training/gbdt.ts';
import { leakageSteps, type LeakageVerdict } from '../../../src-worker/training/leakage.ts';
import { checkNetworkLeakage, type NetworkLeakage } from '../../../src-worker/training/network-leakage.ts';
import type { NetworkSpec } from '../../../src-worker/training/network.ts';
import { createRandom } from '../../../src-worker/training/random.ts';
import { fitScaling } from '../../../src-worker/training/scaling.ts';
import { firstAlike, isAtChance, shareOfShared, shuffleSources } from '../../../src-worker/training/shuffled-outcomes.ts';
import { runSteps } from '../../../src-worker/training/steps.ts';
import { areaUnderCurve } from '../../../src-worker/training/metrics.ts';
import { columnAuc, isTelling } from '../../../src-worker/training/telling.ts';

const WIDTH = 6;

interface Market {
  readonly rows: Float32Array;
  readonly labels: Uint8Array;
}

/** Slow waves as inputs, and outcomes that overlap 40 rows ahead, as a market gives them; nothing is to be known. */
function market(count: number, seed: number): Market {
  const random = createRandom(seed);
  const rows = new Float32Array(count * WIDTH);
  const steps = Array.from({ length: count + 40 }, () => random() - 0.5);
  const state = new Float64Array(WIDTH);
  for (let row = 0; row < count; row += 1) for (let at = 0; at < WIDTH; at += 1) rows[row * WIDTH + at] = state[at] = 0.97 * state[at]! + random() - 0.5;
  const labels = Uint8Array.from({ length: count }, (_, row) => (steps.slice(row, row + 40).reduce((sum, step) => sum + step, 0) > 0 ? 1 : 0));
  return { rows, labels };
}

const part = ({ rows, labels }: Market, from: number, to: number): LabelledRows => ({
  rows: rows.slice(from * WIDTH, to * WIDTH),
  width: WIDTH,
  labels: labels.slice(from, to),
  weights: new Float64Array(to - from).fill(1),
});

const check = (train: LabelledRows, test: LabelledRows, seed: number): LeakageVerdict =>
  runSteps(leakageSteps({ train, test, trainedUntil: 1, testedFrom: 1, parameters: { ...DEFAULT_PARAMETERS, columnShare: 1, seed } }));

describe('trees on shuffled outcomes', () => {
  it('does not cry wolf: thirty clean markets with overlapping outcomes all pass', () => {
    const passed = Array.from({ length: 30 }, (_, seed) => {
      const data = market(900, seed + 1);
      return check(part(data, 0, 600), part(data, 640, 900), seed).passed;
    });
    expect(passed.filter((ok) => !ok)).toEqual([]);
  });

  it('set-ups that stand on both sides of the split are found, though every window and every input is in order', () => {
    const data = market(900, 3);
    const { shuffledAuc, passed, windowsOverlap, suspiciousFeatures, sharedRows } = check(part(data, 0, 900), part(data, 500, 900), 1);
    expect({ passed, windowsOverlap, suspiciousFeatures, sharedRows }).toEqual({ passed: false, windowsOverlap: false, suspiciousFeatures: [], sharedRows: 1 });
    expect(shuffledAuc).toBeGreaterThan(0.6);
    const few = check(part(data, 0, 504), part(data, 500, 900), 1);
    expect(few).toMatchObject({ sharedRows: 0.01, passed: true });
    expect(check(part(data, 0, 505), part(data, 500, 900), 1)).toMatchObject({ sharedRows: 0.0125, passed: false });
  });

  it('a training outcome after the first row judged fails the run', () => {
    const data = market(900, 5);
    const request = { train: part(data, 0, 600), test: part(data, 640, 900), trainedUntil: 7, parameters: DEFAULT_PARAMETERS };
    expect(runSteps(leakageSteps({ ...request, testedFrom: 7 }))).toMatchObject({ windowsOverlap: false, passed: true });
    expect(runSteps(leakageSteps({ ...request, testedFrom: 6 }))).toMatchObject({ windowsOverlap: true, passed: false });
  });
});

describe('networks on shuffled outcomes', () => {
  const SPEC: NetworkSpec = {
    inputWidth: WIDTH,
    trunk: [{ kind: 'dense', units: 32, activation: 'relu' }],
    heads: [
      { units: 1, activation: 'linear', loss: 'squared', weight: 0.1 },
      { units: 2, activation: 'sigmoid', loss: 'logistic', weight: 1 },
    ],
  };
  const sides = ({ rows, labels }: Market, from: number, to: number): { readonly rows: Float32Array; readonly targets: Float32Array } => ({
    rows: rows.slice(from * WIDTH, to * WIDTH),
    targets: Float32Array.from(
      { length: (to - from) * 3 },
      (_, at) => [0, labels[from + Math.floor(at / 3)]!, 1 - labels[from + Math.floor(at / 3)]!][at % 3]!,
    ),
  });
  const judge = (given: {
    readonly data: Market;
    readonly train: readonly [number, number];
    readonly judged: readonly [number, number];
    readonly seed: number;
  }): Promise<NetworkLeakage> => {
    const { data, train, judged, seed } = given;
    return checkNetworkLeakage({
      spec: SPEC,
      options: { epochs: 2, batch: 16, learningRate: 0.02, patience: 2, seed },
      isAutoencoder: false,
      train: sides(data, ...train),
      stopping: sides(data, ...train),
      judged: sides(data, ...judged),
      scaling: fitScaling(data.rows, WIDTH),
      windowsOverlap: false,
      isCancelled: false,
    });
  };

  it('does not cry wolf on clean markets, and finds rows that stand on both sides', async () => {
    for (const seed of [1, 2, 3, 4, 5, 6]) expect((await judge({ data: market(900, seed), train: [0, 600], judged: [640, 900], seed })).passed).toBe(true);
    const shared = await judge({ data: market(900, 3), train: [0, 600], judged: [200, 600], seed: 1 });
    expect(shared).toMatchObject({ passed: false, windowsOverlap: false, suspiciousInputs: [], sharedRows: 1 });
  });

  it('an input that tells any of the outcomes is named, not only the first', async () => {
    const data = market(600, 8);
    const random = createRandom(4);
    const peeking = (from: number, to: number): ReturnType<typeof sides> => {
      const clean = sides(data, from, to);
      const targets = clean.targets.map((value, at) => (at % 3 === 2 ? Number(random() < 0.5) : value));
      return { targets, rows: clean.rows.map((value, at) => (at % WIDTH === 4 ? targets[Math.floor(at / WIDTH) * 3 + 2]! + 0.1 * random() : value)) };
    };
    const verdict = await checkNetworkLeakage({
      spec: SPEC,
      options: { epochs: 1, batch: 64, learningRate: 0.01, patience: 1, seed: 1 },
      isAutoencoder: false,
      train: peeking(0, 250),
      stopping: peeking(250, 290),
      judged: peeking(300, 600),
      scaling: fitScaling(data.rows, WIDTH),
      windowsOverlap: false,
      isCancelled: false,
    });
    expect(verdict).toMatchObject({ passed: false, suspiciousInputs: [4] });
  });
});

describe('the AUC of a column', () => {
  it('is that of the rows themselves: ties, signs, both zeros and missing outcomes included', () => {
    const random = createRandom(3);
    const levels = [-1e30, -2.5, -1e-40, -0, 0, 1e-40, 0.25, 3, 1e30];
    for (let round = 0; round < 20; round += 1) {
      const rows = Float32Array.from({ length: 300 }, (_, at) => (at % 3 === 1 ? levels[Math.floor(random() * levels.length)]! : random() - 0.5));
      const labels = Float32Array.from({ length: 200 }, (_, at) => (at % 2 === 0 ? 0 : random() < 0.1 ? Number.NaN : Number(random() < 0.4)));
      for (const column of [0, 1]) {
        const known = Array.from({ length: 100 }, (_, row) => ({ probability: rows[row * 3 + column]!, label: labels[row * 2 + 1]! }));
        const expected = areaUnderCurve(known.filter(({ label }) => !Number.isNaN(label)));
        expect(columnAuc({ rows, width: 3, labels, labelWidth: 2 }, column, 1)).toBeCloseTo(expected, 12);
      }
      expect(columnAuc({ rows, width: 3, labels, labelWidth: 2 }, 0, 0)).toBeNaN();
    }
  });

  it('tells from above 0.95 on, up or down', () => {
    // Twenty winners above twenty losers, k of them moved below all: AUC = 1 − k/20.
    const told = (moved: number, sign: 1 | -1): boolean => {
      const rows = Float32Array.from({ length: 40 }, (_, at) => sign * (at >= 20 && at < 20 + moved ? -at : at));
      return isTelling({ rows, width: 1, labels: Array.from({ length: 40 }, (_, at) => (at < 20 ? 0 : 1)), labelWidth: 1 }, 0);
    };
    expect([told(0, 1), told(1, 1), told(0, -1), told(1, -1)]).toEqual([true, false, true, false]);
  });
});

describe('shuffled outcomes', () => {
  it('every row gives its outcome to one row, and rows with the same inputs share what they take', () => {
    const alike = firstAlike(Float32Array.from([1, 2, 3, 4, 1, 2, 5, 6, 7, 8]), 2);
    expect([...alike]).toEqual([0, 1, 0, 3, 4]);
    expect(shareOfShared(alike, 2)).toBe(1 / 3);
    const seen = new Set<string>();
    for (let seed = 0; seed < 40; seed += 1) {
      const sources = shuffleSources(alike, createRandom(seed));
      expect(sources[0]).toBe(sources[2]);
      expect([sources[0], sources[1], sources[3], sources[4]].toSorted((a, b) => a! - b!)).toEqual([0, 1, 3, 4]);
      seen.add(sources.join(' '));
    }
    expect(seen.size).toBeGreaterThan(15);
  });

  it('chance is four standard errors of the AUC, and nothing where all outcomes are one', () => {
    // 100 losers below 100 winners, k of the winners moved below all: AUC = 1 - k/100; one standard error is 0.0409.
    const ranked = (moved: number): ReturnType<typeof isAtChance> =>
      isAtChance(Array.from({ length: 200 }, (_, at) => ({ probability: at >= 100 && at < 100 + moved ? -at : at, label: at < 100 ? 0 : 1 })));
    expect(ranked(34)).toEqual({ auc: expect.closeTo(0.66, 9) as number, isAtChance: true });
    expect(ranked(33)).toEqual({ auc: expect.closeTo(0.67, 9) as number, isAtChance: false });
    expect(ranked(66).isAtChance).toBe(true);
    expect(ranked(67).isAtChance).toBe(false);
    expect(isAtChance([{ probability: 0.4, label: 1 }]).isAtChance).toBe(false);
  });
});
