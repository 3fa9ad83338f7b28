// Fits and judges the boosted trees: walk-forward folds for the verdict, a last hold-out nobody touched, leakage checks.
import { FEATURE_COUNT, FEATURES } from '../../src-main/core/features/schema.ts';
import { bandHalfWidth, fitPlatt, type Platt } from './calibrate.ts';
import type { TrainingRow } from './candidates.ts';
import { DEFAULT_PARAMETERS, fitBoosting, type BoostingParameters, type BoostingResult, type LabelledRows } from './gbdt.ts';
import { checkLeakage, type LeakageVerdict } from './leakage.ts';
import { areaUnderCurve, mean, scoreModel, type Metrics, type Scored } from './metrics.ts';
import { sampleWeights, splitAt, timeAtShare, type TimeSplit } from './split.ts';
import { calibrate, predictMargins, type Ensemble } from './tree.ts';

export const BOOST_OPTIONS: BoostingParameters = DEFAULT_PARAMETERS;
/** A set-up is what the model will be asked about; it counts as much as this many archive rows. */
const SET_UP_WEIGHT = 5;
const MIN_CALIBRATION_ROWS = 200;
/** Fewer trades than this prove nothing. */
const MIN_TAKEN = 30;
const FOLDS = [0.4, 0.52, 0.64, 0.76] as const;
const HOLD_OUT = 0.88;

export interface FitResult {
  readonly model: Ensemble;
  readonly platt: Platt;
  /** Half-width of the band, as a probability. */
  readonly band: number;
  readonly walkForward: Metrics;
  readonly holdOut: Metrics;
  readonly ictOnly: { readonly walkForwardAuc: number; readonly holdOutAuc: number };
  readonly folds: readonly { readonly from: number; readonly count: number; readonly auc: number }[];
  readonly purged: number;
  readonly importance: readonly { readonly feature: string; readonly share: number }[];
  readonly leakage: LeakageVerdict;
  readonly edge: boolean;
  readonly trainedUntil: number;
}

interface Judged {
  readonly row: TrainingRow;
  readonly margin: number;
  readonly scored: Scored;
}

/** `rows` must be sorted by decision time. Archive rows are learned from; only set-ups are judged. */
export function fitBoosted(rows: readonly TrainingRow[], seed: number, say: (line: string) => void): FitResult {
  const end = (rows.at(-1)?.decidedAt ?? 0) + 1;
  const setUps = rows.filter((row) => row.kind === 'set-up');
  const boundaries = [...FOLDS, HOLD_OUT].map((share) => timeAtShare(setUps, share));
  const outOfFold: Judged[] = [];
  const folds: { from: number; count: number; auc: number }[] = [];
  let purged = 0;
  FOLDS.forEach((_, index) => {
    const boundary = boundaries[index] ?? 0;
    const split = splitForFit(rows, boundary, boundaries[index + 1] ?? end);
    purged += split.purged;
    const model = trainWithTail(split.train, seed + index).ensemble;
    const judged = judge({ model, platt: plattBefore(outOfFold, boundary) }, split);
    outOfFold.push(...judged);
    const auc = areaUnderCurve(judged.map((entry) => entry.scored));
    folds.push({ from: boundary, count: split.test.length, auc });
    say(`fold ${index + 1}: trained on ${split.train.length} (${model.trees.length} trees), judged on ${split.test.length} set-ups, AUC ${auc.toFixed(3)}`);
  });
  const trainedUntil = boundaries.at(-1) ?? end;
  const last = splitForFit(rows, trainedUntil, end);
  const trained = trainWithTail(last.train, seed);
  const known = outOfFold.filter((entry) => entry.row.labelledAt <= trainedUntil);
  const platt = plattBefore(outOfFold, trainedUntil);
  const walkForward = scoreModel(
    outOfFold.map((entry) => entry.scored),
    seed,
  );
  const holdOut = scoreModel(
    judge({ model: trained.ensemble, platt }, last).map((entry) => entry.scored),
    seed + 9,
  );
  const leakage = checkLeakage({
    train: labelledRows(last.train),
    test: labelledRows(last.test),
    trainedUntil: last.train.reduce((latest, row) => Math.max(latest, row.labelledAt), 0),
    testedFrom: last.test[0]?.decidedAt ?? Infinity,
    parameters: { ...BOOST_OPTIONS, seed },
  });
  const ictAuc = (list: readonly TrainingRow[]): number => areaUnderCurve(list.map((row) => ({ probability: row.ictConfidence, label: row.label })));
  return {
    model: trained.ensemble,
    platt,
    band: bandOf(
      known.map((entry) => entry.scored.probability),
      known.map((entry) => entry.row.label),
    ),
    walkForward,
    holdOut,
    ictOnly: { walkForwardAuc: ictAuc(outOfFold.map((entry) => entry.row)), holdOutAuc: ictAuc(last.test) },
    folds,
    purged: purged + last.purged,
    importance: importanceOf(trained.gain),
    leakage,
    edge: showsEdge(walkForward) && showsEdge(holdOut) && leakage.passed,
    trainedUntil,
  };
}

function splitForFit(rows: readonly TrainingRow[], boundary: number, until: number): TimeSplit {
  const split = splitAt(rows, boundary, until);
  return { ...split, test: split.test.filter((row) => row.kind === 'set-up') };
}

/** Out of sample: better than the base rate, and what it takes earns money, both with their lower 90 % bound above zero. */
export function showsEdge(metrics: Metrics): boolean {
  return metrics.logLossGain.low > 0 && metrics.taken >= MIN_TAKEN && metrics.expectancyTaken.low > 0;
}

/** Calibration from out-of-fold rows whose outcome was known at `boundary`; none while there are too few. */
function plattBefore(outOfFold: readonly Judged[], boundary: number): Platt {
  const known = outOfFold.filter((entry) => entry.row.labelledAt <= boundary);
  return known.length < MIN_CALIBRATION_ROWS
    ? { slope: 1, intercept: 0 }
    : fitPlatt(
        known.map((entry) => entry.margin),
        known.map((entry) => entry.row.label),
      );
}

function judge(
  fitted: { readonly model: Ensemble; readonly platt: Platt },
  split: { readonly train: readonly TrainingRow[]; readonly test: readonly TrainingRow[] },
): readonly Judged[] {
  const margins = predictMargins(fitted.model, matrixOf(split.test), split.test.length);
  const baseRate = mean(split.train.filter((row) => row.kind === 'set-up').map((row) => row.label));
  return split.test.map((row, at) => {
    const margin = margins[at] ?? 0;
    const { label, resultR, decidedAt, breakEven } = row;
    return { row, margin, scored: { probability: calibrate(margin, fitted.platt), label, resultR, decidedAt, baseRate, breakEven } };
  });
}

function importanceOf(gain: Float64Array): FitResult['importance'] {
  const total = gain.reduce((sum, value) => sum + value, 0);
  return FEATURES.map((feature, index) => ({ feature: `${feature.group}.${feature.name}`, share: total > 0 ? (gain[index] ?? 0) / total : 0 })).toSorted(
    (a, b) => b.share - a.share,
  );
}

/** Early stopping on the newest 15 % of the training rows, purged like every other boundary. */
function trainWithTail(rows: readonly TrainingRow[], seed: number): BoostingResult {
  const split = splitAt(rows, timeAtShare(rows, 0.85), Infinity);
  return fitBoosting({
    train: labelledRows(split.train),
    stopping: split.test.length >= 50 ? labelledRows(split.test) : null,
    parameters: { ...BOOST_OPTIONS, seed },
  });
}

/** Weights are scaled to a mean of 1, so that child weights and penalties count rows. */
function labelledRows(rows: readonly TrainingRow[]): LabelledRows {
  const weights = sampleWeights(rows).map((weight, index) => (rows[index]?.kind === 'set-up' ? weight * SET_UP_WEIGHT : weight));
  const scale = 1 / Math.max(1e-12, mean([...weights]));
  return { rows: matrixOf(rows), width: FEATURE_COUNT, labels: Uint8Array.from(rows, (row) => row.label), weights: weights.map((weight) => weight * scale) };
}

function matrixOf(rows: readonly TrainingRow[]): Float32Array {
  const matrix = new Float32Array(rows.length * FEATURE_COUNT);
  rows.forEach((row, index) => matrix.set(row.features, index * FEATURE_COUNT));
  return matrix;
}

function bandOf(probabilities: readonly number[], labels: readonly number[]): number {
  const middle = mean(probabilities);
  return Math.min(0.5, bandHalfWidth(probabilities, labels) * middle * (1 - middle));
}
