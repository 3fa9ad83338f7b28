// Exact Shapley values of a tree ensemble: how much each feature moved one row's margin. Source: Lundberg et al. 2018, "Consistent individualized feature attribution", algorithm 2.
import { findLeaf, type Ensemble, type Tree } from './tree.ts';

export interface Explainer {
  /** Expected margin over the background rows. */
  readonly base: number;
  /** One value per feature; base + their sum is the margin of the row that starts at `offset`. */
  explain(rows: Float32Array, offset: number): Float64Array;
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

/** Deepest tree that can be explained, and room for the paths of all its levels. */
const DEEPEST = 16;
const ROOM = ((DEEPEST + 2) * (DEEPEST + 3)) / 2;
/** Paths, one after another by depth: the feature of each step, its share of weight without and with knowing it, and the path's weight. */
const features = new Int32Array(ROOM);
const zeros = new Float64Array(ROOM);
const ones = new Float64Array(ROOM);
const weights = new Float64Array(ROOM);

function explainTree(given: Explained): void {
  if (given.tree.left[0]! >= 0) descend(given, { node: 0, start: 0, length: 0, feature: -1, zero: 1, one: 1 });
}

interface Branch {
  readonly node: number;
  /** Where the parent's path begins, and its length. */
  readonly start: number;
  readonly length: number;
  /** The split that leads here. */
  readonly feature: number;
  readonly zero: number;
  readonly one: number;
}

function descend(given: Explained, branch: Branch): void {
  const { tree, cover, rows, offset, values } = given;
  const { node } = branch;
  const start = branch.start + branch.length;
  if (start + branch.length + 1 > ROOM) throw new Error(`broken invariant: a tree deeper than ${DEEPEST}`);
  for (let at = 0; at < branch.length; at += 1) {
    features[start + at] = features[branch.start + at]!;
    zeros[start + at] = zeros[branch.start + at]!;
    ones[start + at] = ones[branch.start + at]!;
    weights[start + at] = weights[branch.start + at]!;
  }
  extend(start, branch);
  let length = branch.length + 1;
  if (tree.left[node]! < 0) {
    for (let at = 1; at < length; at += 1) {
      const worth = unwoundSum(start, length, at) * (ones[start + at]! - zeros[start + at]!) * tree.value[node]!;
      values[features[start + at]!]! += worth;
    }
    return;
  }
  const feature = tree.feature[node]!;
  let zero = 1;
  let one = 1;
  for (let at = 1; at < length; at += 1) {
    if (features[start + at] !== feature) continue;
    zero = zeros[start + at]!;
    one = ones[start + at]!;
    unwind(start, length, at);
    length -= 1;
    break;
  }
  const value = rows[offset + feature]!;
  const goesLeft = Number.isNaN(value) ? tree.missingLeft[node]! : value <= tree.threshold[node]!;
  for (let side = 0; side < 2; side += 1) {
    const child = side === 0 ? tree.left[node]! : tree.right[node]!;
    const share = cover[node] === 0 ? 0.5 : cover[child]! / cover[node]!;
    const isTaken = (side === 0) === goesLeft;
    // A branch that neither the row nor any background row takes has no weight.
    if (zero * share > 0 || (isTaken && one > 0)) descend(given, { node: child, start, length, feature, zero: zero * share, one: isTaken ? one : 0 });
  }
}

/** Adds a step at the end of the path at `start`. */
function extend(start: number, { length, feature, zero, one }: Branch): void {
  features[start + length] = feature;
  zeros[start + length] = zero;
  ones[start + length] = one;
  weights[start + length] = length === 0 ? 1 : 0;
  for (let at = length - 1; at >= 0; at -= 1) {
    weights[start + at + 1]! += (one * weights[start + at]! * (at + 1)) / (length + 1);
    weights[start + at] = (zero * weights[start + at]! * (length - at)) / (length + 1);
  }
}

/** Takes the step at `index` out of the path: the inverse of `extend`. */
function unwind(start: number, length: number, index: number): void {
  const depth = length - 1;
  const zero = zeros[start + index]!;
  const one = ones[start + index]!;
  let next = weights[start + depth]!;
  for (let at = depth - 1; at >= 0; at -= 1) {
    if (one === 0) {
      weights[start + at] = (weights[start + at]! * length) / (zero * (depth - at));
      continue;
    }
    const before = weights[start + at]!;
    weights[start + at] = (next * length) / ((at + 1) * one);
    next = before - (weights[start + at]! * zero * (depth - at)) / length;
  }
  for (let at = index; at < depth; at += 1) {
    features[start + at] = features[start + at + 1]!;
    zeros[start + at] = zeros[start + at + 1]!;
    ones[start + at] = ones[start + at + 1]!;
  }
}

/** Sum of the weights the path would have without the step at `index`. */
function unwoundSum(start: number, length: number, index: number): number {
  const depth = length - 1;
  const zero = zeros[start + index]!;
  const one = ones[start + index]!;
  let next = weights[start + depth]!;
  let sum = 0;
  for (let at = depth - 1; at >= 0; at -= 1) {
    if (one === 0) {
      sum += (weights[start + at]! * length) / (zero * (depth - at));
      continue;
    }
    const weight = (next * length) / ((at + 1) * one);
    sum += weight;
    next = weights[start + at]! - (weight * zero * (depth - at)) / length;
  }
  return sum;
}
