// The newest price of every market, with the event time it carries.
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import type { MarketPrice } from '../ports.ts';

/** Newest prices by symbol. An update older than what is stored is dropped; staleness is measured from event time. */
export class PriceTable {
  private readonly prices = new Map<string, MarketPrice>();

  /** Applies a batch and returns the symbols that changed. */
  update(batch: readonly MarketPrice[]): readonly string[] {
    let changed: string[] | null = null;
    for (const price of batch) {
      const known = this.prices.get(price.symbol);
      if (known !== undefined && known.time > price.time) continue;
      this.prices.set(price.symbol, price);
      if (changed === null) changed = [price.symbol];
      else changed.push(price.symbol);
    }
    return changed ?? [];
  }

  get(symbol: string): MarketPrice | null {
    return this.prices.get(symbol) ?? null;
  }

  /** Milliseconds since the price of `symbol` was true at the exchange, or Infinity when there is none. */
  ageMs(symbol: string, now: EpochMs): number {
    const known = this.prices.get(symbol);
    return known === undefined ? Infinity : now - known.time;
  }

  /** Share of `symbols` whose 24 h change is positive; NaN when none is known. */
  breadth(symbols: readonly string[]): number {
    let known = 0;
    let rising = 0;
    for (const symbol of symbols) {
      const price = this.prices.get(symbol);
      if (price === undefined) continue;
      known += 1;
      if (price.change24h > 0) rising += 1;
    }
    return known === 0 ? Number.NaN : rising / known;
  }
}
