// Market-data answers of the venue: candles and day tickers.
import { err, ok, type Result } from '../../src-shared/kernel/result.ts';
import type { VenueFault } from '../../src-main/core/venue/types.ts';
import type { SymbolMarket } from './market.ts';
import { klineRow, priceText } from './payloads.ts';
import { aggregateSeries, INTERVALS } from './series.ts';

const MAXIMUM_CANDLES = 1500;

/** GET klines: oldest first, the last row is the unfinished candle when the range reaches now. */
export function candleRows(symbolMarket: SymbolMarket, parameters: URLSearchParams): Result<unknown, VenueFault> {
  const stepMs = INTERVALS[parameters.get('interval') ?? ''];
  if (stepMs === undefined) return err({ code: -1120, message: 'Invalid interval.' });
  const limit = Number(parameters.get('limit') ?? 500);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAXIMUM_CANDLES) return err({ code: -1130, message: "Data sent for parameter 'limit' is not valid." });
  const startTime = parameters.get('startTime');
  const candles = aggregateSeries(symbolMarket.series, symbolMarket.forming, {
    stepMs,
    from: Number(startTime ?? 0),
    to: Number(parameters.get('endTime') ?? Number.MAX_SAFE_INTEGER),
    limit,
    newest: startTime === null,
  });
  return ok(candles.map((candle) => klineRow(candle, symbolMarket.instrument, stepMs)));
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
    lastQty: '1',
    openPrice: price(open),
    highPrice: price(Math.max(day?.high ?? last, last)),
    lowPrice: price(Math.min(day?.low ?? last, last)),
    volume: (day?.volume ?? 0).toFixed(instrument.quantityScale),
    quoteVolume: (day?.quoteVolume ?? 0).toFixed(2),
    openTime: Math.floor(now - 86_400_000),
    closeTime: Math.floor(now),
    firstId: 1,
    lastId: 1 + (day?.trades ?? 0),
    count: day?.trades ?? 0,
  };
}
