// Protection as a post-condition: a filled position has a confirmed stop at the venue, or it is being closed.
import { say, type Said } from '../../../src-shared/contract/said.ts';
import { ceilToTick, floorToTick, type Instrument } from '../../../src-shared/domain/instrument.ts';
import type { CloseReason, ProtectionState } from '../../../src-shared/domain/position.ts';
import { lots, type EpochMs, type Lots, type Ticks } from '../../../src-shared/kernel/units.ts';
import { cancelOrder, isLive, isResting, orderOf, priceOfTicks, sendOrder, type DeskContext } from './desk-context.ts';
import type { HeldPosition } from './held-position.ts';
import { countNaked } from './naked-clock.ts';

const COMPLETE_RETRY_MS = 500;
/** −4131: the counterparty's price is outside the band; the position is still open. */
const THIN_BOOK = -4131;
/** Share of the permitted band that an order inside it uses. */
const BAND_SHARE = 0.9;

/** What the orders say about protection now. */
export function protectionOf(context: DeskContext, held: HeldPosition): ProtectionState {
  if (held.position.lots === 0) return 'none_needed';
  const hasStop = isResting(orderOf(context, held.stopOrderId)) || isResting(orderOf(context, held.nextStopId));
  if (!hasStop) return 'naked';
  return isResting(orderOf(context, held.targetOrderId)) || isResting(orderOf(context, held.nextTargetId)) ? 'protected' : 'stop_only';
}

/** Brings the position's protection fields in line with its orders. */
export function refreshProtection(context: DeskContext, held: HeldPosition, now: EpochMs): HeldPosition {
  const protection = protectionOf(context, held);
  const isNaked = protection === 'naked' && held.position.phase !== 'closed';
  const nakedSince = isNaked ? (held.position.nakedSince ?? now) : null;
  if (protection === held.position.protection && nakedSince === held.position.nakedSince) return held;
  const counted = nakedSince === null ? countNaked(context, held, now) : held;
  return { ...counted, position: { ...held.position, protection, nakedSince } };
}

/** Places the closePosition stop at the plan's price. Nothing happens while one is in flight or rests. */
export function placeStop(context: DeskContext, held: HeldPosition, now: EpochMs): HeldPosition {
  return held.position.lots === 0 ? held : placeStopAhead(context, held, now);
}

/** The same before the fills are here: a closePosition stop covers whatever the venue holds. Refused (−4509) when it holds nothing. */
export function placeStopAhead(context: DeskContext, held: HeldPosition, now: EpochMs): HeldPosition {
  const { position } = held;
  if (position.stop === null || isLive(orderOf(context, held.stopOrderId)) || isLive(orderOf(context, held.nextStopId))) return held;
  const sent = sendOrder(
    context,
    held,
    { purpose: 'stop', kind: 'stop_market', lots: lots(0), price: null, trigger: position.stop, closePosition: true, timeInForce: 'GTC' },
    now,
  );
  return { ...sent.held, stopOrderId: sent.clientOrderId, nextStopId: null, lastStopAttemptAt: now };
}

/** Places the target as a reduce-only quantity; a closePosition twin beside the stop would be refused. */
export function placeTarget(context: DeskContext, held: HeldPosition, now: EpochMs): HeldPosition {
  const { position } = held;
  if (position.target === null || position.lots === 0 || isLive(orderOf(context, held.targetOrderId)) || isLive(orderOf(context, held.nextTargetId)))
    return held;
  const sent = sendOrder(
    context,
    held,
    { purpose: 'target', kind: 'take_profit_market', lots: position.lots, price: null, trigger: position.target, closePosition: false, timeInForce: 'GTC' },
    now,
  );
  return { ...sent.held, targetOrderId: sent.clientOrderId, nextTargetId: null, lastTargetAttemptAt: now };
}

/** Moves the stop: the new one (a reduce-only quantity) rests before the old one is cancelled, so there is never a gap. */
export function moveStop(context: DeskContext, held: HeldPosition, request: { readonly stop: Ticks; readonly now: EpochMs }): HeldPosition {
  const moved = { ...held, position: { ...held.position, stop: request.stop } };
  if (!isLive(orderOf(context, held.stopOrderId))) return placeStop(context, moved, request.now);
  const sent = sendOrder(
    context,
    moved,
    { purpose: 'stop', kind: 'stop_market', lots: moved.position.lots, price: null, trigger: request.stop, closePosition: false, timeInForce: 'GTC' },
    request.now,
  );
  return { ...sent.held, nextStopId: sent.clientOrderId, lastStopAttemptAt: request.now };
}

export function moveTarget(context: DeskContext, held: HeldPosition, request: { readonly target: Ticks; readonly now: EpochMs }): HeldPosition {
  const moved = { ...held, position: { ...held.position, target: request.target } };
  if (!isLive(orderOf(context, held.targetOrderId))) return placeTarget(context, moved, request.now);
  const sent = sendOrder(
    context,
    moved,
    {
      purpose: 'target',
      kind: 'take_profit_market',
      lots: moved.position.lots,
      price: null,
      trigger: request.target,
      closePosition: false,
      timeInForce: 'GTC',
    },
    request.now,
  );
  return { ...sent.held, nextTargetId: sent.clientOrderId, lastTargetAttemptAt: request.now };
}

/** After a part was closed the target must not ask for more than is left. */
export function resizeTarget(context: DeskContext, held: HeldPosition, now: EpochMs): HeldPosition {
  const target = orderOf(context, held.targetOrderId);
  // A stop or target may have been the reason of a part only; then its order says whether it still works.
  const isDecided = held.closeReason !== null && held.closeReason !== 'stop' && held.closeReason !== 'target';
  const isExiting =
    isDecided ||
    held.position.phase === 'closing' ||
    [held.stopOrderId, held.nextStopId, held.targetOrderId].some((id) => orderOf(context, id)?.status === 'triggered');
  if (
    isExiting ||
    held.position.target === null ||
    target === null ||
    !isLive(target) ||
    target.intent.lots === held.position.lots ||
    held.nextTargetId !== null ||
    isLive(orderOf(context, held.closeOrderId))
  )
    return held;
  return moveTarget(context, held, { target: held.position.target, now });
}

/** A successor rests: it becomes the order in force and the old one is cancelled. A refused one leaves the old in force. */
export function settleSuccessors(context: DeskContext, held: HeldPosition): HeldPosition {
  let next = held;
  const stop = orderOf(context, held.nextStopId);
  if (stop !== null && isResting(stop)) {
    cancelOrder(context, held.stopOrderId);
    next = { ...next, stopOrderId: held.nextStopId, nextStopId: null };
  } else if (stop !== null && !isLive(stop)) {
    const old = orderOf(context, held.stopOrderId);
    next = { ...next, nextStopId: null, position: { ...next.position, stop: isLive(old) && old !== null ? old.intent.trigger : next.position.stop } };
  }
  const target = orderOf(context, held.nextTargetId);
  if (target !== null && isResting(target)) {
    cancelOrder(context, held.targetOrderId);
    next = { ...next, targetOrderId: held.nextTargetId, nextTargetId: null };
  } else if (target !== null && !isLive(target)) {
    const old = orderOf(context, held.targetOrderId);
    next = { ...next, nextTargetId: null, position: { ...next.position, target: isLive(old) && old !== null ? old.intent.trigger : next.position.target } };
  }
  return next;
}

/**
 * Last step of a moved stop: the temporary quantity stop is in force and the old one is gone, so a closePosition stop takes over; it
 * covers whatever quantity the position has later. A stop that is not ours is left alone.
 */
export function completeStop(context: DeskContext, held: HeldPosition, now: EpochMs): HeldPosition {
  const { position } = held;
  const current = orderOf(context, held.stopOrderId);
  if (current === null || current.status !== 'resting' || current.intent.closePosition || position.stop === null || position.phase !== 'open') return held;
  if (!current.intent.clientOrderId.startsWith(`${position.id}-`)) return held;
  const isOther = context.state.orders.live().some((order) => order !== current && order.intent.positionId === position.id && order.intent.purpose === 'stop');
  if (isOther || (held.lastStopAttemptAt !== null && now - held.lastStopAttemptAt < COMPLETE_RETRY_MS * context.speed)) return held;
  const sent = sendOrder(
    context,
    held,
    { purpose: 'stop', kind: 'stop_market', lots: lots(0), price: null, trigger: position.stop, closePosition: true, timeInForce: 'GTC' },
    now,
  );
  return { ...sent.held, nextStopId: sent.clientOrderId, lastStopAttemptAt: now };
}

/**
 * Closes `amount` lots; the stop stays until the position is flat. A whole close also ends the entry. While another close is in
 * flight a whole one is remembered and follows it; a position that is not filled yet remembers that it must not live.
 */
export function closeAtMarket(
  context: DeskContext,
  held: HeldPosition,
  request: { readonly amount: number; readonly reason: CloseReason; readonly now: EpochMs },
): HeldPosition {
  const { position } = held;
  if (position.phase === 'closed') return held;
  const isWhole = request.amount >= position.lots;
  if (isWhole) cancelOrder(context, held.entryOrderId);
  if (position.lots === 0) return { ...held, closeReason: held.closeReason ?? request.reason };
  const closing: HeldPosition = isWhole ? { ...held, closeReason: held.closeReason ?? request.reason, position: { ...position, phase: 'closing' } } : held;
  if (isLive(orderOf(context, held.closeOrderId))) return position.phase === 'closing' ? held : closing;
  const instrument = context.instrumentOf(position.symbol);
  const price = held.closeRefusal === THIN_BOOK && instrument !== null ? bandLimit(context, held, instrument) : null;
  const amount = sendable(instrument, Math.min(position.lots, Math.max(1, request.amount)), price === null);
  const sent = sendOrder(
    context,
    closing,
    {
      purpose: isWhole ? 'close' : 'reduce',
      kind: price === null ? 'market' : 'limit',
      lots: amount,
      price,
      trigger: null,
      closePosition: false,
      timeInForce: price === null ? 'GTC' : 'IOC',
    },
    request.now,
  );
  return { ...sent.held, closeOrderId: sent.clientOrderId, closeRefusal: held.closeRefusal === THIN_BOOK ? null : held.closeRefusal };
}

/** What one order may carry; the guardian sends the rest after it. */
function sendable(instrument: Instrument | null, amount: number, isMarket: boolean): Lots {
  if (instrument === null) return lots(amount);
  const most = isMarket ? instrument.marketMaxLots : instrument.maxLots;
  const bounded = most > 0 ? Math.min(amount, most) : amount;
  const stepped = bounded - (bounded % (isMarket ? instrument.marketStepLots : 1));
  return lots(stepped > 0 ? stepped : bounded);
}

/** The farthest price the percent-price filter surely accepts, for a book too thin for a market order. */
function bandLimit(context: DeskContext, held: HeldPosition, instrument: Instrument): Ticks | null {
  const mark = context.markOf(held.position.symbol);
  if (mark === null) return null;
  const room = held.position.side === 'long' ? 1 - instrument.multiplierDown : instrument.multiplierUp - 1;
  return held.position.side === 'long' ? ceilToTick(instrument, mark * (1 - room * BAND_SHARE)) : floorToTick(instrument, mark * (1 + room * BAND_SHARE));
}

/** Why a price level cannot be a stop, or null. */
export function refuseStop(context: DeskContext, held: HeldPosition, stop: Ticks): Said | null {
  const { position } = held;
  const price = priceOfTicks(context, position.symbol, stop);
  const mark = context.markOf(position.symbol);
  if (price === null || mark === null) return say('refused.stopNoPrice');
  if (position.side === 'long' ? price >= mark : price <= mark) return say('refused.stopTriggers', { price, mark });
  const { liquidationPrice } = position;
  if (liquidationPrice !== null && (position.side === 'long' ? price <= liquidationPrice : price >= liquidationPrice))
    return say('refused.stopBeyondLiquidation', { price, liquidation: liquidationPrice });
  return null;
}

export function refuseTarget(context: DeskContext, held: HeldPosition, target: Ticks): Said | null {
  const { position } = held;
  const price = priceOfTicks(context, position.symbol, target);
  const mark = context.markOf(position.symbol);
  if (price === null || mark === null) return say('refused.targetNoPrice');
  return (position.side === 'long' ? price <= mark : price >= mark) ? say('refused.targetTriggers', { price, mark }) : null;
}
