// A resting entry moved by hand: the person says where, the risk manager how much of it may rest there, or why not.
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import { moneyFromUsdt, ticks, type EpochMs } from '../../../src-shared/kernel/units.ts';
import { ticksToPrice } from '../../../src-shared/domain/instrument.ts';
import { amendableEntry } from '../execution/amendment.ts';
import { isLive, orderOf, priceOfTicks } from '../execution/desk-context.ts';
import { reviewAmendment } from '../risk/amendment.ts';
import type { EngineState } from './engine-state.ts';
import { denialInWords } from './manual-entry.ts';
import type { OutputBuilder } from './output.ts';

type Answer = Result<{ readonly message: string }, { readonly code: string; readonly uiMessage: string }>;

const NOTHING_RESTS = 'There is no limit entry resting at the exchange that could be moved.';

/** `price` is in ticks. */
export function moveEntryByHand(
  state: EngineState,
  wish: { readonly positionId: string; readonly price: number },
  { now, output }: { readonly now: EpochMs; readonly output: OutputBuilder },
): Answer {
  const { context } = state.desk;
  const held = context.state.get(wish.positionId);
  if (held === null || held.position.phase === 'closed') return err({ code: 'position.closed', uiMessage: 'That position is already closed.' });
  const order = amendableEntry(context, held);
  const { position } = held;
  const instrument = state.market.instrument(position.symbol);
  if (order === null || order.intent.price === null || instrument === null) return err({ code: 'entry.not_resting', uiMessage: NOTHING_RESTS });
  const wanted = ticks(wish.price);
  if (wanted === order.intent.price && order.amendment == null)
    return err({ code: 'entry.unchanged', uiMessage: 'The entry is at that price already. Nothing was done.' });
  const exposures = state.exposures();
  const own = exposures.find((exposure) => exposure.position.id === position.id);
  const account = state.account.view(exposures, state.guard.dayStartEquity);
  const price = state.market.prices.get(position.symbol);
  if (account === null || price === null)
    return err({ code: 'entry.data_stale', uiMessage: denialInWords({ kind: 'denied', code: 'data_stale', numbers: {} }) });
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
  if (verdict.kind === 'denied') return err({ code: `entry.${verdict.code}`, uiMessage: denialInWords(verdict) });
  const { approval } = verdict;
  output.absorb(state.desk.amendEntry(position.id, approval, now));
  const at = ticksToPrice(instrument, approval.price);
  const loss = approval.lossAtStopUsdt.toFixed(2);
  const lowered =
    approval.loweredBy === null
      ? ''
      : ` Its quantity becomes ${approval.lots} of ${order.intent.lots} lots: the limit ${approval.loweredBy.replaceAll('_', ' ')} leaves no more there.`;
  return ok({ message: `Moving the entry on ${position.symbol} to ${at}; at its stop it then loses ${loss} USDT.${lowered}` });
}
