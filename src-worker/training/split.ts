// Splits by time with purge and embargo: what a model is judged on lies after everything it has seen.
import type { TrainingRow } from './candidates.ts';

export const EMBARGO_MS = 24 * 3_600_000;
const HALF_LIFE_MS = 180 * 86_400_000;

export interface TimeSplit {
  readonly train: readonly TrainingRow[];
  readonly test: readonly TrainingRow[];
  /** Rows whose label window crosses the boundary; used by neither side. */
  readonly purged: number;
}

/** `rows` sorted by decision time. Training rows must have been labelled before the boundary, test rows decided after boundary + embargo. */
export function splitAt(rows: readonly TrainingRow[], boundary: number, until: number): TimeSplit {
  const before = rows.filter((row) => row.decidedAt < boundary);
  const train = before.filter((row) => row.labelledAt <= boundary);
  const test = rows.filter((row) => row.decidedAt >= boundary + EMBARGO_MS && row.decidedAt < until);
  return { train, test, purged: before.length - train.length };
}

/** Decision time below which `share` of the rows lie. */
export function timeAtShare(rows: readonly TrainingRow[], share: number): number {
  return rows[Math.min(rows.length - 1, Math.floor(rows.length * share))]?.decidedAt ?? 0;
}

/** Label windows that overlap on one symbol share weight; recent rows count more (half-life 180 days); quality scales from 0.5 to 1. */
export function sampleWeights(rows: readonly TrainingRow[]): Float64Array {
  const newest = rows.at(-1)?.decidedAt ?? 0;
  const uniqueness = uniquenessOf(rows);
  return Float64Array.from(rows, (row, index) => uniqueness[index]! * 0.5 ** ((newest - row.decidedAt) / HALF_LIFE_MS) * (0.5 + 0.5 * row.quality));
}

/** 1 / (number of label windows of the same symbol that overlap this one, itself included). `rows` sorted by decision time. */
export function uniquenessOf(rows: readonly Pick<TrainingRow, 'symbol' | 'decidedAt' | 'labelledAt'>[]): Float64Array {
  const bySymbol = new Map<string, number[]>();
  rows.forEach((row, index) => {
    const list = bySymbol.get(row.symbol);
    if (list === undefined) bySymbol.set(row.symbol, [index]);
    else list.push(index);
  });
  const uniqueness = new Float64Array(rows.length);
  for (const list of bySymbol.values()) {
    const starts = list.map((index) => rows[index]!.decidedAt);
    const ends = list.map((index) => rows[index]!.labelledAt).toSorted((a, b) => a - b);
    // Windows that overlap = all − those that ended before this one starts − those that start after it ends.
    for (const index of list) uniqueness[index] = 1 / (lowerBound(starts, rows[index]!.labelledAt) - lowerBound(ends, rows[index]!.decidedAt + 1));
  }
  return uniqueness;
}

/** How many of the sorted values are below `limit`. */
function lowerBound(sorted: readonly number[], limit: number): number {
  let from = 0;
  let to = sorted.length;
  while (from < to) {
    const half = (from + to) >>> 1;
    if (sorted[half]! < limit) from = half + 1;
    else to = half;
  }
  return from;
}
