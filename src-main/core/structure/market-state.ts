// The analysed market: every symbol's candles, indicators and structure behind one door.
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { Candle, CandleColumns, Timeframe } from '../../../src-shared/domain/candle.ts';
import type { StructureSnapshot } from '../../../src-shared/domain/structure.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import { isSameAnalysis } from './analysis-settings.ts';
import { structureAsOf } from './known-at.ts';
import { describeStructure } from './snapshot.ts';
import { SymbolState } from './symbol-state.ts';
import type { AppendOutcome } from './symbol-state.ts';

/** Candles kept in memory per symbol and timeframe. Rounded up to a power of two. */
export const DEFAULT_CANDLE_CAPACITY = 1024;

export class MarketState {
  private settings: Settings;
  private readonly capacity: number;
  private readonly states = new Map<string, SymbolState>();
  /** Symbols whose indicators and structure still follow former settings, in the order they will be rebuilt. */
  private readonly outdated = new Set<string>();

  constructor(settings: Settings, capacity: number) {
    this.settings = settings;
    this.capacity = capacity;
  }

  get symbols(): readonly string[] {
    return [...this.states.keys()];
  }

  /** The state of a symbol, or null when no candle of it ever came. */
  get(symbol: string): SymbolState | null {
    return this.states.get(symbol) ?? null;
  }

  /** The state of a symbol, made when it is new. */
  obtain(symbol: string): SymbolState {
    const existing = this.states.get(symbol);
    if (existing !== undefined) return existing;
    const created = new SymbolState(symbol, this.settings, this.capacity);
    this.states.set(symbol, created);
    return created;
  }

  /**
   * Takes over new settings. When indicators or structure depend on what changed, every symbol becomes outdated until `rebuildNext` has
   * read its candles again; until then it answers by the former settings.
   */
  applySettings(settings: Settings): void {
    const isSame = isSameAnalysis(this.settings, settings);
    this.settings = settings;
    if (!isSame) for (const symbol of this.states.keys()) this.outdated.add(symbol);
  }

  isOutdated(symbol: string): boolean {
    return this.outdated.has(symbol);
  }

  /** Rebuilds at most `limit` outdated symbols from the candles in memory, a few milliseconds each, and returns their names. */
  rebuildNext(limit: number): readonly string[] {
    const rebuilt: string[] = [];
    for (const symbol of this.outdated) {
      if (rebuilt.length >= limit) break;
      this.outdated.delete(symbol);
      this.states.get(symbol)?.rebuild(this.settings);
      rebuilt.push(symbol);
    }
    return rebuilt;
  }

  /** Forgets a symbol that left the universe. */
  drop(symbol: string): void {
    this.states.delete(symbol);
    this.outdated.delete(symbol);
  }

  appendClosed5m(symbol: string, candle: Candle): AppendOutcome {
    return this.obtain(symbol).appendClosed5m(candle);
  }

  loadHistory(request: HistoryRequest): void {
    this.obtain(request.symbol).loadHistory(request.timeframe, request.candles, request.closedBefore);
  }

  updateForming(symbol: string, candle: Candle): void {
    this.states.get(symbol)?.updateForming(candle);
  }

  structureSnapshot(symbol: string, timeframe: Timeframe): StructureSnapshot | null {
    const state = this.states.get(symbol);
    return state === undefined ? null : describeStructure(symbol, state.frames[timeframe]);
  }

  /**
   * What was known at `time`, replayed from the candles in memory that had closed by then: objects confirmed later are absent, and those
   * present have the strength, fill and state they had. As long as the oldest candle of the timeframe is still in memory it is the very
   * snapshot of that time; afterwards averages start from the oldest candle held. Null for an unknown symbol or a time before its candles.
   */
  structureKnownAt(symbol: string, timeframe: Timeframe, time: EpochMs): StructureSnapshot | null {
    const book = this.states.get(symbol)?.frames[timeframe].book;
    return book === undefined ? null : structureAsOf({ symbol, timeframe, candles: book.candles(), settings: this.settings }, time);
  }

  /** How many candles in memory had closed at `time`. */
  closedBy(symbol: string, timeframe: Timeframe, time: EpochMs): number {
    const book = this.states.get(symbol)?.frames[timeframe].book;
    if (book === undefined || book.count === 0) return 0;
    const after = Math.max(0, Math.ceil((book.lastCloseTime - time) / book.stepMs));
    return Math.max(0, book.size - after);
  }

  /** The newest closed candles, oldest first; empty columns for an unknown symbol. */
  candleColumns(symbol: string, timeframe: Timeframe, limit: number): CandleColumns {
    const state = this.states.get(symbol);
    if (state === undefined) return { openTime: [], open: [], high: [], low: [], close: [], volume: [] };
    return state.frames[timeframe].book.columns(limit);
  }
}

export interface HistoryRequest {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly candles: readonly Candle[];
  /** Engine time; candles that close later are still forming and are dropped. */
  readonly closedBefore: EpochMs;
}

/** Creates an empty market. `capacity` candles are kept per symbol and timeframe (see {@link DEFAULT_CANDLE_CAPACITY}). */
export function createMarketState(settings: Settings, capacity: number = DEFAULT_CANDLE_CAPACITY): MarketState {
  return new MarketState(settings, capacity);
}
