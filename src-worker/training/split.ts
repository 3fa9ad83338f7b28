// Splits by time with purge and embargo: what a model is judged on lies after everything it has seen.
import type { TrainingRow } from './candidates.ts';

export const EMBARGO_MS = 24 * 3_600_000;

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
export function sampleWeights(rows: readonly TrainingRow[]): Float32Array {
  const newest = rows.at(-1)?.decidedAt ?? 0;
  const bySymbol = new Map<string, TrainingRow[]>();
  for (const row of rows) bySymbol.set(row.symbol, [...(bySymbol.get(row.symbol) ?? []), row]);
  const uniqueness = new Map<TrainingRow, number>();
  for (const list of bySymbol.values()) {
    list.forEach((row, index) => {
      let overlaps = 1;
      for (let other = index - 1; other >= 0 && index - other < 50; other -= 1) if ((list[other]?.labelledAt ?? 0) > row.decidedAt) overlaps += 1;
      for (let other = index + 1; other < list.length && (list[other]?.decidedAt ?? Infinity) < row.labelledAt; other += 1) overlaps += 1;
      uniqueness.set(row, 1 / overlaps);
    });
  }
  return Float32Array.from(rows, (row) => (uniqueness.get(row) ?? 1) * 0.5 ** ((newest - row.decidedAt) / (180 * 86_400_000)) * (0.5 + 0.5 * row.quality));
}
