// What one execution does to a position: sums of opened and closed lots, so that late and reordered fills give the same result.
import type { Fill } from '../../../src-shared/domain/order.ts';
import type { CloseReason, Position } from '../../../src-shared/domain/position.ts';
import { addMoney, lots, type EpochMs } from '../../../src-shared/kernel/units.ts';
import { openingSide, priceOfTicks, type DeskContext } from './desk-context.ts';
import type { HeldPosition } from './held-position.ts';

export function isOpeningFill(held: HeldPosition, fill: Fill): boolean {
  return fill.side === openingSide(held.position.side);
}

/** Why an order that is not ours closed a position, by the prefix the venue gives its own orders. */
export function reasonOfForeignOrder(clientOrderId: string): CloseReason | null {
  return clientOrderId.startsWith('autoclose-') || clientOrderId.startsWith('adl_autoclose') ? 'liquidation' : null;
}

export interface FillMoment {
  readonly fill: Fill;
  /** Why a closing fill closes, when its order tells. */
  readonly reason: CloseReason | null;
  readonly now: EpochMs;
}

/**
 * The position after a fill it has not seen. Lots are `opened − closed`, never below zero, whatever the order of arrival. A fill that
 * a reconciliation already counted only brings its money. An entry that fills after it was given up makes the position live again.
 */
export function applyFill(context: DeskContext, held: HeldPosition, { fill, reason, now }: FillMoment): HeldPosition {
  const { position } = held;
  const isOpening = isOpeningFill(held, fill);
  const money = { fees: addMoney(position.fees, fill.fee), realisedPnl: addMoney(position.realisedPnl, fill.realisedPnl) };
  const closeReason = held.closeReason ?? (isOpening ? null : reason);
  if (fill.time <= held.correctedAt)
    return { ...held, closeReason, position: { ...position, ...money, exitPrice: isOpening ? position.exitPrice : fill.price } };
  const openedLots = held.openedLots + (isOpening ? fill.lots : 0);
  const closedLots = held.closedLots + (isOpening ? 0 : fill.lots);
  const entryPrice = isOpening ? mean(position.entryPrice, held.openedLots, fill) : position.entryPrice;
  const exitPrice = isOpening ? position.exitPrice : mean(position.exitPrice ?? fill.price, held.closedLots, fill);
  const stop = priceOfTicks(context, position.symbol, position.stop);
  const riskPerUnit = isOpening && stop !== null ? Math.abs(entryPrice - stop) : position.riskPerUnit;
  const filled: Position = { ...position, ...money, lots: lots(Math.max(0, openedLots - closedLots)), entryPrice, exitPrice, riskPerUnit };
  // The rest of an entry filled after a stop or target had emptied it: it goes on, and what ends it later is its reason.
  const goesOn = isOpening && filled.lots > 0 && (closeReason === 'stop' || closeReason === 'target');
  return { ...held, position: awaken(filled), closeReason: goesOn ? null : closeReason, openedLots, closedLots, touchedAt: now };
}

function mean(before: number, lotsBefore: number, fill: Fill): number {
  return lotsBefore === 0 ? fill.price : (before * lotsBefore + fill.price * fill.lots) / (lotsBefore + fill.lots);
}

/** Lots make a position open: the first fill of an entry, or one that arrives after the entry was given up. */
function awaken(position: Position): Position {
  if (position.phase === 'opening') return { ...position, phase: 'open' };
  if (position.phase !== 'closed' || position.lots === 0) return position;
  return { ...position, phase: 'open', closedAt: null, closeReason: null, exitPrice: null };
}
