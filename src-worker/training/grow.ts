// Grows one tree by depth, best split first found wins ties, leaves as shrunken Newton steps.
import type { BinnedMatrix } from './bins.ts';
import { MISSING_BIN } from './bins.ts';
import type { BoostingParameters } from './gbdt.ts';
import type { Split, Totals } from './histogram.ts';
import { BINS, fillHistogram, findSplit, subtractHistogram } from './histogram.ts';
import type { Tree } from './tree.ts';

export interface GrowRequest {
  readonly matrix: BinnedMatrix;
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
  readonly rows: Int32Array;
  readonly features: Int32Array;
  readonly parameters: BoostingParameters;
}

export interface GrownTree {
  readonly tree: Tree;
  /** Gain by feature. */
  readonly gain: Float64Array;
}

interface Building {
  readonly feature: number[];
  readonly threshold: number[];
  readonly missingLeft: boolean[];
  readonly left: number[];
  readonly right: number[];
  readonly value: number[];
}

/** Grows the tree of one boosting round. */
export function growTree(request: GrowRequest): GrownTree {
  const building: Building = { feature: [], threshold: [], missingLeft: [], left: [], right: [], value: [] };
  const gain = new Float64Array(request.matrix.width);
  const histogram = new Float64Array(request.features.length * BINS * 2);
  fillHistogram(histogram, request.matrix, { ...request, rows: request.rows });
  growNode({ request, building, gain }, { rows: request.rows, depth: 0, histogram });
  return { tree: building, gain };
}

interface Work {
  readonly request: GrowRequest;
  readonly building: Building;
  readonly gain: Float64Array;
}

interface NodeRows {
  readonly rows: Int32Array;
  readonly depth: number;
  /** Null at the last level, where no split is looked for. */
  readonly histogram: Float64Array | null;
}

function growNode(work: Work, node: NodeRows): number {
  const { request, building } = work;
  const index = building.feature.length;
  const totals = sumUp(request, node.rows);
  const { parameters, features, matrix } = request;
  const split = node.histogram === null ? null : findSplit(node.histogram, matrix, { features, totals, rules: parameters });
  building.feature.push(split?.feature ?? 0);
  building.threshold.push(split === null ? 0 : matrix.thresholds[split.feature]![split.bin]!);
  building.missingLeft.push(split?.missingLeft ?? false);
  building.left.push(-1);
  building.right.push(-1);
  building.value.push(split === null ? Math.fround((-parameters.learningRate * totals.gradient) / (totals.hessian + parameters.l2)) : 0);
  if (split === null) return index;
  work.gain[split.feature]! += split.gain;
  const [left, right] = partition(matrix, node.rows, split);
  const [leftHistogram, rightHistogram] = childHistograms(request, node, { left, right });
  building.left[index] = growNode(work, { rows: left, depth: node.depth + 1, histogram: leftHistogram });
  building.right[index] = growNode(work, { rows: right, depth: node.depth + 1, histogram: rightHistogram });
  return index;
}

function sumUp(request: GrowRequest, rows: Int32Array): Totals {
  let gradient = 0;
  let hessian = 0;
  for (let at = 0; at < rows.length; at += 1) {
    gradient += request.gradient[rows[at]!]!;
    hessian += request.hessian[rows[at]!]!;
  }
  return { gradient, hessian };
}

function partition(matrix: BinnedMatrix, rows: Int32Array, split: Split): readonly [Int32Array, Int32Array] {
  const column = split.feature * matrix.rowCount;
  const goesLeft = (row: number): boolean => {
    const code = matrix.codes[column + row]!;
    return code === MISSING_BIN ? split.missingLeft : code <= split.bin;
  };
  return [rows.filter((row) => goesLeft(row)), rows.filter((row) => !goesLeft(row))];
}

/** Only the smaller child is summed up from its rows; the other is what remains of the parent. */
function childHistograms(
  request: GrowRequest,
  parent: NodeRows,
  children: { readonly left: Int32Array; readonly right: Int32Array },
): readonly [Float64Array | null, Float64Array | null] {
  const { left, right } = children;
  if (parent.histogram === null || parent.depth + 1 >= request.parameters.depth) return [null, null];
  const smaller = left.length <= right.length ? left : right;
  const filled = new Float64Array(parent.histogram.length);
  fillHistogram(filled, request.matrix, { ...request, rows: smaller });
  const rest = parent.histogram;
  subtractHistogram(parent.histogram, filled, rest);
  return smaller === left ? [filled, rest] : [rest, filled];
}
