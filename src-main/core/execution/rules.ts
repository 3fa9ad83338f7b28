// Rules that manage an open position: time exit, break-even, trailing stop and target, partial close. All off by default.
import { ceilToTick, floorToTick, type Instrument } from '../../../src-shared/domain/instrument.ts';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import { assertNever } from '../../../src-shared/kernel/result.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import { isLive, netProfitR, orderOf, priceOfTicks, stopTick, type DeskContext } from './desk-context.ts';
import type { HeldPosition } from './held-position.ts';
import { closeAtMarket, moveStop, moveTarget } from './protection.ts';

/** A refused rule is not tried again on every look. */
const RULE_RETRY_MS = 5000;
/** A trail moves in steps of a quarter of its distance, so that the venue is not asked for every tick. */
const STEP_SHARE = 0.25;
/** Room behind a swing, in ATR. */
const SWING_ROOM_ATR = 0.1;

interface Seen {
  readonly mark: number;
  readonly now: EpochMs;
}

/** The position after the first rule that applies; never on one that a person took over. */
export function manageByRules(context: DeskContext, held: HeldPosition, seen: Seen): HeldPosition {
  const settings = context.settings();
  const { position } = held;
  const instrument = context.instrumentOf(position.symbol);
  if (instrument === null || position.phase !== 'open' || position.riskPerUnit <= 0) return held;
  if (settings.timeExitHours > 0 && seen.now - position.openedAt > settings.timeExitHours * 3_600_000)
    return closeAtMarket(context, held, { amount: position.lots, reason: 'expired', now: seen.now });
  const profitR = netProfitR(context, position, seen.mark);
  const stopped = followWithStop(context, held, { ...seen, instrument, profitR });
  if (stopped !== held) return stopped;
  const targeted = followWithTarget(context, held, { ...seen, instrument });
  if (targeted !== held) return targeted;
  return takePart(context, held, { now: seen.now, profitR });
}

function isRested(context: DeskContext, at: EpochMs | null, now: EpochMs): boolean {
  return at === null || now - at > RULE_RETRY_MS * context.speed;
}

function followWithStop(context: DeskContext, held: HeldPosition, seen: Seen & { readonly instrument: Instrument; readonly profitR: number }): HeldPosition {
  const settings = context.settings();
  const { position } = held;
  if (held.nextStopId !== null || !isRested(context, held.lastStopAttemptAt, seen.now)) return held;
  const sign = position.side === 'long' ? 1 : -1;
  const stop = priceOfTicks(context, position.symbol, position.stop);
  const isBetter = (level: number): boolean => stop !== null && (level - stop) * sign > 0 && (seen.mark - level) * sign > 0;
  const move = (level: number): HeldPosition => moveStop(context, held, { stop: stopTick(seen.instrument, position.side, level), now: seen.now });
  if (settings.breakEvenEnabled && seen.profitR >= settings.breakEvenTriggerR && isBetter(position.entryPrice)) return move(position.entryPrice);
  const profitPercent = (seen.mark / position.entryPrice - 1) * sign * 100;
  if (!settings.trailingStopEnabled || profitPercent < settings.trailingStopTriggerPercent) return held;
  const trail = trailOf(context, held, { mark: seen.mark, settings });
  if (trail === null || stop === null) return held;
  const isWorth = (trail.level - stop) * sign > trail.step;
  return isWorth && isBetter(trail.level) ? move(trail.level) : held;
}

/** Where the trail stands now and how far it must have moved to be worth an order, both in price; null while unknown. */
function trailOf(
  context: DeskContext,
  { position }: HeldPosition,
  { mark, settings }: { readonly mark: number; readonly settings: Settings },
): { readonly level: number; readonly step: number } | null {
  const sign = position.side === 'long' ? 1 : -1;
  switch (settings.trailingStopBy) {
    case 'percent': {
      const distance = (mark * settings.trailingStopDistancePercent) / 100;
      return { level: mark - sign * distance, step: distance * STEP_SHARE };
    }
    case 'atr': {
      const atr = context.trailOf?.(position.symbol)?.atr ?? Number.NaN;
      const distance = atr * settings.trailingStopAtrMultiple;
      return distance > 0 ? { level: mark - sign * distance, step: distance * STEP_SHARE } : null;
    }
    case 'structure': {
      const trail = context.trailOf?.(position.symbol) ?? null;
      const swing = trail === null ? null : sign > 0 ? trail.swingLow : trail.swingHigh;
      return trail === null || swing === null || !(trail.atr > 0) ? null : { level: swing - sign * trail.atr * SWING_ROOM_ATR, step: 0 };
    }
    default:
      return assertNever(settings.trailingStopBy);
  }
}

/** The target stays ahead of the price by its distance; it never comes nearer. */
function followWithTarget(context: DeskContext, held: HeldPosition, seen: Seen & { readonly instrument: Instrument }): HeldPosition {
  const settings = context.settings();
  const { position } = held;
  const sign = position.side === 'long' ? 1 : -1;
  const target = priceOfTicks(context, position.symbol, position.target);
  const isFree = held.nextTargetId === null && isLive(orderOf(context, held.targetOrderId)) && isRested(context, held.lastTargetAttemptAt, seen.now);
  if (!settings.trailingTargetEnabled || target === null || !isFree) return held;
  if ((seen.mark / position.entryPrice - 1) * sign * 100 < settings.trailingTargetTriggerPercent) return held;
  const distance = (seen.mark * settings.trailingTargetDistancePercent) / 100;
  const level = seen.mark + sign * distance;
  if ((level - target) * sign <= distance * STEP_SHARE) return held;
  return moveTarget(context, held, { target: sign > 0 ? ceilToTick(seen.instrument, level) : floorToTick(seen.instrument, level), now: seen.now });
}

function takePart(context: DeskContext, held: HeldPosition, { now, profitR }: { readonly now: EpochMs; readonly profitR: number }): HeldPosition {
  const settings = context.settings();
  const { position } = held;
  if (!settings.partialEnabled || profitR < settings.partialTriggerR || position.lots !== held.openedLots) return held;
  const lastClose = orderOf(context, held.closeOrderId);
  if (lastClose !== null && (isLive(lastClose) || !isRested(context, lastClose.updatedAt, now))) return held;
  const part = Math.floor((position.lots * settings.partialPercent) / 100);
  return part >= 1 ? closeAtMarket(context, held, { amount: part, reason: 'manual', now }) : held;
}
