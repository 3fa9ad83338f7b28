// The venue's REST endpoints: one table of routes with their weight and security, each a small function from parameters to an answer.
import { candleRows, dayTicker } from './market-answers.ts';
import {
  describeAccount,
  describeAlgo,
  describeIncome,
  describeInstrument,
  describeOrder,
  describePosition,
  describeTrade,
  moneyText,
  priceText,
  usdtText,
} from './payloads.ts';
import { readAlgo, readOrder } from './parameters.ts';
import type { VenueContext } from './context.ts';
import { err, ok, type Result } from '../../src-shared/kernel/result.ts';
import { formatPrice, formatQuantity, type Instrument } from '../../src-shared/domain/instrument.ts';
import { epochMs, moneyToUsdt } from '../../src-shared/kernel/units.ts';
import { fault } from '../../src-main/core/venue/faults.ts';
import { quoteAround, takerLevels } from '../../src-main/core/venue/depth.ts';
import type { VenueFault } from '../../src-main/core/venue/types.ts';
import type { SymbolMarket } from './market.ts';

export type Security = 'none' | 'key' | 'signed';
type Answer = Result<unknown, VenueFault>;

export interface Route {
  readonly security: Security;
  readonly weight: (parameters: URLSearchParams) => number;
  readonly orders?: number;
  readonly answer: (context: VenueContext, parameters: URLSearchParams) => Answer;
}

const fixed = (weight: number) => (): number => weight;
const perSymbol =
  (one: number, all: number) =>
  (parameters: URLSearchParams): number =>
    parameters.get('symbol') === null ? all : one;

function withSymbol(context: VenueContext, parameters: URLSearchParams, answer: (symbolMarket: SymbolMarket, instrument: Instrument) => Answer): Answer {
  const symbolMarket = context.market.symbols.get(parameters.get('symbol') ?? '');
  return symbolMarket === undefined ? err(fault(-1121)) : answer(symbolMarket, symbolMarket.instrument);
}

/** One object with `symbol`, else a list of all. */
function oneOrAll(context: VenueContext, parameters: URLSearchParams, describe: (symbolMarket: SymbolMarket) => unknown): Answer {
  if (parameters.get('symbol') !== null) return withSymbol(context, parameters, (symbolMarket) => ok(describe(symbolMarket)));
  return ok([...context.market.symbols.values()].map(describe));
}

function idOf(text: string | null): number | null {
  return text === null ? null : Number(text);
}

function klineWeight(parameters: URLSearchParams): number {
  const limit = Number(parameters.get('limit') ?? 500);
  return limit < 100 ? 1 : limit < 500 ? 2 : limit <= 1000 ? 5 : 10;
}

const now = (context: VenueContext): ReturnType<typeof epochMs> => epochMs(Math.floor(context.now()));

const ROUTES: Readonly<Record<string, Route>> = {
  'GET /fapi/v1/ping': { security: 'none', weight: fixed(1), answer: () => ok({}) },
  'GET /fapi/v1/time': { security: 'none', weight: fixed(1), answer: (context) => ok({ serverTime: now(context) }) },
  'GET /fapi/v1/exchangeInfo': {
    security: 'none',
    weight: fixed(1),
    answer: (context) =>
      ok({
        timezone: 'UTC',
        serverTime: now(context),
        futuresType: 'U_MARGINED',
        rateLimits: [
          { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 2400 },
          { rateLimitType: 'ORDERS', interval: 'MINUTE', intervalNum: 1, limit: 1200 },
          { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: 300 },
        ],
        exchangeFilters: [],
        assets: [{ asset: 'USDT', marginAvailable: true, autoAssetExchange: '-10000' }],
        symbols: [...context.market.symbols.values()].map((entry) => describeInstrument(entry.instrument)),
      }),
  },
  'GET /fapi/v1/klines': {
    security: 'none',
    weight: klineWeight,
    answer: (context, parameters) => withSymbol(context, parameters, (symbolMarket) => candleRows(symbolMarket, parameters)),
  },
  'GET /fapi/v1/depth': {
    security: 'none',
    weight: fixed(5),
    answer: (context, parameters) =>
      withSymbol(context, parameters, (symbolMarket, instrument) => {
        const quote = context.exchange.quote(instrument.symbol);
        if (quote === null) return ok({ lastUpdateId: 1, bids: [], asks: [] });
        const side = (taker: 'BUY' | 'SELL'): unknown =>
          takerLevels(instrument, quote.last, { side: taker, quoteVolume24h: quote.quoteVolume24h }).map((level) => [
            formatPrice(instrument, level.price),
            formatQuantity(instrument, level.lots),
          ]);
        return ok({
          lastUpdateId: Math.floor(symbolMarket.lastChange),
          E: now(context),
          T: Math.floor(symbolMarket.lastChange),
          bids: side('SELL'),
          asks: side('BUY'),
        });
      }),
  },
  'GET /fapi/v1/ticker/24hr': {
    security: 'none',
    weight: perSymbol(1, 40),
    answer: (context, parameters) => oneOrAll(context, parameters, (entry) => dayTicker(entry, context.now())),
  },
  'GET /fapi/v1/ticker/price': {
    security: 'none',
    weight: perSymbol(1, 2),
    answer: (context, parameters) =>
      oneOrAll(context, parameters, (entry) => ({
        symbol: entry.instrument.symbol,
        price: priceText(entry.instrument, entry.last),
        time: Math.floor(entry.lastChange),
      })),
  },
  'GET /fapi/v2/ticker/price': {
    security: 'none',
    weight: perSymbol(1, 2),
    answer: (context, parameters) =>
      oneOrAll(context, parameters, (entry) => ({
        symbol: entry.instrument.symbol,
        price: priceText(entry.instrument, entry.last),
        time: Math.floor(entry.lastChange),
      })),
  },
  'GET /fapi/v1/ticker/bookTicker': {
    security: 'none',
    weight: perSymbol(2, 5),
    answer: (context, parameters) =>
      oneOrAll(context, parameters, ({ instrument, lastChange }) => {
        const quote = context.exchange.quote(instrument.symbol);
        const book = quote === null ? null : quoteAround(quote.last);
        return {
          symbol: instrument.symbol,
          bidPrice: book === null ? '0' : formatPrice(instrument, book.bid),
          bidQty: '1',
          askPrice: book === null ? '0' : formatPrice(instrument, book.ask),
          askQty: '1',
          time: Math.floor(lastChange),
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
        indexPrice: usdtText(entry.mark),
        estimatedSettlePrice: usdtText(entry.mark),
        lastFundingRate: context.market.fundingRate(entry).toFixed(8),
        interestRate: '0.00010000',
        nextFundingTime: context.market.nextFundingTime(context.now()),
        time: now(context),
      })),
  },
  'GET /fapi/v1/fundingInfo': { security: 'none', weight: fixed(0), answer: () => ok([]) },
  'GET /fapi/v1/fundingRate': { security: 'none', weight: fixed(0), answer: () => ok([]) },
  'GET /fapi/v1/leverageBracket': {
    security: 'signed',
    weight: fixed(1),
    answer: (context, parameters) => {
      const wanted = parameters.get('symbol');
      const listed = [...context.market.symbols.values()].filter((entry) => wanted === null || entry.instrument.symbol === wanted);
      if (listed.length === 0) return err(fault(-1121));
      const rows = listed.map(({ instrument }) => ({
        symbol: instrument.symbol,
        notionalCoef: 1,
        brackets: instrument.brackets.map((bracket) => ({
          bracket: bracket.bracket,
          initialLeverage: bracket.initialLeverage,
          notionalCap: bracket.notionalCap,
          notionalFloor: bracket.notionalFloor,
          maintMarginRatio: bracket.maintenanceMarginRatio,
          cum: bracket.cumulative,
        })),
      }));
      return ok(rows);
    },
  },
  'POST /fapi/v1/leverage': {
    security: 'signed',
    weight: fixed(1),
    answer: (context, parameters) =>
      withSymbol(context, parameters, (_, { symbol }) => {
        const leverage = Number(parameters.get('leverage'));
        const refused = context.exchange.setLeverage(symbol, leverage, now(context));
        return refused === null ? ok({ leverage, maxNotionalValue: '1000000', symbol }) : err(refused);
      }),
  },
  'POST /fapi/v1/marginType': {
    security: 'signed',
    weight: fixed(1),
    answer: (context, parameters) =>
      withSymbol(context, parameters, (_, { symbol }) => {
        const refused = context.exchange.setIsolated(symbol, parameters.get('marginType') === 'ISOLATED');
        return refused === null ? ok({ code: 200, msg: 'success' }) : err(refused);
      }),
  },
  'GET /fapi/v1/positionSide/dual': { security: 'signed', weight: fixed(30), answer: (context) => ok({ dualSidePosition: context.exchange.hedgeMode }) },
  'POST /fapi/v1/positionSide/dual': {
    security: 'signed',
    weight: fixed(1),
    answer: (context, parameters) => {
      const refused = context.exchange.setHedgeMode(parameters.get('dualSidePosition')?.toLowerCase() === 'true');
      return refused === null ? ok({ code: 200, msg: 'success' }) : err(refused);
    },
  },
  'GET /fapi/v1/multiAssetsMargin': { security: 'signed', weight: fixed(30), answer: () => ok({ multiAssetsMargin: false }) },
  'GET /fapi/v3/account': { security: 'signed', weight: fixed(5), answer: (context) => ok(describeAccount(context.exchange, now(context))) },
  'GET /fapi/v2/account': { security: 'signed', weight: fixed(5), answer: (context) => ok(describeAccount(context.exchange, now(context))) },
  'GET /fapi/v3/balance': { security: 'signed', weight: fixed(5), answer: (context) => ok([describeBalance(context)]) },
  'GET /fapi/v2/balance': { security: 'signed', weight: fixed(5), answer: (context) => ok([describeBalance(context)]) },
  'GET /fapi/v3/positionRisk': { security: 'signed', weight: fixed(5), answer: describePositions },
  'GET /fapi/v2/positionRisk': { security: 'signed', weight: fixed(5), answer: describePositions },
  'POST /fapi/v1/order': {
    security: 'signed',
    weight: fixed(0),
    orders: 1,
    answer: (context, parameters) =>
      withSymbol(context, parameters, (_, instrument) => {
        const request = readOrder(instrument, parameters, context.makeClientId);
        if (!request.ok) return request;
        const placed = context.exchange.place(request.value, now(context));
        return placed.ok ? ok(describeOrder(placed.value, instrument, false)) : placed;
      }),
  },
  'GET /fapi/v1/order': {
    security: 'signed',
    weight: fixed(1),
    answer: (context, parameters) =>
      withSymbol(context, parameters, (_, instrument) => {
        const order = context.exchange.findOrder(instrument.symbol, {
          orderId: idOf(parameters.get('orderId')),
          clientOrderId: parameters.get('origClientOrderId'),
        });
        return order === null ? err(fault(-2013)) : ok(describeOrder(order, instrument, true));
      }),
  },
  'DELETE /fapi/v1/order': {
    security: 'signed',
    weight: fixed(1),
    answer: (context, parameters) =>
      withSymbol(context, parameters, (_, instrument) => {
        const canceled = context.exchange.cancel(
          instrument.symbol,
          { orderId: idOf(parameters.get('orderId')), clientOrderId: parameters.get('origClientOrderId') },
          now(context),
        );
        return canceled.ok ? ok(describeOrder(canceled.value, instrument, true)) : canceled;
      }),
  },
  'DELETE /fapi/v1/allOpenOrders': {
    security: 'signed',
    weight: fixed(1),
    answer: (context, parameters) =>
      withSymbol(context, parameters, (_, { symbol }) => {
        for (const order of context.exchange.openOrders(symbol)) context.exchange.cancel(symbol, { orderId: order.orderId, clientOrderId: null }, now(context));
        return ok({ code: 200, msg: 'The operation of cancel all open order is done.' });
      }),
  },
  'GET /fapi/v1/openOrders': {
    security: 'signed',
    weight: perSymbol(1, 40),
    answer: (context, parameters) => ok(describeOrders(context, context.exchange.openOrders(parameters.get('symbol')))),
  },
  'GET /fapi/v1/allOrders': {
    security: 'signed',
    weight: fixed(5),
    answer: (context, parameters) =>
      withSymbol(context, parameters, (_, { symbol }) =>
        ok(describeOrders(context, context.exchange.allOrders(symbol).slice(-Number(parameters.get('limit') ?? 500)))),
      ),
  },
  'GET /fapi/v1/userTrades': {
    security: 'signed',
    weight: fixed(5),
    answer: (context, parameters) =>
      withSymbol(context, parameters, (_, instrument) => {
        const from = Number(parameters.get('startTime') ?? 0);
        const fromId = Number(parameters.get('fromId') ?? 0);
        const limit = Number(parameters.get('limit') ?? 500);
        const found = context.exchange.trades.filter((trade) => trade.symbol === instrument.symbol && trade.time >= from && trade.tradeId >= fromId);
        const page = parameters.get('startTime') === null && parameters.get('fromId') === null ? found.slice(-limit) : found.slice(0, limit);
        return ok(page.map((trade) => describeTrade(trade, instrument)));
      }),
  },
  'GET /fapi/v1/income': {
    security: 'signed',
    weight: fixed(30),
    answer: (context, parameters) => {
      const from = Number(parameters.get('startTime') ?? 0);
      const type = parameters.get('incomeType');
      const symbol = parameters.get('symbol');
      const found = context.exchange.income.filter(
        (line) => line.time >= from && (type === null || line.type === type) && (symbol === null || line.symbol === symbol),
      );
      return ok(found.slice(-Number(parameters.get('limit') ?? 100)).map(describeIncome));
    },
  },
  'GET /fapi/v1/commissionRate': {
    security: 'signed',
    weight: fixed(20),
    answer: (context, parameters) =>
      withSymbol(context, parameters, (_, { symbol }) => ok({ symbol, makerCommissionRate: '0.000200', takerCommissionRate: '0.000500' })),
  },
  'GET /fapi/v1/rateLimit/order': {
    security: 'signed',
    weight: fixed(1),
    answer: () =>
      ok([
        { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: 300 },
        { rateLimitType: 'ORDERS', interval: 'MINUTE', intervalNum: 1, limit: 1200 },
      ]),
  },
  'POST /fapi/v1/listenKey': { security: 'key', weight: fixed(1), answer: (context) => ok({ listenKey: context.listenKeys.obtain(context.wallNow()) }) },
  'PUT /fapi/v1/listenKey': {
    security: 'key',
    weight: fixed(1),
    answer: (context) =>
      context.listenKeys.extend(context.wallNow())
        ? ok({ listenKey: context.listenKeys.obtain(context.wallNow()) })
        : err({ code: -1125, message: 'This listenKey does not exist.' }),
  },
  'DELETE /fapi/v1/listenKey': {
    security: 'key',
    weight: fixed(1),
    answer: (context) => {
      context.listenKeys.drop();
      return ok({});
    },
  },
  'POST /fapi/v1/algoOrder': {
    security: 'signed',
    weight: fixed(0),
    orders: 1,
    answer: (context, parameters) =>
      withSymbol(context, parameters, (_, instrument) => {
        const request = readAlgo(instrument, parameters, context.makeClientId);
        if (!request.ok) return request;
        const placed = context.exchange.placeAlgo(request.value, now(context));
        return placed.ok ? ok(describeAlgo(placed.value, instrument)) : placed;
      }),
  },
  'GET /fapi/v1/algoOrder': {
    security: 'signed',
    weight: fixed(1),
    answer: (context, parameters) => {
      const algo = context.exchange.findAlgo({ algoId: idOf(parameters.get('algoId')), clientAlgoId: parameters.get('clientAlgoId') });
      const instrument = algo === null ? null : context.exchange.instrument(algo.symbol);
      return algo === null || instrument === null ? err(fault(-2013)) : ok(describeAlgo(algo, instrument));
    },
  },
  'DELETE /fapi/v1/algoOrder': {
    security: 'signed',
    weight: fixed(1),
    answer: (context, parameters) => {
      const canceled = context.exchange.cancelAlgo({ algoId: idOf(parameters.get('algoId')), clientAlgoId: parameters.get('clientAlgoId') }, now(context));
      return canceled.ok ? ok({ algoId: canceled.value.algoId, clientAlgoId: canceled.value.clientAlgoId, code: '200', msg: 'success' }) : canceled;
    },
  },
  'GET /fapi/v1/openAlgoOrders': {
    security: 'signed',
    weight: perSymbol(1, 40),
    answer: (context, parameters) => ok(describeAlgos(context, context.exchange.openAlgos(parameters.get('symbol')))),
  },
  'GET /fapi/v1/allAlgoOrders': {
    security: 'signed',
    weight: fixed(5),
    answer: (context, parameters) => withSymbol(context, parameters, (_, { symbol }) => ok(describeAlgos(context, context.exchange.allAlgos(symbol)))),
  },
  'DELETE /fapi/v1/algoOpenOrders': {
    security: 'signed',
    weight: fixed(1),
    answer: (context, parameters) =>
      withSymbol(context, parameters, (_, { symbol }) => {
        for (const algo of context.exchange.openAlgos(symbol)) context.exchange.cancelAlgo({ algoId: algo.algoId, clientAlgoId: null }, now(context));
        return ok({ code: 200, msg: 'The operation of cancel all open order is done.' });
      }),
  },
};

function describeBalance(context: VenueContext): unknown {
  const margin = context.exchange.marginUsdt();
  const wallet = moneyText(context.exchange.wallet);
  return {
    accountAlias: 'venue',
    asset: 'USDT',
    balance: wallet,
    crossWalletBalance: wallet,
    crossUnPnl: usdtText(margin.unrealised),
    availableBalance: usdtText(margin.available),
    maxWithdrawAmount: usdtText(Math.min(margin.available, moneyToUsdt(context.exchange.wallet))),
    marginAvailable: true,
    updateTime: now(context),
  };
}

function describePositions(context: VenueContext, parameters: URLSearchParams): Answer {
  const symbol = parameters.get('symbol');
  const rows = context.exchange.holdings().filter((holding) => symbol === null || holding.symbol === symbol);
  return ok(
    rows.flatMap((holding) => {
      const instrument = context.exchange.instrument(holding.symbol);
      return instrument === null ? [] : [describePosition(context.exchange, holding, instrument)];
    }),
  );
}

function describeOrders(context: VenueContext, orders: ReturnType<VenueContext['exchange']['openOrders']>): unknown {
  return orders.flatMap((order) => {
    const instrument = context.exchange.instrument(order.symbol);
    return instrument === null ? [] : [describeOrder(order, instrument, true)];
  });
}

function describeAlgos(context: VenueContext, algos: ReturnType<VenueContext['exchange']['openAlgos']>): unknown {
  return algos.flatMap((algo) => {
    const instrument = context.exchange.instrument(algo.symbol);
    return instrument === null ? [] : [describeAlgo(algo, instrument)];
  });
}

export function findRoute(method: string, path: string): Route | null {
  return ROUTES[`${method} ${path}`] ?? null;
}
