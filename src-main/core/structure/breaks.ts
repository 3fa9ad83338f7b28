// Breaks of structure: a close beyond the last confirmed, unbroken swing of a scale.
import type { Direction, SwingScale } from '../../../src-shared/domain/structure.ts';
import type { CandleBook } from '../market/candle-book.ts';
import { createBreakRing, type BreakRecord } from './break-record.ts';
import type { RecordRing } from './record-pool.ts';
import type { SwingRecord } from './swing-record.ts';
import type { SwingDetector } from './swings.ts';

/**
 * With the trend, or before any trend: BOS. Against it: CHOCH, and the trend flips. Each swing breaks once; a close that passes
 * several unbroken swings gives one break, of the newest, and the others count as broken with it. Displacement is the distance
 * from the leg's origin to the breaking price in ATR (log space; NaN before ATR is warm). Source: STRATEGY, "Break".
 */
export class BreakDetector {
  readonly breaks: RecordRing<BreakRecord>;
  readonly scale: SwingScale;
  private readonly wicksBreak: boolean;
  trend: Direction | null = null;
  /** Break made by the newest bar. */
  latest: BreakRecord | null = null;

  constructor(scale: SwingScale, wicksBreak: boolean) {
    this.scale = scale;
    this.breaks = createBreakRing(scale);
    this.wicksBreak = wicksBreak;
  }

  /** Judges the newest bar against the swings confirmed before it. `atr` is in log units. */
  update(book: CandleBook, detector: SwingDetector, atr: number): void {
    this.latest = null;
    const slot = book.slot(book.count - 1);
    const up = this.wicksBreak ? book.high[slot]! : book.close[slot]!;
    const down = this.wicksBreak ? book.low[slot]! : book.close[slot]!;
    const breaksHigh = up > detector.highLevel;
    const breaksLow = down < detector.lowLevel;
    if (!breaksHigh && !breaksLow) return;
    if (breaksHigh && breaksLow) this.breakBoth(book, detector, atr);
    else if (breaksHigh) this.record(book, detector.unbrokenHighs, { direction: 'bullish', price: up, atr });
    else this.record(book, detector.unbrokenLows, { direction: 'bearish', price: down, atr });
    detector.noteNewest();
  }

  /** Only with wicks: an outside bar breaks both sides. The body decides; without a body both are spent and nothing is said. */
  private breakBoth(book: CandleBook, detector: SwingDetector, atr: number): void {
    const slot = book.slot(book.count - 1);
    const body = Math.sign(book.close[slot]! - book.open[slot]!);
    const closeTime = book.lastCloseTime;
    if (body <= 0) popBroken(detector.unbrokenHighs, book.high[slot]!, closeTime);
    if (body >= 0) popBroken(detector.unbrokenLows, book.low[slot]!, closeTime);
    if (body > 0) this.record(book, detector.unbrokenHighs, { direction: 'bullish', price: book.high[slot]!, atr });
    if (body < 0) this.record(book, detector.unbrokenLows, { direction: 'bearish', price: book.low[slot]!, atr });
  }

  private record(book: CandleBook, stack: SwingRecord[], move: { direction: Direction; price: number; atr: number }): void {
    const swing = stack.at(-1)!;
    const entry = this.breaks.push();
    entry.kind = this.trend === null || this.trend === move.direction ? 'bos' : 'choch';
    entry.direction = move.direction;
    entry.level = swing.price;
    entry.swingBar = swing.bar;
    entry.bar = book.count - 1;
    entry.legBar = swing.extremeBar;
    entry.originTime = swing.originTime;
    entry.confirmedTime = book.lastCloseTime;
    entry.displacementAtr = Math.abs(Math.log(move.price) - Math.log(swing.extremePrice)) / move.atr;
    this.trend = move.direction;
    this.latest = entry;
    popBroken(stack, move.price, book.lastCloseTime);
  }
}

/** Marks every swing from the top of the stack that `price` has passed, and hands its extreme down to the one below. */
function popBroken(stack: SwingRecord[], price: number, closeTime: number): void {
  for (let swing = stack.at(-1); swing !== undefined; swing = stack.at(-1)) {
    const passed = swing.kind === 'high' ? price > swing.price : price < swing.price;
    if (!passed) return;
    swing.brokenTime = closeTime;
    stack.pop();
    const below = stack.at(-1);
    if (below === undefined) return;
    const farther = swing.kind === 'high' ? swing.extremePrice <= below.extremePrice : swing.extremePrice >= below.extremePrice;
    if (!farther) continue;
    below.extremePrice = swing.extremePrice;
    below.extremeBar = swing.extremeBar;
  }
}
