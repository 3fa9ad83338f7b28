// One symbol on three timeframes: 5m candles come in, 15m and 1h follow from them, and gaps are found and mended.
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { Candle, Timeframe } from '../../../src-shared/domain/candle.ts';
import { TIMEFRAMES, timeframeMs } from '../../../src-shared/domain/candle.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import { aggregateBucket } from '../market/aggregator.ts';
import { isSameCandle, isSaneCandle } from '../market/candle-book.ts';
import { isOnGrid } from '../market/grid.ts';
import { TimeframeState } from './timeframe-state.ts';

/** Candles remembered while a hole before them is being repaired. */
const PENDING_MAXIMUM = 2048;
const DERIVED = ['15m', '1h'] as const;

export type AppendOutcome =
  | { readonly kind: 'appended' }
  | { readonly kind: 'duplicate' }
  /** The newest closed candle was corrected; the affected timeframes were rebuilt from memory. */
  | { readonly kind: 'replaced' }
  /** 5m candles are missing: first and last open time of the hole. The candle waits until history closes it. */
  | { readonly kind: 'gap'; readonly from: EpochMs; readonly to: EpochMs }
  | { readonly kind: 'out_of_order' }
  /** Not aligned, not finite, or high and low do not contain open and close. */
  | { readonly kind: 'malformed' };

const APPENDED: AppendOutcome = { kind: 'appended' };
const DUPLICATE: AppendOutcome = { kind: 'duplicate' };
const REPLACED: AppendOutcome = { kind: 'replaced' };
const OUT_OF_ORDER: AppendOutcome = { kind: 'out_of_order' };
const MALFORMED: AppendOutcome = { kind: 'malformed' };

export interface DataGap {
  readonly timeframe: Timeframe;
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/** Owns the three timeframe states of a symbol. Only closed candles enter them; the forming candle is kept apart. */
export class SymbolState {
  readonly symbol: string;
  readonly frames: Readonly<Record<Timeframe, TimeframeState>>;
  /** For display only; no decision reads it. */
  forming: Candle | null = null;
  private readonly pending = new Map<number, Candle>();
  private readonly base: TimeframeState;
  private readonly derived: readonly TimeframeState[];

  constructor(symbol: string, settings: Settings, capacity: number) {
    this.symbol = symbol;
    this.frames = {
      '5m': new TimeframeState('5m', settings, capacity),
      '15m': new TimeframeState('15m', settings, capacity),
      '1h': new TimeframeState('1h', settings, capacity),
    };
    this.base = this.frames['5m'];
    this.derived = DERIVED.map((timeframe) => this.frames[timeframe]);
  }

  /** Takes a closed 5m candle and advances every timeframe it completes. */
  appendClosed5m(candle: Candle): AppendOutcome {
    if (!isSaneCandle(candle, '5m')) return MALFORMED;
    const { book } = this.base;
    const expected = book.lastCloseTime;
    if (book.count === 0 || candle.openTime === expected) {
      this.advance(candle);
      this.drainPending();
      return APPENDED;
    }
    if (candle.openTime > expected) return this.holdBack(candle);
    if (candle.openTime < book.lastOpenTime) return OUT_OF_ORDER;
    if (isSameCandle(book.candleAt(book.count - 1), candle)) return DUPLICATE;
    this.replaceLast(candle);
    return REPLACED;
  }

  /**
   * Warm-up or repair: closed candles of one timeframe, oldest first. Candles that continue the book are appended; candles that
   * start before it rebuild it with what it already held after them; candles beyond a hole start the timeframe anew. A hole
   * inside the list keeps only what follows it, so a book never bridges missing bars. Candles not closed at `closedBefore`
   * are dropped.
   */
  loadHistory(timeframe: Timeframe, candles: readonly Candle[], closedBefore: EpochMs): void {
    const step = timeframeMs(timeframe);
    const sane = candles.filter((candle) => isSaneCandle(candle, timeframe) && candle.openTime + step <= closedBefore);
    const first = sane[0];
    if (first === undefined) return;
    const state = this.frames[timeframe];
    const book = state.book;
    const startsBefore = book.count > 0 && first.openTime < book.openTime[book.slot(book.firstIndex)]!;
    if (startsBefore) {
      const held = new Map([...sane, ...book.candles()].map((candle) => [candle.openTime, candle]));
      state.reset();
      this.appendRun(
        state,
        [...held.values()].toSorted((a, b) => a.openTime - b.openTime),
      );
    } else {
      this.appendRun(
        state,
        sane.filter((candle) => book.count === 0 || candle.openTime > book.lastOpenTime),
      );
    }
    if (timeframe === '5m') this.drainPending();
    this.catchUp();
  }

  updateForming(candle: Candle): void {
    this.forming = candle;
  }

  /** The first hole that stops decisions, or null: a 5m hole under repair, or a derived timeframe that lags behind the 5m one. */
  get gap(): DataGap | null {
    const fiveBook = this.frames['5m'].book;
    const waiting = this.firstPending();
    if (waiting !== null) return { timeframe: '5m', from: fiveBook.lastCloseTime as EpochMs, to: (waiting - fiveBook.stepMs) as EpochMs };
    const newest = fiveBook.lastCloseTime;
    for (const { book } of this.derived) {
      // Closes of a derived book lie on its grid, so that less than a step behind is not a candle behind.
      if (book.count === 0 || !(newest - book.lastCloseTime >= book.stepMs)) continue;
      const expected = Math.floor(newest / book.stepMs) * book.stepMs;
      return { timeframe: book.timeframe, from: book.lastCloseTime as EpochMs, to: (expected - book.stepMs) as EpochMs };
    }
    return null;
  }

  /** Grows with every change of any timeframe and never repeats. */
  get revision(): number {
    return this.frames['5m'].revision + this.frames['15m'].revision + this.frames['1h'].revision;
  }

  /** Reads the candles in memory again under other settings; what waits behind a hole keeps waiting. */
  rebuild(settings: Settings): void {
    for (const timeframe of TIMEFRAMES) this.frames[timeframe].rebuild(settings);
  }

  /** Forgets all timeframes. */
  reset(): void {
    for (const timeframe of TIMEFRAMES) this.frames[timeframe].reset();
    this.pending.clear();
    this.forming = null;
  }

  private advance(candle: Candle): void {
    const base = this.base;
    base.append(candle);
    const closeTime = base.book.lastCloseTime;
    for (const state of this.derived) {
      const { book } = state;
      if (!isOnGrid(closeTime, book.stepMs)) continue;
      const bucketOpen = closeTime - book.stepMs;
      if (book.count > 0 && bucketOpen !== book.lastCloseTime) continue;
      const bucket = aggregateBucket(base.book, bucketOpen, book.timeframe);
      if (bucket !== null) state.append(bucket);
    }
  }

  /** Appends buckets that the 5m book can already complete, after any history was loaded. */
  private catchUp(): void {
    const base = this.frames['5m'].book;
    if (base.count === 0) return;
    for (const timeframe of DERIVED) {
      const state = this.frames[timeframe];
      const step = state.book.stepMs;
      const oldest = base.openTime[base.slot(base.firstIndex)]!;
      let bucketOpen = state.book.count > 0 ? state.book.lastCloseTime : Math.ceil(oldest / step) * step;
      for (let bucket = aggregateBucket(base, bucketOpen, timeframe); bucket !== null; bucket = aggregateBucket(base, bucketOpen, timeframe)) {
        state.append(bucket);
        bucketOpen += step;
      }
    }
  }

  private appendRun(state: TimeframeState, candles: readonly Candle[]): void {
    const isBase = state === this.frames['5m'];
    for (const candle of candles) {
      const follows = state.book.count === 0 || candle.openTime === state.book.lastCloseTime;
      if (!follows) state.reset();
      if (isBase) this.advance(candle);
      else state.append(candle);
    }
  }

  private holdBack(candle: Candle): AppendOutcome {
    // A copy: who gives a candle may write the next one over it.
    if (this.pending.size < PENDING_MAXIMUM) this.pending.set(candle.openTime, { ...candle });
    const book = this.frames['5m'].book;
    const firstWaiting = this.firstPending() ?? candle.openTime;
    return { kind: 'gap', from: book.lastCloseTime as EpochMs, to: (firstWaiting - book.stepMs) as EpochMs };
  }

  private firstPending(): number | null {
    if (this.pending.size === 0) return null;
    let first = Infinity;
    for (const openTime of this.pending.keys()) first = Math.min(first, openTime);
    return first;
  }

  private drainPending(): void {
    if (this.pending.size === 0) return;
    const book = this.frames['5m'].book;
    for (const openTime of this.pending.keys()) if (openTime < book.lastCloseTime) this.pending.delete(openTime);
    for (let next = this.pending.get(book.lastCloseTime); next !== undefined; next = this.pending.get(book.lastCloseTime)) {
      this.pending.delete(next.openTime);
      this.advance(next);
    }
  }

  /** Rare: the exchange corrected its newest candle. Incremental state cannot step back, so it is rebuilt from the book. */
  private replaceLast(candle: Candle): void {
    const base = this.frames['5m'];
    for (const timeframe of DERIVED) {
      const state = this.frames[timeframe];
      const candles = state.book.candles();
      if (state.book.lastCloseTime <= candle.openTime) continue;
      state.reset();
      for (const kept of candles.slice(0, -1)) state.append(kept);
    }
    const candles = base.book.candles();
    base.reset();
    for (const kept of candles.slice(0, -1)) base.append(kept);
    this.advance(candle);
  }
}
