// Comparing our book with the venue's: the venue wins, nothing is silently dropped, every correction is journalled.
import { isConditional, isTerminal } from '../../../src-shared/domain/order.ts';
import type { CloseReason } from '../../../src-shared/domain/position.ts';
import { lots, type EpochMs } from '../../../src-shared/kernel/units.ts';
import type { VenuePosition, VenueState } from '../ports.ts';
import { adoptOrder, adoptPosition, findResting, sideOf } from './adopt.ts';
import { isLive, orderOf, type DeskContext } from './desk-context.ts';
import { ordersOf, type HeldPosition } from './held-position.ts';
import { refreshProtection } from './protection.ts';

/** Wall milliseconds before its read during which a snapshot may not yet show a change. */
const SETTLE_MS = 1500;
/** An approved entry that was not sent after this never will be. */
const UNSENT_MS = 30_000;

export interface ReconcileSteps {
  readonly now: EpochMs;
  readonly adopt: (held: HeldPosition, summary: string) => void;
  readonly close: (held: HeldPosition, reason: CloseReason) => void;
  /** Ends a position whose entry was never sent. */
  readonly abandon: (held: HeldPosition, why: string) => void;
  /** Fills of a symbol from before its position was known here. */
  readonly fetchFills: (symbol: string) => void;
  /** Ask the venue about an order it did not list. */
  readonly ask: (clientOrderId: string) => void;
  readonly makeId: () => string;
}

/** Symbols the venue's state does not speak of are left as they are. */
export function reconcileDesk(context: DeskContext, venue: VenueState, steps: ReconcileSteps): void {
  askAboutMissing(context, venue, steps);
  for (const held of context.state.alive()) if (speaksOf(venue, held.position.symbol)) compare(context, held, { venue, steps });
  for (const position of venue.positions) adoptUnknown(context, position, { venue, steps });
  cancelOrphans(context, venue);
}

function speaksOf(venue: VenueState, symbol: string): boolean {
  return venue.scope === 'account' || venue.symbols.includes(symbol);
}

/** A snapshot is older than its arrival: what changed since just before it was read is not judged by it. */
function isNewerThan(context: DeskContext, changedAt: EpochMs, { venue, steps }: Comparison): boolean {
  const settle = SETTLE_MS * context.speed;
  return changedAt > venue.time - settle || steps.now - changedAt < settle;
}

interface Comparison {
  readonly venue: VenueState;
  readonly steps: ReconcileSteps;
}

/** Orders we believe open that the venue does not list: ended, or never placed. Their true end is asked for. */
function askAboutMissing(context: DeskContext, venue: VenueState, steps: ReconcileSteps): void {
  const listed = new Set(venue.orders.map((report) => report.clientOrderId));
  for (const order of context.state.orders.live()) {
    if (!speaksOf(venue, order.intent.symbol) || listed.has(order.intent.clientOrderId) || isNewerThan(context, order.updatedAt, { venue, steps })) continue;
    steps.ask(order.intent.clientOrderId);
  }
}

function compare(context: DeskContext, held: HeldPosition, comparison: Comparison): void {
  const { venue, steps } = comparison;
  const { position } = held;
  const entry = orderOf(context, held.entryOrderId);
  if (position.phase === 'opening' && entry === null) {
    if (steps.now - held.touchedAt > UNSENT_MS * context.speed) steps.abandon(held, 'the entry was never sent');
    return;
  }
  if (isLive(entry) || isLive(orderOf(context, held.closeOrderId)) || isNewerThan(context, held.touchedAt, comparison)) return;
  const atVenue = venue.positions.find((candidate) => candidate.symbol === position.symbol && sideOf(candidate) === position.side);
  if (atVenue === undefined) {
    if (position.lots > 0 || held.openedLots > 0) steps.close({ ...held, closedLots: held.openedLots, correctedAt: venue.time }, 'external');
    return;
  }
  const amount = lots(Math.abs(atVenue.lots));
  const protectedHeld = useRestingStop(context, held, comparison);
  if (amount !== position.lots) {
    const openedLots = Math.max(held.openedLots, amount);
    const corrected: HeldPosition = {
      ...protectedHeld,
      openedLots,
      closedLots: openedLots - amount,
      correctedAt: venue.time,
      position: {
        ...protectedHeld.position,
        lots: amount,
        entryPrice: atVenue.entryPrice,
        liquidationPrice: atVenue.liquidationPrice ?? position.liquidationPrice,
        phase: position.phase === 'opening' ? 'open' : position.phase,
      },
    };
    if (held.openedLots === 0) context.state.lifecycle(corrected.position, 'created', { at: steps.now, price: atVenue.entryPrice, pnlR: 0 });
    steps.adopt(
      refreshProtection(context, corrected, steps.now),
      `${position.symbol}: quantity corrected from ${position.lots} to ${amount} lots, as the venue says`,
    );
  } else if (protectedHeld !== held)
    steps.adopt(refreshProtection(context, protectedHeld, steps.now), `${position.symbol}: the stop that rests at the venue is used`);
  else if (atVenue.liquidationPrice !== null && atVenue.liquidationPrice !== position.liquidationPrice)
    context.state.setQuietly({ ...held, position: { ...position, liquidationPrice: atVenue.liquidationPrice } });
}

/** Without a stop of ours, one that already rests at the venue is the position's stop; a second would be refused (−4130). */
function useRestingStop(context: DeskContext, held: HeldPosition, { venue, steps }: Comparison): HeldPosition {
  if (isLive(orderOf(context, held.stopOrderId)) || isLive(orderOf(context, held.nextStopId))) return held;
  const resting = findResting(venue, held.position, 'stop');
  if (resting === null || resting.trigger === null) return held;
  const stopOrderId = adoptOrder(context, resting, { positionId: held.position.id, now: steps.now });
  return { ...held, stopOrderId, nextStopId: null, position: { ...held.position, stop: resting.trigger } };
}

function adoptUnknown(context: DeskContext, found: VenuePosition, comparison: Comparison): void {
  const { venue, steps } = comparison;
  const side = sideOf(found);
  const instrument = context.instrumentOf(found.symbol);
  const known = [...context.state.positions.values()].filter((held) => held.position.symbol === found.symbol && held.position.side === side);
  // Alive, or closed after the snapshot was taken: then it shows what has just ended.
  if (
    instrument === null ||
    known.some((held) => held.position.phase !== 'closed' || (held.openedLots > 0 && isNewerThan(context, held.touchedAt, comparison)))
  )
    return;
  const held = adoptPosition(context, instrument, { position: found, venue, id: steps.makeId(), now: steps.now });
  steps.adopt(
    refreshProtection(context, held, steps.now),
    `${found.symbol}: a ${side} position of ${Math.abs(found.lots)} lots was found at the venue and adopted`,
  );
  steps.fetchFills(found.symbol);
}

function isUsed(context: DeskContext, clientOrderId: string): boolean {
  for (const held of context.state.alive()) if (ordersOf(held).includes(clientOrderId)) return true;
  return false;
}

/** Our own orders on a symbol that no position of ours needs are left-overs. Other people's orders are never touched. */
function cancelOrphans(context: DeskContext, venue: VenueState): void {
  const orphans = new Map<string, { readonly symbol: string; readonly conditional: boolean }>();
  for (const report of venue.orders) {
    const isOurs = report.clientOrderId.startsWith('pt') && (report.conditional || !context.state.orders.has(report.clientOrderId));
    if (!isOurs || isUsed(context, report.clientOrderId) || isTerminal(report.status)) continue;
    if (venue.positions.some((position) => position.symbol === report.symbol) && context.state.aliveOn(report.symbol).length === 0) continue;
    orphans.set(report.clientOrderId, { symbol: report.symbol, conditional: report.conditional });
  }
  for (const order of context.state.orders.live()) {
    const owner = context.state.get(order.intent.positionId);
    if (!isConditional(order.intent.kind) || !speaksOf(venue, order.intent.symbol) || (owner !== null && owner.position.phase !== 'closed')) continue;
    orphans.set(order.intent.clientOrderId, { symbol: order.intent.symbol, conditional: true });
  }
  for (const [clientOrderId, orphan] of orphans) context.state.effect({ kind: 'cancel', clientOrderId, ...orphan });
}
