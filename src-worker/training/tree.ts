// A boosted ensemble as plain arrays, and how a row falls through it. Thresholds and leaves are float32, as ONNX Runtime stores them.

/** One tree in preorder; node 0 is the root. A node with `left[i] === -1` is a leaf. */
export interface Tree {
  readonly feature: readonly number[];
  /** A value ≤ threshold goes left. */
  readonly threshold: readonly number[];
  /** Whether a missing value goes left. */
  readonly missingLeft: readonly boolean[];
  readonly left: readonly number[];
  readonly right: readonly number[];
  /** Leaf value in log odds; 0 in inner nodes. */
  readonly value: readonly number[];
}

export interface Ensemble {
  readonly width: number;
  /** Log odds before any tree. */
  readonly base: number;
  readonly trees: readonly Tree[];
}

/** Log odds from Platt's map: slope × margin + intercept. Source: Platt 1999, "Probabilistic outputs for support vector machines". */
export interface Calibration {
  readonly slope: number;
  readonly intercept: number;
  /** When given, it turns the margin into the probability instead: a rising chain of straight pieces. */
  readonly isotonic?: Isotonic;
}

/** p = base + Σ rise[k] · clip((margin − from[k]) / width[k], 0, 1). All rises are positive and base + Σ rise ≤ 1. */
export interface Isotonic {
  readonly base: number;
  readonly from: readonly number[];
  readonly width: readonly number[];
  readonly rise: readonly number[];
}

/** Index of the leaf the row that starts at `offset` reaches. */
export function findLeaf(tree: Tree, rows: Float32Array, offset: number): number {
  let node = 0;
  while (tree.left[node]! >= 0) {
    const value = rows[offset + tree.feature[node]!]!;
    const goesLeft = Number.isNaN(value) ? tree.missingLeft[node]! : value <= tree.threshold[node]!;
    node = goesLeft ? tree.left[node]! : tree.right[node]!;
  }
  return node;
}

/** Margins (log odds) of row-major rows, one for each. */
export function predictMargins(ensemble: Ensemble, rows: Float32Array, rowCount: number): Float64Array {
  const margins = new Float64Array(rowCount).fill(ensemble.base);
  for (const tree of ensemble.trees) {
    for (let row = 0; row < rowCount; row += 1) margins[row]! += tree.value[findLeaf(tree, rows, row * ensemble.width)]!;
  }
  return margins;
}

export function sigmoid(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}

/** P(win) of a margin after calibration. */
export function calibrate(margin: number, calibration: Calibration): number {
  const { isotonic } = calibration;
  if (isotonic === undefined) return sigmoid(calibration.slope * margin + calibration.intercept);
  return isotonic.from.reduce((sum, from, index) => {
    const share = (margin - from) / (isotonic.width[index] ?? 1);
    return sum + (isotonic.rise[index] ?? 0) * Math.max(0, Math.min(1, share));
  }, isotonic.base);
}
