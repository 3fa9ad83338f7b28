// What ends by the clock alone: orders good till a date, and the regular orders of a symbol whose countdown nobody moved on.
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import type { Desk } from './desk.ts';
import { cancelOrder, endOrder } from './matching.ts';
import { EXPIRY_REASON } from './types.ts';

/** Conditional orders stay: neither ends them. */
export function runDeadlines(desk: Desk, time: EpochMs): void {
  for (const order of desk.goodTill) {
    const isOpen = desk.orders.isOpen(order.orderId);
    if (isOpen && time < (order.goodTillDate ?? Infinity)) continue;
    desk.goodTill.delete(order);
    if (isOpen) endOrder(desk, order, { status: 'EXPIRED', time, reason: EXPIRY_REASON.goodTillExpired });
  }
  for (const [symbol, deadline] of desk.countdowns) {
    if (time < deadline) continue;
    desk.countdowns.delete(symbol);
    for (const order of desk.orders.open(symbol)) cancelOrder(desk, order, time);
  }
}
