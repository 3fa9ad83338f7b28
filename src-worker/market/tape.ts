// The public trade tape: one aggregate trade for each price the market visits, its size from the candle's volume.
import type { Market } from './market.ts';
import type { PriceStep, SymbolMarket } from './symbol-market.ts';

const KEPT = 200;
const FIRST_ID = 1_000_001;
/** A price step stands for this many trades of the candle's volume. */
const STEPS_PER_CANDLE = 24;

export interface AggregateTrade {
  readonly id: number;
  readonly price: number;
  readonly quantity: number;
  readonly time: number;
  readonly isBuyerMaker: boolean;
}

export class Tape {
  readonly #trades = new Map<string, AggregateTrade[]>();
  readonly #last = new Map<string, number>();
  /** Ids count up by one within a symbol, so that a client can see a lost trade. */
  readonly #nextIds = new Map<string, number>();

  constructor(market: Market) {
    for (const symbolMarket of market.symbols.values()) for (const step of symbolMarket.recentPrices()) this.#record(symbolMarket, step);
    market.onPrice((symbolMarket, step) => this.#record(symbolMarket, step));
  }

  /** Newest last. */
  recent(symbol: string): readonly AggregateTrade[] {
    return this.#trades.get(symbol) ?? [];
  }

  #record(symbolMarket: SymbolMarket, step: PriceStep): void {
    const { symbol } = symbolMarket.instrument;
    const volume = symbolMarket.series.last?.volume ?? 0;
    const scale = 10 ** symbolMarket.instrument.quantityScale;
    const id = this.#nextIds.get(symbol) ?? FIRST_ID;
    this.#nextIds.set(symbol, id + 1);
    // Sizes differ from trade to trade, by a number that depends on the id alone.
    const unevenness = 0.2 + 1.6 * ((Math.imul(id, 0x9e3779b1) >>> 0) / 4_294_967_296);
    const trade: AggregateTrade = {
      id,
      price: step.price,
      quantity: Math.max(1, Math.round((volume / STEPS_PER_CANDLE) * unevenness * scale)) / scale,
      time: Math.floor(step.time),
      isBuyerMaker: step.price < (this.#last.get(symbol) ?? step.price),
    };
    this.#last.set(symbol, step.price);
    const trades = this.#trades.get(symbol);
    if (trades === undefined) this.#trades.set(symbol, [trade]);
    else {
      trades.push(trade);
      if (trades.length > KEPT * 2) trades.splice(0, trades.length - KEPT);
    }
  }
}
