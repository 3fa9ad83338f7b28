// Rows of the list that match what was typed, and the fall of a curve from its peak. Pure.
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
