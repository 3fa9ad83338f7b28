// A resting entry moved by hand: the person says where, the risk manager how much of it may rest there, or why not.
import { say } from '../../../src-shared/contract/said.ts';
import { ticks, type EpochMs } from '../../../src-shared/kernel/units.ts';
import { ticksToPrice } from '../../../src-shared/domain/instrument.ts';
import { amendableEntry } from '../execution/amendment.ts';
import { isLive, orderOf, priceOfTicks } from '../execution/desk-context.ts';
import { reviewAmendment } from '../risk/amendment.ts';
import { accept, refuse, refuseDenied, type Answer } from './answer.ts';
import type { EngineState } from './engine-state.ts';
import type { OutputBuilder } from './output.ts';
import { riskFacts } from './risk-facts.ts';

/** `price` is in ticks. */
export function moveEntryByHand(
  state: EngineState,
  wish: { readonly positionId: string; readonly price: number },
  { now, output }: { readonly now: EpochMs; readonly output: OutputBuilder },
): Answer {
  const { context } = state.desk;
  const held = context.state.get(wish.positionId);
  if (held === null || held.position.phase === 'closed') return refuse('position.closed', say('refused.closed'));
  const order = amendableEntry(context, held);
  const { position } = held;
  const instrument = state.market.instrument(position.symbol);
  if (order === null || order.intent.price === null || instrument === null) return refuse('entry.not_resting', say('refused.noEntry'));
  const wanted = ticks(wish.price);
  if (wanted === order.intent.price && order.amendment == null) return refuse('entry.unchanged', say('refused.sameEntry'));
  // What the entry itself ties up is free again when it is changed.
  const facts = riskFacts(state, { symbol: position.symbol, without: position.id }, now);
  if (facts === null) return refuseDenied('entry', { code: 'data_stale', numbers: {} });
  const verdict = reviewAmendment({
    ...facts,
    instrument,
    position,
    stop: priceOfTicks(context, position.symbol, position.stop),
    target: priceOfTicks(context, position.symbol, position.target),
    order: { price: order.intent.price, lots: order.intent.lots, filledLots: order.filledLots },
    wanted,
    hasPendingOrder: order.amendment != null || held.closeReason !== null || isLive(orderOf(context, held.closeOrderId)),
  });
  if (verdict.kind === 'denied') return refuseDenied('entry', verdict);
  const { approval } = verdict;
  output.absorb(state.desk.amendEntry(position.id, approval, now));
  const said = { symbol: position.symbol, price: ticksToPrice(instrument, approval.price), usdt: approval.lossAtStopUsdt.toFixed(2) };
  if (approval.loweredBy === null) return accept('answer.movingEntry', said);
  return accept('answer.movingEntryLess', { ...said, lots: approval.lots, all: order.intent.lots, limit: approval.loweredBy });
}
