// The running market: moves every symbol along its path, tells the exchange each price, and closes candles exactly once.
import { nearestTick, type Instrument } from '../../src-shared/domain/instrument.ts';
import { epochMs, ticks, type Ticks } from '../../src-shared/kernel/units.ts';
import type { Exchange } from '../../src-main/core/venue/exchange.ts';
import type { FollowedPrice } from './followed.ts';
import { USUAL_HOURS } from './funding.ts';
import { FIVE_MINUTES, type MarketSource } from './source.ts';
import { PATHS_KEPT, SymbolMarket, type PriceStep } from './symbol-market.ts';

/** Hears every price of every symbol, in order. */
export type PriceListener = (symbolMarket: SymbolMarket, step: PriceStep) => void;

export class Market {
  readonly symbols = new Map<string, SymbolMarket>();
  readonly #source: MarketSource;
  readonly #listeners: PriceListener[] = [];
  readonly #followed = new Map<string, FollowedPrice>();
  #exchange: Exchange | null = null;
  #now: number;
  /** Prices told since the start, for measuring load. */
  priceSteps = 0;

  /** Builds all history up to `now`; nobody is told of it. `shifts` are the gaps an earlier run went through. */
  constructor(source: MarketSource, now: number, shifts: readonly (readonly [string, number])[] = []) {
    this.#source = source;
    this.#now = now;
    const formingOpen = Math.floor(now / FIVE_MINUTES) * FIVE_MINUTES;
    for (const instrument of source.instruments) {
      const { symbol } = instrument;
      const symbolMarket = new SymbolMarket(instrument, now, source.fundingHours(symbol));
      this.symbols.set(symbol, symbolMarket);
      const recordedFunding = (settlement: number): number | null => source.fundingAt(symbol, settlement);
      for (let openTime = source.firstOpenTime(symbol); openTime < formingOpen; openTime += FIVE_MINUTES) {
        const made = source.candleAt(symbol, openTime);
        if (made !== null) symbolMarket.absorb(made, { recordedFunding, keepsPath: openTime >= formingOpen - PATHS_KEPT * FIVE_MINUTES });
      }
      symbolMarket.shift = shifts.find(([name]) => name === symbol)?.[1] ?? 1;
      symbolMarket.open(source.candleAt(symbol, formingOpen));
      symbolMarket.move(now, () => undefined);
    }
  }

  get now(): number {
    return this.#now;
  }

  shifts(): readonly (readonly [string, number])[] {
    return [...this.symbols].filter(([, entry]) => entry.shift !== 1).map(([symbol, entry]) => [symbol, entry.shift]);
  }

  onPrice(listener: PriceListener): void {
    this.#listeners.push(listener);
  }

  /** From now on every price reaches this exchange. */
  connect(exchange: Exchange): void {
    this.#exchange = exchange;
    for (const symbolMarket of this.symbols.values())
      if (symbolMarket.last > 0) this.#tell(symbolMarket, { price: symbolMarket.last, mark: symbolMarket.mark, time: this.#now });
  }

  /** Moves to `now`, candle by candle so that no symbol runs ahead of the others by more than 5 minutes. */
  advance(now: number): void {
    while (this.#now < now) {
      const boundary = (Math.floor(this.#now / FIVE_MINUTES) + 1) * FIVE_MINUTES;
      const target = Math.min(now, boundary);
      for (const symbolMarket of this.symbols.values()) {
        symbolMarket.move(target, (step) => this.#tell(symbolMarket, step));
        if (target === boundary) this.#close(symbolMarket, boundary);
      }
      if (target === boundary) this.#settleFunding(boundary);
      this.#exchange?.onTime(epochMs(Math.floor(target)));
      this.#now = target;
    }
  }

  /** Lists a contract that came after the start, or replaces its rules; prices and account stay. */
  list(instrument: Instrument): void {
    this.#exchange?.list(instrument);
    const known = this.symbols.get(instrument.symbol);
    if (known === undefined) this.symbols.set(instrument.symbol, new SymbolMarket(instrument, this.#now, USUAL_HOURS));
    else known.instrument = instrument;
  }

  /** A price seen at another exchange; false for a contract that is not listed. */
  follow(price: FollowedPrice): boolean {
    const symbolMarket = this.symbols.get(price.symbol);
    if (symbolMarket === undefined) return false;
    symbolMarket.follow({ price: price.last, mark: price.mark, time: this.#now });
    this.#followed.set(price.symbol, price);
    if (price.nextFundingTime !== null && price.nextFundingTime > this.#now) symbolMarket.announced.announce(price.nextFundingTime, price.fundingRate);
    this.#tell(symbolMarket, { price: price.last, mark: price.mark, time: this.#now });
    return true;
  }

  /** Contracts of the market as they are now. */
  instruments(): readonly Instrument[] {
    return [...this.symbols.values()].map(({ instrument }) => instrument);
  }

  /** Moves a symbol's price at once by a fraction, e.g. −0.08, through whatever rests there. */
  gap(symbol: string, fraction: number): boolean {
    const symbolMarket = this.symbols.get(symbol);
    symbolMarket?.gap(fraction, this.#now, (step) => this.#tell(symbolMarket, step));
    return symbolMarket !== undefined;
  }

  #close(symbolMarket: SymbolMarket, boundary: number): void {
    const { symbol } = symbolMarket.instrument;
    symbolMarket.close(boundary, (settlement) => this.#followed.get(symbol)?.fundingRate ?? this.#source.fundingAt(symbol, settlement));
    symbolMarket.open(this.#source.candleAt(symbol, boundary));
  }

  #tell(symbolMarket: SymbolMarket, step: PriceStep): void {
    const { instrument, series } = symbolMarket;
    this.priceSteps += 1;
    this.#exchange?.onPrice(
      instrument.symbol,
      {
        last: atLeastOne(nearestTick(instrument, step.price)),
        mark: atLeastOne(nearestTick(instrument, step.mark)),
        quoteVolume24h: this.#followed.get(instrument.symbol)?.quoteVolume24h ?? series.day()?.quoteVolume ?? 0,
      },
      epochMs(Math.floor(step.time)),
    );
    for (const listener of this.#listeners) listener(symbolMarket, step);
  }

  #settleFunding(boundary: number): void {
    if (this.#exchange === null) return;
    for (const { instrument, fundings } of this.symbols.values()) {
      const settled = fundings.at(-1);
      if (settled?.time === boundary && this.#exchange.quote(instrument.symbol) !== null)
        this.#exchange.settleFunding(instrument.symbol, Math.round(settled.rate * 1e8), epochMs(boundary));
    }
  }
}

function atLeastOne(value: Ticks): Ticks {
  return value < 1 ? ticks(1) : value;
}
