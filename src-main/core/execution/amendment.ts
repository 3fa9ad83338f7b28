// A resting entry gets another price: journalled before it is sent, concluded only by what the venue says, never sent twice.
import { isTerminal, type Order, type OrderAmendment } from '../../../src-shared/domain/order.ts';
import type { Result } from '../../../src-shared/kernel/result.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import type { ExchangeError, OrderReport } from '../ports.ts';
import type { AmendmentApproved } from '../risk/amendment.ts';
import { refuseAmendment, termsInWords } from './amendment-outcome.ts';
import { orderOf, type DeskContext } from './desk-context.ts';
import type { DeskCore } from './desk-core.ts';
import type { HeldPosition } from './held-position.ts';
import { takeReport } from './reports.ts';
import { settlePosition } from './settle.ts';

/** First question about a change whose answer is unclear; wall milliseconds. */
const FIRST_QUESTION_MS = 500;
/** An answer that has not come after this may have died with an earlier run; wall milliseconds. */
const LATE_MS = 2000;
/** The order may be gone or may have the price already: its present state tells, not the refusal. */
const ASK_FIRST: readonly number[] = [-2013, -2011, -5027, -5043];

/** The entry that may be given another price, or null: a limit order at the venue without a change under way. */
export function amendableEntry(context: DeskContext, held: HeldPosition): Order | null {
  const entry = orderOf(context, held.entryOrderId);
  if (entry === null || entry.intent.kind !== 'limit' || entry.intent.price === null || held.isChasing) return null;
  return entry.status === 'resting' || entry.status === 'partially_filled' ? entry : null;
}

/** Journals the wish with both terms, synced, and asks the venue. From here on the entry is the person's: nothing chases it or lets it run out. */
export function amendEntry(
  desk: DeskCore,
  { positionId, approval }: { readonly positionId: string; readonly approval: AmendmentApproved },
  now: EpochMs,
): void {
  const held = desk.context.state.get(positionId);
  const order = held === null ? null : amendableEntry(desk.context, held);
  if (held === null || order === null || order.intent.price === null) return;
  const { intent } = order;
  const count = (order.amendments ?? 0) + 1;
  const amendment: OrderAmendment = {
    id: `${intent.clientOrderId}-a${count}`,
    before: { price: order.intent.price, lots: intent.lots },
    after: { price: approval.price, lots: approval.lots },
    requestedAt: now,
    state: 'sent',
  };
  desk.context.state.setOrder({ ...order, amendment, amendments: count, reason: null, updatedAt: now }, now, {
    summary: `${intent.symbol}: the entry is to move from ${termsInWords(amendment.before)} to ${termsInWords(amendment.after)} by hand`,
    durable: true,
  });
  const action = held.handAction ?? 'move-entry';
  desk.keep({ ...held, isEntryByHand: true, handAction: action }, now, `${intent.symbol}: the entry is moved by hand; it rests until it fills or is cancelled`);
  const { symbol, clientOrderId, side } = intent;
  desk.context.state.effect({ kind: 'amend', amendmentId: amendment.id, request: { symbol, clientOrderId, side, ...amendment.after } });
}

/** The venue's answer to an amendment. A refusal leaves the entry where it was and says so; an unknown outcome is asked about. */
export function takeAmendment(
  desk: DeskCore,
  answer: { readonly clientOrderId: string; readonly amendmentId: string; readonly result: Result<OrderReport, ExchangeError> },
  now: EpochMs,
): void {
  const { clientOrderId, result } = answer;
  const order = desk.context.state.orders.get(clientOrderId);
  if (order === undefined) return;
  if (result.ok) {
    takeReport(desk, { order, report: result.value, now });
    if (result.value.filledLots > order.filledLots) desk.want(order.intent.symbol, order.intent.createdAt - 1000, now);
  } else if (order.amendment?.id === answer.amendmentId) {
    const { error } = result;
    const mustAsk = error.outcome === 'unknown' || (error.venueCode !== null && ASK_FIRST.includes(error.venueCode));
    if (mustAsk) {
      desk.setOrder({ ...order, amendment: { ...order.amendment, state: 'unknown' }, updatedAt: now }, now, 'may have moved; the venue is asked');
      // Asked soon, whenever the next question about the working order would have been.
      desk.inquiries.settle(clientOrderId);
      desk.inquiries.ask(clientOrderId, now, FIRST_QUESTION_MS);
    } else refuseAmendment(desk, { order, why: error.uiMessage, now });
  }
  settlePosition(desk, order.intent.positionId, now);
}

/** Orders whose change is not concluded are asked about, also after a restart: its answer may have died with us. */
export function askAboutAmendments(desk: DeskCore, now: EpochMs): void {
  for (const order of desk.context.state.orders.values()) {
    const { amendment } = order;
    if (amendment == null || isTerminal(order.status)) continue;
    const isLate = now - amendment.requestedAt > LATE_MS * desk.context.speed;
    if (isLate || amendment.state === 'unknown') desk.inquiries.ask(order.intent.clientOrderId, now, FIRST_QUESTION_MS);
  }
}
