// Fits one network on what was known before a boundary and judges it on what came later: the same walk, checks and verdict for every network.
import { areaUnderCurve, bootstrapMean, mean, type Interval } from './metrics.ts';
import { judgeOutcomes, logLossOf, type Figure, type MemberLeakage, type Outcome } from './member-report.ts';
import { headWidth, runNetwork, type HeadSpec, type Network, type NetworkSpec, type Scaling } from './network.ts';
import { createRandom, shuffle } from './random.ts';
import { fitScaling } from './scaling.ts';
import { EMBARGO_MS } from './split.ts';
import { trainNetwork, type EpochProgress, type TrainingOptions } from './train-network.ts';

/** Rows in the order of time, with targets as wide as the heads; NaN where a target is missing. */
export interface LearnerRows {
  readonly rows: Float32Array;
  readonly targets: Float32Array;
  readonly times: Float64Array;
  /** When the targets of each row became known. */
  readonly knownAt: Float64Array;
}

export interface LearnerRequest {
  readonly spec: NetworkSpec;
  /** Names of the head columns, for the report. */
  readonly names: readonly string[];
  readonly data: LearnerRows;
  /** Decisions from here on are judged; outcomes known until here are learned from. */
  readonly boundary: number;
  readonly options: TrainingOptions;
  /** Targets are the rows themselves, scaled: an autoencoder. */
  readonly isAutoencoder?: boolean;
  readonly onEpoch?: (progress: EpochProgress) => void;
  readonly mayGoOn?: () => Promise<boolean>;
}

export interface LearnerResult {
  readonly network: Network;
  readonly figures: readonly Figure[];
  /** Gain over what is known without the network: of the first head that states outcomes, else of the first. */
  readonly gain: Interval;
  readonly hasSkill: boolean;
  readonly leakage: MemberLeakage & { readonly suspiciousInputs: readonly number[] };
  readonly counts: { readonly train: number; readonly stopping: number; readonly judged: number; readonly purged: number };
  readonly trainedUntil: number;
  readonly isCancelled: boolean;
  /** The rows that decided when to stop, with their targets: what a quantised form is judged on. */
  readonly validation: { readonly rows: Float32Array; readonly targets: Float32Array };
  readonly trainingRows: Float32Array;
}

const STOPPING_SHARE = 0.15;
const SHUFFLED_ROWS = 4000;
const SHUFFLED_EPOCHS = 2;
const CHANCE_TOLERANCE = 0.06;
/** An input that alone ranks outcomes this well has seen them. */
const LEAK_AUC = 0.95;

/** Throws when a side of the split is empty: there is nothing to say then. */
export async function fitLearner(request: LearnerRequest): Promise<LearnerResult> {
  const { spec, data, boundary, options } = request;
  const known = select(data, (index) => data.times[index]! < boundary && data.knownAt[index]! <= boundary);
  const before = data.times.reduce((count, time) => count + (time < boundary ? 1 : 0), 0);
  const judged = select(data, (index) => data.times[index]! >= boundary + EMBARGO_MS);
  const cut = data.times[known[Math.floor(known.length * (1 - STOPPING_SHARE))] ?? 0] ?? boundary;
  const train = known.filter((index) => data.knownAt[index]! <= cut);
  const stopping = known.filter((index) => data.times[index]! >= cut + Math.min(EMBARGO_MS, (boundary - cut) / 4));
  if (train.length === 0 || stopping.length === 0 || judged.length === 0) throw new Error('Too few rows on one side of the training boundary.');
  const scaling = fitScaling(take(data.rows, spec.inputWidth, train), spec.inputWidth);
  const parts = { train: part(request, train, scaling), stopping: part(request, stopping, scaling), judged: part(request, judged, scaling) };
  const fitted = await trainNetwork({
    spec,
    scaling,
    train: parts.train,
    validation: parts.stopping,
    options,
    ...(request.onEpoch === undefined ? {} : { onEpoch: request.onEpoch }),
    ...(request.mayGoOn === undefined ? {} : { mayGoOn: request.mayGoOn }),
  });
  const times = Float64Array.from(judged, (index) => data.times[index]!);
  const verdict = judgeHeads({ request, network: fitted.network, train: parts.train, judged: parts.judged, times });
  const trainedUntil = known.reduce((latest, index) => Math.max(latest, data.knownAt[index]!), 0);
  const leakage = await checkNetworkLeakage(request, {
    ...parts,
    scaling,
    isCancelled: fitted.isCancelled,
    windowsOverlap: trainedUntil > (times[0] ?? Infinity),
  });
  return {
    network: fitted.network,
    figures: verdict.figures,
    gain: verdict.gain,
    hasSkill: verdict.gain.low > 0 && leakage.passed,
    leakage,
    counts: { train: train.length, stopping: stopping.length, judged: judged.length, purged: before - known.length },
    trainedUntil,
    isCancelled: fitted.isCancelled,
    validation: parts.stopping,
    trainingRows: parts.train.rows,
  };
}

interface Part {
  readonly rows: Float32Array;
  readonly targets: Float32Array;
}

function select(data: LearnerRows, isWanted: (index: number) => boolean): readonly number[] {
  return Array.from(data.times.keys()).filter((index) => isWanted(index));
}

function take(values: Float32Array, width: number, indices: readonly number[]): Float32Array {
  const out = new Float32Array(indices.length * width);
  indices.forEach((index, at) => out.set(values.subarray(index * width, (index + 1) * width), at * width));
  return out;
}

function part(request: LearnerRequest, indices: readonly number[], scaling: Scaling): Part {
  const { spec, data } = request;
  const rows = take(data.rows, spec.inputWidth, indices);
  if (request.isAutoencoder !== true) return { rows, targets: take(data.targets, headWidth(spec), indices) };
  const targets = rows.map((value, at) => {
    const column = at % spec.inputWidth;
    return Math.max(-scaling.limit, Math.min(scaling.limit, (value - scaling.centre[column]!) * scaling.scale[column]!));
  });
  return { rows, targets };
}

interface Judging {
  readonly request: LearnerRequest;
  readonly network: Network;
  readonly train: Part;
  readonly judged: Part;
  readonly times: Float64Array;
}

function judgeHeads(judging: Judging): { readonly figures: readonly Figure[]; readonly gain: Interval } {
  const { request, network, judged, times } = judging;
  const { spec, options } = request;
  const answers = runNetwork(network, judged.rows, times.length).heads;
  const figures: Figure[] = [];
  const gains: { readonly isOutcome: boolean; readonly gain: Interval }[] = [];
  let offset = 0;
  for (const head of spec.heads) {
    const verdict =
      head.loss === 'squared'
        ? judgeDistances(judging, { head, answers, offset })
        : head.loss === 'softmax'
          ? judgeClasses(judging, { head, answers, offset })
          : judgeColumns(judging, { head, answers, offset });
    figures.push(...verdict.figures);
    gains.push({ isOutcome: head.loss !== 'squared', gain: verdict.gain });
    offset += head.units;
  }
  // Probabilities are what decisions hang on; distances alone count only where there is nothing else.
  const deciding = gains.find(({ isOutcome }) => isOutcome) ?? gains[0];
  return { figures, gain: deciding?.gain ?? bootstrapMean([], options.seed) };
}

interface JudgedHead {
  readonly head: HeadSpec;
  readonly answers: Float32Array;
  readonly offset: number;
}

/** Targets of one column that exist. */
function columnMean(part: Part, width: number, column: number): number {
  const values: number[] = [];
  for (let at = column; at < part.targets.length; at += width) if (!Number.isNaN(part.targets[at])) values.push(part.targets[at]!);
  return mean(values);
}

function judgeColumns(
  { request, train, judged, times }: Judging,
  { head, answers, offset }: JudgedHead,
): { readonly figures: readonly Figure[]; readonly gain: Interval } {
  const width = headWidth(request.spec);
  const columns = Array.from({ length: head.units }, (_, unit) => {
    const column = offset + unit;
    const baseRate = columnMean(train, width, column);
    const outcomes: Outcome[] = [];
    times.forEach((time, row) => {
      const label = judged.targets[row * width + column]!;
      if (!Number.isNaN(label)) outcomes.push({ probability: answers[row * width + column]!, label, baseRate, time });
    });
    return judgeOutcomes(request.names[column] ?? `column ${column}`, outcomes, request.options.seed + column);
  });
  const weakest = columns.map((column) => column.gain).toSorted((a, b) => a.low - b.low)[0]!;
  return { figures: columns.flatMap((column) => column.figures), gain: weakest };
}

function judgeClasses(
  { request, train, judged, times }: Judging,
  { head, answers, offset }: JudgedHead,
): { readonly figures: readonly Figure[]; readonly gain: Interval } {
  const width = headWidth(request.spec);
  const shares = Array.from({ length: head.units }, (_, unit) => columnMean(train, width, offset + unit));
  const gains: { value: number; time: number }[] = [];
  let hits = 0;
  let usual = 0;
  const commonest = shares.indexOf(Math.max(...shares));
  times.forEach((time, row) => {
    const at = row * width + offset;
    const label = Array.from({ length: head.units }, (_, unit) => judged.targets[at + unit]!).indexOf(1);
    if (label < 0) return;
    const stated = answers.subarray(at, at + head.units);
    gains.push({ value: logLossOf(stated[label]!, 1) * -1 + logLossOf(shares[label]!, 1), time });
    if (stated.indexOf(Math.max(...stated)) === label) hits += 1;
    if (label === commonest) usual += 1;
  });
  const gain = bootstrapMean(gains, request.options.seed);
  const name = request.names[offset] ?? 'class';
  return {
    gain,
    figures: [
      { name: `${name}: log-loss gain`, count: gains.length, ...gain, baseline: 0 },
      { name: `${name}: accuracy`, count: gains.length, value: hits / Math.max(1, gains.length), baseline: usual / Math.max(1, gains.length) },
    ],
  };
}

/** Share of the squared error around the training mean that the network removes. */
function judgeDistances(
  { request, train, judged, times }: Judging,
  { head, answers, offset }: JudgedHead,
): { readonly figures: readonly Figure[]; readonly gain: Interval } {
  const width = headWidth(request.spec);
  const means = Array.from({ length: head.units }, (_, unit) => columnMean(train, width, offset + unit));
  const removed: { value: number; time: number }[] = [];
  let around = 0;
  times.forEach((time, row) => {
    let own = 0;
    let plain = 0;
    for (let unit = 0; unit < head.units; unit += 1) {
      const target = judged.targets[row * width + offset + unit]!;
      if (Number.isNaN(target)) continue;
      own += (answers[row * width + offset + unit]! - target) ** 2;
      plain += (means[unit]! - target) ** 2;
    }
    around += plain;
    removed.push({ value: plain - own, time });
  });
  const scale = Math.max(1e-12, around / Math.max(1, removed.length));
  const gain = bootstrapMean(
    removed.map(({ value, time }) => ({ value: value / scale, time })),
    request.options.seed,
  );
  return { gain, figures: [{ name: `${request.names[offset] ?? 'distance'}: explained share of the squares`, count: removed.length, ...gain, baseline: 0 }] };
}

interface LeakageParts {
  readonly train: Part;
  readonly stopping: Part;
  readonly judged: Part;
  readonly scaling: Scaling;
  readonly windowsOverlap: boolean;
  readonly isCancelled: boolean;
}

/** Shuffled outcomes must teach nothing, no input may tell the outcome alone, and windows must not overlap. */
async function checkNetworkLeakage(request: LearnerRequest, parts: LeakageParts): Promise<LearnerResult['leakage']> {
  const { spec, options } = request;
  const { windowsOverlap } = parts;
  const column = labelColumn(spec);
  if (column < 0 || request.isAutoencoder === true) return { shuffledAuc: null, windowsOverlap, passed: !windowsOverlap, suspiciousInputs: [] };
  const suspiciousInputs = Array.from({ length: spec.inputWidth }, (_, input) => input).filter((input) => isTelling(spec, parts.judged, { input, column }));
  if (parts.isCancelled) return { shuffledAuc: null, windowsOverlap, passed: false, suspiciousInputs };
  const width = headWidth(spec);
  const all = Array.from({ length: parts.train.targets.length / width }, (_, index) => index);
  const step = Math.max(1, Math.ceil(all.length / SHUFFLED_ROWS));
  const some = all.filter((index) => index % step === 0);
  const order = Int32Array.from(some);
  shuffle(order, createRandom(options.seed + 31));
  const { network } = await trainNetwork({
    spec,
    scaling: parts.scaling,
    train: { rows: take(parts.train.rows, spec.inputWidth, some), targets: take(parts.train.targets, width, [...order]) },
    validation: parts.stopping,
    options: { ...options, epochs: Math.min(SHUFFLED_EPOCHS, options.epochs), patience: SHUFFLED_EPOCHS },
  });
  const count = parts.judged.targets.length / width;
  const answers = runNetwork(network, parts.judged.rows, count).heads;
  const scored = Array.from({ length: count }, (_, row) => ({
    probability: answers[row * width + column]!,
    label: parts.judged.targets[row * width + column]!,
  })).filter(({ label }) => !Number.isNaN(label));
  const shuffledAuc = areaUnderCurve(scored);
  const sampling = 3 * Math.sqrt(1 / (3 * Math.max(1, scored.length)));
  const isAtChance = Math.abs(shuffledAuc - 0.5) < Math.max(CHANCE_TOLERANCE, sampling);
  return { shuffledAuc, windowsOverlap, suspiciousInputs, passed: isAtChance && !windowsOverlap && suspiciousInputs.length === 0 };
}

/** First head column that is an outcome, or -1. */
function labelColumn(spec: NetworkSpec): number {
  let offset = 0;
  for (const head of spec.heads) {
    if (head.loss !== 'squared') return offset;
    offset += head.units;
  }
  return -1;
}

function isTelling(spec: NetworkSpec, part: Part, at: { readonly input: number; readonly column: number }): boolean {
  const width = headWidth(spec);
  const scored = Array.from({ length: part.targets.length / width }, (_, row) => ({
    probability: part.rows[row * spec.inputWidth + at.input]!,
    label: part.targets[row * width + at.column]!,
  })).filter(({ label }) => !Number.isNaN(label));
  const auc = areaUnderCurve(scored);
  return Math.max(auc, 1 - auc) > LEAK_AUC;
}
