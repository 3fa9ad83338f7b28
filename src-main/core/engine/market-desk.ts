// The engine's market side: candles and prices in, structure and screen ticks out; knows which symbols are ready and which are dirty.
import type { EngineEventBody } from '../../../src-shared/contract/events.ts';
import type { MarketInfo, MarketTick } from '../../../src-shared/contract/view.ts';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import { candleOpenTime, timeframeMs, type Candle, type Timeframe } from '../../../src-shared/domain/candle.ts';
import type { Instrument } from '../../../src-shared/domain/instrument.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import { PriceTable } from '../market/price-table.ts';
import type { TrailFacts } from '../execution/desk-context.ts';
import type { FeedStatus, MarketPrice } from '../ports.ts';
import { createMarketState, type MarketState } from '../structure/market-state.ts';
import type { SymbolState } from '../structure/symbol-state.ts';
import type { TimeframeState } from '../structure/timeframe-state.ts';
import { CALM_DAYS, medianOf, MinuteMove, ratioToMean, ratioToMedian } from './volatility.ts';

const REFERENCE_SYMBOL = 'BTCUSDT';
const NO_EVENTS: readonly EngineEventBody[] = [];

export interface WatchedChart {
  readonly symbol: string;
  readonly timeframe: Timeframe;
}

export class MarketDesk {
  readonly state: MarketState;
  readonly prices = new PriceTable();
  readonly #instruments = new Map<string, Instrument>();
  readonly #ready = new Set<string>();
  /** Whether a candle of the symbol closed since it was last taken. Names stay: a set that loses and gains them with every candle is built anew. */
  readonly #dirty = new Map<string, boolean>();
  /** Next settlement of each symbol and the rate it had when it was last told. */
  readonly #funding = new Map<string, { readonly at: EpochMs; rate: number }>();
  readonly #moved = new Set<string>();
  readonly #btcMove = new MinuteMove();
  #universe: readonly string[] = [];
  #watched: readonly WatchedChart[] = [];
  readonly #drawnVersions = new Map<string, number>();
  readonly #atrRatios = new WeakMap<TimeframeState, { readonly revision: number; readonly days: number; readonly ratio: number }>();
  /** Null when a candle or a symbol came or went since it was worked out. */
  #universeRatio: { readonly days: number; readonly median: number } | null = null;
  feed: FeedStatus | null = null;

  constructor(settings: Settings) {
    this.state = createMarketState(settings);
  }

  get universe(): readonly string[] {
    return this.#universe;
  }

  instrument(symbol: string): Instrument | null {
    return this.#instruments.get(symbol) ?? null;
  }

  isReady(symbol: string): boolean {
    return this.#ready.has(symbol);
  }

  readySymbols(): readonly string[] {
    return this.#universe.filter((symbol) => this.#ready.has(symbol));
  }

  /** Indicators and structure follow new settings symbol by symbol; a symbol is not judged before its turn. */
  applySettings(settings: Settings): void {
    this.state.applySettings(settings);
  }

  /** Reads the candles of the next outdated symbols again. Returns what charts that show them must be told. */
  rebuildNext(limit: number): readonly EngineEventBody[] {
    const rebuilt = this.state.rebuildNext(limit);
    if (rebuilt.length === 0) return [];
    this.#universeRatio = null;
    for (const symbol of rebuilt) this.#dirty.set(symbol, true);
    return this.#watched.filter((chart) => rebuilt.includes(chart.symbol)).flatMap((chart) => this.#drawClosed(chart));
  }

  /** Symbols with a closed candle since the last call; forgets them. */
  takeDirty(): readonly string[] {
    const dirty = this.#universe.filter((symbol) => this.#dirty.get(symbol) === true && this.#ready.has(symbol) && !this.state.isOutdated(symbol));
    for (const symbol of dirty) this.#dirty.set(symbol, false);
    return dirty;
  }

  /** Every symbol that can be judged, new candle or not. */
  takeReady(): readonly string[] {
    this.#dirty.clear();
    return this.#universe.filter((symbol) => this.#ready.has(symbol) && !this.state.isOutdated(symbol));
  }

  watch(charts: readonly WatchedChart[]): void {
    this.#watched = charts;
  }

  onInstruments(instruments: readonly Instrument[], universe: readonly string[]): EngineEventBody {
    for (const instrument of instruments) this.#instruments.set(instrument.symbol, instrument);
    this.#universeRatio = null;
    const kept = new Set(universe);
    for (const symbol of this.#universe) {
      if (kept.has(symbol)) continue;
      this.state.drop(symbol);
      this.#ready.delete(symbol);
    }
    this.#universe = universe;
    const markets = universe
      .map((symbol) => this.#instruments.get(symbol))
      .filter((instrument) => instrument !== undefined)
      .map(describeMarket);
    return { kind: 'markets', markets };
  }

  onHistory(symbol: string, history: { readonly timeframe: Timeframe; readonly candles: readonly Candle[]; readonly now: EpochMs }): void {
    this.#universeRatio = null;
    this.state.loadHistory({ symbol, timeframe: history.timeframe, candles: history.candles, closedBefore: history.now });
    this.#dirty.set(symbol, true);
  }

  onSymbolReady(symbol: string): void {
    this.#universeRatio = null;
    this.#ready.add(symbol);
    this.#dirty.set(symbol, true);
  }

  /** A closed 5m candle. Returns what a watching chart must be told. */
  onCandleClosed(symbol: string, candle: Candle): readonly EngineEventBody[] {
    const outcome = this.state.appendClosed5m(symbol, candle);
    this.#universeRatio = null;
    if (outcome.kind === 'gap') {
      // The feed repairs the hole and says so with history and symbol-ready; until then the symbol does not trade.
      this.#ready.delete(symbol);
      return [];
    }
    if (outcome.kind !== 'appended' && outcome.kind !== 'replaced') return [];
    this.#dirty.set(symbol, true);
    if (this.#watched.length === 0) return NO_EVENTS;
    return this.#watched.filter((chart) => chart.symbol === symbol).flatMap((chart) => this.#drawClosed(chart));
  }

  onCandleForming(symbol: string, candle: Candle): readonly EngineEventBody[] {
    this.state.updateForming(symbol, candle);
    const state = this.state.get(symbol);
    if (state === null) return [];
    return this.#watched
      .filter((chart) => chart.symbol === symbol)
      .map((chart): EngineEventBody => ({
        kind: 'candle',
        symbol,
        timeframe: chart.timeframe,
        candle: formingCandle(state, chart.timeframe, candle),
        closed: false,
        structureChanged: false,
      }));
  }

  /** Returns the symbols whose price is new. */
  onPrices(batch: readonly MarketPrice[]): readonly string[] {
    const changed = this.prices.update(batch);
    for (const symbol of changed) {
      this.#moved.add(symbol);
      if (symbol !== REFERENCE_SYMBOL) continue;
      const price = this.prices.get(symbol);
      if (price !== null) this.#btcMove.add(price.last, price.time);
    }
    return changed;
  }

  /** The funding of a symbol that was settled since the last call: its rate and the mark at the time; null when none was. */
  takeFunding(symbol: string): { readonly rate: number; readonly price: number } | null {
    const price = this.prices.get(symbol);
    if (price === null || price.nextFundingTime === null) return null;
    const before = this.#funding.get(symbol);
    if (before?.at === price.nextFundingTime) {
      before.rate = price.fundingRate;
      return null;
    }
    this.#funding.set(symbol, { at: price.nextFundingTime, rate: price.fundingRate });
    return before === undefined || price.nextFundingTime < before.at ? null : { rate: before.rate, price: price.mark };
  }

  /** Screen ticks of the symbols whose price changed since the last call. */
  takeTicks(): readonly MarketTick[] {
    const ticks: MarketTick[] = [];
    for (const symbol of this.#moved) {
      const price = this.prices.get(symbol);
      if (price === null || !this.#instruments.has(symbol)) continue;
      const { last, mark, change24h, quoteVolume24h, fundingRate, time } = price;
      ticks.push({ symbol, last, mark, change24h, quoteVolume24h, fundingRate, updatedAt: time });
    }
    this.#moved.clear();
    return ticks;
  }

  /** Largest one-minute move of BTC, percent. */
  get btcMovePercent(): number {
    return this.#btcMove.percent();
  }

  /** Median over the universe of hourly ATR over its mean of the last `days`; NaN while unknown. */
  universeAtrRatio(days: number): number {
    if (this.#universeRatio === null || this.#universeRatio.days !== days)
      this.#universeRatio = { days, median: medianOf(this.readySymbols().map((symbol) => this.atrRatio(symbol, days))) };
    return this.#universeRatio.median;
  }

  /** Hourly ATR of one symbol over its mean of the last `days` (as far as memory reaches); NaN while unknown. Worked out once an hour. */
  atrRatio(symbol: string, days: number): number {
    const hour = this.state.get(symbol)?.frames['1h'];
    if (hour === undefined) return Number.NaN;
    const known = this.#atrRatios.get(hour);
    if (known !== undefined && known.revision === hour.revision && known.days === days) return known.ratio;
    const ratio = ratioToMean(hour, days);
    this.#atrRatios.set(hour, { revision: hour.revision, days, ratio });
    return ratio;
  }

  /** Hourly ATR of one symbol over its median of 30 days (as far as memory reaches); NaN while unknown. */
  atrToMedian(symbol: string): number {
    const hour = this.state.get(symbol)?.frames['1h'];
    return hour === undefined ? Number.NaN : ratioToMedian(hour, CALM_DAYS);
  }

  /** ATR and the newest confirmed swings of the 15-minute candles, in price; null without history. */
  trailFacts(symbol: string): TrailFacts | null {
    const frame = this.state.get(symbol)?.frames['15m'];
    const last = this.prices.get(symbol)?.last;
    if (frame === undefined || last === undefined) return null;
    // Indicators run on log price; near one ATR the exponential is the same to a few hundredths of a percent.
    return { atr: last * Math.expm1(frame.atr), swingLow: frame.swings.lastLow?.price ?? null, swingHigh: frame.swings.lastHigh?.price ?? null };
  }

  #drawClosed(chart: WatchedChart): readonly EngineEventBody[] {
    const frame = this.state.get(chart.symbol)?.frames[chart.timeframe];
    if (frame === undefined || frame.book.count === 0) return [];
    const key = `${chart.symbol} ${chart.timeframe}`;
    const structureChanged = this.#drawnVersions.get(key) !== frame.structureVersion;
    this.#drawnVersions.set(key, frame.structureVersion);
    return [
      { kind: 'candle', symbol: chart.symbol, timeframe: chart.timeframe, candle: frame.book.candleAt(frame.book.count - 1), closed: true, structureChanged },
    ];
  }
}

function describeMarket(instrument: Instrument): MarketInfo {
  const { symbol, baseAsset, priceScale, tickUnits, quantityScale, stepUnits } = instrument;
  return { symbol, baseAsset, priceScale, tickUnits, quantityScale, stepUnits };
}

/** The unfinished candle of a larger timeframe: closed 5m candles of its bucket plus the forming one. For display only. */
function formingCandle(state: SymbolState, timeframe: Timeframe, forming: Candle): Candle {
  if (timeframe === '5m') return forming;
  const bucketOpen = candleOpenTime(forming.openTime, timeframe);
  const book = state.frames['5m'].book;
  let { open, high, low, volume, quoteVolume, trades, takerBuyVolume } = forming;
  const parts = timeframeMs(timeframe) / book.stepMs;
  for (let back = 1; back < parts; back += 1) {
    const index = book.indexOf(forming.openTime - back * book.stepMs);
    if (index < 0) break;
    const part = book.candleAt(index);
    if (part.openTime < bucketOpen) break;
    open = part.open;
    high = Math.max(high, part.high);
    low = Math.min(low, part.low);
    volume += part.volume;
    quoteVolume += part.quoteVolume;
    trades += part.trades;
    takerBuyVolume += part.takerBuyVolume;
  }
  return { openTime: bucketOpen, open, high, low, close: forming.close, volume, quoteVolume, trades, takerBuyVolume };
}
