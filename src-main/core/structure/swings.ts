// Swing highs and lows of one scale, confirmed once enough bars stand on both sides.
import type { SwingScale } from '../../../src-shared/domain/structure.ts';
import type { CandleBook } from '../market/candle-book.ts';
import { createSwingRing, type SwingRecord } from './swing-record.ts';

/**
 * Bar i is a swing high when no bar of [i−L, i) reaches its high and no bar of (i, i+L] exceeds it (first of equals); it is
 * known at the close of bar i+L. Unbroken swings of each side stand on a stack, newest on top. Source: STRATEGY, "Swing".
 */
export class SwingDetector {
  readonly scale: SwingScale;
  readonly length: number;
  readonly highs = createSwingRing('high');
  readonly lows = createSwingRing('low');
  readonly unbrokenHighs: SwingRecord[] = [];
  readonly unbrokenLows: SwingRecord[] = [];
  lastHigh: SwingRecord | null = null;
  lastLow: SwingRecord | null = null;
  /** Swings confirmed by the newest bar. */
  confirmedHigh: SwingRecord | null = null;
  confirmedLow: SwingRecord | null = null;

  /** Price and extreme of the newest unbroken swing of each side, as the records have them; what every bar is compared with. */
  highLevel = Infinity;
  lowLevel = -Infinity;
  private highExtreme = -Infinity;
  private lowExtreme = Infinity;

  constructor(scale: SwingScale, length: number) {
    this.scale = scale;
    this.length = length;
  }

  /** Advances by the newest bar of the book. Call after breaks were judged with the same bar. */
  update(book: CandleBook): void {
    const newest = book.count - 1;
    this.confirmedHigh = null;
    this.confirmedLow = null;
    const slot = book.slot(newest);
    const isExtreme = book.low[slot]! <= this.highExtreme || book.high[slot]! >= this.lowExtreme;
    if (isExtreme) {
      extendExtreme(this.unbrokenHighs.at(-1), book, newest);
      extendExtreme(this.unbrokenLows.at(-1), book, newest);
    }
    const bar = newest - this.length;
    if (bar >= this.length) {
      if (isSwing(book, bar, this.length, 'high')) this.confirmedHigh = this.lastHigh = this.confirm(book, bar, 'high');
      if (isSwing(book, bar, this.length, 'low')) this.confirmedLow = this.lastLow = this.confirm(book, bar, 'low');
    }
    if (isExtreme || this.confirmedHigh !== null || this.confirmedLow !== null) this.noteNewest();
  }

  /** Call after swings were taken from the unbroken ones. */
  noteNewest(): void {
    const high = this.unbrokenHighs.at(-1);
    const low = this.unbrokenLows.at(-1);
    this.highLevel = high === undefined ? Infinity : high.price;
    this.highExtreme = high === undefined ? -Infinity : high.extremePrice;
    this.lowLevel = low === undefined ? -Infinity : low.price;
    this.lowExtreme = low === undefined ? Infinity : low.extremePrice;
  }

  private confirm(book: CandleBook, bar: number, kind: 'high' | 'low'): SwingRecord {
    const ring = kind === 'high' ? this.highs : this.lows;
    const unbroken = kind === 'high' ? this.unbrokenHighs : this.unbrokenLows;
    if (unbroken.length > 0 && unbroken[0] === ring.nextRecycled) unbroken.shift();
    const swing = ring.push();
    const slot = book.slot(bar);
    swing.bar = bar;
    swing.price = kind === 'high' ? book.high[slot]! : book.low[slot]!;
    swing.logPrice = kind === 'high' ? book.logHigh[slot]! : book.logLow[slot]!;
    swing.originTime = book.openTime[slot]!;
    swing.confirmedTime = book.lastCloseTime;
    swing.brokenTime = Number.NaN;
    swing.extremePrice = kind === 'high' ? Infinity : -Infinity;
    swing.extremeBar = -1;
    for (let index = bar + 1; index < book.count; index += 1) extendExtreme(swing, book, index);
    unbroken.push(swing);
    return swing;
  }
}

/** Follows the opposite extreme; the later of equal bars wins. */
function extendExtreme(swing: SwingRecord | undefined, book: CandleBook, bar: number): void {
  if (swing === undefined) return;
  const slot = book.slot(bar);
  const price = swing.kind === 'high' ? book.low[slot]! : book.high[slot]!;
  const farther = swing.kind === 'high' ? price <= swing.extremePrice : price >= swing.extremePrice;
  if (!farther) return;
  swing.extremePrice = price;
  swing.extremeBar = bar;
}

function isSwing(book: CandleBook, bar: number, length: number, kind: 'high' | 'low'): boolean {
  const column = kind === 'high' ? book.high : book.low;
  const sign = kind === 'high' ? 1 : -1;
  const price = sign * column[book.slot(bar)]!;
  for (let step = 1; step <= length; step += 1) {
    if (sign * column[book.slot(bar + step)]! > price) return false;
    if (sign * column[book.slot(bar - step)]! >= price) return false;
  }
  return true;
}
