// How a change of a resting entry ended: what reports say of it, what it means for the plan, and what the person is told.
import { lotsToQuantity } from '../../../src-shared/domain/instrument.ts';
import { isTerminal, type Order } from '../../../src-shared/domain/order.ts';
import type { Position } from '../../../src-shared/domain/position.ts';
import { moneyToUsdt, type EpochMs } from '../../../src-shared/kernel/units.ts';
import { isLive, orderOf, priceOfTicks, type DeskContext } from './desk-context.ts';
import type { DeskCore } from './desk-core.ts';
import type { HeldPosition } from './held-position.ts';

/** Wall milliseconds after which an order that still has its old terms was never changed: the venue's longest receive window and room. */
const NEVER_AMENDED_MS = 10_000;

/** What a report says about the change under way: carried out, overtaken by the order's end, certainly not done, or nothing yet. */
export function concludeAmendment(desk: DeskCore, order: Order, now: EpochMs): Order {
  const { amendment, intent } = order;
  if (amendment == null) return order;
  const isDone = intent.price === amendment.after.price && intent.lots === amendment.after.lots;
  if (isDone) return { ...order, amendment: null };
  if (isTerminal(order.status)) return { ...order, amendment: null, reason: order.reason ?? 'It ended while it was being moved.' };
  if (now - amendment.requestedAt <= NEVER_AMENDED_MS * desk.context.speed) return order;
  return { ...order, amendment: null, reason: notMoved(desk, order, 'The exchange did not carry it out.') };
}

/** The order has changed by a report: its position's plan follows the price of an entry, and the person is told how a change ended. */
export function followAmendment(desk: DeskCore, { before, after, now }: { readonly before: Order; readonly after: Order; readonly now: EpochMs }): void {
  const { intent } = after;
  const asked = before.amendment?.after ?? null;
  const isRefused = asked !== null && after.amendment === null && !isTerminal(after.status);
  if (isRefused && (intent.price !== asked.price || intent.lots !== asked.lots)) tell(desk, after);
  const isSame = intent.price === before.intent.price && intent.lots === before.intent.lots;
  const held = desk.context.state.get(intent.positionId);
  if (isSame || held === null || held.entryOrderId !== intent.clientOrderId || !isLive(after) || intent.price === null) return;
  const summary = `${intent.symbol}: the entry moved from ${termsInWords(before.intent)} to ${termsInWords(intent)}`;
  desk.keep(repriced(desk.context, { ...held, limit: intent.price, plannedLots: intent.lots, touchedAt: now }), now, summary);
}

/** Entry, risk and reserved margin of the plan at the new price. What has filled already keeps its own entry price. */
function repriced(context: DeskContext, held: HeldPosition): HeldPosition {
  const { position } = held;
  const instrument = context.instrumentOf(position.symbol);
  const order = orderOf(context, held.entryOrderId);
  const price = priceOfTicks(context, position.symbol, order?.intent.price ?? null);
  const stop = priceOfTicks(context, position.symbol, position.stop);
  if (instrument === null || order === null || price === null || held.openedLots > 0) return held;
  const { sizing } = position;
  const tied = (lotsToQuantity(instrument, order.intent.lots) * price) / Math.max(1, position.leverage);
  const marginFraction = sizing === null || sizing.equity <= 0 ? 0 : tied / moneyToUsdt(sizing.equity);
  const moved: Position = {
    ...position,
    entryPrice: price,
    riskPerUnit: stop === null ? position.riskPerUnit : Math.abs(price - stop),
    sizing: sizing === null ? null : { ...sizing, marginFraction },
  };
  return { ...held, position: moved };
}

/** The venue refused: the entry stays where it is, and the person hears why. */
export function refuseAmendment(desk: DeskCore, { order, why, now }: { readonly order: Order; readonly why: string; readonly now: EpochMs }): void {
  const refused: Order = { ...order, amendment: null, reason: notMoved(desk, order, why), updatedAt: now };
  desk.setOrder(refused, now, `was not moved: ${why}`);
  tell(desk, refused);
}

function notMoved(desk: DeskCore, { intent }: Order, why: string): string {
  const price = priceOfTicks(desk.context, intent.symbol, intent.price);
  return `${why} The entry stays${price === null ? ' where it was' : ` at ${price}`}.`;
}

function tell(desk: DeskCore, order: Order): void {
  desk.context.state.effect({
    kind: 'notify',
    notification: { topic: 'alarm', title: `${order.intent.symbol}: entry not moved`, text: order.reason ?? '' },
  });
}

/** Terms of an order for the journal. */
export function termsInWords({ price, lots }: { readonly price: number | null; readonly lots: number }): string {
  return `${lots} lots at ${price ?? 'the market'} ticks`;
}
