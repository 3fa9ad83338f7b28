// Three ways a network could know what it must not: shuffled outcomes, an input that tells the outcome alone, and windows that overlap.
import { areaUnderCurve, mean } from './metrics.ts';
import type { MemberLeakage } from './member-report.ts';
import { headWidth, runNetwork, type NetworkSpec, type Scaling } from './network.ts';
import type { TargetRows } from './network-judgement.ts';
import { createRandom, shuffle } from './random.ts';
import { trainNetwork, type TrainingOptions } from './train-network.ts';

const SHUFFLED_ROWS = 1600;
/**
 * What is learned from one shuffle is one random function of the market. Later outcomes overlap, so it scores off chance by chance, and far
 * off where outcomes are easy: chance is the mean of several, give or take three standard errors of their own spread.
 */
const SHUFFLES = 5;
const SHUFFLED_EPOCHS = 2;
const CHANCE_TOLERANCE = 0.06;
/** An input that alone ranks outcomes this well has seen them. */
const LEAK_AUC = 0.95;

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

/** Shuffled outcomes must teach nothing (mean over {@link SHUFFLES}), no input may tell the outcome alone, and windows must not overlap. */
export async function checkNetworkLeakage(request: LeakageRequest): Promise<NetworkLeakage> {
  const { spec, options, windowsOverlap } = request;
  const column = labelColumn(spec);
  if (column < 0 || request.isAutoencoder) return { shuffledAuc: null, windowsOverlap, passed: !windowsOverlap, suspiciousInputs: [] };
  const suspiciousInputs = Array.from({ length: spec.inputWidth }, (_, input) => input).filter((input) => isTelling(spec, request.judged, { input, column }));
  if (request.isCancelled) return { shuffledAuc: null, windowsOverlap, passed: false, suspiciousInputs };
  const width = headWidth(spec);
  const all = Array.from({ length: request.train.targets.length / width }, (_, index) => index);
  const step = Math.max(1, Math.ceil(all.length / SHUFFLED_ROWS));
  const some = all.filter((index) => index % step === 0);
  const count = request.judged.targets.length / width;
  const scores: number[] = [];
  let scoredRows = 0;
  for (let round = 0; round < SHUFFLES; round += 1) {
    const order = Int32Array.from(some);
    shuffle(order, createRandom(options.seed + 31 + round));
    const { network, isCancelled } = await trainNetwork({
      spec,
      scaling: request.scaling,
      train: { rows: takeRows(request.train.rows, spec.inputWidth, some), targets: takeRows(request.train.targets, width, [...order]) },
      validation: request.stopping,
      options: { ...options, seed: options.seed + round, epochs: Math.min(SHUFFLED_EPOCHS, options.epochs), patience: SHUFFLED_EPOCHS },
      ...(request.mayGoOn === undefined ? {} : { mayGoOn: request.mayGoOn }),
    });
    if (isCancelled) return { shuffledAuc: null, windowsOverlap, passed: false, suspiciousInputs };
    const answers = runNetwork(network, request.judged.rows, count).heads;
    const scored = Array.from({ length: count }, (_, row) => ({
      probability: answers[row * width + column]!,
      label: request.judged.targets[row * width + column]!,
    })).filter(({ label }) => !Number.isNaN(label));
    scores.push(areaUnderCurve(scored));
    scoredRows = scored.length;
  }
  const shuffledAuc = mean(scores);
  const spread = Math.sqrt(scores.reduce((sum, score) => sum + (score - shuffledAuc) ** 2, 0) / (SHUFFLES - 1));
  const sampling = 3 * Math.sqrt(1 / (3 * Math.max(1, scoredRows)));
  const isAtChance = Math.abs(shuffledAuc - 0.5) < Math.max(CHANCE_TOLERANCE, sampling, (3 * spread) / Math.sqrt(SHUFFLES));
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

function isTelling(spec: NetworkSpec, part: TargetRows, at: { readonly input: number; readonly column: number }): boolean {
  const width = headWidth(spec);
  const scored = Array.from({ length: part.targets.length / width }, (_, row) => ({
    probability: part.rows[row * spec.inputWidth + at.input]!,
    label: part.targets[row * width + at.column]!,
  })).filter(({ label }) => !Number.isNaN(label));
  const auc = areaUnderCurve(scored);
  return Math.max(auc, 1 - auc) > LEAK_AUC;
}

/** The rows named by `indices`, one after another. */
export function takeRows(values: Float32Array, width: number, indices: readonly number[]): Float32Array {
  const out = new Float32Array(indices.length * width);
  indices.forEach((index, at) => out.set(values.subarray(index * width, (index + 1) * width), at * width));
  return out;
}
