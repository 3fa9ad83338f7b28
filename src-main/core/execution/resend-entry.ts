// An entry that the exchange surely did not execute is sent again under the same client id, after asking whether the exchange knows it.
import { isConditional, isTerminal, type Order } from '../../../src-shared/domain/order.ts';
import type { Result } from '../../../src-shared/kernel/result.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import type { ExchangeError, OrderReport } from '../ports.ts';
import { priceOfTicks } from './desk-context.ts';
import type { DeskCore } from './desk-core.ts';
import type { HeldPosition } from './held-position.ts';
import { withStatus } from './order-machine.ts';
import { settlePosition } from './settle.ts';

/** −1016, −1109, 239999: maintenance lasts longer than a signal. */
const MAINTENANCE: readonly number[] = [-1016, -1109, 239_999];
/** Failures that pass by themselves. A refusal of the order itself would be refused again. */
const PASSING: readonly ExchangeError['code'][] = ['unavailable', 'unreachable', 'rate_limited', 'timestamp'];

interface Refusal {
  readonly order: Order;
  readonly error: ExchangeError;
  readonly now: EpochMs;
}

/** Surely not executed, and gone in a moment. An unknown outcome is never one of these. */
export function isPassing(error: ExchangeError): boolean {
  return error.outcome === 'not_executed' && PASSING.includes(error.code) && !(error.venueCode !== null && MAINTENANCE.includes(error.venueCode));
}

/** Plans the next try of a refused entry. False when there is none: then it is refused for good. */
export function planResend(desk: DeskCore, { order, error, now }: Refusal): boolean {
  const { clientOrderId, purpose, symbol } = order.intent;
  const settings = desk.context.settings();
  const tries = desk.resends.get(clientOrderId)?.tries ?? 0;
  if (purpose !== 'entry' || order.venueOrderId !== null || !isPassing(error) || tries >= settings.orderRetries || whyNot(desk, order, now) !== null)
    return false;
  const seconds = Math.min(settings.orderRetryMinSeconds * 2 ** tries, settings.orderRetryMaxSeconds);
  desk.resends.schedule(clientOrderId, now, { wallMs: seconds * 1000, price: desk.newestPrice(symbol) });
  desk.setOrder({ ...order, updatedAt: now, reason: error.uiMessage }, now, `was not executed; try ${tries + 1} of ${settings.orderRetries} in ${seconds} s`);
  return true;
}

/** Asks the exchange about the entries whose time has come; those that are not wanted any more are given up. */
export function askBeforeResend(desk: DeskCore, now: EpochMs): void {
  for (const clientOrderId of desk.resends.takeDue(now)) {
    const order = desk.context.state.orders.get(clientOrderId);
    if (order === undefined || order.status !== 'sent' || order.venueOrderId !== null) desk.resends.settle(clientOrderId);
    else if (!giveUpUnwanted(desk, order, now))
      desk.context.state.effect({ kind: 'query', symbol: order.intent.symbol, clientOrderId, conditional: isConditional(order.intent.kind) });
  }
}

/** Takes the answer to that question. False when none was open: then the answer belongs to somebody else. */
export function takeResendAnswer(
  desk: DeskCore,
  order: Order,
  { result, now }: { readonly result: Result<OrderReport | null, ExchangeError>; readonly now: EpochMs },
): boolean {
  const { clientOrderId, symbol } = order.intent;
  const resend = desk.resends.get(clientOrderId);
  // On its way it is like any other order whose answer is missing.
  if (resend === null || resend.phase === 'sent') return false;
  if (order.status !== 'sent' || order.venueOrderId !== null || (result.ok && result.value !== null)) {
    desk.resends.settle(clientOrderId);
    return false;
  }
  if (resend.phase === 'waiting' || giveUpUnwanted(desk, order, now)) return true;
  if (!result.ok) {
    // Without an answer nothing leaves.
    desk.resends.schedule(clientOrderId, now, { wallMs: desk.context.settings().orderRetryMinSeconds * 1000, price: resend.price });
    return true;
  }
  desk.resends.sent(clientOrderId);
  desk.context.state.setOrder({ ...order, updatedAt: now }, now, { summary: `${symbol}: entry order is sent again under the same id`, durable: true });
  desk.context.state.effect({ kind: 'submit', intent: order.intent });
  return true;
}

/** A person or a rule took it back while it waited. */
export function giveUpResend(desk: DeskCore, order: Order, { now, why }: { readonly now: EpochMs; readonly why: string }): void {
  desk.resends.settle(order.intent.clientOrderId);
  if (isTerminal(order.status)) return;
  desk.setOrder(withStatus(order, 'rejected', { at: now, reason: `${order.reason ?? 'It was refused.'} ${why}` }), now, `is given up: ${why}`);
  settlePosition(desk, order.intent.positionId, now);
}

function giveUpUnwanted(desk: DeskCore, order: Order, now: EpochMs): boolean {
  const why = whyNot(desk, order, now);
  if (why !== null) giveUpResend(desk, order, { now, why });
  return why !== null;
}

/** Why an entry must not leave again, in words; null when it may. */
function whyNot(desk: DeskCore, order: Order, now: EpochMs): string | null {
  const { context } = desk;
  const { clientOrderId, symbol, createdAt, kind } = order.intent;
  const held = context.state.get(order.intent.positionId);
  if (held === null || held.entryOrderId !== clientOrderId || held.closeReason !== null) return 'The position is not wanted any more.';
  if (held.position.phase !== 'opening' && held.position.phase !== 'open') return 'The position is not open any more.';
  const { orderTimeoutSeconds, maxSlippagePercent } = context.settings();
  if (now - createdAt > orderTimeoutSeconds * 1000 * context.speed) return 'The time of an entry is over.';
  if (context.mayOpen?.(held.position) === false) return 'Trading does not allow entries now.';
  const price = desk.newestPrice(symbol);
  const before = desk.resends.get(clientOrderId)?.price ?? price;
  if (price === null || before === null) return 'There is no current price.';
  const sign = held.position.side === 'long' ? 1 : -1;
  if (kind === 'market' && (price / before - 1) * sign * 100 > maxSlippagePercent) return 'The price has moved away.';
  return isBeyondStop(desk, held, price) ? 'The price is beyond the stop.' : null;
}

function isBeyondStop({ context }: DeskCore, { position }: HeldPosition, price: number): boolean {
  const stop = priceOfTicks(context, position.symbol, position.stop);
  return stop !== null && (position.side === 'long' ? price <= stop : price >= stop);
}
