// Turns an order intent into the exact request and sends it: regular orders, and conditionals through the algo-order service.
import type { Instrument } from '../../../src-shared/domain/instrument.ts';
import { formatPrice, formatQuantity } from '../../../src-shared/domain/instrument.ts';
import { isConditional, type OrderIntent } from '../../../src-shared/domain/order.ts';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import { epochMs, lots } from '../../../src-shared/kernel/units.ts';
import type { AmendRequest, CallPriority, ExchangeError, OrderAcknowledgement, OrderReport } from '../../core/ports.ts';
import type { CallOptions, Gateway } from './gateway.ts';
import { notUnderstood } from './held-back.ts';
import { toAlgoStatus, toOrderReport } from './order-mapping.ts';
import { algoSchema, orderSchema } from './rest-schemas.ts';
import { readable } from './wire-units.ts';

type Parameters = Readonly<Record<string, string | undefined>>;

function priorityOf(intent: OrderIntent): CallPriority {
  if (intent.purpose === 'entry') return 'trade';
  return intent.purpose === 'close' || intent.purpose === 'reduce' ? 'close' : 'protect';
}

/** Hedge accounts name the side and refuse reduceOnly; one-way accounts the other way round. */
function sideParameters(intent: OrderIntent, hedgeMode: boolean): Parameters {
  return {
    reduceOnly: intent.reduceOnly && !intent.closePosition && !hedgeMode ? 'true' : undefined,
    positionSide: hedgeMode ? intent.positionSide : undefined,
  };
}

/** Parameters of `POST /fapi/v1/order`, decimals as plain text on the contract's grid. */
export function regularParameters(intent: OrderIntent, instrument: Instrument, hedgeMode: boolean): Parameters {
  return {
    symbol: intent.symbol,
    side: intent.side,
    type: intent.kind === 'limit' ? 'LIMIT' : 'MARKET',
    timeInForce: intent.kind === 'limit' ? intent.timeInForce : undefined,
    quantity: formatQuantity(instrument, intent.lots),
    price: intent.price === null ? undefined : formatPrice(instrument, intent.price),
    ...sideParameters(intent, hedgeMode),
    newOrderRespType: 'RESULT',
    newClientOrderId: intent.clientOrderId,
  };
}

/** Parameters of `POST /fapi/v1/algoOrder`; closePosition excludes quantity and reduceOnly. */
export function conditionalParameters(intent: OrderIntent, instrument: Instrument, hedgeMode: boolean): Parameters {
  return {
    algoType: 'CONDITIONAL',
    symbol: intent.symbol,
    side: intent.side,
    type: intent.kind === 'stop_market' ? 'STOP_MARKET' : 'TAKE_PROFIT_MARKET',
    triggerPrice: intent.trigger === null ? undefined : formatPrice(instrument, intent.trigger),
    quantity: intent.closePosition ? undefined : formatQuantity(instrument, intent.lots),
    closePosition: intent.closePosition ? 'true' : undefined,
    ...sideParameters(intent, hedgeMode),
    workingType: intent.triggerBy === 'mark' ? 'MARK_PRICE' : 'CONTRACT_PRICE',
    clientAlgoId: intent.clientOrderId,
  };
}

/**
 * Changes a resting limit order. Repeated only when it surely was not carried out; the same terms twice are refused by the venue (−5027).
 */
export async function amendOrder(
  gateway: Gateway,
  { request, instrument }: { readonly request: AmendRequest; readonly instrument: Instrument },
): Promise<Result<OrderReport, ExchangeError>> {
  const call: CallOptions = { name: 'order change', weight: 0, priority: 'trade', isMutation: true, orders: 1 };
  const sent = await gateway.call(call, orderSchema, (client) => client.putPrivate('fapi/v1/order', amendParameters(request, instrument)));
  if (!sent.ok) return sent;
  const report = readable(() => toOrderReport(sent.value, instrument));
  if (report !== null) return ok(report);
  gateway.count(call.name);
  return err(notUnderstood(call.name, 'a number does not fit our units', true));
}

/** Parameters of `PUT /fapi/v1/order`: side, quantity and price are all demanded (−1102), also those that stay as they are. */
export function amendParameters({ symbol, clientOrderId, side, lots: wanted, price }: AmendRequest, instrument: Instrument): Parameters {
  return { symbol, origClientOrderId: clientOrderId, side, quantity: formatQuantity(instrument, wanted), price: formatPrice(instrument, price) };
}

/**
 * Orders go through the SDK's signed POST and not its order helpers: those are typed for numbers (the wire wants exact text) and
 * print the whole request when a client id does not carry the SDK author's tag.
 */
export async function submitOrder(
  gateway: Gateway,
  order: { readonly intent: OrderIntent; readonly instrument: Instrument; readonly hedgeMode: boolean },
): Promise<Result<OrderAcknowledgement, ExchangeError>> {
  const { intent, instrument, hedgeMode } = order;
  const isRepeatedByCaller = intent.purpose === 'entry';
  const call: CallOptions = { name: `${intent.purpose} order`, weight: 0, priority: priorityOf(intent), isMutation: true, orders: 1, isRepeatedByCaller };
  if (isConditional(intent.kind)) {
    const sent = await gateway.call(call, algoSchema, (client) =>
      client.postPrivate('fapi/v1/algoOrder', conditionalParameters(intent, instrument, hedgeMode)),
    );
    if (!sent.ok) return sent;
    const { algoId, algoStatus, updateTime } = sent.value;
    return ok({ clientOrderId: intent.clientOrderId, venueOrderId: algoId, status: toAlgoStatus(algoStatus), filledLots: lots(0), time: epochMs(updateTime) });
  }
  const sent = await gateway.call(call, orderSchema, (client) => client.postPrivate('fapi/v1/order', regularParameters(intent, instrument, hedgeMode)));
  if (!sent.ok) return sent;
  const report = readable(() => toOrderReport(sent.value, instrument));
  if (report === null) {
    gateway.count(call.name);
    return err(notUnderstood(call.name, 'a number does not fit our units', true));
  }
  return ok({
    clientOrderId: intent.clientOrderId,
    venueOrderId: report.venueOrderId,
    status: report.status,
    filledLots: report.filledLots,
    time: report.time,
  });
}
