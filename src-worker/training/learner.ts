// Fits one network on what was known before a boundary and judges it on what came later: the same walk, checks and verdict for every network.
import type { Interval } from './metrics.ts';
import type { Figure } from './member-report.ts';
import { headWidth, type Network, type NetworkSpec, type Scaling } from './network.ts';
import { judgeHeads, type TargetRows } from './network-judgement.ts';
import { checkNetworkLeakage, takeRows, type NetworkLeakage } from './network-leakage.ts';
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
  /** Probabilities known without the network, as wide as the heads; the base rate of the training time when left out. */
  readonly baseline?: Float32Array;
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
  readonly leakage: NetworkLeakage;
  readonly counts: { readonly train: number; readonly stopping: number; readonly judged: number; readonly purged: number };
  readonly trainedUntil: number;
  readonly isCancelled: boolean;
  /** The rows that decided when to stop, with their targets: what a quantised form is judged on. */
  readonly validation: { readonly rows: Float32Array; readonly targets: Float32Array };
  readonly trainingRows: Float32Array;
}

const STOPPING_SHARE = 0.15;

interface Sides {
  /** Learned from and stopped by: outcomes known before the boundary. */
  readonly known: readonly number[];
  readonly train: readonly number[];
  readonly stopping: readonly number[];
  readonly judged: readonly number[];
  /** Rows before the boundary whose outcome became known after it. */
  readonly purged: number;
}

function sidesOf(data: LearnerRows, boundary: number): Sides {
  const known = select(data, (index) => data.times[index]! < boundary && data.knownAt[index]! <= boundary);
  const before = data.times.reduce((count, time) => count + (time < boundary ? 1 : 0), 0);
  const judged = select(data, (index) => data.times[index]! >= boundary + EMBARGO_MS);
  const cut = data.times[known[Math.floor(known.length * (1 - STOPPING_SHARE))] ?? 0] ?? boundary;
  const train = known.filter((index) => data.knownAt[index]! <= cut);
  const stopping = known.filter((index) => data.times[index]! >= cut + Math.min(EMBARGO_MS, (boundary - cut) / 4));
  return { known, train, stopping, judged, purged: before - known.length };
}

const isUsable = ({ train, stopping, judged }: Sides): boolean => train.length > 0 && stopping.length > 0 && judged.length > 0;

/** Whether there is something to learn from, to stop by and to judge on; a young archive has none of one of them. */
export function hasAllSides(data: LearnerRows, boundary: number): boolean {
  return isUsable(sidesOf(data, boundary));
}

/** Throws when a side of the split is empty: there is nothing to say then. */
export async function fitLearner(request: LearnerRequest): Promise<LearnerResult> {
  const { spec, data, boundary, options } = request;
  const sides = sidesOf(data, boundary);
  const { known, train, stopping, judged } = sides;
  if (!isUsable(sides)) throw new Error('Too few rows on one side of the training boundary.');
  const scaling = fitScaling(takeRows(data.rows, spec.inputWidth, train), spec.inputWidth);
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
  const { names } = request;
  const baseline = data.baseline === undefined ? null : takeRows(data.baseline, headWidth(spec), judged);
  const verdict = judgeHeads({ names, seed: options.seed, network: fitted.network, train: parts.train, judged: parts.judged, times, baseline });
  const trainedUntil = known.reduce((latest, index) => Math.max(latest, data.knownAt[index]!), 0);
  const leakage = await checkNetworkLeakage({
    ...parts,
    spec,
    options,
    scaling,
    isAutoencoder: request.isAutoencoder ?? false,
    isCancelled: fitted.isCancelled,
    ...(request.mayGoOn === undefined ? {} : { mayGoOn: request.mayGoOn }),
    windowsOverlap: trainedUntil > (times[0] ?? Infinity),
  });
  return {
    network: fitted.network,
    figures: verdict.figures,
    gain: verdict.gain,
    hasSkill: verdict.gain.low > 0 && leakage.passed,
    leakage,
    counts: { train: train.length, stopping: stopping.length, judged: judged.length, purged: sides.purged },
    trainedUntil,
    isCancelled: fitted.isCancelled || (request.mayGoOn !== undefined && !(await request.mayGoOn())),
    validation: parts.stopping,
    trainingRows: parts.train.rows,
  };
}

function select(data: LearnerRows, isWanted: (index: number) => boolean): readonly number[] {
  return Array.from(data.times.keys()).filter((index) => isWanted(index));
}

function part(request: LearnerRequest, indices: readonly number[], scaling: Scaling): TargetRows {
  const { spec, data } = request;
  const rows = takeRows(data.rows, spec.inputWidth, indices);
  if (request.isAutoencoder !== true) return { rows, targets: takeRows(data.targets, headWidth(spec), indices) };
  const targets = rows.map((value, at) => {
    const column = at % spec.inputWidth;
    return Math.max(-scaling.limit, Math.min(scaling.limit, (value - scaling.centre[column]!) * scaling.scale[column]!));
  });
  return { rows, targets };
}
