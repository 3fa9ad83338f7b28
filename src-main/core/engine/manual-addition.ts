// More of an open position by hand: the person says how much, the risk manager how much of it the limits leave.
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import { isLive, orderOf, priceOfTicks } from '../execution/desk-context.ts';
import type { HeldPosition } from '../execution/held-position.ts';
import { reviewAddition } from '../risk/addition.ts';
import { accept, refuseDenied, type Answer } from './answer.ts';
import type { EngineState } from './engine-state.ts';
import type { OutputBuilder } from './output.ts';
import { riskFacts } from './risk-facts.ts';

/** `fraction` is a share of the lots the position has now. */
export function addByHand(
  state: EngineState,
  { held, fraction }: { readonly held: HeldPosition; readonly fraction: number },
  { now, output }: { readonly now: EpochMs; readonly output: OutputBuilder },
): Answer {
  const { position } = held;
  const { context } = state.desk;
  const facts = riskFacts(state, { symbol: position.symbol }, now);
  if (facts === null) return refuseDenied('add', { code: 'data_stale', numbers: {} });
  const wantedLots = Math.max(1, Math.floor(position.lots * fraction));
  const verdict = reviewAddition({
    ...facts,
    instrument: state.market.instrument(position.symbol),
    position,
    stop: priceOfTicks(context, position.symbol, position.stop),
    wantedLots,
    hasPendingOrder: position.phase !== 'open' || isLive(orderOf(context, held.entryOrderId)) || isLive(orderOf(context, held.closeOrderId)),
  });
  if (verdict.kind === 'denied') return refuseDenied('add', verdict);
  const { approval } = verdict;
  output.absorb(state.desk.addToPosition(position.id, approval, now));
  const said = { lots: approval.lots, symbol: position.symbol, usdt: approval.lossAtStopUsdt.toFixed(2) };
  if (approval.loweredBy === null) return accept('answer.adding', said);
  return accept('answer.addingLess', { ...said, wanted: wantedLots, limit: approval.loweredBy });
}
