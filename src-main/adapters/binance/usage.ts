// Carries the exchange's own counts of weight and orders from the SDK's last headers into the limiter.
import type { USDMClient } from 'binance';
import type { RateLimiter } from './rate-limiter.ts';

/** The SDK keeps each header's last value; an unchanged one may be an old one and tells nothing new. */
export class UsageReader {
  readonly #client: USDMClient;
  readonly #limiter: RateLimiter;
  readonly #seen = new Map<string, number>();

  constructor(client: USDMClient, limiter: RateLimiter) {
    this.#client = client;
    this.#limiter = limiter;
  }

  /** After the answer to a call that left at `sentAt` (limiter time). */
  read(sentAt: number): void {
    const states: Readonly<Record<string, unknown>> = { ...this.#client.getRateLimitStates() };
    const changed = (header: string): number | null => {
      const value = states[header];
      if (typeof value !== 'number' || value === (this.#seen.get(header) ?? 0)) return null;
      this.#seen.set(header, value);
      return value;
    };
    const weight = changed('x-mbx-used-weight-1m');
    if (weight !== null) this.#limiter.correct(weight, sentAt);
    this.#limiter.correctOrders(changed('x-mbx-order-count-10s'), changed('x-mbx-order-count-1m'));
  }
}
