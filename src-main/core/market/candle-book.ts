// Closed candles of one symbol and timeframe as columns in a ring; the only place where history is kept in memory.
import type { Candle, CandleColumns, Timeframe } from '../../../src-shared/domain/candle.ts';
import { timeframeMs } from '../../../src-shared/domain/candle.ts';
import { invariant } from '../../../src-shared/kernel/result.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import { isOnGrid } from './grid.ts';

/** Numbers kept per candle. They lie side by side, so that a new candle touches two or three lines of memory, not thirteen. */
const ROW = 13;

/**
 * A ring of `capacity` candles (rounded up to a power of two). Bars are addressed by their absolute index 0, 1, 2, …
 * since the last reset; a column is read at `slot(index)` and nowhere else. The log columns hold natural logarithms:
 * distances between them are ratios of prices, which makes every threshold scale free and the mirror p → K/p exact.
 */
export class CandleBook {
  readonly timeframe: Timeframe;
  readonly stepMs: number;
  readonly capacity: number;
  private readonly mask: number;
  /** Bars appended since the last reset. */
  count = 0;
  readonly openTime: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  readonly quoteVolume: Float64Array;
  readonly trades: Float64Array;
  readonly takerBuyVolume: Float64Array;
  readonly logHigh: Float64Array;
  readonly logLow: Float64Array;
  readonly logClose: Float64Array;
  /** Volume over the mean of the bars before it, written by the owner of the indicators; NaN while unknown. */
  readonly volumeRatio: Float64Array;

  constructor(timeframe: Timeframe, capacity: number) {
    invariant(capacity >= 256, 'a candle book holds at least 256 candles');
    this.timeframe = timeframe;
    this.stepMs = timeframeMs(timeframe);
    this.capacity = 2 ** Math.ceil(Math.log2(capacity));
    this.mask = this.capacity - 1;
    const rows = new Float64Array(this.capacity * ROW);
    const column = (position: number): Float64Array => rows.subarray(position);
    this.openTime = column(0);
    this.open = column(1);
    this.high = column(2);
    this.low = column(3);
    this.close = column(4);
    this.logHigh = column(5);
    this.logLow = column(6);
    this.logClose = column(7);
    this.volume = column(8);
    this.quoteVolume = column(9);
    this.trades = column(10);
    this.takerBuyVolume = column(11);
    this.volumeRatio = column(12);
  }

  /** Where the candle of an absolute bar index stands in every column. */
  slot(index: number): number {
    return (index & this.mask) * ROW;
  }

  /** Bars that can still be read. */
  get size(): number {
    return Math.min(this.count, this.capacity);
  }

  /** Absolute index of the oldest readable bar. */
  get firstIndex(): number {
    return Math.max(0, this.count - this.capacity);
  }

  /** Open time of the newest bar, or NaN when empty. */
  get lastOpenTime(): number {
    return this.count === 0 ? Number.NaN : this.openTime[((this.count - 1) & this.mask) * ROW]!;
  }

  /** Close time of the newest bar (open time of the next one), or NaN when empty. */
  get lastCloseTime(): number {
    return this.lastOpenTime + this.stepMs;
  }

  /** Appends the next contiguous candle. A hole is a broken invariant: the caller repairs or resets first. */
  append(candle: Candle): void {
    if (this.count > 0 && candle.openTime !== this.lastCloseTime) invariant(false, `candle ${candle.openTime} does not follow ${this.lastOpenTime}`);
    const slot = (this.count & this.mask) * ROW;
    this.openTime[slot] = candle.openTime;
    this.open[slot] = candle.open;
    this.high[slot] = candle.high;
    this.low[slot] = candle.low;
    this.close[slot] = candle.close;
    this.volume[slot] = candle.volume;
    this.quoteVolume[slot] = candle.quoteVolume;
    this.trades[slot] = candle.trades;
    this.takerBuyVolume[slot] = candle.takerBuyVolume;
    this.logHigh[slot] = Math.log(candle.high);
    this.logLow[slot] = Math.log(candle.low);
    this.logClose[slot] = Math.log(candle.close);
    this.volumeRatio[slot] = Number.NaN;
    this.count += 1;
  }

  reset(): void {
    this.count = 0;
  }

  /** Absolute index of the bar that opens at `openTime`, or -1. */
  indexOf(openTime: number): number {
    if (this.count === 0) return -1;
    const back = (this.lastOpenTime - openTime) / this.stepMs;
    if (!Number.isInteger(back) || back < 0 || back >= this.size) return -1;
    return this.count - 1 - back;
  }

  /** A copy of one bar. */
  candleAt(index: number): Candle {
    const slot = this.slot(index);
    return {
      openTime: this.openTime[slot]! as EpochMs,
      open: this.open[slot]!,
      high: this.high[slot]!,
      low: this.low[slot]!,
      close: this.close[slot]!,
      volume: this.volume[slot]!,
      quoteVolume: this.quoteVolume[slot]!,
      trades: this.trades[slot]!,
      takerBuyVolume: this.takerBuyVolume[slot]!,
    };
  }

  /** Copies of all readable bars, oldest first. */
  candles(): Candle[] {
    const list: Candle[] = [];
    for (let index = this.firstIndex; index < this.count; index += 1) list.push(this.candleAt(index));
    return list;
  }

  /** The newest `limit` bars as plain columns, oldest first. */
  columns(limit: number): CandleColumns {
    const first = Math.max(this.firstIndex, this.count - limit);
    const copy = (column: Float64Array): number[] => Array.from({ length: this.count - first }, (_, offset) => column[this.slot(first + offset)]!);
    return {
      openTime: copy(this.openTime),
      open: copy(this.open),
      high: copy(this.high),
      low: copy(this.low),
      close: copy(this.close),
      volume: copy(this.volume),
    };
  }
}

/** True when two candles carry the same prices and volume. */
export function isSameCandle(a: Candle, b: Candle): boolean {
  return a.openTime === b.openTime && a.open === b.open && a.high === b.high && a.low === b.low && a.close === b.close && a.volume === b.volume;
}

/** True when a candle can enter the book: aligned, finite, positive, high and low around open and close. */
export function isSaneCandle(candle: Candle, timeframe: Timeframe): boolean {
  return (
    isOnGrid(candle.openTime, timeframeMs(timeframe)) &&
    candle.low > 0 &&
    Number.isFinite(candle.high) &&
    candle.volume >= 0 &&
    candle.high >= candle.open &&
    candle.high >= candle.close &&
    candle.low <= candle.open &&
    candle.low <= candle.close
  );
}
