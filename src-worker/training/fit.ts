// Fits and judges the boosted trees: walk-forward folds for the verdict, a last hold-out nobody touched, leakage checks.
import { FEATURE_COUNT, FEATURES } from '../../src-main/core/features/schema.ts';
import { bandHalfWidth, chooseCalibration } from './calibrate.ts';
import type { TrainingRow } from './candidates.ts';
import { DEFAULT_PARAMETERS, boostingSteps, type BoostingParameters, type BoostingResult, type LabelledRows } from './gbdt.ts';
import { leakageSteps, type LeakageVerdict } from './leakage.ts';
import { areaUnderCurve, mean, scoreModel, type Metrics, type Scored } from './metrics.ts';
import { sampleWeights, splitAt, timeAtShare, type TimeSplit } from './split.ts';
import { createExplainer } from './shap.ts';
import { runSteps, type Steps } from './steps.ts';
import { calibrate, predictMargins, type Calibration, type Ensemble } from './tree.ts';

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
  readonly calibration: Calibration;
  /** Half-width of the band, as a probability. */
  readonly band: number;
  readonly walkForward: Metrics;
  readonly holdOut: Metrics;
  readonly ictOnly: { readonly walkForwardAuc: number; readonly holdOutAuc: number };
  readonly folds: readonly { readonly from: number; readonly count: number; readonly auc: number }[];
  readonly purged: number;
  /** Share of the mean |SHAP| over the judged set-ups, and of the gain in training. */
  readonly importance: readonly { readonly feature: string; readonly share: number; readonly gainShare: number }[];
  readonly leakage: LeakageVerdict;
  readonly edge: boolean;
  /** Whether the edge holds also at moments without a set-up, where the self-learning mode would trade: judged on archive rows, which count for nothing else. */
  readonly edgeAlone: boolean;
  readonly trainedUntil: number;
  /** Every set-up judged by a model that never saw it, by time. */
  readonly judged: { readonly outOfFold: readonly Judged[]; readonly holdOut: readonly Judged[] };
}

/** A set-up with what a model that never saw its outcome says of it. */
export interface Judged {
  readonly row: TrainingRow;
  readonly margin: number;
  readonly scored: Scored;
}

/** `rows` must be sorted by decision time. Archive rows are learned from; the figures are those of set-ups. */
export function fitBoosted(rows: readonly TrainingRow[], seed: number, say: (line: string) => void): FitResult {
  return runSteps(boostedSteps(rows, seed, say));
}

/** The same in steps of a tree. */
export function* boostedSteps(rows: readonly TrainingRow[], seed: number, say: (line: string) => void): Steps<FitResult> {
  const end = (rows.at(-1)?.decidedAt ?? 0) + 1;
  const setUps = rows.filter((row) => row.kind === 'set-up');
  const boundaries = [...FOLDS, HOLD_OUT].map((share) => timeAtShare(setUps, share));
  const outOfFold: Judged[] = [];
  const archiveOutOfFold: Judged[] = [];
  const folds: { from: number; count: number; auc: number }[] = [];
  let purged = 0;
  for (const index of FOLDS.keys()) {
    const boundary = boundaries[index] ?? 0;
    const split = splitForFit(rows, boundary, boundaries[index + 1] ?? end);
    purged += split.purged;
    const model = (yield* trainWithTail(split.train, seed + index)).ensemble;
    const fitted = { model, calibration: calibrationBefore(outOfFold, boundary) };
    const judged = judge(fitted, split);
    archiveOutOfFold.push(...judge(fitted, { ...split, test: split.archive }));
    outOfFold.push(...judged);
    const auc = areaUnderCurve(judged.map((entry) => entry.scored));
    folds.push({ from: boundary, count: split.test.length, auc });
    say(`fold ${index + 1}: trained on ${split.train.length} (${model.trees.length} trees), judged on ${split.test.length} set-ups, AUC ${auc.toFixed(3)}`);
  }
  const trainedUntil = boundaries.at(-1) ?? end;
  const last = splitForFit(rows, trainedUntil, end);
  const trained = yield* trainWithTail(last.train, seed);
  const known = outOfFold.filter((entry) => entry.row.labelledAt <= trainedUntil);
  const calibration = calibrationBefore(outOfFold, trainedUntil);
  const walkForward = scoreModel(
    outOfFold.map((entry) => entry.scored),
    seed,
  );
  const judgedLast = judge({ model: trained.ensemble, calibration }, last);
  const holdOut = scoreModel(
    judgedLast.map((entry) => entry.scored),
    seed + 9,
  );
  const leakage = yield* leakageSteps({
    train: labelledRows(last.train),
    test: labelledRows(last.test),
    trainedUntil: last.train.reduce((latest, row) => Math.max(latest, row.labelledAt), 0),
    testedFrom: last.test[0]?.decidedAt ?? Infinity,
    parameters: { ...BOOST_OPTIONS, seed },
  });
  const alone = [archiveOutOfFold, judge({ model: trained.ensemble, calibration }, { ...last, test: last.archive })].map((entries, part) =>
    scoreModel(
      entries.map((entry) => entry.scored),
      seed + 20 + part,
    ),
  );
  const edge = showsEdge(walkForward) && showsEdge(holdOut) && leakage.passed;
  const ictAuc = (list: readonly TrainingRow[]): number => areaUnderCurve(list.map((row) => ({ probability: row.ictConfidence, label: row.label })));
  return {
    model: trained.ensemble,
    calibration,
    band: bandOf(
      known.map((entry) => entry.scored.probability),
      known.map((entry) => entry.row.label),
    ),
    walkForward,
    holdOut,
    ictOnly: { walkForwardAuc: ictAuc(outOfFold.map((entry) => entry.row)), holdOutAuc: ictAuc(last.test) },
    folds,
    purged: purged + last.purged,
    importance: importanceOf(trained, matrixOf(last.train), matrixOf([...outOfFold.map((entry) => entry.row), ...last.test])),
    leakage,
    edge,
    edgeAlone: edge && alone.every((metrics) => showsEdge(metrics)),
    trainedUntil,
    judged: { outOfFold, holdOut: judgedLast },
  };
}

/** Set-ups are what is judged; archive rows of the same time stand beside them. */
function splitForFit(rows: readonly TrainingRow[], boundary: number, until: number): TimeSplit & { readonly archive: readonly TrainingRow[] } {
  const split = splitAt(rows, boundary, until);
  return { ...split, test: split.test.filter((row) => row.kind === 'set-up'), archive: split.test.filter((row) => row.kind === 'archive') };
}

/** Outcomes further than this from what was stated, in deviations, fail the calibration. */
const CALIBRATION_LIMIT = 3;

/**
 * A model earns authority: out of sample its probabilities mean what they say, it is better than the base rate, and what it takes
 * earns money, both with their lower 90 % bound above zero. Until then it may only veto or lower.
 */
export function showsEdge(metrics: Metrics): boolean {
  return Math.abs(metrics.calibrationZ) <= CALIBRATION_LIMIT && metrics.logLossGain.low > 0 && metrics.taken >= MIN_TAKEN && metrics.expectancyTaken.low > 0;
}

/** Calibration from out-of-fold rows whose outcome was known at `boundary`; none while there are too few. */
function calibrationBefore(outOfFold: readonly Judged[], boundary: number): Calibration {
  const known = outOfFold.filter((entry) => entry.row.labelledAt <= boundary);
  return known.length < MIN_CALIBRATION_ROWS
    ? { slope: 1, intercept: 0 }
    : chooseCalibration(
        known.map((entry) => entry.margin),
        known.map((entry) => entry.row.label),
      );
}

function judge(
  fitted: { readonly model: Ensemble; readonly calibration: Calibration },
  split: { readonly train: readonly TrainingRow[]; readonly test: readonly TrainingRow[] },
): readonly Judged[] {
  const margins = predictMargins(fitted.model, matrixOf(split.test), split.test.length);
  const baseRate = mean(split.train.filter((row) => row.kind === 'set-up').map((row) => row.label));
  return split.test.map((row, at) => {
    const margin = margins[at] ?? 0;
    const { label, resultR, decidedAt, breakEven } = row;
    return { row, margin, scored: { probability: calibrate(margin, fitted.calibration), label, resultR, decidedAt, baseRate, breakEven } };
  });
}

/** Background rows of the explanation; more change the third digit. */
const EXPLAINED_AGAINST = 2000;
const EXPLAINED_ROWS = 600;

function importanceOf(trained: BoostingResult, train: Float32Array, judged: Float32Array): FitResult['importance'] {
  const step = Math.max(1, Math.floor(train.length / FEATURE_COUNT / EXPLAINED_AGAINST));
  const background = train.filter((_, at) => Math.floor(at / FEATURE_COUNT) % step === 0);
  const explainer = createExplainer(trained.ensemble, background);
  const moved = new Float64Array(FEATURE_COUNT);
  const stride = FEATURE_COUNT * Math.max(1, Math.floor(judged.length / FEATURE_COUNT / EXPLAINED_ROWS));
  for (let offset = 0; offset < judged.length; offset += stride)
    explainer.explain(judged, offset).forEach((value, feature) => (moved[feature]! += Math.abs(value)));
  const shareOf = (values: Float64Array, index: number): number =>
    (values[index] ?? 0) /
    Math.max(
      1e-12,
      values.reduce((sum, value) => sum + value, 0),
    );
  return FEATURES.map((feature, index) => ({
    feature: `${feature.group}.${feature.name}`,
    share: shareOf(moved, index),
    gainShare: shareOf(trained.gain, index),
  })).toSorted((a, b) => b.share - a.share);
}

/** Early stopping on the newest 15 % of the training rows, purged like every other boundary. */
function* trainWithTail(rows: readonly TrainingRow[], seed: number): Steps<BoostingResult> {
  const split = splitAt(rows, timeAtShare(rows, 0.85), Infinity);
  return yield* boostingSteps({
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
