// Answers of the venue to what we asked: taken, refused, unknown, cancelled, queried. Unknown is never read as failed.
import { isConditional, isTerminal, type Order } from '../../../src-shared/domain/order.ts';
import type { Result } from '../../../src-shared/kernel/result.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import type { ExchangeError, OrderAcknowledgement, OrderReport } from '../ports.ts';
import { HOUR_MS, type DeskCore } from './desk-core.ts';
import { withStatus } from './order-machine.ts';
import { closeAtMarket } from './protection.ts';
import { protectAhead, takeReport } from './reports.ts';
import { planResend, takeResendAnswer } from './resend-entry.ts';
import { settlePosition } from './settle.ts';

/** −2021, −4142: the price is beyond the trigger already. */
const WOULD_TRIGGER: readonly number[] = [-2021, -4142];
const STOP_EXISTS = -4130;
/**
 * What we believe is not so: no position to reduce (−2022, −4509), less margin than thought (−2018, −2019), another position mode (−4061).
 * The symbol and the account are read again at once.
 */
const BELIEF_IS_WRONG: readonly number[] = [-2022, -4509, -2018, -2019, -4061];
/** The account is being liquidated: nothing of ours is accepted. */
const IN_LIQUIDATION = -2023;
/** First question about an order that was acknowledged without its end: the event stream is usually faster. Wall milliseconds. */
const FIRST_QUESTION_MS = 800;
/** An order that works is asked about this often, wall milliseconds. */
const WORKING_QUESTION_MS = 4000;
/** One that rests for long is asked about after a tenth of its age, at most a minute: a comparison of the account lists it as often. */
const AGE_SHARE = 0.1;
const LONGEST_QUESTION_MS = 60_000;
/** Wall milliseconds of agreement after which an order without an acknowledgement was never placed. A resend would use a new id. */
const NEVER_PLACED_MS = 10_000;
/** A stop is not waited for that long: a second closePosition stop is refused by the venue (−4130), a second reduce-only one can only reduce. */
const STOP_NEVER_PLACED_MS = 1000;
const LOST_MS = 60_000;

interface Answer<T> {
  readonly clientOrderId: string;
  readonly result: Result<T, ExchangeError>;
  readonly now: EpochMs;
}

/** The answer to an order that was sent. */
export function takeSubmission(desk: DeskCore, { clientOrderId, result, now }: Answer<OrderAcknowledgement>): void {
  const order = desk.context.state.orders.get(clientOrderId);
  if (order === undefined) return;
  if (result.ok || result.error.outcome === 'unknown') desk.resends.settle(clientOrderId);
  if (result.ok) {
    // Fills come from the event stream or a comparison, never from an acknowledgement; but a stop does not wait for them.
    const known = result.value.status === 'filled' || result.value.status === 'partially_filled' ? 'resting' : result.value.status;
    desk.setOrder(
      withStatus(order, isConditional(order.intent.kind) || !isTerminal(known) ? known : 'resting', { at: now, venueOrderId: result.value.venueOrderId }),
      now,
      'is at the venue',
    );
    if (!isConditional(order.intent.kind)) desk.inquiries.ask(clientOrderId, now, FIRST_QUESTION_MS);
    if (order.intent.purpose === 'entry' && result.value.filledLots > 0) protectAhead(desk, order.intent.positionId, now);
  } else if (result.error.outcome === 'unknown' || result.error.venueCode === -4116) {
    desk.setOrder(withStatus(order, 'unknown', { at: now, reason: result.error.uiMessage }), now, 'has an unknown outcome; it is being checked');
    desk.inquiries.ask(clientOrderId, now, 500);
  } else if (!planResend(desk, { order, error: result.error, now })) takeRefusal(desk, { order, error: result.error, now });
  settlePosition(desk, order.intent.positionId, now);
}

/** The answer to a cancellation. */
export function takeCancellation(desk: DeskCore, { clientOrderId, result, now }: Answer<null>): void {
  const order = desk.context.state.orders.get(clientOrderId);
  if (order === undefined || isTerminal(order.status)) return;
  if (result.ok && isConditional(order.intent.kind)) desk.setOrder(withStatus(order, 'canceled', { at: now }), now, 'is cancelled');
  else desk.inquiries.ask(clientOrderId, now, 300);
  // A left-over order may rest beside its successor: the comparison finds and cancels it.
  if (!result.ok) desk.want(order.intent.symbol, now - HOUR_MS, now);
  settlePosition(desk, order.intent.positionId, now);
}

/** The answer to a question about one order; null means the venue does not know it. */
export function takeQuery(desk: DeskCore, { clientOrderId, result, now }: Answer<OrderReport | null>): void {
  const order = desk.context.state.orders.get(clientOrderId);
  // An order that was let go since is not asked about for ever.
  if (order === undefined) return desk.inquiries.settle(clientOrderId);
  if (takeResendAnswer(desk, order, { result, now })) return;
  if (result.ok && result.value !== null) {
    desk.inquiries.settle(clientOrderId);
    takeReport(desk, { order, report: result.value, now });
    // What only a question brought to light, its events have not told: the fills behind it are fetched.
    if (result.value.filledLots > order.filledLots) desk.want(order.intent.symbol, order.intent.createdAt - 1000, now);
    // Its events may be lost: an order that works is asked about until it has ended.
    const isWorking = !isConditional(order.intent.kind) && !isTerminal(result.value.status);
    if (isWorking) desk.inquiries.ask(clientOrderId, now, nextQuestionMs(order, now, desk.context.speed));
  } else if (result.ok && !isTerminal(order.status)) takeIgnorance(desk, order, now);
  settlePosition(desk, order.intent.positionId, now);
}

/** Wall milliseconds until a working order is asked about again. */
function nextQuestionMs(order: Order, now: EpochMs, speed: number): number {
  const ageMs = (now - order.intent.createdAt) / speed;
  return Math.min(LONGEST_QUESTION_MS, Math.max(WORKING_QUESTION_MS, ageMs * AGE_SHARE));
}

/** The venue does not know the order. A conditional it had taken is gone; any other is given time to appear, then was never placed. */
function takeIgnorance(desk: DeskCore, order: Order, now: EpochMs): void {
  const { clientOrderId, kind } = order.intent;
  const isTaken = order.venueOrderId !== null;
  const waited = desk.inquiries.waited(clientOrderId, now);
  const neverPlaced = order.intent.purpose === 'stop' ? STOP_NEVER_PLACED_MS : NEVER_PLACED_MS;
  const isGone = (isConditional(kind) && isTaken && order.status !== 'triggered') || waited > (isTaken ? LOST_MS : neverPlaced) * desk.context.speed;
  if (!isGone) return;
  desk.inquiries.settle(clientOrderId);
  desk.resends.settle(clientOrderId);
  if (isTaken || order.intent.purpose !== 'entry') desk.want(order.intent.symbol, order.intent.createdAt - 1000, now);
  if (isTaken)
    desk.setOrder(
      withStatus(order, 'expired', { at: now, reason: 'The venue had taken this order and does not know it any more.' }),
      now,
      'has vanished at the venue',
    );
  else desk.setOrder(withStatus(order, 'rejected', { at: now, reason: 'The venue does not know this order; it was never placed.' }), now, 'was never placed');
}

function takeRefusal(desk: DeskCore, { order, error, now }: { readonly order: Order; readonly error: ExchangeError; readonly now: EpochMs }): void {
  desk.resends.settle(order.intent.clientOrderId);
  if (order.intent.purpose === 'stop' && error.venueCode === STOP_EXISTS) {
    desk.setOrder(withStatus(order, 'rejected', { at: now, reason: error.uiMessage }), now, 'was refused: a stop already rests');
    desk.want(order.intent.symbol, now - HOUR_MS, now);
    return;
  }
  desk.setOrder(withStatus(order, 'rejected', { at: now, reason: error.uiMessage }), now, `was refused: ${error.uiMessage}`);
  const held = desk.context.state.get(order.intent.positionId);
  if (held === null) return;
  if (order.intent.purpose === 'stop' && isOneOf(WOULD_TRIGGER, error.venueCode))
    desk.keep(
      closeAtMarket(desk.context, held, { amount: held.position.lots, reason: 'stop', now }),
      now,
      `${held.position.symbol}: price is beyond the stop; closing at the market`,
    );
  if (order.intent.clientOrderId === held.closeOrderId) {
    if (error.venueCode === IN_LIQUIDATION && held.closeRefusal !== IN_LIQUIDATION) tellLiquidation(desk, order);
    desk.keep({ ...held, closeRefusal: error.venueCode }, now, `${held.position.symbol}: the close was refused (${error.venueCode ?? error.code})`);
  }
  if (isOneOf(BELIEF_IS_WRONG, error.venueCode)) desk.want(order.intent.symbol, now - HOUR_MS, now);
}

function isOneOf(codes: readonly number[], code: number | null): boolean {
  return code !== null && codes.includes(code);
}

function tellLiquidation(desk: DeskCore, { intent }: Order): void {
  desk.context.state.effect({
    kind: 'notify',
    notification: {
      topic: 'alarm',
      title: `${intent.symbol} is being liquidated`,
      text: `The exchange refuses to close it: the account is in liquidation. Closing is tried again; look at the exchange now.`,
    },
  });
}
