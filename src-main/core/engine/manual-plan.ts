// Stop and target of a resting entry moved by hand: judged by the risk manager for the whole order before anything changes.
import { say } from '../../../src-shared/contract/said.ts';
import { ticks, type EpochMs } from '../../../src-shared/kernel/units.ts';
import { amendableEntry } from '../execution/amendment.ts';
import { isLive, orderOf, priceOfTicks } from '../execution/desk-context.ts';
import type { HeldPosition } from '../execution/held-position.ts';
import { isFilling, type PlanLevels } from '../execution/plan-change.ts';
import { refuseStop, refuseTarget } from '../execution/protection.ts';
import { reviewPlan } from '../risk/amendment.ts';
import { accept, refuse, refuseDenied, type Answer } from './answer.ts';
import type { EngineState } from './engine-state.ts';
import type { OutputBuilder } from './output.ts';
import { riskFacts } from './risk-facts.ts';

/** Whether stop and target of this position are those of an entry that rests; then the risk manager has a say in them. */
export function isPlanOfEntry(state: EngineState, positionId: string): boolean {
  const { context } = state.desk;
  const held = context.state.get(positionId);
  return held !== null && held.position.phase !== 'closed' && amendableEntry(context, held) !== null;
}

/** `stop` and `target` are in ticks; what is absent stays. */
export function movePlanByHand(
  state: EngineState,
  wish: { readonly positionId: string; readonly stop?: number | undefined; readonly target?: number | undefined },
  { now, output }: { readonly now: EpochMs; readonly output: OutputBuilder },
): Answer {
  const { context } = state.desk;
  const held = context.state.get(wish.positionId);
  if (held === null || held.position.phase === 'closed') return refuse('position.closed', say('refused.closed'));
  const { position } = held;
  const { symbol } = position;
  const order = amendableEntry(context, held);
  const instrument = state.market.instrument(symbol);
  if (order === null || order.intent.price === null || instrument === null) return refuse('plan.not_resting', say('refused.noEntry'));
  const levels: PlanLevels = {
    stop: wish.stop === undefined ? position.stop : ticks(wish.stop),
    target: wish.target === undefined ? position.target : ticks(wish.target),
  };
  if (levels.stop === position.stop && levels.target === position.target) return refuse('plan.unchanged', say('refused.samePlan'));
  const hindered = refuseFilled(state, held, levels);
  if (hindered !== null) return hindered;
  // What the entry itself ties up is its own.
  const facts = riskFacts(state, { symbol, without: position.id }, now);
  if (facts === null) return refuseDenied('plan', { code: 'data_stale', numbers: {} });
  const stop = priceOfTicks(context, symbol, levels.stop);
  const target = priceOfTicks(context, symbol, levels.target);
  const verdict = reviewPlan({
    ...facts,
    instrument,
    position,
    stop,
    target,
    stopBefore: priceOfTicks(context, symbol, position.stop),
    order: { price: order.intent.price, lots: order.intent.lots, filledLots: order.filledLots },
    hasPendingOrder: order.amendment != null || held.closeReason !== null || isLive(orderOf(context, held.closeOrderId)) || isFilling(context, held),
  });
  if (verdict.kind === 'denied') return refuseDenied('plan', verdict);
  if (verdict.kind === 'too_large')
    return refuse('plan.too_large', say('refused.planTooLarge', { stop: stop ?? '', limit: verdict.limit, room: verdict.room, all: order.intent.lots }));
  output.absorb(state.desk.movePlan({ positionId: position.id, levels, lossAtStopUsdt: verdict.lossAtStopUsdt }, now));
  return accept('answer.planMoved', { symbol, stop: stop ?? '–', target: target ?? '–', usdt: verdict.lossAtStopUsdt.toFixed(2) });
}

/** What is filled already has real orders: they must not trigger at once, and a move of them under way goes first. */
function refuseFilled(state: EngineState, held: HeldPosition, levels: PlanLevels): Answer | null {
  const { context } = state.desk;
  const { position } = held;
  if (position.lots === 0) return null;
  if (levels.stop !== null && levels.stop !== position.stop) {
    const why = held.nextStopId === null ? refuseStop(context, held, levels.stop) : say('refused.stopMoving');
    if (why !== null) return refuse('stop.refused', why);
  }
  if (levels.target !== null && levels.target !== position.target) {
    const why = held.nextTargetId === null ? refuseTarget(context, held, levels.target) : say('refused.targetMoving');
    if (why !== null) return refuse('target.refused', why);
  }
  return null;
}
