// Keeps every market's five-minute candles whole: loads history, delivers closed candles in order, notices and repairs gaps.
import { timeframeMs, type Candle } from '../../../src-shared/domain/candle.ts';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { ExchangeError, Logger, MarketEvent } from '../../core/ports.ts';
import type { CandleHistory } from './candle-history.ts';

const STEP_MS = timeframeMs('5m');
/** A gap the exchange itself cannot fill after so many tries is real, for instance after an outage. */
const TRIES = 10;

export interface KeeperOptions {
  readonly history: CandleHistory;
  readonly logger: Logger;
  readonly emit: (event: MarketEvent) => void;
  readonly onFailure: (error: ExchangeError) => void;
  readonly onProgress: () => void;
  readonly retryMs: number;
  readonly parallel: number;
  readonly settings: () => Settings;
}

interface Market {
  isReady: boolean;
  isLoading: boolean;
  lastClosed: number;
  /** Exchange time when its absence was last acted on. */
  lateAt: number;
  /** Closed candles that came while history was loading or a gap was open. */
  held: Candle[];
}

/** Candles held per market; as many as history brings. */
export const HELD_KEPT = 500;

export class CandleKeeper {
  readonly #options: KeeperOptions;
  readonly #markets = new Map<string, Market>();
  #isStopped = false;

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** Candles that wait for history, of all markets. */
  get heldCount(): number {
    return [...this.#markets.values()].reduce((sum, { held }) => sum + held.length, 0);
  }

  isReady(symbol: string): boolean {
    return this.#markets.get(symbol)?.isReady ?? false;
  }

  /** Watches exactly these symbols and loads those that are new. */
  async watch(symbols: readonly string[]): Promise<void> {
    const wanted = new Set(symbols);
    for (const symbol of [...this.#markets.keys()]) if (!wanted.has(symbol)) this.#markets.delete(symbol);
    const added = symbols.filter((symbol) => !this.#markets.has(symbol));
    for (const symbol of added) this.#markets.set(symbol, { isReady: false, isLoading: false, lastClosed: 0, lateAt: 0, held: [] });
    await this.#loadAll(added);
  }

  onForming(symbol: string, candle: Candle): void {
    if (this.isReady(symbol)) this.#options.emit({ kind: 'candle-forming', symbol, timeframe: '5m', candle });
  }

  /** A candle that comes twice or late is history already; one that comes too early opens a repair. */
  onClosed(symbol: string, candle: Candle): void {
    const market = this.#markets.get(symbol);
    if (market === undefined) return;
    this.#options.history.store(symbol, '5m', candle);
    if (!market.isReady) {
      market.held.push(candle);
      // History that cannot be read for days: once it can, it holds all but the newest of these.
      if (market.held.length > HELD_KEPT) market.held.shift();
      return;
    }
    const expected = market.lastClosed + STEP_MS;
    if (candle.openTime < expected) return;
    if (candle.openTime === expected) return this.#deliver(symbol, market, candle);
    market.held.push(candle);
    this.#options.logger.log('warn', 'market', `${symbol}: 5-minute candles were missed; they are being fetched.`);
    void this.#load(symbol);
  }

  /** Markets whose newest candle should have come by now, `graceMs` of exchange time allowed; each at most once in CACHE_TTL_5M. */
  late(now: number, graceMs: number): readonly string[] {
    const lifeMs = this.#options.settings().cacheFiveSeconds * 1000;
    const late = [...this.#markets].filter(([, market]) => market.isReady && now >= market.lastClosed + 2 * STEP_MS + graceMs && now >= market.lateAt + lifeMs);
    for (const [, market] of late) market.lateAt = now;
    return late.map(([symbol]) => symbol);
  }

  /** After an interruption: fetches what these markets have missed. */
  async repair(symbols: readonly string[]): Promise<void> {
    await this.#loadAll(symbols.filter((symbol) => this.isReady(symbol)));
  }

  /** Batch after batch, so that the most traded markets are whole first: BATCH_SIZE. */
  async #loadAll(symbols: readonly string[]): Promise<void> {
    const size = this.#options.settings().backfillBatchSize;
    for (let first = 0; first < symbols.length && !this.#isStopped; first += size) await this.#loadBatch(symbols.slice(first, first + size));
  }

  async #loadBatch(symbols: readonly string[]): Promise<void> {
    const queue = [...symbols];
    const worker = async (): Promise<void> => {
      for (let symbol = queue.shift(); symbol !== undefined && !this.#isStopped; symbol = queue.shift()) {
        await this.#load(symbol);
        this.#options.onProgress();
      }
    };
    await Promise.all(Array.from({ length: this.#options.parallel }, worker));
  }

  /** Loads until the market is whole: history and what was held meanwhile join without a gap. */
  async #load(symbol: string): Promise<void> {
    const market = this.#markets.get(symbol);
    if (market === undefined || market.isLoading) return;
    market.isLoading = true;
    market.isReady = false;
    for (let attempt = 1; !this.#isStopped && this.#markets.get(symbol) === market; attempt += 1) {
      const isLoaded = await this.#loadHistory(symbol, market);
      if (isLoaded && (this.#joins(market) || attempt >= TRIES)) break;
      await pause(this.#options.retryMs);
    }
    market.isLoading = false;
    if (this.#isStopped || this.#markets.get(symbol) !== market) return;
    market.isReady = true;
    this.#options.emit({ kind: 'symbol-ready', symbol });
    const held = market.held.toSorted((a, b) => a.openTime - b.openTime);
    market.held = [];
    for (const candle of held) if (candle.openTime > market.lastClosed) this.#deliver(symbol, market, candle);
  }

  async #loadHistory(symbol: string, market: Market): Promise<boolean> {
    for (const timeframe of ['1h', '15m', '5m'] as const) {
      // While a market is being repaired, its larger candles follow from the five-minute ones as long as they are recent.
      if (timeframe !== '5m' && market.lastClosed > 0 && this.#options.history.isCached(symbol, timeframe)) continue;
      const candles = await this.#options.history.warmUp(symbol, timeframe);
      if (!candles.ok) {
        this.#options.onFailure(candles.error);
        return false;
      }
      if (this.#isStopped || this.#markets.get(symbol) !== market) return false;
      this.#options.emit({ kind: 'history', symbol, timeframe, candles: candles.value });
      if (timeframe === '5m') market.lastClosed = candles.value.at(-1)?.openTime ?? 0;
    }
    return true;
  }

  #joins(market: Market): boolean {
    let last = market.lastClosed;
    for (const { openTime } of market.held.toSorted((a, b) => a.openTime - b.openTime)) {
      if (openTime <= last) continue;
      if (last > 0 && openTime !== last + STEP_MS) return false;
      last = openTime;
    }
    return true;
  }

  #deliver(symbol: string, market: Market, candle: Candle): void {
    market.lastClosed = candle.openTime;
    this.#options.emit({ kind: 'candle-closed', symbol, timeframe: '5m', candle });
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resume) => setTimeout(resume, milliseconds));
}
