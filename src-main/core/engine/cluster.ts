// Which open positions move together with a symbol; kept for an hour because correlations change slowly.
import type { Side } from '../../../src-shared/domain/signal.ts';
import type { MarketState } from '../structure/market-state.ts';
import { returnCorrelation } from './correlation.ts';

const NONE: Readonly<Record<Side, number>> = { long: 0, short: 0 };

export interface OpenSide {
  readonly symbol: string;
  readonly side: Side;
}

export class ClusterIndex {
  readonly #market: MarketState;
  /** Of the newest hour only: else every pair that was ever asked about would stay. */
  readonly #cache = new Map<string, { readonly atHour: number; readonly value: number }>();
  #hour = -Infinity;

  constructor(market: MarketState) {
    this.#market = market;
  }

  /** Pairs remembered. */
  get size(): number {
    return this.#cache.size;
  }

  /** Correlation of hourly returns, NaN while unknown. Symmetric. */
  correlation(a: string, b: string): number {
    if (a === b) return 1;
    const bookA = this.#market.get(a)?.frames['1h'].book;
    const bookB = this.#market.get(b)?.frames['1h'].book;
    if (bookA === undefined || bookB === undefined) return Number.NaN;
    const key = a < b ? `${a} ${b}` : `${b} ${a}`;
    const atHour = Math.min(bookA.lastOpenTime, bookB.lastOpenTime);
    if (atHour > this.#hour) {
      this.#cache.clear();
      this.#hour = atHour;
    }
    const cached = this.#cache.get(key);
    if (cached !== undefined && cached.atHour === atHour) return cached.value;
    const value = returnCorrelation(bookA, bookB);
    this.#cache.set(key, { atHour, value });
    return value;
  }

  /** How many open positions of each side are correlated with `symbol` at `threshold` or more. Unknown counts as correlated. */
  countCorrelated(symbol: string, open: readonly OpenSide[], threshold: number): Readonly<Record<Side, number>> {
    if (open.length === 0) return NONE;
    const counts = { long: 0, short: 0 };
    for (const position of open) {
      const value = this.correlation(symbol, position.symbol);
      if (!Number.isFinite(value) || value >= threshold) counts[position.side] += 1;
    }
    return counts;
  }
}
