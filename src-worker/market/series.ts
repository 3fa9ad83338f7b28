// The venue's candles of one symbol as growing columns, and larger intervals and day statistics derived from them.
import type { Candle } from '../../src-shared/domain/candle.ts';
import { FIVE_MINUTES } from './source.ts';

const FIELDS = 9;
const DAY_BARS = 288;

export interface DayStatistics {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly volume: number;
  readonly quoteVolume: number;
  readonly trades: number;
}

export class CandleSeries {
  #data = new Float64Array(FIELDS * 8192);
  #count = 0;
  #day: DayStatistics | null = null;

  get count(): number {
    return this.#count;
  }

  append(candle: Candle): void {
    if ((this.#count + 1) * FIELDS > this.#data.length) {
      const grown = new Float64Array(this.#data.length * 2);
      grown.set(this.#data);
      this.#data = grown;
    }
    this.#data.set(
      [candle.openTime, candle.open, candle.high, candle.low, candle.close, candle.volume, candle.quoteVolume, candle.trades, candle.takerBuyVolume],
      this.#count * FIELDS,
    );
    this.#count += 1;
    this.#day = null;
  }

  at(index: number): Candle {
    const at = index * FIELDS;
    const field = (offset: number): number => this.#data[at + offset] ?? Number.NaN;
    return {
      openTime: field(0) as Candle['openTime'],
      open: field(1),
      high: field(2),
      low: field(3),
      close: field(4),
      volume: field(5),
      quoteVolume: field(6),
      trades: field(7),
      takerBuyVolume: field(8),
    };
  }

  get last(): Candle | null {
    return this.#count === 0 ? null : this.at(this.#count - 1);
  }

  /** Index of the first candle that opens at or after `time`. */
  lowerBound(time: number): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#data[middle * FIELDS] ?? 0) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Closed 5m candles of the last day. */
  day(): DayStatistics | null {
    if (this.#count === 0) return null;
    if (this.#day !== null) return this.#day;
    const first = Math.max(0, this.#count - DAY_BARS);
    let high = -Infinity;
    let low = Infinity;
    let volume = 0;
    let quoteVolume = 0;
    let trades = 0;
    for (let index = first; index < this.#count; index += 1) {
      const candle = this.at(index);
      high = Math.max(high, candle.high);
      low = Math.min(low, candle.low);
      volume += candle.volume;
      quoteVolume += candle.quoteVolume;
      trades += candle.trades;
    }
    this.#day = { open: this.at(first).open, high, low, volume, quoteVolume, trades };
    return this.#day;
  }
}

/** Candles of `stepMs` (a multiple of 5 minutes) from `from` to `to` inclusive, newest `limit`; the last one may be unfinished. */
export function aggregateSeries(
  series: CandleSeries,
  forming: Candle | null,
  request: { readonly stepMs: number; readonly from: number; readonly to: number; readonly limit: number; readonly newest: boolean },
): Candle[] {
  const { stepMs, from, to, limit, newest } = request;
  const lastOpen = Math.min(to, forming?.openTime ?? series.last?.openTime ?? to);
  const start = newest
    ? Math.max(from, Math.floor(lastOpen / stepMs) * stepMs - (limit - 1) * stepMs)
    : Math.floor(from / stepMs) * stepMs + (from % stepMs === 0 ? 0 : stepMs);
  const buckets: Candle[] = [];
  let current: Candle | null = null;
  const take = (candle: Candle): boolean => {
    if (candle.openTime > to) return false;
    const bucketOpen = Math.floor(candle.openTime / stepMs) * stepMs;
    if (current === null || current.openTime !== bucketOpen) {
      if (buckets.length >= limit && !newest) return false;
      current = { ...candle, openTime: bucketOpen as Candle['openTime'] };
      buckets.push(current);
      return true;
    }
    current = {
      openTime: current.openTime,
      open: current.open,
      high: Math.max(current.high, candle.high),
      low: Math.min(current.low, candle.low),
      close: candle.close,
      volume: current.volume + candle.volume,
      quoteVolume: current.quoteVolume + candle.quoteVolume,
      trades: current.trades + candle.trades,
      takerBuyVolume: current.takerBuyVolume + candle.takerBuyVolume,
    };
    buckets[buckets.length - 1] = current;
    return true;
  };
  let isOpen = true;
  for (let index = series.lowerBound(start); index < series.count && isOpen; index += 1) isOpen = take(series.at(index));
  if (isOpen && forming !== null && forming.openTime >= start) take(forming);
  return buckets.slice(-limit);
}

export const INTERVALS: Readonly<Record<string, number>> = {
  '5m': FIVE_MINUTES,
  '15m': 3 * FIVE_MINUTES,
  '30m': 6 * FIVE_MINUTES,
  '1h': 12 * FIVE_MINUTES,
  '2h': 24 * FIVE_MINUTES,
  '4h': 48 * FIVE_MINUTES,
  '6h': 72 * FIVE_MINUTES,
  '8h': 96 * FIVE_MINUTES,
  '12h': 144 * FIVE_MINUTES,
  '1d': 288 * FIVE_MINUTES,
};
