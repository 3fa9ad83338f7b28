// Draws the conclusions of changed orders: protection kept in step, the position ended when it is flat, or given up when it never was.
import type { CloseReason, Position } from '../../../src-shared/domain/position.ts';
import { lotsToQuantity } from '../../../src-shared/domain/instrument.ts';
import { lots, type EpochMs } from '../../../src-shared/kernel/units.ts';
import { cancelOrder, isLive, netProfitR, orderOf } from './desk-context.ts';
import type { DeskCore } from './desk-core.ts';
import type { HeldPosition } from './held-position.ts';
import { chaseEntry } from './chase.ts';
import { countNaked } from './naked-clock.ts';
import { completeStop, placeTarget, refreshProtection, resizeTarget, settleSuccessors } from './protection.ts';

/** Draws the conclusions of changed orders for one position. */
export function settlePosition(desk: DeskCore, positionId: string, now: EpochMs): void {
  const held = desk.context.state.get(positionId);
  if (held === null || held.position.phase === 'closed') return;
  const entry = orderOf(desk.context, held.entryOrderId);
  if (held.position.lots === 0) {
    if (isLive(entry)) {
      // Stopped out while the rest of the entry still works: the rest must not open it again.
      if (held.openedLots > 0 && held.closedLots > 0) cancelOrder(desk.context, held.entryOrderId);
      return;
    }
    // The venue filled more than the fills that came: whether the position is flat is known when they are here, or by comparison.
    if (entry !== null && held.correctedAt === 0 && held.openedLots > 0 && entry.filledLots > held.openedLots - held.entryBaseLots) {
      desk.want(held.position.symbol, entry.intent.createdAt - 1000, now);
      return;
    }
    if (entry !== null && held.isChasing && entry.status === 'canceled' && entry.filledLots === 0 && held.openedLots === 0 && chaseEntry(desk, held, now))
      return;
    if (held.openedLots > 0) endPosition(desk, held, { now, reason: reasonOf(desk, held) });
    else if (entry !== null && !(entry.status === 'filled')) abandonPosition(desk, held, { now, why: entry.reason ?? `the entry order was ${entry.status}` });
    return;
  }
  let next = settleSuccessors(desk.context, held);
  // A target that was refused is tried again by the guardian, at its pace: answering a refusal with an order would go on without end.
  const isRefused = orderOf(desk.context, next.targetOrderId)?.status === 'rejected';
  if (!isLive(entry) && next.position.phase !== 'closing' && !isRefused) next = placeTarget(desk.context, resizeTarget(desk.context, next, now), now);
  next = refreshProtection(desk.context, completeStop(desk.context, next, now), now);
  if (next !== held)
    desk.keep(
      next,
      now,
      `${next.position.symbol}: ${next.position.protection === 'protected' ? 'protected by stop and target' : next.position.protection.replaceAll('_', ' ')}`,
    );
}

/** The position is flat: its orders are cancelled, its life is summed up and told. */
export function endPosition(desk: DeskCore, ending: HeldPosition, { now, reason }: { readonly now: EpochMs; readonly reason: CloseReason }): void {
  const held = countNaked(desk.context, ending, now);
  for (const id of [held.stopOrderId, held.nextStopId, held.targetOrderId, held.nextTargetId, held.entryOrderId]) cancelOrder(desk.context, id);
  const { position } = held;
  const price = position.exitPrice ?? desk.context.markOf(position.symbol) ?? position.entryPrice;
  const pnlR = finalR(desk, held, price);
  const closed: Position = {
    ...position,
    phase: 'closed',
    lots: lots(0),
    closedAt: now,
    closeReason: reason,
    exitPrice: price,
    protection: 'none_needed',
    nakedSince: null,
    maxPnlR: Math.max(position.maxPnlR, pnlR),
    minPnlR: Math.min(position.minPnlR, pnlR),
  };
  if (reason === 'target') desk.context.state.lifecycle(closed, 'tp_triggered', { at: now, price, pnlR });
  if (reason === 'stop') desk.context.state.lifecycle(closed, 'sl_triggered', { at: now, price, pnlR });
  if (reason === 'manual' || reason === 'flatten') desk.context.state.lifecycle(closed, 'manual_close', { at: now, price, pnlR });
  if (reason === 'expired') desk.context.state.lifecycle(closed, 'expired', { at: now, price, pnlR });
  desk.keep({ ...held, position: closed }, now, `${position.symbol}: closed (${reason})`);
  desk.context.state.lifecycle(closed, 'closed', { at: now, price, pnlR, reason });
  desk.context.state.effect({
    kind: 'notify',
    notification: {
      topic: 'trade',
      title: `${position.symbol} closed`,
      text: `${position.side} closed by ${reason} at ${Number(price.toPrecision(8))}, ${pnlR.toFixed(2)} R.`,
    },
  });
}

/** The entry never filled. */
export function abandonPosition(desk: DeskCore, held: HeldPosition, { now, why }: { readonly now: EpochMs; readonly why: string }): void {
  const position: Position = { ...held.position, phase: 'closed', closedAt: now, closeReason: 'external', protection: 'none_needed', nakedSince: null };
  desk.keep({ ...held, position }, now, `${position.symbol}: not opened (${why})`);
}

function reasonOf(desk: DeskCore, held: HeldPosition): CloseReason {
  if (held.closeReason !== null) return held.closeReason;
  const wasFilled = (id: string | null): boolean => {
    const order = orderOf(desk.context, id);
    return order !== null && (order.status === 'triggered' || order.status === 'filled' || order.filledLots > 0);
  };
  if (wasFilled(held.stopOrderId) || wasFilled(held.nextStopId)) return 'stop';
  return wasFilled(held.targetOrderId) || wasFilled(held.nextTargetId) ? 'target' : 'external';
}

/** R of the whole trade from the venue's own money: realised profit less fees plus funding. */
function finalR(desk: DeskCore, held: HeldPosition, price: number): number {
  const { position, openedLots } = held;
  const instrument = desk.context.instrumentOf(position.symbol);
  if (instrument === null || position.riskPerUnit <= 0 || openedLots <= 0) return netProfitR(desk.context, position, price);
  const risk = position.riskPerUnit * lotsToQuantity(instrument, lots(openedLots));
  return (position.realisedPnl - position.fees + position.funding) / 1e8 / risk;
}
