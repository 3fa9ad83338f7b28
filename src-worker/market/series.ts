// The venue's candles of one symbol as growing columns, and larger intervals and day statistics derived from them.
import type { Candle } from '../../src-shared/domain/candle.ts';
import { bucketOpen, INTERVALS } from './intervals.ts';
import { FIVE_MINUTES } from './source.ts';

const FIELDS = 9;
export const DAY_BARS = 288;
/** About 57 days of five minutes. */
const MOST_CANDLES = 16_384;
const FORGOTTEN_AT_ONCE = 4096;

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
    if (this.#count >= MOST_CANDLES) this.#forgetOldest();
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

  /** A venue that runs all night at a thousand times real time must not fill the memory. */
  #forgetOldest(): void {
    this.#data.copyWithin(0, FORGOTTEN_AT_ONCE * FIELDS, this.#count * FIELDS);
    this.#count -= FORGOTTEN_AT_ONCE;
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

export interface CandleRequest {
  readonly interval: string;
  readonly from: number;
  /** Inclusive. */
  readonly to: number;
  readonly limit: number;
  /** True: the newest `limit` of the range; false: the oldest. */
  readonly newest: boolean;
}

/** Merges candles, oldest first, into those of a larger interval; the last one may be unfinished. */
export function mergeCandles(candles: Iterable<Candle>, request: CandleRequest): readonly Candle[] {
  const buckets: Candle[] = [];
  let current: Candle | null = null;
  for (const candle of candles) {
    if (candle.openTime > request.to) break;
    const open = bucketOpen(request.interval, candle.openTime);
    if (open < request.from) continue;
    if (current === null || current.openTime !== open) {
      if (buckets.length >= request.limit && !request.newest) break;
      current = { ...candle, openTime: open as Candle['openTime'] };
      buckets.push(current);
      continue;
    }
    current = joinCandles(current, candle);
    buckets[buckets.length - 1] = current;
  }
  return buckets.slice(-request.limit);
}

function joinCandles(first: Candle, second: Candle): Candle {
  return {
    openTime: first.openTime,
    open: first.open,
    high: Math.max(first.high, second.high),
    low: Math.min(first.low, second.low),
    close: second.close,
    volume: first.volume + second.volume,
    quoteVolume: first.quoteVolume + second.quoteVolume,
    trades: first.trades + second.trades,
    takerBuyVolume: first.takerBuyVolume + second.takerBuyVolume,
  };
}

/** Candles of an interval of at least 5 minutes from the closed series and the forming candle. */
export function aggregateSeries(series: CandleSeries, forming: Candle | null, request: CandleRequest): readonly Candle[] {
  const step = INTERVALS[request.interval] ?? FIVE_MINUTES;
  const lastOpen = Math.min(request.to, forming?.openTime ?? series.last?.openTime ?? request.to);
  const start = request.newest ? Math.max(request.from, bucketOpen(request.interval, lastOpen) - (request.limit - 1) * step) : request.from;
  const first = bucketOpen(request.interval, start);
  function* walk(): Generator<Candle> {
    for (let index = series.lowerBound(first); index < series.count; index += 1) yield series.at(index);
    if (forming !== null && forming.openTime >= first) yield forming;
  }
  return mergeCandles(walk(), request);
}
