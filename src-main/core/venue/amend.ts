// Changes a resting limit order: new price and quantity, place in the queue lost.
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import type { OrderSide } from '../../../src-shared/domain/order.ts';
import type { EpochMs, Lots, Ticks } from '../../../src-shared/kernel/units.ts';
import type { Desk } from './desk.ts';
import { fault } from './faults.ts';
import { checkFilters, MAXIMUM_AMENDMENTS } from './filters.ts';
import { cancelOrder, match } from './matching.ts';
import { priceOf } from './price-match.ts';
import { isReducing, refuseAgainstBook, refuseMargin } from './order-rules.ts';
import type { OrderKey, PriceMatch, VenueFault, VenueOrder } from './types.ts';

export interface AmendRequest {
  readonly symbol: string;
  readonly key: OrderKey;
  readonly side: OrderSide;
  readonly lots: Lots;
  readonly price: Ticks | null;
  /** Instead of a price. */
  readonly priceMatch?: PriceMatch;
}

/**
 * Cancels instead when the new quantity is already filled or a post-only order would take. Errors: -2013 unknown, -5027 nothing to
 * change, -5026 changed too often, and all of a new order's.
 */
export function amendOrder(desk: Desk, request: AmendRequest, time: EpochMs): Result<VenueOrder, VenueFault> {
  const order = desk.orders.findOpen(request.symbol, request.key);
  if (order === null || order.type !== 'LIMIT' || order.price === null) return err(fault(-2013));
  if (order.side !== request.side) return err(fault(-2013));
  const matched = priceOf(desk, request, time);
  if (!matched.ok) return matched;
  const price = matched.value ?? order.price;
  if (order.lots === request.lots && order.price === price) return err(fault(-5027));
  if (order.amendments >= MAXIMUM_AMENDMENTS) return err(fault(-5026));
  const instrument = desk.instrument(order.symbol);
  const filterFault = checkFilters(instrument, {
    isMarket: false,
    side: order.side,
    lots: request.lots,
    price,
    mark: desk.quote(order.symbol).mark,
    reduceOnly: isReducing(desk, order),
    multiples: desk.multiples.get(order.symbol),
  });
  if (filterFault !== null) return err(filterFault);
  const planned = { ...order, lots: request.lots, price };
  if (request.lots <= order.filled) return ok(cancelOrder(desk, order, time));
  if (order.timeInForce === 'GTX' && refuseAgainstBook(desk, planned, { instrument, time }) !== null) return ok(cancelOrder(desk, order, time));
  const before = { price: order.price, lots: order.lots };
  order.price = price;
  order.lots = order.filled;
  const added = { ...planned, lots: (request.lots - order.filled) as Lots };
  const marginFault = isReducing(desk, order) ? null : refuseMargin(desk, added, { instrument, time });
  if (marginFault !== null) {
    order.price = before.price;
    order.lots = before.lots;
    return err(marginFault);
  }
  order.lots = request.lots;
  order.updateTime = time;
  order.amendments += 1;
  desk.orders.recordAmendment({
    symbol: order.symbol,
    orderId: order.orderId,
    clientOrderId: order.clientOrderId,
    time,
    before,
    after: { price, lots: request.lots },
    count: order.amendments,
  });
  desk.events.push({ kind: 'order', time, execution: 'AMENDMENT', order: { ...order }, trade: null });
  match(desk, order, time);
  return ok({ ...order });
}
