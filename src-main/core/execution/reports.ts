// What the venue says about an order: the order follows, and what is missing for it is fetched.
import { isTerminal, type Fill, type Order } from '../../../src-shared/domain/order.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import type { OrderReport } from '../ports.ts';
import { concludeAmendment, followAmendment } from './amendment-outcome.ts';
import { cancelOrder } from './desk-context.ts';
import { HOUR_MS, type DeskCore } from './desk-core.ts';
import { takeFill } from './fill-desk.ts';
import { applyReport } from './order-machine.ts';
import { placeStopAhead } from './protection.ts';
import { settlePosition } from './settle.ts';

/** An order event of the account stream, with the execution it tells of. */
export function takeOrderEvent(desk: DeskCore, { report, fill }: { readonly report: OrderReport; readonly fill: Fill | null }, now: EpochMs): void {
  if (fill !== null) takeFill(desk, fill, now);
  // After the fill, which has added its fee to the order.
  const order =
    desk.context.state.orders.get(report.clientOrderId) ??
    [...desk.context.state.orders.values()].find((known) => known.triggeredOrderId === report.venueOrderId && !report.conditional);
  if (order === undefined) {
    // Somebody else's order: its consequences are read from the venue. Their conditionals rest without moving anything.
    if (!report.conditional) desk.want(report.symbol, (fill?.time ?? now) - HOUR_MS, now);
    return;
  }
  takeReport(desk, { order, report, now });
  const isStray = order.intent.purpose === 'entry' && desk.context.state.get(order.intent.positionId)?.position.phase === 'closed';
  if (isStray && !isTerminal(report.status)) cancelOrder(desk.context, order.intent.clientOrderId);
  settlePosition(desk, order.intent.positionId, now);
}

/** The order follows the report; executions it tells of and we lack are asked for. */
export function takeReport(desk: DeskCore, { order, report, now }: { readonly order: Order; readonly report: OrderReport; readonly now: EpochMs }): void {
  const next = concludeAmendment(desk, applyReport(order, report), now);
  if (next === order) return;
  desk.setOrder(next, now, `is ${next.status.replaceAll('_', ' ')}`);
  followAmendment(desk, { before: order, after: next, now });
  if (isTerminal(next.status)) desk.inquiries.settle(order.intent.clientOrderId);
  // The venue says more is filled than the fills we have: fetch them.
  const held = desk.context.state.get(order.intent.positionId);
  if (held === null || report.filledLots <= 0 || order.intent.purpose !== 'entry' || held.openedLots - held.entryBaseLots >= report.filledLots) return;
  protectAhead(desk, order.intent.positionId, now);
  desk.want(order.intent.symbol, order.intent.createdAt - 1000, now);
}

/** The venue says that the entry has filled; its fills are still on their way. A closePosition stop needs no quantity, so it goes out now. */
export function protectAhead(desk: DeskCore, positionId: string, now: EpochMs): void {
  const held = desk.context.state.get(positionId);
  if (held === null || held.position.phase !== 'opening' || held.openedLots > 0) return;
  const ahead = placeStopAhead(desk.context, held, now);
  if (ahead !== held) desk.keep(ahead, now, `${held.position.symbol}: the stop is sent ahead of the fills`);
}
