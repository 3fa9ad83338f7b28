// A resting entry moved by hand: the person says where, the risk manager how much of it may rest there, or why not.
import { say } from '../../../src-shared/contract/said.ts';
import { moneyFromUsdt, ticks, type EpochMs } from '../../../src-shared/kernel/units.ts';
import { ticksToPrice } from '../../../src-shared/domain/instrument.ts';
import { amendableEntry } from '../execution/amendment.ts';
import { isLive, orderOf, priceOfTicks } from '../execution/desk-context.ts';
import { reviewAmendment } from '../risk/amendment.ts';
import { accept, refuse, refuseDenied, type Answer } from './answer.ts';
import type { EngineState } from './engine-state.ts';
import type { OutputBuilder } from './output.ts';

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
  const exposures = state.exposures();
  const own = exposures.find((exposure) => exposure.position.id === position.id);
  const account = state.account.view(exposures, state.guard.dayStartEquity);
  const price = state.market.prices.get(position.symbol);
  if (account === null || price === null) return refuseDenied('entry', { code: 'data_stale', numbers: {} });
  const others = exposures.filter((exposure) => exposure !== own);
  const verdict = reviewAmendment({
    settings: state.settings,
    mode: state.session.view.mode,
    tradingState: state.guard.state,
    isFresh: state.market.prices.ageMs(position.symbol, now) <= state.settings.staleDataSeconds * 1000 * Math.max(1, state.speed),
    breaker: state.exchange?.breaker ?? 'normal',
    positions: others.map((exposure) => ({
      symbol: exposure.position.symbol,
      side: exposure.position.side,
      notionalUsdt: exposure.notionalUsdt,
      correlation: state.clusters.correlation(position.symbol, exposure.position.symbol),
    })),
    equity: account.equity,
    available: account.available,
    marginUsed: moneyFromUsdt(others.reduce((sum, exposure) => sum + exposure.marginUsdt, 0)),
    price: price.last,
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
