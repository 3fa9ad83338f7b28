// Market-data answers of the venue: candles, day tickers, trades, depth, prices and open interest.
import type { Candle } from '../../src-shared/domain/candle.ts';
import type { Instrument } from '../../src-shared/domain/instrument.ts';
import { err, ok, type Result } from '../../src-shared/kernel/result.ts';
import type { VenueFault } from '../../src-main/core/venue/types.ts';
import { INTERVALS, nextOpen } from './intervals.ts';
import { readLimit, readTime } from './routes.ts';
import type { Reference } from './reference-series.ts';
import { DAY_BARS, type CandleRequest } from './series.ts';
import type { SymbolMarket } from './symbol-market.ts';
import type { AggregateTrade } from './tape.ts';
import { priceText, usdtText } from './text.ts';

const MAXIMUM_CANDLES = 1500;
const DAY_MS = 86_400_000;
/** Of the day's volume, how much stays open. */
const OPEN_SHARE = 0.62;

function readCandleRequest(parameters: URLSearchParams): Result<CandleRequest, VenueFault> {
  const interval = parameters.get('interval') ?? '';
  if (!Object.hasOwn(INTERVALS, interval)) return err({ code: -1120, message: 'Invalid interval.' });
  const limit = readLimit(parameters, { fallback: 500, maximum: MAXIMUM_CANDLES });
  if (!limit.ok) return limit;
  const start = readTime(parameters, 'startTime');
  if (!start.ok) return start;
  const end = readTime(parameters, 'endTime');
  if (!end.ok) return end;
  return ok({ interval, from: start.value ?? 0, to: end.value ?? Number.MAX_SAFE_INTEGER, limit: limit.value, newest: start.value === null });
}

/** GET klines: oldest first, the last row is the unfinished candle when the range reaches now. */
export function candleRows(symbolMarket: SymbolMarket, parameters: URLSearchParams, now: number): Result<unknown, VenueFault> {
  const request = readCandleRequest(parameters);
  if (!request.ok) return request;
  return ok(symbolMarket.candles(request.value, now).map((candle) => klineRow(candle, symbolMarket.instrument, request.value.interval)));
}

/** How often the exchange takes each of them down; a candle tells how many it was made of. */
const TAKEN_EVERY_MS: Readonly<Record<Reference, number>> = { mark: 1000, index: 1000, premium: 5000 };

/** GET markPriceKlines, indexPriceKlines and premiumIndexKlines: rows as of klines, with nothing traded in them. */
export function referenceRows(
  reference: Reference,
  symbolMarket: SymbolMarket,
  seen: { readonly parameters: URLSearchParams; readonly now: number },
): Result<unknown, VenueFault> {
  const request = readCandleRequest(seen.parameters);
  if (!request.ok) return request;
  return ok(
    symbolMarket.referenceCandles(reference, request.value, seen.now).map(({ openTime, open, high, low, close }) => {
      const end = nextOpen(request.value.interval, openTime);
      const taken = Math.max(1, Math.floor((Math.min(end, seen.now) - openTime) / TAKEN_EVERY_MS[reference]));
      return [openTime, ...[open, high, low, close].map((value) => usdtText(value)), '0', end - 1, '0', taken, '0', '0', '0'];
    }),
  );
}

function klineRow(candle: Candle, instrument: Instrument, interval: string): readonly unknown[] {
  const price = (value: number): string => priceText(instrument, value);
  const taker = candle.volume === 0 ? 0 : candle.takerBuyVolume / candle.volume;
  const quantity = (value: number): string => value.toFixed(instrument.quantityScale);
  return [
    candle.openTime,
    price(candle.open),
    price(candle.high),
    price(candle.low),
    price(candle.close),
    quantity(candle.volume),
    nextOpen(interval, candle.openTime) - 1,
    candle.quoteVolume.toFixed(4),
    candle.trades,
    quantity(candle.takerBuyVolume),
    (candle.quoteVolume * taker).toFixed(4),
    '0',
  ];
}

export function dayTicker(symbolMarket: SymbolMarket, now: number): Readonly<Record<string, unknown>> {
  const { instrument, last, series, forming } = symbolMarket;
  const day = series.day();
  const price = (value: number): string => priceText(instrument, value);
  const open = day?.open ?? last;
  return {
    symbol: instrument.symbol,
    priceChange: price(last - open),
    priceChangePercent: ((last / open - 1) * 100).toFixed(3),
    weightedAvgPrice: price(day === null || day.volume === 0 ? last : day.quoteVolume / day.volume),
    lastPrice: price(last),
    lastQty: (1 / 10 ** instrument.quantityScale).toFixed(instrument.quantityScale),
    openPrice: price(open),
    highPrice: price(Math.max(day?.high ?? last, forming?.high ?? last, last)),
    lowPrice: price(Math.min(day?.low ?? last, forming?.low ?? last, last)),
    volume: (day?.volume ?? 0).toFixed(instrument.quantityScale),
    quoteVolume: (day?.quoteVolume ?? 0).toFixed(2),
    openTime: Math.floor(now - DAY_MS),
    closeTime: Math.floor(now),
    firstId: 1,
    lastId: 1 + (day?.trades ?? 0),
    count: day?.trades ?? 0,
  };
}

export function aggregateTradeRow(trade: AggregateTrade, instrument: Instrument): unknown {
  const quantity = trade.quantity.toFixed(instrument.quantityScale);
  return { a: trade.id, p: priceText(instrument, trade.price), q: quantity, nq: quantity, f: trade.id, l: trade.id, T: trade.time, m: trade.isBuyerMaker };
}

export function tradeRow(trade: AggregateTrade, instrument: Instrument): unknown {
  return {
    id: trade.id,
    price: priceText(instrument, trade.price),
    qty: trade.quantity.toFixed(instrument.quantityScale),
    quoteQty: (trade.price * trade.quantity).toFixed(4),
    time: trade.time,
    isBuyerMaker: trade.isBuyerMaker,
    isRPITrade: false,
  };
}

/** Contracts outstanding at the end of a five-minute candle, in base units: a bit more than half of the day's volume until then. */
export function openInterestAt({ series }: SymbolMarket, time: number): number {
  const end = series.lowerBound(time);
  let volume = 0;
  for (let index = Math.max(0, end - DAY_BARS); index < end; index += 1) volume += series.at(index).volume;
  return OPEN_SHARE * volume;
}

export function openInterestOf(symbolMarket: SymbolMarket): string {
  return (OPEN_SHARE * (symbolMarket.series.day()?.volume ?? 0)).toFixed(symbolMarket.instrument.quantityScale);
}
