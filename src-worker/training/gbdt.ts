// Histogram gradient boosting with logistic loss: the trees behind P(win). Same data and seed, same trees, byte for byte.
import { binMatrix } from './bins.ts';
import { growTree } from './grow.ts';
import { createRandom } from './random.ts';
import { runSteps, type Steps } from './steps.ts';
import type { Ensemble, Tree } from './tree.ts';
import { findLeaf, sigmoid } from './tree.ts';

export interface BoostingParameters {
  /** At most this many trees. */
  readonly trees: number;
  readonly depth: number;
  readonly learningRate: number;
  readonly minChildWeight: number;
  readonly l2: number;
  readonly minGain: number;
  /** Share of rows and of features each tree sees. */
  readonly rowShare: number;
  readonly columnShare: number;
  readonly maxBins: number;
  /** Stop after this many trees without a better validation loss. */
  readonly patience: number;
  readonly seed: number;
}

/** Source of the values: walk-forward runs on candle data; small, slow, strongly regularised trees suit a weak signal. */
export const DEFAULT_PARAMETERS: BoostingParameters = {
  trees: 300,
  depth: 4,
  learningRate: 0.03,
  minChildWeight: 20,
  l2: 10,
  minGain: 0,
  rowShare: 0.7,
  columnShare: 0.5,
  maxBins: 64,
  patience: 40,
  seed: 1,
};

/** Row-major rows with 0/1 labels and positive weights. */
export interface LabelledRows {
  readonly rows: Float32Array;
  readonly width: number;
  readonly labels: Uint8Array;
  readonly weights: Float64Array;
}

export interface BoostingResult {
  readonly ensemble: Ensemble;
  /** Total gain by feature. */
  readonly gain: Float64Array;
  /** Trees grown before early stopping cut back. */
  readonly grown: number;
  /** Weighted log loss on the stopping rows after the kept trees, or null without them. */
  readonly stoppingLoss: number | null;
}

export interface BoostingRequest {
  readonly train: LabelledRows;
  /** Later rows that decide when to stop; never part of a later score. */
  readonly stopping: LabelledRows | null;
  readonly parameters: BoostingParameters;
}

/** Fits the ensemble. Throws on empty or one-sided training data. */
export function fitBoosting(request: BoostingRequest): BoostingResult {
  return runSteps(boostingSteps(request));
}

/** The same, one step a tree. */
export function* boostingSteps(request: BoostingRequest): Steps<BoostingResult> {
  const { train, stopping, parameters } = request;
  const count = train.labels.length;
  const base = baseLogOdds(train);
  const matrix = binMatrix(train.rows, train.width, parameters.maxBins);
  const random = createRandom(parameters.seed);
  const margins = new Float64Array(count).fill(base);
  const stoppingMargins = new Float64Array(stopping?.labels.length ?? 0).fill(base);
  const gradient = new Float64Array(count);
  const hessian = new Float64Array(count);
  const gain = new Float64Array(train.width);
  const trees: Tree[] = [];
  const gains: Float64Array[] = [];
  let kept = 0;
  let bestLoss = stopping === null ? Infinity : logLossOf(stopping, stoppingMargins);
  for (let round = 0; round < parameters.trees; round += 1) {
    for (let row = 0; row < count; row += 1) {
      const probability = sigmoid(margins[row]!);
      gradient[row] = train.weights[row]! * (probability - train.labels[row]!);
      hessian[row] = train.weights[row]! * Math.max(1e-6, probability * (1 - probability));
    }
    const grown = growTree({
      matrix,
      gradient,
      hessian,
      rows: sample(count, parameters.rowShare, random),
      features: sample(train.width, parameters.columnShare, random),
      parameters,
    });
    trees.push(grown.tree);
    gains.push(grown.gain);
    addTree(grown.tree, train.rows, { width: train.width, margins });
    if (stopping !== null) {
      addTree(grown.tree, stopping.rows, { width: train.width, margins: stoppingMargins });
      const loss = logLossOf(stopping, stoppingMargins);
      if (loss < bestLoss - 1e-7) {
        bestLoss = loss;
        kept = trees.length;
      } else if (trees.length - kept >= parameters.patience) break;
    }
    yield trees.length / parameters.trees;
  }
  const used = stopping === null ? trees.length : kept;
  for (const treeGain of gains.slice(0, used)) treeGain.forEach((value, feature) => (gain[feature]! += value));
  return { ensemble: { width: train.width, base, trees: trees.slice(0, used) }, gain, grown: trees.length, stoppingLoss: stopping === null ? null : bestLoss };
}

function baseLogOdds(rows: LabelledRows): number {
  let wins = 0;
  let total = 0;
  rows.labels.forEach((label, row) => {
    total += rows.weights[row]!;
    wins += rows.weights[row]! * label;
  });
  if (!(wins > 0 && wins < total)) throw new Error('Training needs wins and losses; all labels are the same.');
  return Math.fround(Math.log(wins / (total - wins)));
}

function addTree(tree: Tree, rows: Float32Array, target: { readonly width: number; readonly margins: Float64Array }): void {
  const { width, margins } = target;
  for (let row = 0; row < margins.length; row += 1) margins[row]! += tree.value[findLeaf(tree, rows, row * width)]!;
}

function logLossOf(rows: LabelledRows, margins: Float64Array): number {
  let loss = 0;
  let total = 0;
  for (let row = 0; row < margins.length; row += 1) {
    // ln(1 + e^−m) for a win, ln(1 + e^m) for a loss, without overflow.
    const signed = rows.labels[row] === 1 ? -margins[row]! : margins[row]!;
    const weight = rows.weights[row]!;
    loss += weight * (Math.max(0, signed) + Math.log1p(Math.exp(-Math.abs(signed))));
    total += weight;
  }
  return loss / total;
}

/** A sorted sample of 0 … count − 1 without replacement; at least one. */
function sample(count: number, share: number, random: () => number): Int32Array {
  const wanted = Math.max(1, Math.round(count * share));
  if (wanted >= count) return Int32Array.from({ length: count }, (_, index) => index);
  const chosen = new Int32Array(wanted);
  let taken = 0;
  for (let index = 0; index < count && taken < wanted; index += 1) {
    if (random() * (count - index) < wanted - taken) {
      chosen[taken] = index;
      taken += 1;
    }
  }
  return chosen;
}

export { sigmoid };
