// Fair value gaps: three-candle imbalances, how far price has traded back into them, and when they closed.
import type { Direction } from '../../../src-shared/domain/structure.ts';
import type { CandleBook } from '../market/candle-book.ts';
import { RecordPool } from './record-pool.ts';

/** Open gaps kept; the oldest leaves first. */
export const OPEN_GAPS_KEPT = 48;
const FILLED_GAPS_KEPT = 32;

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

/**
 * Bullish when low[t] > high[t−2] by at least `minGapAtr` ATR; known at the close of t; drawn at the middle candle. Half filled is
 * consequent encroachment. Bearish is the mirror image. Source: STRATEGY, "Fair value gap".
 */
export class GapDetector {
  readonly gaps = new RecordPool<GapRecord>(FILLED_GAPS_KEPT, emptyGap);
  private readonly minGapAtr: number;
  /** Gap formed by the newest bar. */
  latest: GapRecord | null = null;

  constructor(minGapAtr: number) {
    this.minGapAtr = minGapAtr;
  }

  update(book: CandleBook, atr: number): void {
    this.latest = null;
    this.fill(book);
    const newest = book.count - 1;
    if (newest < 2 || Number.isNaN(atr)) return;
    const last = book.slot(newest);
    const first = book.slot(newest - 2);
    if (book.low[last]! > book.high[first]!) this.open(book, 'bullish', (book.logLow[last]! - book.logHigh[first]!) / atr);
    else if (book.high[last]! < book.low[first]!) this.open(book, 'bearish', (book.logLow[first]! - book.logHigh[last]!) / atr);
  }

  private open(book: CandleBook, direction: Direction, sizeAtr: number): void {
    if (!(sizeAtr >= this.minGapAtr)) return;
    if (this.gaps.alive.length >= OPEN_GAPS_KEPT) this.close(0);
    const newest = book.count - 1;
    const last = book.slot(newest);
    const first = book.slot(newest - 2);
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
    this.latest = gap;
  }

  private close(position: number): void {
    this.gaps.alive[position]!.isOpen = false;
    this.gaps.end(position);
  }

  private fill(book: CandleBook): void {
    const slot = book.slot(book.count - 1);
    const high = book.high[slot]!;
    const low = book.low[slot]!;
    const alive = this.gaps.alive;
    for (let position = alive.length - 1; position >= 0; position -= 1) {
      const gap = alive[position]!;
      const entered = gap.direction === 'bullish' ? low < gap.top : high > gap.bottom;
      if (!entered) continue;
      advanceFill(gap, gap.direction === 'bullish' ? low : high, book.lastCloseTime);
      if (!Number.isNaN(gap.filledTime)) this.close(position);
    }
  }
}

function advanceFill(gap: GapRecord, price: number, closeTime: number): void {
  const isFull = gap.direction === 'bullish' ? price <= gap.bottom : price >= gap.top;
  const depth = gap.direction === 'bullish' ? Math.log(gap.top / price) : Math.log(price / gap.bottom);
  const fraction = isFull ? 1 : Math.min(1, depth / Math.log(gap.top / gap.bottom));
  if (fraction <= gap.filledFraction) return;
  gap.filledFraction = fraction;
  if (Number.isNaN(gap.halfFilledTime) && fraction >= 0.5) gap.halfFilledTime = closeTime;
  if (isFull) gap.filledTime = closeTime;
}
