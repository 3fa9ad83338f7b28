// Prices by request while the market streams bring none: never older than CACHE_TTL_TICKER, so that open positions stay watched.
import type { z } from 'zod';
import type { CallOptions, Gateway } from './gateway.ts';
import { lastPricesSchema, premiumsSchema } from './rest-schemas.ts';

/** Marks watch open positions, so they may use the share of comparisons. */
const MARKS: CallOptions = { name: 'mark prices', weight: 10, priority: 'data', share: 'reconcile', isMutation: false };
const LASTS: CallOptions = { name: 'last prices', weight: 2, priority: 'data', share: 'reconcile', isMutation: false };

export interface PolledPrices {
  readonly premiums: z.infer<typeof premiumsSchema>['rows'];
  readonly lasts: z.infer<typeof lastPricesSchema>['rows'];
}

export class QuotePoll {
  readonly #gateway: Gateway;
  readonly #onPrices: (prices: PolledPrices) => void;
  /** Wall time of the newest price, asked for or streamed, or of the last question. */
  #at = performance.now();
  #isAsking = false;

  constructor(gateway: Gateway, onPrices: (prices: PolledPrices) => void) {
    this.#gateway = gateway;
    this.#onPrices = onPrices;
  }

  /** A price came. */
  heard(): void {
    this.#at = performance.now();
  }

  /** Called now and then: asks when the newest price is `lifeMs` old. */
  look(lifeMs: number): void {
    if (this.#isAsking || performance.now() - this.#at < lifeMs) return;
    this.#at = performance.now();
    void this.#ask();
  }

  async #ask(): Promise<void> {
    this.#isAsking = true;
    const premiums = await this.#gateway.call(MARKS, premiumsSchema, (client) => client.getMarkPrice());
    const lasts = premiums.ok ? await this.#gateway.call(LASTS, lastPricesSchema, (client) => client.getSymbolPriceTickerV2()) : null;
    this.#isAsking = false;
    if (premiums.ok) this.#onPrices({ premiums: premiums.value.rows, lasts: lasts?.ok === true ? lasts.value.rows : [] });
  }
}
