// Limit entries that do not fill: cancelled after their time, or sent again nearer to the price within the slippage bound.
import { ceilToTick, floorToTick, ticksToPrice } from '../../../src-shared/domain/instrument.ts';
import { ticks, type EpochMs } from '../../../src-shared/kernel/units.ts';
import { cancelOrder, isLive, orderOf, type DeskContext } from './desk-context.ts';
import type { HeldPosition } from './held-position.ts';

const CANCEL_RETRY_MS = 1000;

export interface EntryStep {
  readonly now: EpochMs;
  readonly settle: (held: HeldPosition, summary: string) => void;
}

/** An unfilled limit entry is cancelled after its time; what was filled stays and is protected. Before that it may follow the price. */
export function watchEntry(context: DeskContext, held: HeldPosition, { now, settle }: EntryStep): void {
  const entry = orderOf(context, held.entryOrderId);
  if (entry === null || !isLive(entry) || entry.intent.kind !== 'limit') return;
  const wall = (milliseconds: number): number => milliseconds * context.speed;
  const mayCancel = now - entry.updatedAt > wall(CANCEL_RETRY_MS);
  const why = context.withdrawal?.() ?? null;
  if (why !== null || held.isWithdrawn) {
    if (!mayCancel) return;
    if (!held.isWithdrawn)
      settle({ ...held, isChasing: false, isWithdrawn: true }, `${held.position.symbol}: the entry that rests is taken back: ${why ?? ''}`);
    cancelOrder(context, held.entryOrderId);
    return;
  }
  if (held.isEntryByHand) return;
  const settings = context.settings();
  if (now - held.position.openedAt > wall(settings.orderTimeoutSeconds * 1000)) {
    if (!mayCancel) return;
    if (held.isChasing) settle({ ...held, isChasing: false }, `${held.position.symbol}: the time of the entry is over`);
    cancelOrder(context, held.entryOrderId);
    return;
  }
  if (held.isChasing) {
    if (mayCancel) cancelOrder(context, held.entryOrderId);
    return;
  }
  const isOwnTurn = now - entry.intent.createdAt > wall(settings.entryChaseSeconds * 1000);
  if (!settings.entryChaseEnabled || !isOwnTurn || held.chases >= settings.entryChaseMaximum || held.openedLots > 0) return;
  const next = chasedPrice(context, held);
  if (next === null || next === entry.intent.price) return;
  settle({ ...held, isChasing: true }, `${held.position.symbol}: the unfilled entry is taken back to follow the price`);
  cancelOrder(context, held.entryOrderId);
}

/**
 * Limit of the next attempt in ticks: the present price, never beyond MAX_SLIPPAGE_PCT from the plan's entry, and never past the stop or
 * so far that the risk of the plan would grow by more than that. Null when there is no price or the plan is gone.
 */
export function chasedPrice(context: DeskContext, held: HeldPosition): number | null {
  const { position } = held;
  const instrument = context.instrumentOf(position.symbol);
  const price = context.lastOf?.(position.symbol) ?? context.markOf(position.symbol);
  const planned = position.signal?.plan.entry ?? null;
  if (instrument === null || price === null || planned === null || position.stop === null) return null;
  const sign = position.side === 'long' ? 1 : -1;
  const bound = planned * (1 + (sign * context.settings().maxSlippagePercent) / 100);
  const wanted = sign > 0 ? Math.min(price, bound) : Math.max(price, bound);
  if ((wanted - ticksToPrice(instrument, position.stop)) * sign <= 0) return null;
  return ticks(sign > 0 ? floorToTick(instrument, wanted) : ceilToTick(instrument, wanted));
}
