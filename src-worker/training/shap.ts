// Exact Shapley values of a tree ensemble: how much each feature moved one row's margin. Source: Lundberg et al. 2018, "Consistent individualized feature attribution", algorithm 2.
import { findLeaf, type Ensemble, type Tree } from './tree.ts';

export interface Explainer {
  /** Expected margin over the background rows. */
  readonly base: number;
  /** One value per feature; base + their sum is the margin of the row that starts at `offset`. */
  explain(rows: Float32Array, offset: number): Float64Array;
}

/** One step of a path: the feature that split, and the share of weight that goes on without (zero) and with (one) knowing it. */
interface Step {
  readonly feature: number;
  readonly zero: number;
  readonly one: number;
  weight: number;
}

/** `background` are row-major rows (training rows) that say how often each branch is taken. Throws without any. */
export function createExplainer(ensemble: Ensemble, background: Float32Array): Explainer {
  if (background.length === 0) throw new Error('An explanation needs background rows.');
  const covers = ensemble.trees.map((tree) => coverOf(tree, background, ensemble.width));
  const expected = ensemble.trees.map((tree, index) => expectationOf(tree, covers[index]!));
  return {
    base: expected.reduce((sum, value) => sum + value, ensemble.base),
    explain: (rows, offset) => {
      const values = new Float64Array(ensemble.width);
      ensemble.trees.forEach((tree, index) => explainTree({ tree, cover: covers[index]!, rows, offset, values }));
      return values;
    },
  };
}

/** Rows that pass each node. */
function coverOf(tree: Tree, rows: Float32Array, width: number): Float64Array {
  const cover = new Float64Array(tree.left.length);
  const parents = new Int32Array(tree.left.length).fill(-1);
  tree.left.forEach((left, node) => {
    if (left < 0) return;
    parents[left] = node;
    parents[tree.right[node]!] = node;
  });
  for (let offset = 0; offset < rows.length; offset += width) {
    for (let node = findLeaf(tree, rows, offset); node >= 0; node = parents[node]!) cover[node]! += 1;
  }
  return cover;
}

function expectationOf(tree: Tree, cover: Float64Array): number {
  let sum = 0;
  tree.left.forEach((left, node) => {
    if (left < 0) sum += cover[node]! * tree.value[node]!;
  });
  return sum / cover[0]!;
}

interface Explained {
  readonly tree: Tree;
  readonly cover: Float64Array;
  readonly rows: Float32Array;
  readonly offset: number;
  readonly values: Float64Array;
}

function explainTree(given: Explained): void {
  if (given.tree.left[0]! >= 0) descend(given, 0, extend([], { feature: -1, zero: 1, one: 1 }));
}

function descend(given: Explained, node: number, path: readonly Step[]): void {
  const { tree, cover, rows, offset, values } = given;
  if (tree.left[node]! < 0) {
    for (let index = 1; index < path.length; index += 1) {
      const { feature, zero, one } = path[index]!;
      const weight = unwind(path, index).reduce((sum, step) => sum + step.weight, 0);
      values[feature]! += weight * (one - zero) * tree.value[node]!;
    }
    return;
  }
  const feature = tree.feature[node]!;
  const known = path.findIndex((step) => step.feature === feature);
  const { zero, one } = known < 0 ? { zero: 1, one: 1 } : path[known]!;
  const rest = known < 0 ? path : unwind(path, known);
  const value = rows[offset + feature]!;
  const goesLeft = Number.isNaN(value) ? tree.missingLeft[node]! : value <= tree.threshold[node]!;
  for (const child of [tree.left[node]!, tree.right[node]!]) {
    const share = cover[node] === 0 ? 0.5 : cover[child]! / cover[node]!;
    const step = { feature, zero: zero * share, one: (child === tree.left[node]) === goesLeft ? one : 0 };
    // A branch that neither the row nor any background row takes has no weight.
    if (step.zero > 0 || step.one > 0) descend(given, child, extend(rest, step));
  }
}

function extend(path: readonly Step[], step: Omit<Step, 'weight'>): readonly Step[] {
  const depth = path.length;
  const longer = [...path.map((entry) => ({ ...entry })), { ...step, weight: depth === 0 ? 1 : 0 }];
  for (let index = depth - 1; index >= 0; index -= 1) {
    longer[index + 1]!.weight += (step.one * longer[index]!.weight * (index + 1)) / (depth + 1);
    longer[index]!.weight *= (step.zero * (depth - index)) / (depth + 1);
  }
  return longer;
}

/** The path without the step at `index`: the inverse of `extend`. */
function unwind(path: readonly Step[], index: number): readonly Step[] {
  const depth = path.length - 1;
  const { zero, one } = path[index]!;
  const weights = path.map((step) => step.weight);
  let next = weights[depth]!;
  for (let at = depth - 1; at >= 0; at -= 1) {
    if (one === 0) {
      weights[at] = (weights[at]! * (depth + 1)) / (zero * (depth - at));
      continue;
    }
    const before = weights[at]!;
    weights[at] = (next * (depth + 1)) / ((at + 1) * one);
    next = before - (weights[at]! * zero * (depth - at)) / (depth + 1);
  }
  return path.toSpliced(index, 1).map((step, at) => ({ ...step, weight: weights[at]! }));
}
