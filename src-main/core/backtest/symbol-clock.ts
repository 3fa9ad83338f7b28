// One symbol under the historical clock: which candle is open now, what its price and activity are, and how a hole in its data is mended.
import type { Candle, Timeframe } from '../../../src-shared/domain/candle.ts';
import { timeframeMs } from '../../../src-shared/domain/candle.ts';
import { nearestTick, ticksToPrice } from '../../../src-shared/domain/instrument.ts';
import { ticks, type EpochMs, type Ticks } from '../../../src-shared/kernel/units.ts';
import { BAR_MS, candleOf, emptySlot, firstAt, fundingRateAt, readCandle, type PriceHistory } from './price-history.ts';
import type { MarketPrice } from '../ports.ts';
import type { MarketQuote } from '../venue/desk.ts';

const DAY_BARS = 288;
const FUNDING_MS = 8 * 3_600_000;
const HOUR_MS = timeframeMs('1h');

/** What the engine is told when a candle has closed. */
export type ClosedBar =
  /** The candle is valid until the next one of the symbol. */
  | { readonly kind: 'candle'; readonly candle: Candle }
  /** The first whole hour after a hole: every timeframe starts anew with these. */
  | { readonly kind: 'restart'; readonly history: Readonly<Record<Timeframe, readonly Candle[]>> }
  | { readonly kind: 'waiting' };

export class SymbolClock {
  readonly symbol: string;
  readonly history: PriceHistory;
  /** Index of the candle that opens now or next. */
  next: number;
  /** Price of the venue in ticks; 0 before the first candle. */
  price: Ticks = ticks(0);
  /** Engine time of the price. */
  priceAt = 0;
  #quoteVolume = 0;
  #volumeFrom: number;
  #restart: Candle[] | null = null;
  #fundingRate = 0;
  readonly #slot = emptySlot();
  readonly #closed: ClosedBar = { kind: 'candle', candle: this.#slot };

  constructor(history: PriceHistory, start: number) {
    this.history = history;
    this.symbol = history.instrument.symbol;
    this.next = firstAt(history.openTime, start);
    this.#volumeFrom = this.next;
  }

  /** True when a candle opens at `time`. */
  opensAt(time: number): boolean {
    return this.history.openTime[this.next] === time;
  }

  setPrice(price: number, time: number): void {
    this.price = ticks(Math.max(1, nearestTick(this.history.instrument, price)));
    this.priceAt = time;
  }

  quote(): MarketQuote {
    return { last: this.price, mark: this.price, quoteVolume24h: this.#quoteVolume };
  }

  /** The newest price as the feed would tell it. The funding rate is the one last paid. */
  marketPrice(time: EpochMs): MarketPrice {
    const { close } = this.history;
    const last = ticksToPrice(this.history.instrument, this.price);
    const dayAgo = close[Math.max(this.#volumeFrom, this.next - DAY_BARS)];
    return {
      symbol: this.symbol,
      last,
      mark: last,
      change24h: dayAgo === undefined || this.next === this.#volumeFrom ? 0 : last / dayAgo - 1,
      quoteVolume24h: this.#quoteVolume,
      fundingRate: this.#fundingRate,
      nextFundingTime: ((Math.floor(time / FUNDING_MS) + 1) * FUNDING_MS) as EpochMs,
      time,
    };
  }

  /** Rate paid at `time`, in units of 1e-8. */
  fundingE8(time: number, fallbackE8: number): number {
    const rate = fundingRateAt(this.history.funding, time, fallbackE8);
    this.#fundingRate = rate / 1e8;
    return rate;
  }

  /** Ends the open candle and moves on. */
  close(): ClosedBar {
    const index = this.next;
    const { history } = this;
    this.next += 1;
    this.#quoteVolume += history.quoteVolume[index]!;
    if (index - this.#volumeFrom >= DAY_BARS) {
      this.#quoteVolume -= history.quoteVolume[this.#volumeFrom]!;
      this.#volumeFrom += 1;
    }
    if (index > 0 && history.openTime[index]! - history.openTime[index - 1]! !== BAR_MS && this.#hasStarted(index)) this.#startAnew(index);
    if (this.#restart === null) {
      readCandle(history, index, this.#slot);
      return this.#closed;
    }
    this.#restart.push(candleOf(history, index));
    const hour = bucketsOf(this.#restart, '1h');
    if (hour.length === 0) return { kind: 'waiting' };
    const restart = { '5m': this.#restart, '15m': bucketsOf(this.#restart, '15m'), '1h': hour };
    this.#restart = null;
    return { kind: 'restart', history: restart };
  }

  #hasStarted(index: number): boolean {
    return index > this.#volumeFrom;
  }

  #startAnew(index: number): void {
    this.#restart = [];
    this.#quoteVolume = this.history.quoteVolume[index]!;
    this.#volumeFrom = index;
  }
}

/** Whole candles of a larger timeframe made of consecutive 5m candles. */
export function bucketsOf(candles: readonly Candle[], timeframe: Exclude<Timeframe, '5m'>): readonly Candle[] {
  const step = timeframe === '1h' ? HOUR_MS : timeframeMs(timeframe);
  const parts = step / BAR_MS;
  const buckets: Candle[] = [];
  for (let first = 0; first + parts <= candles.length; first += 1) {
    const run = candles.slice(first, first + parts);
    const [head] = run;
    const last = run.at(-1);
    if (head === undefined || last === undefined || head.openTime % step !== 0 || last.openTime !== head.openTime + step - BAR_MS) continue;
    const sum = (read: (candle: Candle) => number): number => run.reduce((total, candle) => total + read(candle), 0);
    buckets.push({
      openTime: head.openTime,
      open: head.open,
      high: Math.max(...run.map((candle) => candle.high)),
      low: Math.min(...run.map((candle) => candle.low)),
      close: last.close,
      volume: sum((candle) => candle.volume),
      quoteVolume: sum((candle) => candle.quoteVolume),
      trades: sum((candle) => candle.trades),
      takerBuyVolume: sum((candle) => candle.takerBuyVolume),
    });
  }
  return buckets;
}
