// Fair value gaps: three-candle imbalances, how far price has traded back into them, and when they closed.
import type { Direction } from '../../../src-shared/domain/structure.ts';
import type { CandleBook } from '../market/candle-book.ts';
import { RecordPool } from './record-pool.ts';

/** Open gaps kept; the oldest leaves first. */
export const OPEN_GAPS_KEPT = 48;
export const FILLED_GAPS_KEPT = 32;
const ALMOST_FULL = 1 - Number.EPSILON;
const STRENGTH_WEIGHT = 0.7;
const FULL_SIZE_ATR = 1.5;

export interface GapRecord {
  direction: Direction;
  top: number;
  bottom: number;
  /** Absolute index of the first of the three candles. */
  firstBar: number;
  originTime: number;
  confirmedTime: number;
  /** Size in ATR (log) when it formed. */
  sizeAtr: number;
  /** Share of the gap, in log price, that price has traded back through. */
  filledFraction: number;
  halfFilledTime: number;
  filledTime: number;
  /** False once filled or no longer followed. */
  isOpen: boolean;
}

function emptyGap(): GapRecord {
  return {
    direction: 'bullish',
    top: Number.NaN,
    bottom: Number.NaN,
    firstBar: -1,
    originTime: Number.NaN,
    confirmedTime: Number.NaN,
    sizeAtr: Number.NaN,
    filledFraction: 0,
    halfFilledTime: Number.NaN,
    filledTime: Number.NaN,
    isOpen: false,
  };
}

/** [0, 0.7]: size against 1.5 ATR, less what is already filled; a gap never outranks a full-strength order block. */
export function gapStrength(gap: GapRecord): number {
  return STRENGTH_WEIGHT * Math.min(1, gap.sizeAtr / FULL_SIZE_ATR) * (1 - gap.filledFraction);
}

/**
 * Bullish when low[t] > high[t−2] by at least `minGapAtr` ATR; known at the close of t; drawn at the middle candle. Half filled is
 * consequent encroachment. Bearish is the mirror image. Source: STRATEGY, "Fair value gap".
 *
 * Columns beside the records hold what every bar asks of every open gap, so that a bar that fills nothing touches no record.
 */
export class GapDetector {
  readonly gaps = new RecordPool<GapRecord>(FILLED_GAPS_KEPT, emptyGap);
  private readonly minGapAtr: number;
  private readonly memory = new Float64Array(5 * OPEN_GAPS_KEPT);
  /** Gap formed by the newest bar. */
  latest: GapRecord | null = null;
  /** Gaps that stopped being open since the beginning. */
  closedTotal = 0;
  /** Grows with every birth, half fill and end. */
  changes = 0;
  /** By position among the open gaps. */
  private readonly tops = this.column(0);
  private readonly bottoms = this.column(1);
  /** +1 bullish, −1 bearish. */
  private readonly signs = this.column(2);
  /** The deepest price each gap has been filled to. */
  private readonly fronts = this.column(3);
  private readonly bars = this.column(4);
  private count = 0;
  /** Highest front of the bullish gaps and lowest of the bearish ones: a bar between them fills nothing. */
  private fillsBelow = -Infinity;
  private fillsAbove = Infinity;

  constructor(minGapAtr: number) {
    this.minGapAtr = minGapAtr;
  }

  update(book: CandleBook, atr: number): void {
    this.latest = null;
    const newest = book.count - 1;
    const last = book.slot(newest);
    const high = book.high[last]!;
    const low = book.low[last]!;
    if (low < this.fillsBelow || high > this.fillsAbove) this.fill(high, low, book.lastCloseTime);
    if (newest < 2 || Number.isNaN(atr)) return;
    const first = book.slot(newest - 2);
    if (low > book.high[first]!) this.open(book, 'bullish', (book.logLow[last]! - book.logHigh[first]!) / atr);
    else if (high < book.low[first]!) this.open(book, 'bearish', (book.logLow[first]! - book.logHigh[last]!) / atr);
  }

  /**
   * Log distance from `price` to the nearest open gap of a direction that began at `oldestBar` or later: 0 inside, and the way to its
   * nearer edge otherwise; NaN without such a gap.
   */
  nearestDistance(direction: Direction, price: number, oldestBar: number): number {
    const wanted = direction === 'bullish' ? 1 : -1;
    const { count } = this;
    let below = 0;
    let above = Infinity;
    for (let position = count - 1; position >= 0 && this.bars[position]! >= oldestBar; position -= 1) {
      if (this.signs[position] !== wanted) continue;
      const top = this.tops[position]!;
      const bottom = this.bottoms[position]!;
      if (top < price) {
        if (top > below) below = top;
      } else if (bottom > price) {
        if (bottom < above) above = bottom;
      } else return 0;
    }
    if (below === 0 && above === Infinity) return Number.NaN;
    return Math.log(Math.min(price / below, above / price));
  }

  /** Position of the first open gap that began at `oldestBar` or later; gaps stand in the order they were born. */
  firstSince(oldestBar: number): number {
    let position = this.count;
    while (position > 0 && this.bars[position - 1]! >= oldestBar) position -= 1;
    return position;
  }

  private column(position: number): Float64Array {
    return this.memory.subarray(position * OPEN_GAPS_KEPT, (position + 1) * OPEN_GAPS_KEPT);
  }

  private open(book: CandleBook, direction: Direction, sizeAtr: number): void {
    if (!(sizeAtr >= this.minGapAtr)) return;
    if (this.gaps.alive.length >= OPEN_GAPS_KEPT) {
      this.close(0);
      this.expectAll();
    }
    const newest = book.count - 1;
    const last = book.slot(newest);
    const first = book.slot(newest - 2);
    const position = this.gaps.alive.length;
    const gap = this.gaps.acquire();
    gap.direction = direction;
    gap.top = direction === 'bullish' ? book.low[last]! : book.low[first]!;
    gap.bottom = direction === 'bullish' ? book.high[first]! : book.high[last]!;
    gap.firstBar = newest - 2;
    gap.originTime = book.openTime[book.slot(newest - 1)]!;
    gap.confirmedTime = book.lastCloseTime;
    gap.sizeAtr = sizeAtr;
    gap.filledFraction = 0;
    gap.halfFilledTime = Number.NaN;
    gap.filledTime = Number.NaN;
    gap.isOpen = true;
    this.tops[position] = gap.top;
    this.bottoms[position] = gap.bottom;
    this.signs[position] = direction === 'bullish' ? 1 : -1;
    this.bars[position] = gap.firstBar;
    this.count = position + 1;
    this.fronts[position] = direction === 'bullish' ? gap.top : gap.bottom;
    this.expect(direction === 'bullish', this.fronts[position]!);
    this.latest = gap;
    this.changes += 1;
  }

  private close(position: number): void {
    this.gaps.alive[position]!.isOpen = false;
    this.gaps.end(position);
    this.closedTotal += 1;
    this.changes += 1;
    this.count = this.gaps.alive.length;
    for (let index = position; index < this.count; index += 1) {
      this.tops[index] = this.tops[index + 1]!;
      this.bottoms[index] = this.bottoms[index + 1]!;
      this.fronts[index] = this.fronts[index + 1]!;
      this.signs[index] = this.signs[index + 1]!;
      this.bars[index] = this.bars[index + 1]!;
    }
  }

  private fill(high: number, low: number, closeTime: number): void {
    const { alive } = this.gaps;
    this.fillsBelow = -Infinity;
    this.fillsAbove = Infinity;
    for (let position = alive.length - 1; position >= 0; position -= 1) {
      const isBullish = this.signs[position]! > 0;
      const price = isBullish ? low : high;
      const front = this.fronts[position]!;
      if (isBullish ? price >= front : price <= front) {
        this.expect(isBullish, front);
        continue;
      }
      const gap = alive[position]!;
      advanceFill(gap, price, closeTime);
      if (gap.halfFilledTime === closeTime) this.changes += 1;
      if (!Number.isNaN(gap.filledTime)) {
        this.close(position);
        continue;
      }
      this.fronts[position] = price;
      this.expect(isBullish, price);
    }
  }

  /** Notes that a gap will be filled further by a price beyond `front`. */
  private expect(isBullish: boolean, front: number): void {
    if (isBullish) {
      if (front > this.fillsBelow) this.fillsBelow = front;
    } else if (front < this.fillsAbove) this.fillsAbove = front;
  }

  /** After a gap was dropped to make room: what the remaining ones wait for. */
  private expectAll(): void {
    this.fillsBelow = -Infinity;
    this.fillsAbove = Infinity;
    for (let position = 0; position < this.count; position += 1) this.expect(this.signs[position]! > 0, this.fronts[position]!);
  }
}

/** `price` lies deeper in the gap than any before it. A fraction of 1 is kept for the gap that is really full. */
function advanceFill(gap: GapRecord, price: number, closeTime: number): void {
  const isFull = gap.direction === 'bullish' ? price <= gap.bottom : price >= gap.top;
  const depth = gap.direction === 'bullish' ? Math.log(gap.top / price) : Math.log(price / gap.bottom);
  const fraction = isFull ? 1 : Math.min(ALMOST_FULL, depth / Math.log(gap.top / gap.bottom));
  if (fraction <= gap.filledFraction) return;
  gap.filledFraction = fraction;
  if (Number.isNaN(gap.halfFilledTime) && fraction >= 0.5) gap.halfFilledTime = closeTime;
  if (isFull) gap.filledTime = closeTime;
}
