// Logistic stacking: the weights that turn the members' opinions into one margin, fitted on predictions none of them was trained on.
import { sigmoid } from './tree.ts';

export interface Stack {
  readonly weights: readonly number[];
  readonly intercept: number;
}

export interface StackRows {
  /** Row-major. */
  readonly rows: Float32Array;
  readonly labels: readonly number[];
  readonly width: number;
}

/** Standard deviation of the prior on weights of standardised inputs: members must prove themselves. */
const PRIOR_DEVIATION = 0.3;

/** Ridge-penalised logistic regression by Newton's method; weights are for the inputs as they are. Throws without rows. */
export function fitStack({ rows, labels, width }: StackRows): Stack {
  const count = labels.length;
  if (count === 0) throw new Error('Stacking needs out-of-fold rows.');
  const { means, deviations } = moments(rows, width, count);
  const size = width + 1;
  const weights = new Float64Array(size);
  const penalty = 1 / PRIOR_DEVIATION ** 2;
  for (let round = 0; round < 30; round += 1) {
    const gradient = new Float64Array(size);
    const hessian = Array.from({ length: size }, () => new Float64Array(size));
    for (let at = 0; at < width; at += 1) {
      gradient[at] = penalty * weights[at]!;
      hessian[at]![at] = penalty;
    }
    hessian[width]![width] = 1e-6;
    const inputs = new Float64Array(size).fill(1);
    for (let row = 0; row < count; row += 1) {
      for (let at = 0; at < width; at += 1) inputs[at] = (rows[row * width + at]! - means[at]!) / deviations[at]!;
      const margin = inputs.reduce((sum, input, at) => sum + input * weights[at]!, 0);
      const probability = sigmoid(margin);
      const error = probability - labels[row]!;
      const curve = Math.max(1e-9, probability * (1 - probability));
      for (let a = 0; a < size; a += 1) {
        gradient[a]! += error * inputs[a]!;
        for (let b = 0; b < size; b += 1) hessian[a]![b]! += curve * inputs[a]! * inputs[b]!;
      }
    }
    const step = solve(hessian, gradient);
    step.forEach((value, at) => (weights[at]! -= value));
    if (step.every((value) => Math.abs(value) < 1e-9)) break;
  }
  const own = Array.from({ length: width }, (_, at) => weights[at]! / deviations[at]!);
  return { weights: own, intercept: weights[width]! - own.reduce((sum, weight, at) => sum + weight * means[at]!, 0) };
}

export function stackMargin(stack: Stack, rows: Float32Array, offset: number): number {
  return stack.weights.reduce((sum, weight, at) => sum + weight * rows[offset + at]!, stack.intercept);
}

function moments(rows: Float32Array, width: number, count: number): { readonly means: Float64Array; readonly deviations: Float64Array } {
  const means = new Float64Array(width);
  const deviations = new Float64Array(width);
  for (let at = 0; at < width; at += 1) {
    for (let row = 0; row < count; row += 1) means[at]! += rows[row * width + at]! / count;
    for (let row = 0; row < count; row += 1) deviations[at]! += (rows[row * width + at]! - means[at]!) ** 2 / count;
    // An input that never moves has no weight to learn.
    deviations[at] = Math.max(1e-6, Math.sqrt(deviations[at]!));
  }
  return { means, deviations };
}

/** Gaussian elimination with pivoting. */
function solve(matrix: readonly Float64Array[], right: Float64Array): Float64Array {
  const size = right.length;
  const rows = matrix.map((row, at) => Float64Array.from([...row, right[at]!]));
  for (let pivot = 0; pivot < size; pivot += 1) {
    let best = pivot;
    for (let row = pivot + 1; row < size; row += 1) if (Math.abs(rows[row]![pivot]!) > Math.abs(rows[best]![pivot]!)) best = row;
    [rows[pivot], rows[best]] = [rows[best]!, rows[pivot]!];
    for (let row = 0; row < size; row += 1) {
      if (row === pivot) continue;
      const share = rows[row]![pivot]! / rows[pivot]![pivot]!;
      for (let column = pivot; column <= size; column += 1) rows[row]![column]! -= share * rows[pivot]![column]!;
    }
  }
  return Float64Array.from(rows, (row, at) => row[size]! / row[at]!);
}
