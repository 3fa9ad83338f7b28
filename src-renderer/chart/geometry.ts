// Pure geometry of the overlays: where a time falls between the bars, how opaque a zone is, what a drag means.
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

/** Position of a time on the bar axis: whole inside the data, extrapolated by `stepMs` before the first and after the last bar. */
export function logicalAt(times: readonly number[], stepMs: number, time: number): number {
  const first = times[0];
  const last = times.at(-1);
  if (first === undefined || last === undefined) return Number.NaN;
  if (time < first) return (time - first) / stepMs;
  if (time > last) return times.length - 1 + (time - last) / stepMs;
  return barAt(times, time);
}

/** 0.05 for a spent zone to 0.21 for a full-strength one: several that lie over each other must leave the candles in front. */
export function zoneOpacity(strength: number): number {
  return 0.05 + 0.16 * Math.min(1, Math.max(0, strength));
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

export interface LevelOutcome {
  /** Result in R from the entry; NaN when the risk of the plan is unknown. */
  readonly r: number;
  /** Result in USDT before fees. */
  readonly usdt: number;
  /** Distance from the level to the liquidation price as a fraction of the level; null when there is none. */
  readonly toLiquidation: number | null;
  /** Stop only: liquidation would come before this level is reached. */
  readonly isBeyondLiquidation: boolean;
}

/** What a position would have earned at a price level. `quantity` in base asset, prices floating. */
export function outcomeAt(
  position: { readonly side: 'long' | 'short'; readonly entryPrice: number; readonly riskPerUnit: number; readonly liquidationPrice: number | null },
  quantity: number,
  level: number,
): LevelOutcome {
  const sign = position.side === 'long' ? 1 : -1;
  const move = (level - position.entryPrice) * sign;
  const { liquidationPrice } = position;
  return {
    r: position.riskPerUnit > 0 ? move / position.riskPerUnit : Number.NaN,
    usdt: move * quantity,
    toLiquidation: liquidationPrice === null ? null : Math.abs(liquidationPrice / level - 1),
    isBeyondLiquidation: liquidationPrice !== null && (level - liquidationPrice) * sign <= 0,
  };
}

/** How many times the height of the candles a chart may grow to show the levels of a position. */
const LEVELS_STRETCH = 4;

export interface PriceSpan {
  readonly low: number;
  readonly high: number;
}

/** The span of the visible candles, widened to every level, nearest first, while the candles keep a readable share of the height. Prices floating. */
export function spanWithLevels(candles: PriceSpan, levels: readonly number[]): PriceSpan {
  const limit = (candles.high - candles.low) * LEVELS_STRETCH;
  const distance = (level: number): number => Math.max(candles.low - level, level - candles.high);
  let { low, high } = candles;
  for (const level of levels.filter((price) => Number.isFinite(price) && price > 0).toSorted((a, b) => distance(a) - distance(b))) {
    const wider = { low: Math.min(low, level), high: Math.max(high, level) };
    if (wider.high - wider.low <= limit) ({ low, high } = wider);
  }
  return { low, high };
}
