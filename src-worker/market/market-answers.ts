// Market-data answers of the venue: candles, day tickers, trades, depth, prices and open interest.
import type { Candle } from '../../src-shared/domain/candle.ts';
import type { Instrument } from '../../src-shared/domain/instrument.ts';
import { err, ok, type Result } from '../../src-shared/kernel/result.ts';
import type { VenueFault } from '../../src-main/core/venue/types.ts';
import { INTERVALS, nextOpen } from './intervals.ts';
import { readLimit, readTime } from './routes.ts';
import type { SymbolMarket } from './symbol-market.ts';
import type { AggregateTrade } from './tape.ts';
import { priceText } from './text.ts';

const MAXIMUM_CANDLES = 1500;
const DAY_MS = 86_400_000;

/** GET klines: oldest first, the last row is the unfinished candle when the range reaches now. */
export function candleRows(symbolMarket: SymbolMarket, parameters: URLSearchParams, now: number): Result<unknown, VenueFault> {
  const interval = parameters.get('interval') ?? '';
  if (!Object.hasOwn(INTERVALS, interval)) return err({ code: -1120, message: 'Invalid interval.' });
  const limit = readLimit(parameters, { fallback: 500, maximum: MAXIMUM_CANDLES });
  if (!limit.ok) return limit;
  const start = readTime(parameters, 'startTime');
  if (!start.ok) return start;
  const end = readTime(parameters, 'endTime');
  if (!end.ok) return end;
  const request = { interval, from: start.value ?? 0, to: end.value ?? Number.MAX_SAFE_INTEGER, limit: limit.value, newest: start.value === null };
  return ok(symbolMarket.candles(request, now).map((candle) => klineRow(candle, symbolMarket.instrument, interval)));
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
  const { instrument, last, series } = symbolMarket;
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
    highPrice: price(Math.max(day?.high ?? last, last)),
    lowPrice: price(Math.min(day?.low ?? last, last)),
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

/** Contracts outstanding, in base units: a bit more than half a day's volume, moving with it. */
export function openInterestOf(symbolMarket: SymbolMarket): string {
  return (0.62 * (symbolMarket.series.day()?.volume ?? 0)).toFixed(symbolMarket.instrument.quantityScale);
}
