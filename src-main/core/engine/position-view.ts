// A position as the screen sees it, with its live twin; and the comparison written down once both have ended.
import type { TwinView } from '../../../src-shared/contract/twin.ts';
import type { PositionView } from '../../../src-shared/contract/view.ts';
import { lotsToQuantity } from '../../../src-shared/domain/instrument.ts';
import type { Position, VirtualPosition } from '../../../src-shared/domain/position.ts';
import { lots, moneyToUsdt, type EpochMs } from '../../../src-shared/kernel/units.ts';
import type { HeldPosition } from '../execution/held-position.ts';
import { ROUND_TRIP_COST } from '../virtual/columns.ts';
import { compareTwin } from '../virtual/twin.ts';
import type { EngineState } from './engine-state.ts';
import type { OutputBuilder } from './output.ts';

export function positionView(state: EngineState, position: Position, now: EpochMs): Omit<PositionView, 'events'> {
  const view = state.desk.view(position, now);
  const twin = twinOf(state, position, view.mark);
  return twin === null ? view : { ...view, twin };
}

/** Closed positions whose twin goes on, or has just ended: shown again, and written down once both have ended. */
export function followTwins(state: EngineState, now: EpochMs, output: OutputBuilder): void {
  for (const position of state.uncomparedPositions()) {
    const twin = twinOf(state, position, position.exitPrice ?? position.entryPrice);
    if (twin === null) continue;
    if (state.isWatched) output.event({ kind: 'position', view: positionView(state, position, now) });
    if (twin.isOpen) continue;
    state.rememberTwin(position.id);
    output.record({
      time: now,
      kind: 'twin',
      positionId: position.id,
      symbol: position.symbol,
      summary: `${position.symbol}: execution cost ${twin.totalBps.toFixed(1)} bps beside its virtual twin`,
      data: twin,
    });
  }
}

function twinOf(state: EngineState, position: Position, mark: number): TwinView | null {
  const held = state.desk.context.state.get(position.id);
  const instrument = state.market.instrument(position.symbol);
  const twin = position.signal === null ? null : state.virtual.get(position.signal.id);
  if (held === null || instrument === null || twin === null || held.plannedLots <= 0 || position.lots + held.openedLots === 0) return null;
  const quantity = (amount: number): number => lotsToQuantity(instrument, lots(amount));
  const sign = position.side === 'long' ? 1 : -1;
  return compareTwin(
    {
      side: position.side,
      plannedQuantity: quantity(held.plannedLots),
      openedQuantity: quantity(held.openedLots),
      sentPrice: held.sentPrice ?? twin.plan.entry,
      entryPrice: position.entryPrice,
      grossUsdt: grossOf(held, { open: quantity(position.lots) * sign, mark }),
      feesUsdt: moneyToUsdt(position.fees),
      fundingUsdt: moneyToUsdt(position.funding),
      isChangedByHand: held.handAction !== null,
    },
    { position: twin, twinFunding: fundingOf(twin) },
  );
}

/** Realised, and of what is still open at the mark; `open` is signed. */
function grossOf({ position }: HeldPosition, { open, mark }: { readonly open: number; readonly mark: number }): number {
  return moneyToUsdt(position.realisedPnl) + open * (mark - position.entryPrice);
}

/** Funding a virtual position paid, as a fraction of its entry, from its net result. */
function fundingOf({ plan, last, pnlR }: VirtualPosition): number {
  const risk = Math.abs(plan.entry - plan.stop) / plan.entry;
  const gross = ((last - plan.entry) * (plan.side === 'long' ? 1 : -1)) / plan.entry;
  return gross - pnlR * risk - ROUND_TRIP_COST;
}
