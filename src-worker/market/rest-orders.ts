// Order endpoints: place, test, change, cancel, single and in batches, query, and the dead-man switch.
import { formatQuantity, type Instrument } from '../../src-shared/domain/instrument.ts';
import { err, ok } from '../../src-shared/kernel/result.ts';
import { lots, ZERO_MONEY, type EpochMs } from '../../src-shared/kernel/units.ts';
import { fault, missingParameter } from '../../src-main/core/venue/faults.ts';
import { EXPIRY_REASON, type OrderKey, type OrderRequest, type VenueOrder } from '../../src-main/core/venue/types.ts';
import { timeOf, type VenueContext } from './context.ts';
import { readAmend, readOrder } from './parameters.ts';
import { describeAmendment, describeOrder, type OrderDetail } from './payloads.ts';
import { BATCH_ORDERS, fixed, idOf, ONE_ORDER, perSymbol, readLimit, withSymbol, type Answer, type Routes } from './routes.ts';

const DAY_MS = 86_400_000;
const DONE = { code: 200, msg: 'The operation of cancel all open order is done.' };

function keyOf(parameters: URLSearchParams): OrderKey | null {
  const key = { orderId: idOf(parameters.get('orderId')), clientOrderId: parameters.get('origClientOrderId') };
  return key.orderId === null && key.clientOrderId === null ? null : key;
}

function detailOf(parameters: URLSearchParams): OrderDetail {
  return parameters.get('newOrderRespType') === 'RESULT' ? 'result' : 'ack';
}

function place(context: VenueContext, parameters: URLSearchParams): Answer {
  return withSymbol(context, parameters, (_, instrument) => {
    const request = readOrder(instrument, parameters, context.makeClientId);
    if (!request.ok) return request;
    const placed = context.exchange.place(request.value, timeOf(context));
    return placed.ok ? ok(describeOrder(placed.value, instrument, detailOf(parameters))) : placed;
  });
}

function test(context: VenueContext, parameters: URLSearchParams): Answer {
  return withSymbol(context, parameters, (_, instrument) => {
    const request = readOrder(instrument, parameters, context.makeClientId);
    if (!request.ok) return request;
    const checked = context.exchange.check(request.value, timeOf(context));
    return checked.ok ? ok(describeTested(checked.value, instrument, timeOf(context))) : checked;
  });
}

/** The order as it would have been accepted: without an id of the exchange, since there is none. */
function describeTested(request: OrderRequest, instrument: Instrument, time: EpochMs): unknown {
  const nothing = { filled: lots(0), filledNotional: ZERO_MONEY, expiryReason: EXPIRY_REASON.none, amendments: 0, queueAhead: 0 };
  const order = {
    ...request,
    ...nothing,
    orderId: 0,
    time,
    updateTime: time,
    status: 'NEW',
    originalType: request.type,
    algoId: null,
    closePosition: false,
    forcedBy: null,
  } as const;
  const { time: _, ...described } = describeOrder(order, instrument, 'query');
  return { ...described, cumQty: formatQuantity(instrument, lots(0)) };
}

function amend(context: VenueContext, parameters: URLSearchParams): Answer {
  return withSymbol(context, parameters, (_, instrument) => {
    const key = keyOf(parameters);
    if (key === null) return err(missingParameter('orderId'));
    const request = readAmend(instrument, parameters, key);
    if (!request.ok) return request;
    const changed = context.exchange.amend(request.value, timeOf(context));
    if (!changed.ok) return changed;
    const modifyId = idOf(parameters.get('modifyId'));
    return ok({ ...describeOrder(changed.value, instrument, 'result'), pair: instrument.symbol, ...(modifyId === null ? {} : { modifyId }) });
  });
}

function cancel(context: VenueContext, parameters: URLSearchParams): Answer {
  return withSymbol(context, parameters, (_, instrument) => {
    const key = keyOf(parameters);
    if (key === null) return err(missingParameter('orderId'));
    const canceled = context.exchange.cancel(instrument.symbol, key, timeOf(context));
    return canceled.ok ? ok(describeOrder(canceled.value, instrument, 'result')) : canceled;
  });
}

/** Orders that ended unfilled are gone after three days, all of them after ninety. */
function isForgotten(order: VenueOrder, now: number): boolean {
  const isUnfilledEnd = order.filled === 0 && (order.status === 'CANCELED' || order.status.startsWith('EXPIRED'));
  return now - order.updateTime > (isUnfilledEnd ? 3 : 90) * DAY_MS;
}

/** A rehearsed fault: an order just acknowledged cannot be found yet. */
function isInvisible(context: VenueContext, order: VenueOrder): boolean {
  if (context.now() - order.time > 60_000 * context.clock.speed) return false;
  const rule = context.chaos.active('invisible-order');
  if (rule === null || context.now() - order.time >= rule.milliseconds * Math.max(1, context.clock.speed)) return false;
  return context.chaos.roll('invisible-order', order.clientOrderId) !== null;
}

function query(context: VenueContext, parameters: URLSearchParams, onlyOpen: boolean): Answer {
  return withSymbol(context, parameters, (_, instrument) => {
    const key = keyOf(parameters);
    if (key === null) return err(missingParameter('orderId'));
    const order = context.exchange.findOrder(instrument.symbol, key);
    if (order === null || isForgotten(order, context.now()) || isInvisible(context, order)) return err(fault(-2013));
    if (onlyOpen && order.status !== 'NEW' && order.status !== 'PARTIALLY_FILLED') return err(fault(-2013));
    return ok(describeOrder(order, instrument, 'query'));
  });
}

function describeAll(context: VenueContext, orders: readonly VenueOrder[]): readonly unknown[] {
  return orders.flatMap((order) => {
    const instrument = context.exchange.instrument(order.symbol);
    return instrument === null ? [] : [describeOrder(order, instrument, 'query')];
  });
}

function openOrders(context: VenueContext, parameters: URLSearchParams): Answer {
  const wanted = parameters.get('symbol');
  if (wanted !== null && !context.market.symbols.has(wanted)) return err(fault(-1121));
  return ok(describeAll(context, context.exchange.openOrders(wanted)));
}

function cancelAll(context: VenueContext, parameters: URLSearchParams): Answer {
  return withSymbol(context, parameters, (_, { symbol }) => {
    for (const order of context.exchange.openOrders(symbol)) context.exchange.cancel(symbol, { orderId: order.orderId, clientOrderId: null }, timeOf(context));
    return ok(DONE);
  });
}

function countdown(context: VenueContext, parameters: URLSearchParams): Answer {
  return withSymbol(context, parameters, (_, { symbol }) => {
    const time = Number(parameters.get('countdownTime') ?? Number.NaN);
    if (!Number.isFinite(time) || time < 0) return err(missingParameter('countdownTime'));
    context.exchange.setCountdown(symbol, time === 0 ? null : context.now() + time);
    return ok({ symbol, countdownTime: String(time) });
  });
}

/** Each element is answered for itself: an order, or `{code, msg}`. */
function batch(context: VenueContext, parameters: URLSearchParams, each: (context: VenueContext, parameters: URLSearchParams) => Answer): Answer {
  const list = readList(parameters.get('batchOrders'));
  if (list === null) return err(missingParameter('batchOrders'));
  if (list.length === 0 || list.length > 5) return err(fault(-4082));
  return ok(
    list.map((element) => {
      if (typeof element !== 'object' || element === null) return { code: -1102, msg: missingParameter('batchOrders').message };
      const fields = Object.entries(element).map(([name, value]): [string, string] => [name, String(value)]);
      return outcome(each(context, new URLSearchParams(fields)));
    }),
  );
}

function outcome(answer: Answer): unknown {
  return answer.ok ? answer.value : { code: answer.error.code, msg: answer.error.message };
}

function cancelBatch(context: VenueContext, parameters: URLSearchParams): Answer {
  return withSymbol(context, parameters, (_, { symbol }) => {
    const ids = readList(anyCase(parameters, 'orderIdList'));
    const clientIds = readList(anyCase(parameters, 'origClientOrderIdList'));
    const keys = [...(ids ?? []).map((id) => ['orderId', String(id)]), ...(clientIds ?? []).map((id) => ['origClientOrderId', String(id)])];
    if (keys.length === 0) return err(missingParameter('orderIdList'));
    if (keys.length > 10) return err(fault(-4082));
    return ok(keys.map(([name = '', value = '']) => outcome(cancel(context, new URLSearchParams({ symbol, [name]: value })))));
  });
}

/** These two names are also taken in small letters, as some clients write them. */
function anyCase(parameters: URLSearchParams, name: string): string | null {
  return parameters.get(name) ?? parameters.get(name.toLowerCase());
}

function readList(text: string | null): readonly unknown[] | null {
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

function amendments(context: VenueContext, parameters: URLSearchParams): Answer {
  return withSymbol(context, parameters, (_, instrument: Instrument) => {
    const limit = readLimit(parameters, { fallback: 50, maximum: 100 });
    if (!limit.ok) return limit;
    const key = keyOf(parameters);
    const found = context.exchange.amendments.filter(
      (entry) => entry.symbol === instrument.symbol && (key === null || entry.orderId === key.orderId || entry.clientOrderId === key.clientOrderId),
    );
    return ok(found.slice(-limit.value).map((entry) => describeAmendment(entry, instrument)));
  });
}

export const placeOrderAnswer = place;
export const amendOrderAnswer = amend;
export const cancelOrderAnswer = cancel;
export const queryOrderAnswer = (context: VenueContext, parameters: URLSearchParams): Answer => query(context, parameters, false);

export const ORDER_ROUTES: Routes = {
  'POST /fapi/v1/order': { security: 'signed', weight: fixed(0), orders: ONE_ORDER, answer: place },
  'POST /fapi/v1/order/test': { security: 'signed', weight: fixed(0), answer: test },
  'PUT /fapi/v1/order': { security: 'signed', weight: fixed(0), orders: ONE_ORDER, answer: amend },
  'GET /fapi/v1/order': { security: 'signed', weight: fixed(1), answer: queryOrderAnswer },
  'DELETE /fapi/v1/order': { security: 'signed', weight: fixed(1), answer: cancel },
  'GET /fapi/v1/openOrder': { security: 'signed', weight: fixed(1), answer: (context, parameters) => query(context, parameters, true) },
  'POST /fapi/v1/batchOrders': {
    security: 'signed',
    weight: fixed(5),
    orders: BATCH_ORDERS,
    answer: (context, parameters) => batch(context, parameters, place),
  },
  'PUT /fapi/v1/batchOrders': {
    security: 'signed',
    weight: fixed(5),
    orders: BATCH_ORDERS,
    answer: (context, parameters) => batch(context, parameters, amend),
  },
  'DELETE /fapi/v1/batchOrders': { security: 'signed', weight: fixed(1), answer: cancelBatch },
  'DELETE /fapi/v1/allOpenOrders': { security: 'signed', weight: fixed(1), answer: cancelAll },
  'POST /fapi/v1/countdownCancelAll': { security: 'signed', weight: fixed(10), answer: countdown },
  'GET /fapi/v1/openOrders': { security: 'signed', weight: perSymbol(1, 40), answer: openOrders },
  'GET /fapi/v1/orderAmendment': { security: 'signed', weight: fixed(1), answer: amendments },
};
