// The last known price, mark, funding and spread of every watched market, fed by day tickers, mini tickers, mark prices and book tickers.
import type { z } from 'zod';
import { epochMs, type EpochMs } from '../../../src-shared/kernel/units.ts';
import type { BookTicker } from './book-stream.ts';
import type { MarketPrice } from '../../core/ports.ts';
import type { PolledPrices } from './quote-poll.ts';
import type { dayTickersSchema, premiumsSchema } from './rest-schemas.ts';
import type { markPriceEventSchema, miniTickerEventSchema } from './stream-schemas.ts';

interface Quote {
  last: number;
  mark: number;
  open24h: number;
  quoteVolume24h: number;
  fundingRate: number;
  nextFundingTime: EpochMs | null;
  /** Fraction of the middle price and when it was true; null before the first quote and for an empty side. */
  spread: { readonly fraction: number; readonly time: number } | null;
  time: EpochMs;
}

const COIN_MARGINED = 2;

/** Quotes come every five seconds; after so long without one the spread counts as unknown. */
const SPREAD_AGE_MS = 30_000;

export class QuoteTable {
  /** Exchange milliseconds per wall millisecond. */
  readonly #speed: () => number;
  readonly #quotes = new Map<string, Quote>();
  #lastEventAt: EpochMs | null = null;

  constructor(speed: () => number) {
    this.#speed = speed;
  }

  /** Newest event time of any market. */
  get lastEventAt(): EpochMs | null {
    return this.#lastEventAt;
  }

  /** Starts over with these symbols; those without a ticker stay unknown until one comes. */
  load(symbols: readonly string[], tickers: z.infer<typeof dayTickersSchema>['rows'], premiums: z.infer<typeof premiumsSchema>['rows']): void {
    const wanted = new Set(symbols);
    for (const known of [...this.#quotes.keys()]) if (!wanted.has(known)) this.#quotes.delete(known);
    for (const { symbol, lastPrice, openPrice, quoteVolume, closeTime } of tickers) {
      if (!wanted.has(symbol)) continue;
      const before = this.#quotes.get(symbol);
      if (before !== undefined && before.time > closeTime) continue;
      const fresh = { last: lastPrice, open24h: openPrice, quoteVolume24h: quoteVolume, time: epochMs(closeTime) };
      this.#quotes.set(symbol, { mark: lastPrice, fundingRate: 0, nextFundingTime: null, spread: null, ...before, ...fresh });
    }
    for (const { symbol, markPrice, lastFundingRate, nextFundingTime } of premiums) {
      const quote = this.#quotes.get(symbol);
      if (quote === undefined) continue;
      Object.assign(quote, { mark: markPrice, fundingRate: lastFundingRate, nextFundingTime: nextFundingTime > 0 ? epochMs(nextFundingTime) : null });
    }
  }

  /** All-market arrays mix both kinds of futures: only known symbols of ours count. Gives the symbols that changed. */
  applyMiniTickers(rows: z.infer<typeof miniTickerEventSchema>['rows']): readonly string[] {
    const changed: string[] = [];
    for (const { s, c, o, q, E, st } of rows) {
      const quote = this.#quotes.get(s);
      if (quote === undefined || st === COIN_MARGINED || E < quote.time) continue;
      Object.assign(quote, { last: c, open24h: o, quoteVolume24h: q, time: epochMs(E) });
      changed.push(s);
    }
    return changed;
  }

  applyMarkPrices(rows: z.infer<typeof markPriceEventSchema>['rows']): readonly string[] {
    const changed: string[] = [];
    for (const { s, p, r, T, E, st } of rows) {
      const quote = this.#quotes.get(s);
      if (quote === undefined || st === COIN_MARGINED) continue;
      quote.mark = p;
      if (typeof r === 'number') quote.fundingRate = r;
      quote.nextFundingTime = T > 0 ? epochMs(T) : null;
      if (E > quote.time) quote.time = epochMs(E);
      changed.push(s);
    }
    return changed;
  }

  /** Prices asked for while the streams are down. Gives the symbols that changed. */
  applyPolled({ premiums, lasts }: PolledPrices): readonly string[] {
    const changed = new Set<string>();
    for (const { symbol, markPrice, lastFundingRate, nextFundingTime, time } of premiums) {
      const quote = this.#quotes.get(symbol);
      if (quote === undefined || time < quote.time) continue;
      Object.assign(quote, {
        mark: markPrice,
        fundingRate: lastFundingRate,
        nextFundingTime: nextFundingTime > 0 ? epochMs(nextFundingTime) : null,
        time: epochMs(time),
      });
      changed.add(symbol);
    }
    for (const { symbol, price } of lasts) {
      const quote = this.#quotes.get(symbol);
      if (quote === undefined || !changed.has(symbol)) continue;
      quote.last = price;
    }
    return [...changed];
  }

  applyBookTicker({ s, b, a, E, st }: BookTicker): void {
    const quote = this.#quotes.get(s);
    if (quote === undefined || st === COIN_MARGINED || (quote.spread !== null && E < quote.spread.time)) return;
    quote.spread = b > 0 && a > 0 ? { fraction: (2 * (a - b)) / (a + b), time: E } : null;
  }

  prices(symbols: readonly string[]): readonly MarketPrice[] {
    const prices: MarketPrice[] = [];
    for (const symbol of symbols) {
      const quote = this.#quotes.get(symbol);
      if (quote === undefined) continue;
      const { last, mark, open24h, quoteVolume24h, fundingRate, nextFundingTime, spread, time } = quote;
      const isSpreadRecent = spread !== null && time - spread.time <= SPREAD_AGE_MS * this.#speed();
      const change24h = open24h > 0 ? last / open24h - 1 : 0;
      const spreadFraction = isSpreadRecent ? spread.fraction : null;
      prices.push({ symbol, last, mark, change24h, quoteVolume24h, fundingRate, nextFundingTime, spreadFraction, time });
      if (this.#lastEventAt === null || time > this.#lastEventAt) this.#lastEventAt = time;
    }
    return prices;
  }

  /** Price of an asset in USDT, null when its market is not watched. */
  priceOf(asset: string): number | null {
    return this.#quotes.get(`${asset}USDT`)?.mark ?? null;
  }
}
