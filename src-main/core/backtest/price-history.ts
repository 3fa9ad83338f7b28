// Candles of one symbol as columns for a historical clock: what a file holds, without gaps being bridged.
import type { Candle } from '../../../src-shared/domain/candle.ts';
import type { Instrument } from '../../../src-shared/domain/instrument.ts';
import { epochMs } from '../../../src-shared/kernel/units.ts';

export const BAR_MS = 300_000;

/** Funding rates of one symbol, oldest first. Rates in units of 1e-8. */
export interface FundingHistory {
  readonly times: Float64Array;
  readonly ratesE8: Float64Array;
}

/** 5m candles as columns of one length, oldest first, aligned, strictly increasing; holes stay holes. */
export interface PriceHistory {
  readonly instrument: Instrument;
  readonly openTime: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** Base-asset volume. */
  readonly volume: Float64Array;
  readonly quoteVolume: Float64Array;
  readonly trades: Float64Array;
  readonly takerBuyVolume: Float64Array;
  /** Null when no rates are known. */
  readonly funding: FundingHistory | null;
}

/** The candle at `index`; the index must exist. */
export function candleOf(history: PriceHistory, index: number): Candle {
  return {
    openTime: history.openTime[index]! as Candle['openTime'],
    open: history.open[index]!,
    high: history.high[index]!,
    low: history.low[index]!,
    close: history.close[index]!,
    volume: history.volume[index]!,
    quoteVolume: history.quoteVolume[index]!,
    trades: history.trades[index]!,
    takerBuyVolume: history.takerBuyVolume[index]!,
  };
}

/** A candle that is written over again and again. */
export type CandleSlot = { -readonly [K in keyof Candle]: Candle[K] };

export function emptySlot(): CandleSlot {
  const none = Number.NaN;
  return { openTime: epochMs(0), open: none, high: none, low: none, close: none, volume: none, quoteVolume: none, trades: none, takerBuyVolume: none };
}

/** The same as `candleOf`, written over `candle`: one of its own for each of millions would be most of what a run leaves behind. */
export function readCandle(history: PriceHistory, index: number, candle: CandleSlot): void {
  candle.openTime = history.openTime[index]! as Candle['openTime'];
  candle.open = history.open[index]!;
  candle.high = history.high[index]!;
  candle.low = history.low[index]!;
  candle.close = history.close[index]!;
  candle.volume = history.volume[index]!;
  candle.quoteVolume = history.quoteVolume[index]!;
  candle.trades = history.trades[index]!;
  candle.takerBuyVolume = history.takerBuyVolume[index]!;
}

/** Columns of candles in order. A quote volume of 0 beside a volume is not known and becomes volume × mean price. */
export function historyOf(instrument: Instrument, candles: readonly Candle[], funding: FundingHistory | null = null): PriceHistory {
  const column = (read: (candle: Candle) => number): Float64Array => Float64Array.from(candles, read);
  return {
    instrument,
    openTime: column((candle) => candle.openTime),
    open: column((candle) => candle.open),
    high: column((candle) => candle.high),
    low: column((candle) => candle.low),
    close: column((candle) => candle.close),
    volume: column((candle) => candle.volume),
    quoteVolume: column((candle) =>
      candle.quoteVolume > 0 ? candle.quoteVolume : candle.volume * ((candle.open + candle.high + candle.low + candle.close) / 4),
    ),
    trades: column((candle) => candle.trades),
    takerBuyVolume: column((candle) => candle.takerBuyVolume),
    funding,
  };
}

/** First index whose open time is not before `time`. */
export function firstAt(times: Float64Array, time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The same history as if nothing after `cut` were known: candles that have closed, rates paid by then, and of the candle that opens at the
 * cut its first price only.
 */
export function hideFuture(history: PriceHistory, cut: number): PriceHistory {
  const closed = firstAt(history.openTime, cut - BAR_MS + 1);
  const bars = history.openTime[closed] === cut ? closed + 1 : closed;
  const { funding } = history;
  const paid = funding === null ? 0 : firstAt(funding.times, cut + 1);
  const first = history.open[closed]!;
  const price = (column: Float64Array): Float64Array => column.slice(0, bars).map((value, index) => (index < closed ? value : first));
  const amount = (column: Float64Array): Float64Array => column.slice(0, bars).map((value, index) => (index < closed ? value : 0));
  return {
    instrument: history.instrument,
    openTime: history.openTime.slice(0, bars),
    open: history.open.slice(0, bars),
    high: price(history.high),
    low: price(history.low),
    close: price(history.close),
    volume: amount(history.volume),
    quoteVolume: amount(history.quoteVolume),
    trades: amount(history.trades),
    takerBuyVolume: amount(history.takerBuyVolume),
    funding: funding === null ? null : { times: funding.times.slice(0, paid), ratesE8: funding.ratesE8.slice(0, paid) },
  };
}

/** The same history with another future: from `cut` on every price is turned over around the first one after it, and volume is another. */
export function alterFuture(history: PriceHistory, cut: number): PriceHistory {
  const closed = firstAt(history.openTime, cut - BAR_MS + 1);
  const pivot = history.open[closed] ?? 1;
  const turned = (column: Float64Array, from: Float64Array): Float64Array =>
    column.map((value, index) => (index < closed ? value : (pivot * pivot) / from[index]!));
  const other = (column: Float64Array): Float64Array => column.map((value, index) => (index < closed ? value : value * 3 + 1));
  return {
    ...history,
    open: turned(history.open, history.open),
    high: turned(history.high, history.low),
    low: turned(history.low, history.high),
    close: turned(history.close, history.close),
    volume: other(history.volume),
    quoteVolume: other(history.quoteVolume),
    trades: other(history.trades),
    takerBuyVolume: other(history.takerBuyVolume),
  };
}

/** Rate paid at `time` in units of 1e-8: the recorded one within a minute, else `fallbackE8`. */
export function fundingRateAt(funding: FundingHistory | null, time: number, fallbackE8: number): number {
  if (funding === null) return fallbackE8;
  const index = firstAt(funding.times, time - 60_000);
  const recorded = funding.times[index];
  return recorded !== undefined && recorded <= time + 60_000 ? funding.ratesE8[index]! : fallbackE8;
}

/** Earliest and latest bar open over all symbols, or null without candles. */
export function spanOf(histories: readonly PriceHistory[]): { readonly first: number; readonly last: number } | null {
  let first = Infinity;
  let last = -Infinity;
  for (const { openTime } of histories) {
    if (openTime.length === 0) continue;
    first = Math.min(first, openTime[0]!);
    last = Math.max(last, openTime.at(-1)!);
  }
  return first === Infinity ? null : { first: epochMs(first), last: epochMs(last) };
}
