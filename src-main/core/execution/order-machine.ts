// One order's life: reports may be late, doubled or out of order; status only ever moves forward.
import { isConditional, isTerminal, type Order, type OrderIntent, type OrderStatus } from '../../../src-shared/domain/order.ts';
import { lots, ZERO_MONEY, type EpochMs } from '../../../src-shared/kernel/units.ts';
import type { OrderReport } from '../ports.ts';

/** How far along a status is; a report may never move an order back. */
const PROGRESS: Readonly<Record<OrderStatus, number>> = {
  intended: 0,
  sent: 1,
  unknown: 2,
  resting: 3,
  partially_filled: 4,
  triggered: 5,
  filled: 6,
  canceled: 6,
  expired: 6,
  rejected: 6,
};

export function createOrder(intent: OrderIntent): Order {
  return {
    intent,
    status: 'intended',
    venueOrderId: null,
    triggeredOrderId: null,
    filledLots: lots(0),
    averagePrice: 0,
    fee: ZERO_MONEY,
    updatedAt: intent.createdAt,
    reason: null,
  };
}

/** The order after our own step (sent, unknown, rejected). An order the venue already knows is not moved back. */
export function withStatus(
  order: Order,
  status: OrderStatus,
  change: { readonly at: EpochMs; readonly reason?: string | null; readonly venueOrderId?: string | null },
): Order {
  if (isTerminal(order.status)) return order;
  if (status !== 'rejected' && PROGRESS[status] < PROGRESS[order.status] && order.status !== 'unknown') return order;
  return { ...order, status, updatedAt: change.at, reason: change.reason ?? order.reason, venueOrderId: change.venueOrderId ?? order.venueOrderId };
}

/** Applies a venue report; returns the same object when it says nothing new. A triggered conditional's second life keeps our id. */
export function applyReport(order: Order, report: OrderReport): Order {
  const isSecondLife = isConditional(order.intent.kind) && !report.conditional;
  const filledLots = lots(Math.max(order.filledLots, report.filledLots));
  const reported = isSecondLife && report.status === 'resting' ? 'triggered' : report.status;
  // A conditional that FINISHED only says that its order was made; fills decide whether it is filled.
  const wanted: OrderStatus = report.conditional && report.status === 'filled' ? 'triggered' : reported;
  // "Never placed" is our own conclusion; a report of the venue overrules it.
  const isOpen = !isTerminal(order.status) || (order.status === 'rejected' && order.venueOrderId === null);
  const isForward = isOpen && wanted !== 'unknown' && (PROGRESS[wanted] >= PROGRESS[order.status] || order.status === 'unknown' || order.status === 'rejected');
  const status = isForward ? wanted : order.status;
  const triggeredOrderId = report.triggeredOrderId ?? (isSecondLife ? report.venueOrderId : order.triggeredOrderId);
  const venueOrderId = isSecondLife ? order.venueOrderId : report.venueOrderId;
  // A late report tells the average of fewer fills.
  const isAverageOfAll = report.averagePrice > 0 && filledLots > 0 && report.filledLots === filledLots;
  const averagePrice = isAverageOfAll ? report.averagePrice : order.averagePrice;
  const terms = termsOf(order, report);
  if (
    terms === null &&
    status === order.status &&
    filledLots === order.filledLots &&
    triggeredOrderId === order.triggeredOrderId &&
    venueOrderId === order.venueOrderId &&
    averagePrice === order.averagePrice
  )
    return order;
  return {
    ...order,
    ...terms,
    status,
    filledLots,
    triggeredOrderId,
    venueOrderId,
    averagePrice,
    updatedAt: report.time,
    reason: report.reason ?? order.reason,
  };
}

/** Price and quantity a working limit order has at the venue, where they differ from ours; a report older than the one that told ours is not heard. */
function termsOf(order: Order, report: OrderReport): Pick<Order, 'intent' | 'pricedAt'> | null {
  const { intent } = order;
  if (intent.kind !== 'limit' || report.conditional || report.price === null || report.lots <= 0 || isTerminal(order.status)) return null;
  if (report.time < (order.pricedAt ?? 0) || (report.price === intent.price && report.lots === intent.lots)) return null;
  return { intent: { ...intent, price: report.price, lots: report.lots }, pricedAt: report.time };
}
