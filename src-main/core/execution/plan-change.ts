// Another stop and target for an entry that rests: the plan changes at once and synced; what is filled already gets its real orders moved.
import type { Position } from '../../../src-shared/domain/position.ts';
import { moneyFromUsdt, moneyToUsdt, type EpochMs, type Ticks } from '../../../src-shared/kernel/units.ts';
import { amendableEntry } from './amendment.ts';
import { isLive, orderOf, priceOfTicks, type DeskContext } from './desk-context.ts';
import type { DeskCore } from './desk-core.ts';
import type { HeldPosition } from './held-position.ts';
import { moveStop, moveTarget, refreshProtection } from './protection.ts';

export interface PlanLevels {
  readonly stop: Ticks | null;
  readonly target: Ticks | null;
}

/** True while fills that the venue told of are not here yet: how much a stop must cover is not known. */
export function isFilling(context: DeskContext, held: HeldPosition): boolean {
  const entry = orderOf(context, held.entryOrderId);
  const isAhead = held.position.lots === 0 && isLive(orderOf(context, held.stopOrderId));
  return isAhead || (entry !== null && entry.filledLots > held.openedLots - held.entryBaseLots);
}

/** The levels the risk manager approved. From here on the entry is the person's: nothing chases it or lets it run out. */
export function movePlan(
  desk: DeskCore,
  change: { readonly positionId: string; readonly levels: PlanLevels; readonly lossAtStopUsdt: number },
  now: EpochMs,
): void {
  const { context } = desk;
  const held = context.state.get(change.positionId);
  if (held === null || amendableEntry(context, held) === null) return;
  const { stop, target } = change.levels;
  const { position } = held;
  let next: HeldPosition = { ...held, isEntryByHand: true, handAction: held.handAction ?? 'move-plan', touchedAt: now };
  if (stop !== null && stop !== position.stop) next = moveStop(context, next, { stop, now });
  if (target !== null && target !== position.target) next = moveTarget(context, next, { target, now });
  next = refreshProtection(context, { ...next, position: replanned(context, next.position, change.lossAtStopUsdt) }, now);
  context.state.sync();
  desk.keep(next, now, `${position.symbol}: plan of the entry moved by hand from ${inWords(position)} to ${inWords(next.position)}`);
}

/** Risk of the plan at its new stop, in the numbers the screen shows. What has filled keeps the risk it was opened with. */
function replanned(context: DeskContext, position: Position, lossAtStopUsdt: number): Position {
  const stop = priceOfTicks(context, position.symbol, position.stop);
  const { sizing } = position;
  const lossAtStop = moneyFromUsdt(lossAtStopUsdt);
  return {
    ...position,
    riskPerUnit: position.lots > 0 || stop === null ? position.riskPerUnit : Math.abs(position.entryPrice - stop),
    sizing:
      sizing === null
        ? null
        : { ...sizing, lossAtStop, lossAtStopFraction: sizing.equity <= 0 ? sizing.lossAtStopFraction : lossAtStopUsdt / moneyToUsdt(sizing.equity) },
  };
}

function inWords({ stop, target }: PlanLevels): string {
  return `stop ${stop ?? 'none'}, target ${target ?? 'none'}`;
}
