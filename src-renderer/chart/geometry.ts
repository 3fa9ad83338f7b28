// Pure geometry of the overlays: which bar a time belongs to, and how opaque a zone is drawn.
import type { CandleColumns } from '../../src-shared/domain/candle.ts';

/** Index of the last time ≤ `time` in ascending `times`, or -1. */
export function barAt(times: readonly number[], time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** 0.06 for a spent zone to 0.3 for a full-strength one. */
export function zoneOpacity(strength: number): number {
  return 0.06 + 0.24 * Math.min(1, Math.max(0, strength));
}

/** Whether moving a stop from `from` to `to` adds risk. */
export function widensStop(side: 'long' | 'short', from: number | null, to: number): boolean {
  if (from === null) return false;
  return side === 'long' ? to < from : to > from;
}

/** Candles of `older` that open before the first of `newer`, then `newer`; for paging back without overlap. */
export function joinOlder(older: CandleColumns, newer: CandleColumns): CandleColumns {
  const first = newer.openTime[0] ?? Number.POSITIVE_INFINITY;
  const kept = barAt(older.openTime, first - 1) + 1;
  const join = (name: keyof CandleColumns): readonly number[] => [...older[name].slice(0, kept), ...newer[name]];
  return { openTime: join('openTime'), open: join('open'), high: join('high'), low: join('low'), close: join('close'), volume: join('volume') };
}
