// What an order block is: where it lies, when it is tested, and how strong it is.
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { Direction, OrderBlock } from '../../../src-shared/domain/structure.ts';
import type { CandleBook } from '../market/candle-book.ts';
import type { BreakRecord } from './break-record.ts';
import type { GapRecord } from './fair-value-gaps.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const BLOCK_SEARCH_BARS = 5;
export const MIN_STRENGTH = 0.1;

export interface OrderBlockRecord {
  direction: Direction;
  top: number;
  bottom: number;
  /** Absolute index of the block's candle. */
  bar: number;
  /** Bars from the block's candle to the break that confirmed it. */
  legBars: number;
  originTime: number;
  confirmedTime: number;
  volumeRatio: number;
  displacementAtr: number;
  /** The open gap that adjoins it, if any. */
  gap: GapRecord | null;
  strength: number;
  tests: number;
  isVisited: boolean;
  state: OrderBlock['state'];
  endedTime: number;
  endReason: OrderBlock['endReason'];
}

export function emptyBlock(): OrderBlockRecord {
  return {
    direction: 'bullish',
    top: Number.NaN,
    bottom: Number.NaN,
    bar: -1,
    legBars: 0,
    originTime: Number.NaN,
    confirmedTime: Number.NaN,
    volumeRatio: Number.NaN,
    displacementAtr: Number.NaN,
    gap: null,
    strength: 0,
    tests: 0,
    isVisited: false,
    state: 'ended',
    endedTime: Number.NaN,
    endReason: null,
  };
}

/** The last opposite candle at or before the leg's extreme, at most five bars back, else the extreme's own bar; -1 when no longer in memory. */
export function findBlockBar(book: CandleBook, entry: BreakRecord): number {
  if (entry.legBar < book.firstIndex) return -1;
  const earliest = Math.max(book.firstIndex, entry.legBar - BLOCK_SEARCH_BARS);
  for (let bar = entry.legBar; bar >= earliest; bar -= 1) {
    const slot = book.slot(bar);
    const move = book.close[slot]! - book.open[slot]!;
    if (entry.direction === 'bullish' ? move < 0 : move > 0) return bar;
  }
  return entry.legBar;
}

/** Highest volume ratio of the block and the two bars after it, as far as they exist; 0 when none is warm. */
export function impulseVolume(book: CandleBook, bar: number): number {
  let highest = 0;
  const last = Math.min(bar + 2, book.count - 1);
  for (let index = bar; index <= last; index += 1) {
    const ratio = book.volumeRatio[book.slot(index)]!;
    if (ratio > highest) highest = ratio;
  }
  return highest;
}

/** A gap adjoins when it runs the block's way and its first candle is the block or one of the two bars after it. */
export function adjoins(block: OrderBlockRecord, gap: GapRecord): boolean {
  return gap.direction === block.direction && gap.firstBar >= block.bar && gap.firstBar <= block.bar + 2;
}

export function attachGap(block: OrderBlockRecord, gap: GapRecord): void {
  if (block.state !== 'breaker' && adjoins(block, gap)) block.gap = gap;
}

/** A time shortly before the strength would fall below the minimum by age alone; Infinity when it never does. */
export function decayTime(block: OrderBlockRecord, settings: Settings): number {
  const rate = settings.orderBlockDecayRatePercent / 100;
  const young = blockStrength(block, block.confirmedTime, settings);
  if (young < MIN_STRENGTH) return -Infinity;
  if (!settings.orderBlockDecayEnabled || rate <= 0) return Infinity;
  const decayStart = block.confirmedTime + settings.orderBlockTimeDecayHours * HOUR_MS;
  return decayStart + ((24 * Math.log(MIN_STRENGTH / young)) / Math.log(1 - rate)) * HOUR_MS - MINUTE_MS;
}

export function isInside(block: OrderBlockRecord, book: CandleBook): boolean {
  const slot = book.slot(book.count - 1);
  return block.direction === 'bullish' ? book.low[slot]! <= block.top : book.high[slot]! >= block.bottom;
}

/**
 * A visit starts when a bar reaches the zone; it ends when a close is half the zone's height (in log price) away from it.
 * Returns true when a visit started.
 */
export function countVisit(block: OrderBlockRecord, book: CandleBook): boolean {
  const starts = !block.isVisited && isInside(block, book);
  if (starts) {
    block.isVisited = true;
    block.tests += 1;
  }
  if (!block.isVisited) return false;
  const close = book.close[book.slot(book.count - 1)]!;
  if (block.direction === 'bullish' ? close < block.top : close > block.bottom) return starts;
  const distance = block.direction === 'bullish' ? Math.log(close / block.top) : Math.log(block.bottom / close);
  if (distance >= 0.5 * Math.log(block.top / block.bottom)) block.isVisited = false;
  return starts;
}

/** Strength in [0, 1] at `time`: volume, displacement and gap, worn by tests and, once old, by time. Age counts from confirmation. */
export function blockStrength(block: OrderBlockRecord, time: number, settings: Settings): number {
  const base = 0.4 * Math.min(1, block.volumeRatio / 3) + 0.4 * Math.min(1, block.displacementAtr / 3) + (block.gap === null ? 0 : 0.2);
  const wear = Math.max(0, 1 - block.tests / (settings.orderBlockMaxTestCount + 1));
  const ageHours = (time - block.confirmedTime) / HOUR_MS;
  const lateHours = ageHours - settings.orderBlockTimeDecayHours;
  if (!settings.orderBlockDecayEnabled || lateHours <= 0) return base * wear;
  return base * wear * (1 - settings.orderBlockDecayRatePercent / 100) ** (lateHours / 24);
}
