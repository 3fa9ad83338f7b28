// The guardian: watches every open position beside the venue's own stop and acts when protection is missing or late.
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import { isLive, netProfitR, orderOf, priceOfTicks, type DeskContext } from './desk-context.ts';
import type { HeldPosition } from './held-position.ts';
import { nextApproach } from './lifecycle.ts';
import { withStatus } from './order-machine.ts';
import type { MonitorSchedule } from './monitor-schedule.ts';
import { closeAtMarket, completeStop, placeStop, placeStopAhead, placeTarget, refreshProtection, resizeTarget } from './protection.ts';
import { manageByRules } from './rules.ts';
import { watchEntry } from './watch-entry.ts';

const STOP_RETRY_MS = 1000;
const WATCHDOG_GRACE_MS = 3000;
/** Wall milliseconds without a fill after which a triggered order has done what it could. */
const SPENT_MS = 5000;
const CLOSE_RETRY_MS = 1500;
const EXCURSION_STEP_R = 0.05;

export interface GuardStep {
  readonly now: EpochMs;
  /** Journals a changed position. */
  readonly settle: (held: HeldPosition, summary: string) => void;
  /** Which positions are due to be looked at. */
  readonly schedule: MonitorSchedule;
}

/** The timer: deadlines of every position, and prices of those whose turn it is. */
export function guardPositions(context: DeskContext, step: GuardStep): void {
  const alive = context.state.alive();
  step.schedule.keepOnly(alive);
  for (const held of alive) {
    watchEntry(context, held, step);
    const current = context.state.get(held.position.id) ?? held;
    if (current.position.lots > 0) watchOpen(context, current, step);
    else watchAhead(context, current, step);
  }
}

/** A stop that went out ahead of the fills was refused or lost: while the fills are not here it is sent again. */
function watchAhead(context: DeskContext, held: HeldPosition, { now, settle }: GuardStep): void {
  const isAhead = held.position.phase === 'opening' && held.openedLots === 0 && held.stopOrderId !== null && held.lastStopAttemptAt !== null;
  if (!isAhead || now - (held.lastStopAttemptAt ?? now) <= STOP_RETRY_MS * context.speed) return;
  const retried = placeStopAhead(context, held, now);
  if (retried !== held) settle(retried, `${held.position.symbol}: stop placed again, ahead of the fills`);
}

/** A new price of one symbol: its positions are looked at when it is their turn, or when the price came far. */
export function guardAtPrice(context: DeskContext, symbol: string, step: GuardStep): void {
  for (const held of context.state.aliveOn(symbol)) if (held.position.lots > 0 && step.schedule.isDue(context, held, step.now)) watchOpen(context, held, step);
}

/** A stop or target that has triggered protects while its order works; a position that is still open after that needs another. */
function retireSpent(context: DeskContext, held: HeldPosition, now: EpochMs): HeldPosition {
  let isRetired = false;
  for (const id of [held.stopOrderId, held.nextStopId, held.targetOrderId, held.nextTargetId]) {
    const order = orderOf(context, id);
    if (order?.status !== 'triggered' || now - Math.max(order.updatedAt, held.touchedAt) < SPENT_MS * context.speed) continue;
    const reason = 'It triggered, and the position is still open.';
    context.state.setOrder(withStatus(order, 'filled', { at: now, reason }), now, {
      summary: `${held.position.symbol}: ${order.intent.purpose} order is spent and the position still open`,
      durable: false,
    });
    isRetired = true;
  }
  // It was not the end after all; what ends the position later is its reason.
  return isRetired && held.position.phase === 'open' && (held.closeReason === 'stop' || held.closeReason === 'target') ? { ...held, closeReason: null } : held;
}

function watchOpen(context: DeskContext, watched: HeldPosition, step: GuardStep): void {
  const { now } = step;
  const held = retireSpent(context, watched, now);
  const mark = context.markOf(held.position.symbol);
  let next = refreshProtection(context, held, now);
  let summary = '';
  const protectedNow = keepProtected(context, next, now);
  if (protectedNow.held !== next) {
    next = protectedNow.held;
    summary = protectedNow.summary;
  }
  if (mark !== null && step.schedule.takeTurn(context, next, now)) {
    const stopped = watchStop(context, next, { mark, now });
    if (stopped !== next) {
      next = stopped;
      if (stopped.position.phase === 'closing' && held.position.phase !== 'closing')
        summary = `${held.position.symbol}: price passed the stop and the venue did not close; closing at the market`;
    }
    const managed = held.position.control === 'auto' ? manageByRules(context, next, { mark, now }) : next;
    if (managed !== next) {
      next = managed;
      summary ||= `${held.position.symbol}: managed by rule`;
    }
    next = followExcursion(context, next, { mark, now });
  }
  if (summary !== '' || next.position.protection !== held.position.protection || next.position.nakedSince !== held.position.nakedSince)
    step.settle(next, summary === '' ? `${next.position.symbol}: ${next.position.protection.replaceAll('_', ' ')}` : summary);
  else if (next !== watched) context.state.setQuietly(next);
}

function keepProtected(context: DeskContext, held: HeldPosition, now: EpochMs): { readonly held: HeldPosition; readonly summary: string } {
  const { position } = held;
  const wall = (milliseconds: number): number => milliseconds * context.speed;
  // Found at the venue and only to be shown: a person's own business, without a plan of ours.
  if (position.stop === null && position.phase !== 'closing') return { held, summary: '' };
  const close = orderOf(context, held.closeOrderId);
  if (position.phase === 'closing') {
    if (isLive(close) || (close !== null && now - close.updatedAt < wall(CLOSE_RETRY_MS))) return { held, summary: '' };
    return {
      held: closeAtMarket(context, held, { amount: position.lots, reason: held.closeReason ?? 'manual', now }),
      summary: `${position.symbol}: closing what is left`,
    };
  }
  if (position.nakedSince !== null) {
    if (now - position.nakedSince > wall(context.settings().unprotectedCloseSeconds * 1000)) {
      context.state.effect({
        kind: 'notify',
        notification: {
          topic: 'alarm',
          title: `${position.symbol} unprotected`,
          text: 'No stop could be placed in time; the position is being closed at the market.',
        },
      });
      return {
        held: closeAtMarket(context, held, { amount: position.lots, reason: 'unprotected', now }),
        summary: `${position.symbol}: no confirmed stop in time; closing`,
      };
    }
    if (held.lastStopAttemptAt === null || now - held.lastStopAttemptAt > wall(STOP_RETRY_MS)) {
      const retried = placeStop(context, held, now);
      return { held: retried, summary: retried === held ? '' : `${position.symbol}: stop placed again` };
    }
    return { held, summary: '' };
  }
  const entry = orderOf(context, held.entryOrderId);
  const mayRetryTarget = held.lastTargetAttemptAt === null || now - held.lastTargetAttemptAt > wall(STOP_RETRY_MS * 3);
  const isFilling = isLive(entry) && now - held.touchedAt < wall(STOP_RETRY_MS);
  if (position.protection === 'stop_only' && !isFilling && mayRetryTarget) {
    const retried = placeTarget(context, held, now);
    if (retried !== held) return { held: retried, summary: `${position.symbol}: target placed again` };
  }
  const resized = isFilling || !mayRetryTarget ? held : resizeTarget(context, held, now);
  if (resized !== held) return { held: resized, summary: `${position.symbol}: the target follows the quantity` };
  const completed = completeStop(context, held, now);
  if (completed !== held) return { held: completed, summary: `${position.symbol}: the moved stop is made permanent` };
  return { held, summary: '' };
}

/** Independent of the venue: when the mark price is beyond the stop and nothing happened for three seconds, close. */
function watchStop(context: DeskContext, held: HeldPosition, seen: { readonly mark: number; readonly now: EpochMs }): HeldPosition {
  const { position } = held;
  const stop = priceOfTicks(context, position.symbol, position.stop);
  if (stop === null || position.phase === 'closing') return held;
  const isBeyond = position.side === 'long' ? seen.mark < stop : seen.mark > stop;
  if (!isBeyond) return held.stopCrossedAt === null ? held : { ...held, stopCrossedAt: null };
  if (held.stopCrossedAt === null) return { ...held, stopCrossedAt: seen.now };
  if (seen.now - held.stopCrossedAt < WATCHDOG_GRACE_MS * context.speed) return held;
  return closeAtMarket(context, held, { amount: position.lots, reason: 'stop', now: seen.now });
}

/** Maximum and minimum profit, and the approaching events. */
function followExcursion(context: DeskContext, held: HeldPosition, seen: { readonly mark: number; readonly now: EpochMs }): HeldPosition {
  const { position } = held;
  const pnlR = netProfitR(context, position, seen.mark);
  let next = held;
  if (pnlR > position.maxPnlR + EXCURSION_STEP_R) {
    next = { ...next, position: { ...next.position, maxPnlR: pnlR } };
    context.state.lifecycle(position, 'max_pnl_updated', { at: seen.now, price: seen.mark, pnlR });
  } else if (pnlR < position.minPnlR - EXCURSION_STEP_R) {
    next = { ...next, position: { ...next.position, minPnlR: pnlR } };
    context.state.lifecycle(position, 'min_pnl_updated', { at: seen.now, price: seen.mark, pnlR });
  }
  const approach = nextApproach(
    {
      side: position.side,
      entry: position.entryPrice,
      stop: priceOfTicks(context, position.symbol, position.stop),
      target: priceOfTicks(context, position.symbol, position.target),
      riskPerUnit: position.riskPerUnit,
    },
    seen.mark,
    held.approach,
  );
  for (const kind of approach.fired) context.state.lifecycle(position, kind, { at: seen.now, price: seen.mark, pnlR });
  const hasMoved = approach.state.stop !== held.approach.stop || approach.state.target !== held.approach.target;
  return hasMoved ? { ...next, approach: approach.state } : next;
}
