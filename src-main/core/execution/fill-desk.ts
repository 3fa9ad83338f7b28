// Executions as they arrive: whose they are, what they change, and that each counts once.
import type { Fill, Order } from '../../../src-shared/domain/order.ts';
import { addMoney, type EpochMs } from '../../../src-shared/kernel/units.ts';
import type { DeskCore } from './desk-core.ts';
import type { HeldPosition } from './held-position.ts';
import { applyFill, isOpeningFill, reasonOfForeignOrder } from './fills.ts';
import { countNaked } from './naked-clock.ts';
import { closeAtMarket, placeStop, refreshProtection } from './protection.ts';
import { settlePosition } from './settle.ts';

/** Applies one execution; one that was seen before, or that belongs to nobody here, changes nothing. */
export function takeFill(desk: DeskCore, fill: Fill, now: EpochMs): void {
  const key = `${fill.symbol} ${fill.tradeId}`;
  const { state } = desk.context;
  if (state.hasSeen(key)) return;
  const held = ownerOfFill(desk, fill);
  if (held === null) return;
  const order = orderOfFill(desk, fill);
  state.rememberFill([key], {
    time: now,
    kind: 'fill',
    positionId: held.position.id,
    symbol: fill.symbol,
    summary: `${fill.symbol}: ${fill.side} ${fill.lots} lots at ${fill.price}`,
    data: { key, fill },
  });
  if (order !== null) desk.setOrder({ ...order, fee: addMoney(order.fee, fill.fee) }, now, `filled ${fill.lots} lots`);
  const isOpening = isOpeningFill(held, fill);
  const purpose = order?.intent.purpose;
  const filled = applyFill(desk.context, countNaked(desk.context, held, now), {
    fill,
    reason: purpose === 'stop' || purpose === 'target' ? purpose : reasonOfForeignOrder(fill.clientOrderId),
    now,
  });
  if (isOpening && held.openedLots === 0) state.lifecycle(filled.position, 'created', { at: now, price: fill.price, pnlR: 0 });
  const isUnwanted = held.position.phase === 'opening' && held.closeReason !== null;
  let next = filled.position.lots > 0 ? placeStop(desk.context, filled, now) : filled;
  if (isUnwanted && held.closeReason !== null) next = closeAtMarket(desk.context, next, { amount: next.position.lots, reason: held.closeReason, now });
  desk.keep(refreshProtection(desk.context, next, now), now, `${fill.symbol}: ${isOpening ? 'opened' : 'closed'} ${fill.lots} lots at ${fill.price}`);
  settlePosition(desk, held.position.id, now);
}

function orderOfFill(desk: DeskCore, fill: Fill): Order | null {
  const { orders } = desk.context.state;
  return (
    orders.get(fill.clientOrderId) ??
    [...orders.values()].find((order) => order.venueOrderId === fill.venueOrderId || order.triggeredOrderId === fill.venueOrderId) ??
    null
  );
}

/** By its order; else the position of that symbol and leg which was there at the time. */
function ownerOfFill(desk: DeskCore, fill: Fill): HeldPosition | null {
  const { state } = desk.context;
  const order = orderOfFill(desk, fill);
  if (order !== null) return adopterOf(desk, order, fill) ?? state.get(order.intent.positionId);
  const isLeg = ({ position }: HeldPosition): boolean =>
    position.symbol === fill.symbol &&
    (fill.positionSide === 'BOTH' || (fill.positionSide === 'LONG') === (position.side === 'long')) &&
    fill.time >= position.openedAt;
  return (
    state.alive().find(isLeg) ??
    [...state.positions.values()].findLast((held) => isLeg(held) && held.position.phase === 'closed' && held.openedLots > 0 && fill.time <= held.correctedAt) ??
    null
  );
}

/** An entry that was given up and filled after all may have been adopted meanwhile: then its fills are contained in what was adopted. */
function adopterOf(desk: DeskCore, order: Order, fill: Fill): HeldPosition | null {
  const { state } = desk.context;
  const given = state.get(order.intent.positionId);
  if (given === null || given.position.phase !== 'closed' || given.openedLots > 0) return null;
  return (
    state.alive().find((held) => held.position.symbol === fill.symbol && held.position.side === given.position.side && fill.time <= held.correctedAt) ?? null
  );
}
