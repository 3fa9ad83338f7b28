// How good a network is on rows after its training: each head against what is known without it.
import { bootstrapMean, mean, type Interval } from './metrics.ts';
import { judgeOutcomes, logLossOf, type Figure, type Outcome } from './member-report.ts';
import { headWidth, runNetwork, type HeadSpec, type Network } from './network.ts';

/** Rows with targets as wide as the heads; NaN where a target is missing. */
export interface TargetRows {
  readonly rows: Float32Array;
  readonly targets: Float32Array;
}

export interface Judging {
  /** Names of the head columns. */
  readonly names: readonly string[];
  readonly seed: number;
  readonly network: Network;
  readonly train: TargetRows;
  readonly judged: TargetRows;
  readonly times: Float64Array;
  /** Probabilities known without the network, as wide as the heads; null for the base rate of the training rows. */
  readonly baseline: Float32Array | null;
}

/** Figures of every head, and the gain of the deciding one. */
export function judgeHeads(judging: Judging): { readonly figures: readonly Figure[]; readonly gain: Interval } {
  const { network, judged, times } = judging;
  const { spec } = network;
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
  return { figures, gain: deciding?.gain ?? bootstrapMean([], judging.seed) };
}

interface JudgedHead {
  readonly head: HeadSpec;
  readonly answers: Float32Array;
  readonly offset: number;
}

/** Targets of one column that exist. */
function columnMean(part: TargetRows, width: number, column: number): number {
  const values: number[] = [];
  for (let at = column; at < part.targets.length; at += width) if (!Number.isNaN(part.targets[at])) values.push(part.targets[at]!);
  return mean(values);
}

function judgeColumns(
  { network, names, seed, train, judged, times }: Judging,
  { head, answers, offset }: JudgedHead,
): { readonly figures: readonly Figure[]; readonly gain: Interval } {
  const width = headWidth(network.spec);
  const columns = Array.from({ length: head.units }, (_, unit) => {
    const column = offset + unit;
    const baseRate = columnMean(train, width, column);
    const outcomes: Outcome[] = [];
    times.forEach((time, row) => {
      const label = judged.targets[row * width + column]!;
      if (!Number.isNaN(label)) outcomes.push({ probability: answers[row * width + column]!, label, baseRate, time });
    });
    return judgeOutcomes(names[column] ?? `column ${column}`, outcomes, seed + column);
  });
  const weakest = columns.map((column) => column.gain).toSorted((a, b) => a.low - b.low)[0]!;
  return { figures: columns.flatMap((column) => column.figures), gain: weakest };
}

function judgeClasses(
  { network, names, seed, train, judged, times, baseline }: Judging,
  { head, answers, offset }: JudgedHead,
): { readonly figures: readonly Figure[]; readonly gain: Interval } {
  const width = headWidth(network.spec);
  const shares = Array.from({ length: head.units }, (_, unit) => columnMean(train, width, offset + unit));
  const gains: { value: number; time: number }[] = [];
  const losses: number[] = [];
  let hits = 0;
  let usual = 0;
  times.forEach((time, row) => {
    const at = row * width + offset;
    const label = Array.from({ length: head.units }, (_, unit) => judged.targets[at + unit]!).indexOf(1);
    if (label < 0) return;
    const stated = answers.subarray(at, at + head.units);
    const otherwise = baseline === null ? shares : [...baseline.subarray(at, at + head.units)];
    gains.push({ value: logLossOf(otherwise[label]!, 1) - logLossOf(stated[label]!, 1), time });
    losses.push(logLossOf(stated[label]!, 1));
    if (stated.indexOf(Math.max(...stated)) === label) hits += 1;
    if (otherwise.indexOf(Math.max(...otherwise)) === label) usual += 1;
  });
  const gain = bootstrapMean(gains, seed);
  const name = names[offset] ?? 'class';
  return {
    gain,
    figures: [
      { name: `${name}: log loss`, count: gains.length, value: mean(losses), baseline: mean(losses) + gain.value },
      { name: `${name}: log-loss gain`, count: gains.length, ...gain, baseline: 0 },
      { name: `${name}: accuracy`, count: gains.length, value: hits / Math.max(1, gains.length), baseline: usual / Math.max(1, gains.length) },
    ],
  };
}

/** Share of the squared error around the training mean that the network removes. */
function judgeDistances(
  { network, names, seed, train, judged, times }: Judging,
  { head, answers, offset }: JudgedHead,
): { readonly figures: readonly Figure[]; readonly gain: Interval } {
  const width = headWidth(network.spec);
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
    seed,
  );
  return { gain, figures: [{ name: `${names[offset] ?? 'distance'}: explained share of the squares`, count: removed.length, ...gain, baseline: 0 }] };
}
