// Four ways a model could know what it must not: each is tried on purpose, and any that succeeds fails the run.
import { FEATURES } from '../../src-main/core/features/schema.ts';
import { boostingSteps, type BoostingParameters, type LabelledRows } from './gbdt.ts';
import { createRandom } from './random.ts';
import { firstAlike, isAtChance, MOST_SHARED, shareOfShared, shuffleSources } from './shuffled-outcomes.ts';
import type { Steps } from './steps.ts';
import { isTelling } from './telling.ts';
import { predictMargins } from './tree.ts';

const SHUFFLE_TREES = 40;

export interface LeakageVerdict {
  /** AUC on later rows after training on earlier ones, all outcomes shuffled; chance is 0.5. */
  readonly shuffledAuc: number;
  readonly suspiciousFeatures: readonly string[];
  /** Features with one value in all training rows: legal, but a sign that something is not computed. */
  readonly constantFeatures: readonly string[];
  /** Share of the judged rows that stand among the training rows too. */
  readonly sharedRows: number;
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

/** One step a tree, and one a feature. */
export function* leakageSteps(request: LeakageRequest): Steps<LeakageVerdict> {
  const { train, test } = request;
  const rows = new Float32Array(train.rows.length + test.rows.length);
  rows.set(train.rows);
  rows.set(test.rows, train.rows.length);
  const alike = firstAlike(rows, train.width);
  const sharedRows = shareOfShared(alike, train.labels.length);
  const shuffled = yield* shuffledSteps(request, alike);
  const nameOf = (index: number): string => FEATURES[index]?.name ?? `column ${index}`;
  const columns = Array.from({ length: train.width }, (_, index) => index);
  // All rows together: in a few judged days any slow input may rank the outcomes by chance; one that peeks does it everywhere.
  const labels = Uint8Array.from([...train.labels, ...test.labels]);
  const suspiciousFeatures: string[] = [];
  for (const column of columns) {
    if (isTelling({ rows, width: train.width, labels, labelWidth: 1 }, column)) suspiciousFeatures.push(nameOf(column));
    yield 1;
  }
  const constantFeatures = columns.filter((column) => isConstant(train, column)).map(nameOf);
  const windowsOverlap = request.trainedUntil > request.testedFrom;
  const passed = shuffled.isAtChance && suspiciousFeatures.length === 0 && sharedRows <= MOST_SHARED && !windowsOverlap;
  return { shuffledAuc: shuffled.auc, suspiciousFeatures, constantFeatures, sharedRows, windowsOverlap, passed };
}

function* shuffledSteps({ train, test, parameters }: LeakageRequest, alike: Int32Array): Steps<ReturnType<typeof isAtChance>> {
  const count = train.labels.length;
  const sources = shuffleSources(alike, createRandom(parameters.seed + 31));
  const labelOf = (source: number): number => (source < count ? train.labels[source]! : test.labels[source - count]!);
  const { ensemble } = yield* boostingSteps({
    train: { ...train, labels: Uint8Array.from(sources.subarray(0, count), labelOf) },
    stopping: null,
    parameters: { ...parameters, trees: Math.min(SHUFFLE_TREES, parameters.trees) },
  });
  const margins = predictMargins(ensemble, test.rows, test.labels.length);
  return isAtChance(Array.from(margins, (probability, row) => ({ probability, label: labelOf(sources[count + row]!) })));
}

function isConstant(rows: LabelledRows, column: number): boolean {
  for (let row = 1; row < rows.labels.length; row += 1) if (rows.rows[row * rows.width + column] !== rows.rows[column]) return false;
  return true;
}
