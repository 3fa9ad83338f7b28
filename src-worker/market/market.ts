// The running market: moves every symbol along its path, tells the exchange each price, and closes candles exactly once.
import type { Candle } from '../../src-shared/domain/candle.ts';
import { nearestTick, type Instrument } from '../../src-shared/domain/instrument.ts';
import { epochMs, ticks, type Ticks } from '../../src-shared/kernel/units.ts';
import type { Exchange } from '../../src-main/core/venue/exchange.ts';
import { CandleSeries } from './series.ts';
import { FIVE_MINUTES, type MarketSource, type PathedCandle } from './source.ts';

const FUNDING_MS = 8 * 3_600_000;
const MARK_WEIGHT = 0.7;
const FUNDING_CAP = 0.0075;

export interface SymbolMarket {
  readonly instrument: Instrument;
  readonly series: CandleSeries;
  /** The candle being formed, or null in a hole of the data. */
  current: PathedCandle | null;
  currentOpenTime: number;
  pointsDone: number;
  last: number;
  mark: number;
  /** Average premium of the last against the mark price; drives funding. */
  premium: number;
  forming: Candle | null;
  changed: boolean;
  lastChange: number;
}

export interface ClosedCandle {
  readonly symbol: string;
  readonly candle: Candle;
}

export class Market {
  readonly symbols = new Map<string, SymbolMarket>();
  readonly #source: MarketSource;
  #exchange: Exchange | null = null;
  #now: number;

  /** Builds all history up to `now`; the exchange is told nothing of it. */
  constructor(source: MarketSource, now: number) {
    this.#source = source;
    this.#now = now;
    for (const instrument of source.instruments) {
      const symbolMarket: SymbolMarket = {
        instrument,
        series: new CandleSeries(),
        current: null,
        currentOpenTime: 0,
        pointsDone: 0,
        last: 0,
        mark: 0,
        premium: 0,
        forming: null,
        changed: true,
        lastChange: now,
      };
      this.symbols.set(instrument.symbol, symbolMarket);
      const first = source.firstOpenTime(instrument.symbol);
      const formingOpen = Math.floor(now / FIVE_MINUTES) * FIVE_MINUTES;
      for (let openTime = first; openTime < formingOpen; openTime += FIVE_MINUTES) {
        const made = source.candleAt(instrument.symbol, openTime);
        if (made === null) continue;
        symbolMarket.series.append(made.candle);
        symbolMarket.last = made.candle.close;
      }
      symbolMarket.mark = symbolMarket.last;
      this.#open(symbolMarket, formingOpen);
      this.#move(symbolMarket, now);
    }
  }

  get now(): number {
    return this.#now;
  }

  /** From now on every price reaches this exchange. */
  connect(exchange: Exchange): void {
    this.#exchange = exchange;
    for (const symbolMarket of this.symbols.values()) if (symbolMarket.last > 0) this.#tell(symbolMarket, this.#now);
  }

  nextFundingTime(now: number): number {
    return (Math.floor(now / FUNDING_MS) + 1) * FUNDING_MS;
  }

  fundingRate(symbolMarket: SymbolMarket): number {
    return Math.max(-FUNDING_CAP, Math.min(FUNDING_CAP, symbolMarket.premium + Math.max(-0.0005, Math.min(0.0005, 0.0001 - symbolMarket.premium))));
  }

  /** Moves to `now`, candle by candle so that no symbol runs ahead of the others by more than 5 minutes. */
  advance(now: number): readonly ClosedCandle[] {
    const closed: ClosedCandle[] = [];
    while (this.#now < now) {
      const boundary = (Math.floor(this.#now / FIVE_MINUTES) + 1) * FIVE_MINUTES;
      const target = Math.min(now, boundary);
      for (const symbolMarket of this.symbols.values()) {
        this.#move(symbolMarket, target);
        if (target === boundary) this.#close(symbolMarket, boundary, closed);
      }
      this.#settleFunding(this.#now, target);
      this.#now = target;
    }
    return closed;
  }

  #open(symbolMarket: SymbolMarket, openTime: number): void {
    symbolMarket.current = this.#source.candleAt(symbolMarket.instrument.symbol, openTime);
    symbolMarket.currentOpenTime = openTime;
    symbolMarket.pointsDone = 0;
    symbolMarket.forming = null;
  }

  #close(symbolMarket: SymbolMarket, boundary: number, closed: ClosedCandle[]): void {
    const { current } = symbolMarket;
    if (current !== null) {
      symbolMarket.series.append(current.candle);
      closed.push({ symbol: symbolMarket.instrument.symbol, candle: current.candle });
    }
    this.#open(symbolMarket, boundary);
  }

  /** Visits every point of the path up to `time`, then the place between two points where price is now. */
  #move(symbolMarket: SymbolMarket, time: number): void {
    const { current } = symbolMarket;
    if (current === null) return;
    const { points, candle } = current;
    const pointMs = FIVE_MINUTES / points.length;
    const progress = Math.min(points.length, (time - candle.openTime) / pointMs);
    while (symbolMarket.pointsDone < Math.floor(progress + 1e-9)) {
      const price = points[symbolMarket.pointsDone] ?? candle.close;
      symbolMarket.pointsDone += 1;
      this.#setPrice(symbolMarket, price, candle.openTime + symbolMarket.pointsDone * pointMs);
    }
    if (symbolMarket.pointsDone < points.length) {
      const from = symbolMarket.pointsDone === 0 ? candle.open : (points[symbolMarket.pointsDone - 1] ?? candle.open);
      const to = points[symbolMarket.pointsDone] ?? from;
      const share = Math.max(0, progress - symbolMarket.pointsDone);
      const between = from + (to - from) * share;
      const price = (nearestTick(symbolMarket.instrument, between) * symbolMarket.instrument.tickUnits) / 10 ** symbolMarket.instrument.priceScale;
      if (price !== symbolMarket.last) this.#setPrice(symbolMarket, price, time);
    }
    this.#form(symbolMarket, Math.max(0.001, progress / points.length));
  }

  #setPrice(symbolMarket: SymbolMarket, price: number, time: number): void {
    symbolMarket.last = price;
    symbolMarket.mark += MARK_WEIGHT * (price - symbolMarket.mark);
    symbolMarket.premium += 0.01 * (price / symbolMarket.mark - 1 - symbolMarket.premium);
    symbolMarket.changed = true;
    symbolMarket.lastChange = time;
    const forming = symbolMarket.forming;
    if (forming !== null) symbolMarket.forming = { ...forming, high: Math.max(forming.high, price), low: Math.min(forming.low, price), close: price };
    else if (symbolMarket.current !== null) {
      const { open } = symbolMarket.current.candle;
      symbolMarket.forming = {
        ...symbolMarket.current.candle,
        high: Math.max(open, price),
        low: Math.min(open, price),
        close: price,
        volume: 0,
        quoteVolume: 0,
        trades: 0,
        takerBuyVolume: 0,
      };
    }
    this.#tell(symbolMarket, time);
  }

  /** Volume arrives evenly over the candle; prices are those visited so far. */
  #form(symbolMarket: SymbolMarket, share: number): void {
    const { current } = symbolMarket;
    if (current === null) return;
    const { candle } = current;
    const forming = symbolMarket.forming ?? { ...candle, high: candle.open, low: candle.open, close: candle.open };
    symbolMarket.forming = {
      ...forming,
      volume: candle.volume * share,
      quoteVolume: candle.quoteVolume * share,
      trades: Math.max(1, Math.floor(candle.trades * share)),
      takerBuyVolume: candle.takerBuyVolume * share,
    };
  }

  #tell(symbolMarket: SymbolMarket, time: number): void {
    const exchange = this.#exchange;
    if (exchange === null) return;
    const { instrument, last, mark, series } = symbolMarket;
    exchange.onPrice(
      instrument.symbol,
      { last: atLeastOne(nearestTick(instrument, last)), mark: atLeastOne(nearestTick(instrument, mark)), quoteVolume24h: series.day()?.quoteVolume ?? 0 },
      epochMs(Math.floor(time)),
    );
  }

  #settleFunding(from: number, to: number): void {
    const exchange = this.#exchange;
    const settlement = Math.floor(to / FUNDING_MS) * FUNDING_MS;
    if (exchange === null || settlement <= from) return;
    for (const symbolMarket of this.symbols.values())
      exchange.settleFunding(symbolMarket.instrument.symbol, Math.round(this.fundingRate(symbolMarket) * 1e8), epochMs(settlement));
  }
}

function atLeastOne(value: Ticks): Ticks {
  return value < 1 ? ticks(1) : value;
}
