// The last known price, mark and funding of every watched market, fed by day tickers, mini tickers and mark prices.
import type { z } from 'zod';
import { epochMs, type EpochMs } from '../../../src-shared/kernel/units.ts';
import type { MarketPrice } from '../../core/ports.ts';
import type { dayTickersSchema, premiumsSchema } from './rest-schemas.ts';
import type { markPriceEventSchema, miniTickerEventSchema } from './stream-schemas.ts';

interface Quote {
  last: number;
  mark: number;
  open24h: number;
  quoteVolume24h: number;
  fundingRate: number;
  nextFundingTime: EpochMs | null;
  time: EpochMs;
}

const COIN_MARGINED = 2;

export class QuoteTable {
  readonly #quotes = new Map<string, Quote>();
  #lastEventAt: EpochMs | null = null;

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
      this.#quotes.set(symbol, { mark: lastPrice, fundingRate: 0, nextFundingTime: null, ...before, ...fresh });
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

  prices(symbols: readonly string[]): readonly MarketPrice[] {
    const prices: MarketPrice[] = [];
    for (const symbol of symbols) {
      const quote = this.#quotes.get(symbol);
      if (quote === undefined) continue;
      const { last, mark, open24h, quoteVolume24h, fundingRate, nextFundingTime, time } = quote;
      prices.push({ symbol, last, mark, change24h: open24h > 0 ? last / open24h - 1 : 0, quoteVolume24h, fundingRate, nextFundingTime, time });
      if (this.#lastEventAt === null || time > this.#lastEventAt) this.#lastEventAt = time;
    }
    return prices;
  }

  /** Price of an asset in USDT, null when its market is not watched. */
  priceOf(asset: string): number | null {
    return this.#quotes.get(`${asset}USDT`)?.mark ?? null;
  }
}
