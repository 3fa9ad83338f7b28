// Sums of gradients and Hessians per feature and bin, and the best split they allow.
import type { BinnedMatrix } from './bins.ts';
import { MISSING_BIN } from './bins.ts';

/** Slots of one feature in a histogram: gradient at 2b, Hessian at 2b + 1. */
export const BINS = 256;
const STRIDE = BINS * 2;

export interface SplitRules {
  /** L2 penalty on leaf values. */
  readonly l2: number;
  /** Least sum of Hessians in a child. */
  readonly minChildWeight: number;
  /** Least gain of a split. */
  readonly minGain: number;
}

export interface Split {
  readonly feature: number;
  readonly bin: number;
  readonly missingLeft: boolean;
  readonly gain: number;
}

export interface Totals {
  readonly gradient: number;
  readonly hessian: number;
}

/** Adds the rows of a node into `histogram` (features.length × 512). */
export function fillHistogram(
  histogram: Float64Array,
  matrix: BinnedMatrix,
  node: { readonly rows: Int32Array; readonly features: Int32Array; readonly gradient: Float64Array; readonly hessian: Float64Array },
): void {
  const { rows, features, gradient, hessian } = node;
  const { codes, rowCount } = matrix;
  histogram.fill(0);
  for (let index = 0; index < features.length; index += 1) {
    const column = features[index]! * rowCount;
    const base = index * STRIDE;
    for (let at = 0; at < rows.length; at += 1) {
      const row = rows[at]!;
      const slot = base + codes[column + row]! * 2;
      histogram[slot]! += gradient[row]!;
      histogram[slot + 1]! += hessian[row]!;
    }
  }
}

/** sibling = parent − child, in place of a second pass over the rows. */
export function subtractHistogram(parent: Float64Array, child: Float64Array, sibling: Float64Array): void {
  for (let slot = 0; slot < parent.length; slot += 1) sibling[slot] = parent[slot]! - child[slot]!;
}

function score(gradient: number, hessian: number, l2: number): number {
  return (gradient * gradient) / (hessian + l2);
}

/** The split with the highest gain, first feature and bin on a tie, or null. Source: Chen & Guestrin 2016, "XGBoost", equation 7. */
export function findSplit(
  histogram: Float64Array,
  matrix: BinnedMatrix,
  node: { readonly features: Int32Array; readonly totals: Totals; readonly rules: SplitRules },
): Split | null {
  const { features, totals, rules } = node;
  const parentScore = score(totals.gradient, totals.hessian, rules.l2);
  let best: Split | null = null;
  for (let index = 0; index < features.length; index += 1) {
    const feature = features[index]!;
    const base = index * STRIDE;
    const missingGradient = histogram[base + MISSING_BIN * 2]!;
    const missingHessian = histogram[base + MISSING_BIN * 2 + 1]!;
    const hasMissing = missingHessian > 1e-12;
    let gradient = 0;
    let hessian = 0;
    const edges = matrix.thresholds[feature]!.length;
    for (let bin = 0; bin < edges; bin += 1) {
      gradient += histogram[base + bin * 2]!;
      hessian += histogram[base + bin * 2 + 1]!;
      for (let side = 0; side < (hasMissing ? 2 : 1); side += 1) {
        // Without missing values in training a missing one goes with the majority of the weight.
        const missingLeft = hasMissing ? side === 1 : hessian * 2 >= totals.hessian;
        const leftGradient = hasMissing && missingLeft ? gradient + missingGradient : gradient;
        const leftHessian = hasMissing && missingLeft ? hessian + missingHessian : hessian;
        const rightHessian = totals.hessian - leftHessian;
        if (leftHessian < rules.minChildWeight || rightHessian < rules.minChildWeight) continue;
        const gain = 0.5 * (score(leftGradient, leftHessian, rules.l2) + score(totals.gradient - leftGradient, rightHessian, rules.l2) - parentScore);
        if (gain > rules.minGain && (best === null || gain > best.gain)) best = { feature, bin, missingLeft, gain };
      }
    }
  }
  return best;
}
