// Public REST endpoints: rules, candles, prices, book, trades, funding.
import { err, ok } from '../../src-shared/kernel/result.ts';
import { fault } from '../../src-main/core/venue/faults.ts';
import { timeOf, type VenueContext } from './context.ts';
import { HOUR_MS, USUAL_HOURS } from './funding.ts';
import { describeBrackets, describeExchange } from './instrument-payload.ts';
import { aggregateTradeRow, candleRows, dayTicker, openInterestOf, referenceRows, tradeRow } from './market-answers.ts';
import type { Reference } from './reference-series.ts';
import { fixed, idOf, oneOrAll, pageOf, perSymbol, readLimit, withSymbol, type Answer, type Route, type Routes } from './routes.ts';
import type { SymbolMarket } from './symbol-market.ts';
import { priceText, usdtText } from './text.ts';

function klineWeight(parameters: URLSearchParams): number {
  const limit = Number(parameters.get('limit') ?? 500);
  return limit < 100 ? 1 : limit < 500 ? 2 : limit <= 1000 ? 5 : 10;
}

const DEPTH_WEIGHTS: Readonly<Record<number, number>> = { 5: 2, 10: 2, 20: 2, 50: 2, 100: 5, 500: 10, 1000: 20 };
const RETAIL_DEPTH = 1000;

function depth(context: VenueContext, parameters: URLSearchParams): Answer {
  const limit = Number(parameters.get('limit') ?? 500);
  return DEPTH_WEIGHTS[limit] === undefined ? refuseDepth(limit) : book(context, parameters, limit);
}

/** The book with retail price improvement: nobody offers any here, so it is the book. */
function retailDepth(context: VenueContext, parameters: URLSearchParams): Answer {
  const limit = Number(parameters.get('limit') ?? RETAIL_DEPTH);
  return limit === RETAIL_DEPTH ? book(context, parameters, limit) : refuseDepth(limit);
}

function refuseDepth(limit: number): Answer {
  return err({ code: -4021, message: `${limit} is not valid depth limit` });
}

function book(context: VenueContext, parameters: URLSearchParams, limit: number): Answer {
  return withSymbol(context, parameters, (symbolMarket, { symbol }) => {
    const { updateId, bids, asks } = context.books.snapshot(symbol, context.now());
    return ok({ lastUpdateId: updateId, E: timeOf(context), T: Math.floor(symbolMarket.lastChange), bids: bids.slice(0, limit), asks: asks.slice(0, limit) });
  });
}

function priceRoute(): Route {
  return {
    security: 'none',
    weight: perSymbol(1, 2),
    answer: (context, parameters) =>
      oneOrAll(context, parameters, (entry) => ({
        symbol: entry.instrument.symbol,
        price: priceText(entry.instrument, entry.last),
        time: Math.floor(entry.lastChange),
      })),
  };
}

function fundingHistory(context: VenueContext, parameters: URLSearchParams): Answer {
  const limit = readLimit(parameters, { fallback: 100, maximum: 1000 });
  if (!limit.ok) return limit;
  const wanted = parameters.get('symbol');
  if (wanted !== null && !context.market.symbols.has(wanted)) return err(fault(-1121));
  const from = idOf(parameters.get('startTime'));
  const to = idOf(parameters.get('endTime')) ?? Infinity;
  const rows = [...context.market.symbols.values()]
    .filter((entry) => wanted === null || entry.instrument.symbol === wanted)
    .flatMap(({ instrument, fundings }) =>
      fundings
        .filter((funding) => funding.time >= (from ?? 0) && funding.time <= to)
        .map((funding) => ({
          symbol: instrument.symbol,
          fundingTime: funding.time,
          fundingRate: funding.rate.toFixed(8),
          markPrice: usdtText(funding.mark),
          rateType: 'Regular',
        })),
    )
    .toSorted((a, b) => a.fundingTime - b.fundingTime);
  return ok(pageOf(rows, limit.value, from !== null));
}

/** Contracts whose interval was adjusted; absent ones settle every eight hours. */
function describeAdjustment({ instrument, fundingMs }: SymbolMarket): unknown {
  return {
    symbol: instrument.symbol,
    adjustedFundingRateCap: '0.02000000',
    adjustedFundingRateFloor: '-0.02000000',
    fundingIntervalHours: fundingMs / HOUR_MS,
    disclaimer: false,
    updateTime: instrument.onboardTime,
  };
}

function candles(context: VenueContext, parameters: URLSearchParams): Answer {
  return withSymbol(context, parameters, (symbolMarket) => candleRows(symbolMarket, parameters, context.now()));
}

function referenceRoute(reference: Reference): Route {
  return {
    security: 'none',
    weight: klineWeight,
    answer: (context, parameters) => {
      // The index belongs to the pair, mark price and premium to the contract.
      const named = reference === 'index' ? byPair(parameters) : parameters;
      return withSymbol(context, named, (symbolMarket) => referenceRows(reference, symbolMarket, { parameters, now: context.now() }));
    },
  };
}

function byPair(parameters: URLSearchParams): URLSearchParams {
  const copy = new URLSearchParams(parameters);
  copy.set('symbol', parameters.get('pair') ?? '');
  return copy;
}

/** The tape's own trades, from an id onwards or the newest. */
function trades(context: VenueContext, parameters: URLSearchParams, limits: { readonly fallback: number; readonly maximum: number }): Answer {
  return withSymbol(context, parameters, (_, instrument) => {
    const limit = readLimit(parameters, limits);
    if (!limit.ok) return limit;
    const fromId = idOf(parameters.get('fromId'));
    const found = context.tape.recent(instrument.symbol).filter((trade) => trade.id >= (fromId ?? 0));
    return ok(pageOf(found, limit.value, fromId !== null).map((trade) => tradeRow(trade, instrument)));
  });
}

export const MARKET_ROUTES: Routes = {
  'GET /fapi/v1/ping': { security: 'none', weight: fixed(1), answer: () => ok({}) },
  'GET /fapi/v1/time': {
    security: 'none',
    weight: fixed(1),
    answer: (context) => ok({ serverTime: timeOf(context) + (context.chaos.active('clock-skew')?.milliseconds ?? 0) }),
  },
  'GET /fapi/v1/exchangeInfo': { security: 'none', weight: fixed(1), answer: (context) => ok(describeExchange(context)) },
  'GET /fapi/v1/klines': { security: 'none', weight: klineWeight, answer: candles },
  'GET /fapi/v1/continuousKlines': { security: 'none', weight: klineWeight, answer: (context, parameters) => candles(context, byPair(parameters)) },
  'GET /fapi/v1/markPriceKlines': referenceRoute('mark'),
  'GET /fapi/v1/indexPriceKlines': referenceRoute('index'),
  'GET /fapi/v1/premiumIndexKlines': referenceRoute('premium'),
  'GET /fapi/v1/depth': {
    security: 'none',
    weight: (parameters) => DEPTH_WEIGHTS[Number(parameters.get('limit') ?? 500)] ?? 10,
    answer: depth,
  },
  'GET /fapi/v1/rpiDepth': { security: 'none', weight: fixed(20), answer: retailDepth },
  'GET /fapi/v1/trades': { security: 'none', weight: fixed(5), answer: (context, parameters) => trades(context, parameters, { fallback: 500, maximum: 1000 }) },
  'GET /fapi/v1/historicalTrades': {
    security: 'key',
    weight: fixed(20),
    answer: (context, parameters) => trades(context, parameters, { fallback: 100, maximum: 500 }),
  },
  'GET /fapi/v1/aggTrades': {
    security: 'none',
    weight: fixed(20),
    answer: (context, parameters) =>
      withSymbol(context, parameters, (_, instrument) => {
        const limit = readLimit(parameters, { fallback: 500, maximum: 1000 });
        if (!limit.ok) return limit;
        const fromId = idOf(parameters.get('fromId'));
        const from = idOf(parameters.get('startTime'));
        const to = idOf(parameters.get('endTime')) ?? Infinity;
        const found = context.tape.recent(instrument.symbol).filter((trade) => trade.id >= (fromId ?? 0) && trade.time >= (from ?? 0) && trade.time <= to);
        return ok(pageOf(found, limit.value, fromId !== null || from !== null).map((trade) => aggregateTradeRow(trade, instrument)));
      }),
  },
  'GET /fapi/v1/ticker/24hr': {
    security: 'none',
    weight: perSymbol(1, 40),
    answer: (context, parameters) => oneOrAll(context, parameters, (entry) => dayTicker(entry, context.now())),
  },
  'GET /fapi/v1/ticker/price': priceRoute(),
  'GET /fapi/v2/ticker/price': priceRoute(),
  'GET /fapi/v1/ticker/bookTicker': {
    security: 'none',
    weight: perSymbol(2, 5),
    answer: (context, parameters) =>
      oneOrAll(context, parameters, ({ instrument, lastChange }) => {
        const book = context.books.snapshot(instrument.symbol, context.now());
        const [bid = ['0', '0'], ask = ['0', '0']] = [book.bids[0], book.asks[0]];
        return {
          symbol: instrument.symbol,
          bidPrice: bid[0],
          bidQty: bid[1],
          askPrice: ask[0],
          askQty: ask[1],
          time: Math.floor(lastChange),
          lastUpdateId: book.updateId,
        };
      }),
  },
  'GET /fapi/v1/premiumIndex': {
    security: 'none',
    weight: perSymbol(1, 10),
    answer: (context, parameters) =>
      oneOrAll(context, parameters, (entry) => ({
        symbol: entry.instrument.symbol,
        markPrice: usdtText(entry.mark),
        indexPrice: usdtText(entry.index),
        estimatedSettlePrice: usdtText(entry.index),
        lastFundingRate: entry.fundingRate.toFixed(8),
        interestRate: '0.00010000',
        nextFundingTime: entry.nextFundingTime(context.now()),
        time: timeOf(context),
      })),
  },
  'GET /fapi/v1/fundingInfo': {
    security: 'none',
    weight: fixed(0),
    pool: 'funding',
    answer: (context) => ok([...context.market.symbols.values()].filter((entry) => entry.fundingMs !== USUAL_HOURS * HOUR_MS).map(describeAdjustment)),
  },
  'GET /fapi/v1/fundingRate': { security: 'none', weight: fixed(0), pool: 'funding', answer: fundingHistory },
  'GET /fapi/v1/openInterest': {
    security: 'none',
    weight: fixed(1),
    answer: (context, parameters) =>
      withSymbol(context, parameters, (entry, { symbol }) => ok({ symbol, openInterest: openInterestOf(entry), time: timeOf(context) })),
  },
  'GET /fapi/v1/leverageBracket': {
    security: 'signed',
    weight: fixed(1),
    answer: (context, parameters) => {
      const wanted = parameters.get('symbol');
      const listed = [...context.market.symbols.values()].filter((entry) => wanted === null || entry.instrument.symbol === wanted);
      return listed.length === 0 ? err(fault(-1121)) : ok(listed.map(({ instrument }) => describeBrackets(instrument)));
    },
  },
};
