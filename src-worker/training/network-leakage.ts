// Four ways a network could know what it must not: shuffled outcomes, an input that tells an outcome alone, rows on both sides, and windows that overlap.
import type { MemberLeakage } from './member-report.ts';
import { headWidth, runNetwork, type NetworkSpec, type Scaling } from './network.ts';
import type { TargetRows } from './network-judgement.ts';
import { createRandom } from './random.ts';
import { firstAlike, isAtChance, MOST_SHARED, shareOfShared, shuffleSources } from './shuffled-outcomes.ts';
import { isTelling } from './telling.ts';
import { trainNetwork, type TrainingOptions } from './train-network.ts';

const SHUFFLED_ROWS = 1600;
const SHUFFLED_EPOCHS = 2;

export interface NetworkLeakage extends MemberLeakage {
  readonly suspiciousInputs: readonly number[];
}

export interface LeakageRequest {
  readonly spec: NetworkSpec;
  readonly options: TrainingOptions;
  /** No outcome to shuffle. */
  readonly isAutoencoder: boolean;
  readonly train: TargetRows;
  readonly stopping: TargetRows;
  readonly judged: TargetRows;
  readonly scaling: Scaling;
  readonly windowsOverlap: boolean;
  readonly isCancelled: boolean;
  readonly mayGoOn?: () => Promise<boolean>;
}

/** Shuffled outcomes must teach nothing, no input may tell an outcome alone, no row stand on both sides, and no windows overlap. */
export async function checkNetworkLeakage(request: LeakageRequest): Promise<NetworkLeakage> {
  const { spec, windowsOverlap } = request;
  const columns = outcomeColumns(spec);
  const known = { rows: join(request.train.rows, request.judged.rows), targets: join(request.train.targets, request.judged.targets) };
  const sharedRows = shareOfShared(firstAlike(known.rows, spec.inputWidth), request.train.rows.length / spec.inputWidth);
  const isApart = !windowsOverlap && sharedRows <= MOST_SHARED;
  if (columns.length === 0 || request.isAutoencoder) return { shuffledAuc: null, sharedRows, windowsOverlap, passed: isApart, suspiciousInputs: [] };
  // All rows together: in a few judged days any slow input may rank the outcomes by chance; one that peeks does it everywhere.
  const inputs = Array.from({ length: spec.inputWidth }, (_, input) => input);
  const ranked = { rows: known.rows, width: spec.inputWidth, labels: known.targets, labelWidth: headWidth(spec) };
  const suspiciousInputs = inputs.filter((input) => columns.some((column) => isTelling(ranked, input, column)));
  const scores = request.isCancelled ? null : await scoreShuffled(request, columns);
  if (scores === null) return { shuffledAuc: null, sharedRows, windowsOverlap, passed: false, suspiciousInputs };
  // An outcome that never came, or always did, ranks nothing; when all are such, nothing was checked.
  const shuffled = scores.filter(({ auc }) => !Number.isNaN(auc));
  const isClean = shuffled.length > 0 && shuffled.every((score) => score.isAtChance);
  const passed = isClean && isApart && suspiciousInputs.length === 0;
  const farthest = shuffled.map(({ auc }) => auc).toSorted((a, b) => Math.abs(b - 0.5) - Math.abs(a - 0.5))[0] ?? Number.NaN;
  return { shuffledAuc: farthest, sharedRows, windowsOverlap, suspiciousInputs, passed };
}

/** The score of every outcome when all outcomes are shuffled; null when it was cancelled. */
async function scoreShuffled(request: LeakageRequest, columns: readonly number[]): Promise<readonly ReturnType<typeof isAtChance>[] | null> {
  const { spec, options, stopping, judged } = request;
  const width = headWidth(spec);
  const all = Array.from({ length: request.train.targets.length / width }, (_, index) => index);
  const step = Math.max(1, Math.ceil(all.length / SHUFFLED_ROWS));
  const some = all.filter((index) => index % step === 0);
  const train = { rows: takeRows(request.train.rows, spec.inputWidth, some), targets: takeRows(request.train.targets, width, some) };
  const [known, later] = [some.length, some.length + stopping.targets.length / width];
  const targets = join(train.targets, stopping.targets, judged.targets);
  const sources = [...shuffleSources(firstAlike(join(train.rows, stopping.rows, judged.rows), spec.inputWidth), createRandom(options.seed + 31))];
  const { network, isCancelled } = await trainNetwork({
    spec,
    scaling: request.scaling,
    train: { rows: train.rows, targets: takeRows(targets, width, sources.slice(0, known)) },
    validation: { rows: stopping.rows, targets: takeRows(targets, width, sources.slice(known, later)) },
    options: { ...options, epochs: Math.min(SHUFFLED_EPOCHS, options.epochs), patience: SHUFFLED_EPOCHS },
    ...(request.mayGoOn === undefined ? {} : { mayGoOn: request.mayGoOn }),
  });
  if (isCancelled) return null;
  const judgedSources = sources.slice(later);
  const answers = runNetwork(network, judged.rows, judgedSources.length).heads;
  return columns.map((column) =>
    isAtChance(
      judgedSources
        .map((source, row) => ({ probability: answers[row * width + column]!, label: targets[source * width + column]! }))
        .filter(({ label }) => !Number.isNaN(label)),
    ),
  );
}

function join(...parts: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
}

/** Head columns that are outcomes. */
function outcomeColumns(spec: NetworkSpec): readonly number[] {
  let offset = 0;
  return spec.heads.flatMap((head) => {
    const first = offset;
    offset += head.units;
    return head.loss === 'squared' ? [] : Array.from({ length: head.units }, (_, unit) => first + unit);
  });
}

/** The rows named by `indices`, one after another. */
export function takeRows(values: Float32Array, width: number, indices: readonly number[]): Float32Array {
  const out = new Float32Array(indices.length * width);
  indices.forEach((index, at) => out.set(values.subarray(index * width, (index + 1) * width), at * width));
  return out;
}
