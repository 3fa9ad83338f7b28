// SHAP values of the trees: they sum to the margin, and they are the Shapley values of the definition, computed the long way.
import { describe, expect, it } from 'vitest';
import { fitBoosting } from '../../../src-worker/training/gbdt.ts';
import { createExplainer } from '../../../src-worker/training/shap.ts';
import { predictMargins, type Ensemble, type Tree } from '../../../src-worker/training/tree.ts';
import { PLANTED_PARAMETERS, plantedRows } from '../support/planted.ts';

/** Expected value of a tree when only the features of `known` are known: unknown splits are averaged by how often rows take them. */
function conditional(tree: Tree, background: Float32Array, given: { readonly row: Float32Array; readonly known: number; readonly width: number }): number {
  const { row, known, width } = given;
  const count = (node: number, rows: readonly number[]): number => {
    if (tree.left[node]! < 0) return tree.value[node]!;
    const feature = tree.feature[node]!;
    const goesLeft = (value: number): boolean => (Number.isNaN(value) ? tree.missingLeft[node]! : value <= tree.threshold[node]!);
    const left = rows.filter((at) => goesLeft(background[at * width + feature]!));
    const right = rows.filter((at) => !left.includes(at));
    if ((known >> feature) & 1) return goesLeft(row[feature]!) ? count(tree.left[node]!, left) : count(tree.right[node]!, right);
    const share = left.length / rows.length;
    return share * count(tree.left[node]!, left) + (1 - share) * count(tree.right[node]!, right);
  };
  return count(
    0,
    Array.from({ length: background.length / width }, (_, at) => at),
  );
}

function factorial(value: number): number {
  return value <= 1 ? 1 : value * factorial(value - 1);
}

function shapleyByDefinition(ensemble: Ensemble, background: Float32Array, row: Float32Array): Float64Array {
  const { width } = ensemble;
  const values = new Float64Array(width);
  const worth = Array.from({ length: 2 ** width }, (_, known) =>
    ensemble.trees.reduce((sum, tree) => sum + conditional(tree, background, { row, known, width }), 0),
  );
  for (let feature = 0; feature < width; feature += 1) {
    for (let known = 0; known < 2 ** width; known += 1) {
      if ((known >> feature) & 1) continue;
      const size = known.toString(2).replaceAll('0', '').length;
      values[feature]! += ((factorial(size) * factorial(width - size - 1)) / factorial(width)) * (worth[known | (1 << feature)]! - worth[known]!);
    }
  }
  return values;
}

describe('tree SHAP', () => {
  it('sums to the margin to 1e-6 on rows never seen, missing values included', () => {
    const train = plantedRows({ count: 2000, width: 12, seed: 1, missingShare: 0.1 });
    const { ensemble } = fitBoosting({ train, stopping: null, parameters: { ...PLANTED_PARAMETERS, trees: 60, depth: 6 } });
    const explainer = createExplainer(ensemble, train.rows);
    const later = plantedRows({ count: 200, width: 12, seed: 2, missingShare: 0.2 });
    const margins = predictMargins(ensemble, later.rows, 200);
    const importance = new Float64Array(12);
    for (let row = 0; row < 200; row += 1) {
      const values = explainer.explain(later.rows, row * 12);
      expect(Math.abs(explainer.base + values.reduce((sum, value) => sum + value, 0) - margins[row]!)).toBeLessThan(1e-6);
      values.forEach((value, feature) => (importance[feature]! += Math.abs(value)));
    }
    const ranked = [...importance.keys()].toSorted((a, b) => importance[b]! - importance[a]!);
    expect(ranked.slice(0, 3).toSorted((a, b) => a - b)).toEqual([0, 1, 2]);
  });

  it('is the Shapley value of the definition: every coalition of features tried', () => {
    const train = plantedRows({ count: 120, width: 5, seed: 4, missingShare: 0.1 });
    const { ensemble } = fitBoosting({ train, stopping: null, parameters: { ...PLANTED_PARAMETERS, trees: 6, depth: 5, minChildWeight: 1 } });
    const explainer = createExplainer(ensemble, train.rows);
    for (let at = 0; at < 8; at += 1) {
      const row = train.rows.slice(at * 5, at * 5 + 5);
      const expected = shapleyByDefinition(ensemble, train.rows, row);
      const values = explainer.explain(row, 0);
      values.forEach((value, feature) => expect(value).toBeCloseTo(expected[feature]!, 9));
    }
  });

  it('explains a row that falls where no background row ever went', () => {
    const tree: Tree = {
      feature: [0, 0, 0],
      threshold: [0, 0, 0],
      missingLeft: [false, false, false],
      left: [1, -1, -1],
      right: [2, -1, -1],
      value: [0, -1, 3],
    };
    const explainer = createExplainer({ width: 2, base: 0.5, trees: [tree] }, Float32Array.from([-1, 0, -2, 0]));
    expect(explainer.base).toBe(-0.5);
    expect([...explainer.explain(Float32Array.from([1, 0]), 0)]).toEqual([4, 0]);
  });
});
