// What was: all orders, own trades, income, forced orders.
import { err, ok } from '../../src-shared/kernel/result.ts';
import { fault, missingParameter } from '../../src-main/core/venue/faults.ts';
import type { VenueOrder } from '../../src-main/core/venue/types.ts';
import type { VenueContext } from './context.ts';
import { describeIncome, describeOrder, describeTrade } from './payloads.ts';
import { fixed, idOf, pageOf, perSymbol, readLimit, readWindow, type Answer, type Routes } from './routes.ts';

interface Paging {
  readonly limit: number;
  readonly from: number;
  readonly to: number;
  readonly isForward: boolean;
  readonly symbol: string | null;
}

interface PageRules {
  readonly fallback: number;
  readonly maximum: number;
  /** Longest window, seven days when absent; null for none. */
  readonly longest?: null;
}

function readPaging(context: VenueContext, parameters: URLSearchParams, limits: PageRules): Paging | Answer {
  const limit = readLimit(parameters, limits);
  if (!limit.ok) return limit;
  const window = readWindow(parameters, context.now(), limits.longest);
  if (!window.ok) return window;
  const symbol = parameters.get('symbol');
  if (symbol !== null && symbol !== '' && !context.market.symbols.has(symbol)) return err(fault(-1121));
  return { ...window.value, limit: limit.value, symbol: symbol === '' ? null : symbol };
}

function describeOrders(context: VenueContext, orders: readonly VenueOrder[]): Answer {
  return ok(
    orders.flatMap((order) => {
      const instrument = context.exchange.instrument(order.symbol);
      return instrument === null ? [] : [describeOrder(order, instrument, 'query')];
    }),
  );
}

function allOrders(context: VenueContext, parameters: URLSearchParams): Answer {
  const paging = readPaging(context, parameters, { fallback: 500, maximum: 1000 });
  if ('ok' in paging) return paging;
  const fromId = idOf(parameters.get('orderId'));
  const found = context.exchange
    .allOrders(paging.symbol)
    .filter((order) => (fromId === null ? order.time >= paging.from && order.time <= paging.to : order.orderId >= fromId));
  return describeOrders(context, pageOf(found, paging.limit, paging.isForward || fromId !== null));
}

/** Of one symbol: unlike orders, trades are not told for all of them at once. */
function userTrades(context: VenueContext, parameters: URLSearchParams): Answer {
  if ((parameters.get('symbol') ?? '') === '') return err(missingParameter('symbol'));
  const paging = readPaging(context, parameters, { fallback: 500, maximum: 1000 });
  if ('ok' in paging) return paging;
  const fromId = idOf(parameters.get('fromId'));
  const orderId = idOf(parameters.get('orderId'));
  const found = context.exchange.trades.filter(
    (trade) =>
      (paging.symbol === null || trade.symbol === paging.symbol) &&
      (orderId === null || trade.orderId === orderId) &&
      (fromId === null ? trade.time >= paging.from && trade.time <= paging.to : trade.tradeId >= fromId),
  );
  return ok(
    pageOf(found, paging.limit, paging.isForward || fromId !== null).flatMap((trade) => {
      const instrument = context.exchange.instrument(trade.symbol);
      return instrument === null ? [] : [describeTrade(trade, instrument)];
    }),
  );
}

/** The only history whose window is not bounded by seven days. */
function income(context: VenueContext, parameters: URLSearchParams): Answer {
  const paging = readPaging(context, parameters, { fallback: 100, maximum: 1000, longest: null });
  if ('ok' in paging) return paging;
  const type = parameters.get('incomeType');
  const found = context.exchange.income.filter(
    (line) =>
      line.time >= paging.from && line.time <= paging.to && (type === null || line.type === type) && (paging.symbol === null || line.symbol === paging.symbol),
  );
  const page = Number(parameters.get('page') ?? 1);
  const rows = page > 1 ? found.slice((page - 1) * paging.limit, page * paging.limit) : pageOf(found, paging.limit, paging.isForward);
  return ok(rows.map(describeIncome));
}

function forceOrders(context: VenueContext, parameters: URLSearchParams): Answer {
  const paging = readPaging(context, parameters, { fallback: 50, maximum: 100 });
  if ('ok' in paging) return paging;
  const type = parameters.get('autoCloseType');
  const found = context.exchange
    .allOrders(paging.symbol)
    .filter((order) => (order.forcedBy === 'LIQUIDATION' && type !== 'ADL') || (order.forcedBy === 'ADL' && type !== 'LIQUIDATION'))
    .filter((order) => order.time >= paging.from && order.time <= paging.to);
  return describeOrders(context, pageOf(found, paging.limit, paging.isForward));
}

export const HISTORY_ROUTES: Routes = {
  'GET /fapi/v1/allOrders': { security: 'signed', weight: fixed(5), answer: allOrders },
  'GET /fapi/v1/userTrades': { security: 'signed', weight: fixed(5), answer: userTrades },
  'GET /fapi/v1/income': { security: 'signed', weight: fixed(30), answer: income },
  'GET /fapi/v1/forceOrders': { security: 'signed', weight: perSymbol(20, 50), answer: forceOrders },
};
