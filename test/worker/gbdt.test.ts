// The trees find a rule that is there, find nothing in noise, and are the same trees every time.
import { describe, expect, it } from 'vitest';
import { binMatrix, MISSING_BIN } from '../../src-worker/training/bins.ts';
import { fitBoosting, type LabelledRows } from '../../src-worker/training/gbdt.ts';
import { areaUnderCurve } from '../../src-worker/training/metrics.ts';
import { findLeaf, predictMargins, sigmoid, type Ensemble } from '../../src-worker/training/tree.ts';
import { PLANTED_PARAMETERS, plantedRows } from './support/planted.ts';

const WIDTH = 12;

function score(ensemble: Ensemble, rows: LabelledRows): { readonly auc: number; readonly logLoss: number } {
  const margins = predictMargins(ensemble, rows.rows, rows.labels.length);
  const scored = Array.from(rows.labels, (label, row) => ({ probability: sigmoid(margins[row]!), label }));
  const logLoss = scored.reduce((sum, { probability, label }) => sum - Math.log(label === 1 ? probability : 1 - probability), 0) / scored.length;
  return { auc: areaUnderCurve(scored), logLoss };
}

/** The best any learner can do: the rule itself. */
function ruleScore(rows: LabelledRows): { readonly auc: number; readonly logLoss: number } {
  const scored = Array.from(rows.labels, (label, row) => {
    const [a, b, c] = [rows.rows[row * WIDTH]!, rows.rows[row * WIDTH + 1]!, rows.rows[row * WIDTH + 2]!];
    return { probability: sigmoid(2 * (Math.sign(a * b) + (c > 0.3 ? 1 : 0)) - 1), label };
  });
  return {
    auc: areaUnderCurve(scored),
    logLoss: scored.reduce((sum, { probability, label }) => sum - Math.log(label === 1 ? probability : 1 - probability), 0) / scored.length,
  };
}

describe('gradient boosting', () => {
  const train = plantedRows({ count: 4000, width: WIDTH, seed: 1 });
  const stopping = plantedRows({ count: 1000, width: WIDTH, seed: 2 });
  const later = plantedRows({ count: 3000, width: WIDTH, seed: 3 });

  it('finds a planted interaction: within 10 % of the log loss of the rule itself, on rows it never saw', () => {
    const { ensemble, gain } = fitBoosting({ train, stopping, parameters: PLANTED_PARAMETERS });
    const learned = score(ensemble, later);
    const best = ruleScore(later);
    expect(learned.logLoss).toBeLessThan(best.logLoss * 1.1);
    expect(learned.auc).toBeGreaterThan(best.auc - 0.03);
    const ranked = [...gain.keys()].toSorted((x, y) => gain[y]! - gain[x]!).slice(0, 3);
    expect(ranked.toSorted((x, y) => x - y)).toEqual([0, 1, 2]);
  });

  it('stops at once on pure noise and scores at chance', () => {
    const noise = (seed: number): LabelledRows => plantedRows({ count: 3000, width: WIDTH, seed, strength: 0 });
    const { ensemble } = fitBoosting({ train: noise(21), stopping: noise(22), parameters: { ...PLANTED_PARAMETERS, learningRate: 0.05 } });
    expect(ensemble.trees.length).toBeLessThan(20);
    expect(Math.abs(score(ensemble, noise(23)).auc - 0.5)).toBeLessThan(0.04);
  });

  it('gives the same trees for the same data and seed, and others for another seed', () => {
    const fit = (seed: number): string => JSON.stringify(fitBoosting({ train, stopping, parameters: { ...PLANTED_PARAMETERS, trees: 40, seed } }).ensemble);
    expect(fit(5)).toBe(fit(5));
    expect(fit(5)).not.toBe(fit(6));
  });

  it('sends missing values the way that pays', () => {
    // Missing means a win; present values mean nothing.
    const rows = plantedRows({ count: 2000, width: 2, seed: 8, missingShare: 0.4, strength: 0 });
    const labels = Uint8Array.from(rows.labels, (label, row) => (Number.isNaN(rows.rows[row * 2]!) ? 1 : label));
    const { ensemble } = fitBoosting({ train: { ...rows, labels }, stopping: null, parameters: { ...PLANTED_PARAMETERS, columnShare: 1, trees: 60 } });
    const [missing, present] = predictMargins(ensemble, Float32Array.from([Number.NaN, 0, 0.1, 0]), 2);
    expect(sigmoid(missing!)).toBeGreaterThan(0.9);
    expect(sigmoid(present!)).toBeLessThan(0.65);
  });

  it('keeps to its limits: depth, least child weight and the number of trees', () => {
    const { ensemble } = fitBoosting({ train, stopping: null, parameters: { ...PLANTED_PARAMETERS, trees: 10, depth: 3, minChildWeight: 100, rowShare: 1 } });
    expect(ensemble.trees).toHaveLength(10);
    for (const tree of ensemble.trees) {
      expect(tree.left.length).toBeLessThanOrEqual(15);
      const rowsIn = new Map<number, number>();
      for (let row = 0; row < 4000; row += 1) {
        const leaf = findLeaf(tree, train.rows, row * WIDTH);
        rowsIn.set(leaf, (rowsIn.get(leaf) ?? 0) + 1);
      }
      // A row's Hessian is at most 1/4.
      for (const count of rowsIn.values()) expect(count).toBeGreaterThanOrEqual(400);
    }
  });

  it('refuses labels that are all the same', () => {
    expect(() => fitBoosting({ train: { ...train, labels: train.labels.map(() => 1) }, stopping: null, parameters: PLANTED_PARAMETERS })).toThrow(
      'Training needs wins and losses',
    );
  });

  it('bins so that a threshold parts exactly the rows that the codes part', () => {
    const rows = plantedRows({ count: 3000, width: 3, seed: 9, missingShare: 0.1 }).rows.map((value, at) => (at % 3 === 1 ? Math.round(value * 4) : value));
    const matrix = binMatrix(rows, 3, 32);
    for (let feature = 0; feature < 3; feature += 1) {
      const edges = matrix.thresholds[feature]!;
      expect(edges.length).toBe(feature === 1 ? 8 : 31);
      for (let row = 0; row < 3000; row += 1) {
        const value = rows[row * 3 + feature]!;
        const code = matrix.codes[feature * 3000 + row]!;
        if (Number.isNaN(value)) expect(code).toBe(MISSING_BIN);
        else expect(edges.filter((edge) => value > edge)).toHaveLength(code);
      }
    }
  });
});
