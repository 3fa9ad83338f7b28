// Three ways a model could know what it must not: each is tried on purpose, and any that succeeds fails the run.
import { FEATURES } from '../../src-main/core/features/schema.ts';
import { fitBoosting, type BoostingParameters, type LabelledRows } from './gbdt.ts';
import { areaUnderCurve } from './metrics.ts';
import { createRandom, shuffle } from './random.ts';
import { predictMargins } from './tree.ts';

/** A feature that alone ranks outcomes this well has seen them. */
const LEAK_AUC = 0.95;
const SHUFFLE_TREES = 40;
const CHANCE_TOLERANCE = 0.06;

export interface LeakageVerdict {
  /** AUC on real later labels after training on shuffled ones; chance is 0.5. */
  readonly shuffledAuc: number;
  readonly suspiciousFeatures: readonly string[];
  /** Features with one value in all training rows: legal, but a sign that something is not computed. */
  readonly constantFeatures: readonly string[];
  /** Whether an outcome used in training lies after the first row judged. */
  readonly windowsOverlap: boolean;
  readonly passed: boolean;
}

export interface LeakageRequest {
  readonly train: LabelledRows;
  readonly test: LabelledRows;
  /** When the last training label became known. */
  readonly trainedUntil: number;
  /** Decision time of the first test row. */
  readonly testedFrom: number;
  readonly parameters: BoostingParameters;
}

export function checkLeakage(request: LeakageRequest): LeakageVerdict {
  const { train, test } = request;
  const shuffledAuc = trainOnShuffledLabels(request);
  const nameOf = (index: number): string => FEATURES[index]?.name ?? `column ${index}`;
  const columns = Array.from({ length: train.width }, (_, index) => index);
  const suspiciousFeatures = columns.filter((column) => [train, test].some((rows) => isTelling(rows, column))).map(nameOf);
  const constantFeatures = columns.filter((column) => isConstant(train, column)).map(nameOf);
  const windowsOverlap = request.trainedUntil > request.testedFrom;
  const sampling = 3 * Math.sqrt(1 / (3 * Math.max(1, test.labels.length)));
  const isAtChance = Math.abs(shuffledAuc - 0.5) < Math.max(CHANCE_TOLERANCE, sampling);
  return { shuffledAuc, suspiciousFeatures, constantFeatures, windowsOverlap, passed: isAtChance && suspiciousFeatures.length === 0 && !windowsOverlap };
}

function trainOnShuffledLabels({ train, test, parameters }: LeakageRequest): number {
  const labels = Uint8Array.from(train.labels);
  shuffle(labels, createRandom(parameters.seed + 31));
  const { ensemble } = fitBoosting({
    train: { ...train, labels },
    stopping: null,
    parameters: { ...parameters, trees: Math.min(SHUFFLE_TREES, parameters.trees) },
  });
  const margins = predictMargins(ensemble, test.rows, test.labels.length);
  return areaUnderCurve(Array.from(test.labels, (label, row) => ({ probability: margins[row] ?? 0, label })));
}

function isTelling(rows: LabelledRows, column: number): boolean {
  const auc = areaUnderCurve(Array.from(rows.labels, (label, row) => ({ probability: rows.rows[row * rows.width + column] ?? 0, label })));
  return Math.max(auc, 1 - auc) > LEAK_AUC;
}

function isConstant(rows: LabelledRows, column: number): boolean {
  for (let row = 1; row < rows.labels.length; row += 1) if (rows.rows[row * rows.width + column] !== rows.rows[column]) return false;
  return true;
}
