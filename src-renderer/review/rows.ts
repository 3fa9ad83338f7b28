// Rows of the list that match what was typed, the fall of a curve from its peak, two curves over one another. Pure.
import type { SessionRow } from '../../src-shared/contract/review.ts';

/** Rows in which every word occurs: mode, strategy, tags, note. */
export function filterRows(rows: readonly SessionRow[], words: string): readonly SessionRow[] {
  const wanted = words.toLowerCase().split(/\s+/u).filter(Boolean);
  if (wanted.length === 0) return rows;
  return rows.filter((row) => {
    const text = `${row.key} ${row.origin} ${row.mode} ${row.strategy} ${row.note} ${row.tags.map((tag) => `#${tag}`).join(' ')}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}

/** How far equity was below its highest value so far, as a share. */
export function fallFromPeak(usdt: readonly number[]): readonly number[] {
  let peak = -Infinity;
  return usdt.map((value) => {
    peak = Math.max(peak, value);
    return peak > 0 ? value / peak - 1 : 0;
  });
}

interface Curve {
  readonly times: readonly number[];
  readonly usdt: readonly number[];
}

/** Two curves of different times over one another: the second begins where the first does. Curves that share some time stay as they are. */
export function alignCurves<C extends Curve>(curves: readonly [C, C]): readonly [C, C] {
  const [first, second] = curves;
  const [start, end] = [first.times[0], first.times.at(-1)];
  const [otherStart, otherEnd] = [second.times[0], second.times.at(-1)];
  if (start === undefined || end === undefined || otherStart === undefined || otherEnd === undefined) return curves;
  if (otherStart <= end && start <= otherEnd) return curves;
  return [first, { ...second, times: second.times.map((time) => time - otherStart + start) }];
}
