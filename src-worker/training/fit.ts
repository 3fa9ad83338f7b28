// Fits and judges the boosted trees: walk-forward folds for the verdict, a last hold-out nobody touched, leakage checks.
import { FEATURE_COUNT, FEATURES } from '../../src-main/core/features/schema.ts';
import { createGenerator } from '../market/random.ts';
import { bandHalfWidth, fitPlatt, type Platt } from './calibrate.ts';
import type { TrainingRow } from './candidates.ts';
import { DEFAULT_PARAMETERS, fitBoosting, type BoostingParameters, type BoostingResult, type LabelledRows } from './gbdt.ts';
import { predictMargins, sigmoid, type Ensemble } from './tree.ts';
import { areaUnderCurve, mean, scoreModel, type Metrics, type Scored } from './metrics.ts';
import { sampleWeights, splitAt, timeAtShare } from './split.ts';

export const BOOST_OPTIONS: BoostingParameters = DEFAULT_PARAMETERS;
const LEAK_AUC = 0.95;
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
  readonly leakage: { readonly shuffledAuc: number; readonly suspiciousFeatures: readonly string[]; readonly passed: boolean };
  readonly edge: boolean;
  readonly trainedUntil: number;
}

/** `rows` must be sorted by decision time. */
export function fitBoosted(rows: readonly TrainingRow[], seed: number, say: (line: string) => void): FitResult {
  const end = (rows.at(-1)?.decidedAt ?? 0) + 1;
  const boundaries = [...FOLDS.map((share) => timeAtShare(rows, share)), timeAtShare(rows, HOLD_OUT)];
  const outOfFold: { readonly row: TrainingRow; readonly margin: number; readonly probability: number; readonly baseRate: number }[] = [];
  const folds: { from: number; count: number; auc: number }[] = [];
  let purged = 0;
  FOLDS.forEach((_, index) => {
    const boundary = boundaries[index] ?? 0;
    const split = splitAt(rows, boundary, boundaries[index + 1] ?? end);
    purged += split.purged;
    const model = trainWithTail(split.train, seed + index).ensemble;
    const margins = predictMargins(model, matrixOf(split.test), split.test.length);
    const platt = outOfFold.length >= 200 ? fitPlatt(outOfFold.map((entry) => entry.margin), outOfFold.map((entry) => entry.row.label)) : { slope: 1, intercept: 0 };
    const baseRate = mean(split.train.map((row) => row.label));
    const judged = split.test.map((row, at) => ({ row, margin: margins[at] ?? 0, probability: sigmoid(platt.slope * (margins[at] ?? 0) + platt.intercept), baseRate }));
    outOfFold.push(...judged);
    const auc = areaUnderCurve(judged.map((entry) => ({ probability: entry.probability, label: entry.row.label })));
    folds.push({ from: boundary, count: split.test.length, auc });
    say(`fold ${index + 1}: trained on ${split.train.length}, judged on ${split.test.length}, AUC ${auc.toFixed(3)}`);
  });
  const last = splitAt(rows, boundaries.at(-1) ?? end, end);
  const trained = trainWithTail(last.train, seed);
  const model = trained.ensemble;
  const platt = fitPlatt(outOfFold.map((entry) => entry.margin), outOfFold.map((entry) => entry.row.label));
  const margins = predictMargins(model, matrixOf(last.test), last.test.length);
  const holdOutScored: Scored[] = last.test.map((row, at) => ({ probability: sigmoid(platt.slope * (margins[at] ?? 0) + platt.intercept), label: row.label, resultR: row.resultR }));
  const walkScored: Scored[] = outOfFold.map((entry) => ({ probability: entry.probability, label: entry.row.label, resultR: entry.row.resultR }));
  const threshold = 0.4;
  const walkForward = scoreModel(walkScored, { baseRate: mean(outOfFold.map((entry) => entry.baseRate)), threshold, seed });
  const holdOut = scoreModel(holdOutScored, { baseRate: mean(last.train.map((row) => row.label)), threshold, seed: seed + 9 });
  const leakage = checkLeakage(rows, last.train, last.test, seed);
  const isBetter = (metrics: Metrics): boolean => metrics.logLossGain.low > 0 && metrics.taken >= 30 && metrics.expectancyTaken.low > 0;
  const totalGain = trained.gain.reduce((sum, gain) => sum + gain, 0);
  const ictAuc = (list: readonly TrainingRow[]): number => areaUnderCurve(list.map((row) => ({ probability: row.ictConfidence, label: row.label })));
  return {
    model, platt, band: bandOf(outOfFold.map((entry) => entry.probability), outOfFold.map((entry) => entry.row.label)), walkForward, holdOut,
    ictOnly: { walkForwardAuc: ictAuc(outOfFold.map((entry) => entry.row)), holdOutAuc: ictAuc(last.test) }, folds, purged: purged + last.purged,
    importance: FEATURES.map((feature, index) => ({ feature: `${feature.group}.${feature.name}`, share: totalGain > 0 ? (trained.gain[index] ?? 0) / totalGain : 0 })).toSorted((a, b) => b.share - a.share), leakage,
    edge: isBetter(walkForward) && isBetter(holdOut) && leakage.passed, trainedUntil: boundaries.at(-1) ?? end,
  };
}

/** Early stopping on the newest 15 % of the training rows, purged like every other boundary. */
function trainWithTail(rows: readonly TrainingRow[], seed: number): BoostingResult {
  const split = splitAt(rows, timeAtShare(rows, 0.85), Infinity);
  return fitBoosting({ train: labelledRows(split.train), stopping: split.test.length >= 50 ? labelledRows(split.test) : null, parameters: { ...BOOST_OPTIONS, seed } });
}

function labelledRows(rows: readonly TrainingRow[]): LabelledRows {
  return { rows: matrixOf(rows), width: FEATURE_COUNT, labels: Uint8Array.from(rows, (row) => row.label), weights: Float64Array.from(sampleWeights(rows)) };
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

/** Labels shuffled must score at chance, and no feature alone may tell the outcome. */
function checkLeakage(all: readonly TrainingRow[], train: readonly TrainingRow[], test: readonly TrainingRow[], seed: number): FitResult['leakage'] {
  const random = createGenerator(seed, 31);
  const labels = train.map((row) => row.label);
  for (let index = labels.length - 1; index > 0; index -= 1) {
    const other = Math.floor(random.uniform() * (index + 1));
    [labels[index], labels[other]] = [labels[other] ?? 0, labels[index] ?? 0];
  }
  const shuffled = fitBoosting({ train: { ...labelledRows(train), labels: Uint8Array.from(labels) }, stopping: null, parameters: { ...BOOST_OPTIONS, trees: 40, seed } });
  const margins = predictMargins(shuffled.ensemble, matrixOf(test), test.length);
  const shuffledAuc = areaUnderCurve(test.map((row, index) => ({ probability: margins[index] ?? 0, label: row.label })));
  const suspiciousFeatures = FEATURES.filter((_, index) => {
    const auc = areaUnderCurve(all.map((row) => ({ probability: row.features[index] ?? 0, label: row.label })));
    return Math.max(auc, 1 - auc) > LEAK_AUC;
  }).map((feature) => feature.name);
  const noise = 3 * Math.sqrt(1 / (3 * Math.max(1, test.length)));
  return { shuffledAuc, suspiciousFeatures, passed: suspiciousFeatures.length === 0 && Math.abs(shuffledAuc - 0.5) < Math.max(0.06, noise) };
}
