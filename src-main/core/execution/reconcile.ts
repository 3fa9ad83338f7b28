// Comparing our book with the venue's: the venue wins, nothing is silently dropped, every correction is journalled.
import { isConditional, isTerminal } from '../../../src-shared/domain/order.ts';
import type { CloseReason, Position } from '../../../src-shared/domain/position.ts';
import { lots, ZERO_MONEY, type EpochMs } from '../../../src-shared/kernel/units.ts';
import type { OrderReport, VenuePosition, VenueState } from '../ports.ts';
import { isLive, orderOf, stopTick, type DeskContext } from './desk-context.ts';
import type { HeldPosition } from './desk-state.ts';
import { applyReport, createOrder } from './order-machine.ts';
import { placeStop, refreshProtection } from './protection.ts';

/** A snapshot says nothing about what changed while it was being read. */
const SETTLE_MS = 1500;

export interface ReconcileSteps {
  readonly now: EpochMs;
  readonly adopt: (held: HeldPosition, summary: string) => void;
  readonly close: (held: HeldPosition, reason: CloseReason) => void;
  /** Ask the venue about an order it did not list. */
  readonly ask: (clientOrderId: string) => void;
  readonly makeId: () => string;
}

export function reconcileDesk(context: DeskContext, venue: VenueState, steps: ReconcileSteps): void {
  askAboutMissing(context, venue, steps);
  for (const held of context.state.alive()) compare(context, held, { venue, steps });
  for (const position of venue.positions) {
    const isKnown = context.state.aliveOn(position.symbol).some((held) => held.position.side === sideOf(position));
    if (!isKnown) adopt(context, position, { venue, steps });
  }
  cancelOrphans(context, venue);
}

function sideOf(position: VenuePosition): Position['side'] {
  return position.lots > 0 ? 'long' : 'short';
}

/** Orders we believe open that the venue does not list: ended, or never placed. Their true end is asked for. */
function askAboutMissing(context: DeskContext, venue: VenueState, steps: ReconcileSteps): void {
  const listed = new Set(venue.orders.map((report) => report.clientOrderId));
  for (const order of context.state.orders.values()) {
    if (isTerminal(order.status) || listed.has(order.intent.clientOrderId)) continue;
    if (steps.now - order.updatedAt < SETTLE_MS * context.speed) continue;
    steps.ask(order.intent.clientOrderId);
  }
}

function compare(context: DeskContext, held: HeldPosition, { venue, steps }: { readonly venue: VenueState; readonly steps: ReconcileSteps }): void {
  const { position } = held;
  const isMoving = steps.now - held.touchedAt < SETTLE_MS * context.speed || isLive(orderOf(context, held.closeOrderId));
  const entry = orderOf(context, held.entryOrderId);
  if (position.phase === 'opening' && entry === null && !isMoving) {
    // Crashed between approval and the entry order: nothing was ever sent.
    steps.close({ ...held, position: { ...position, exitPrice: null } }, 'external');
    return;
  }
  if (isLive(entry) || isMoving) return;
  const atVenue = venue.positions.find((candidate) => candidate.symbol === position.symbol && sideOf(candidate) === position.side);
  if (atVenue === undefined) {
    if (position.lots > 0) steps.close(held, 'external');
    return;
  }
  const amount = lots(Math.abs(atVenue.lots));
  const known = { ...held, position: { ...position, liquidationPrice: atVenue.liquidationPrice ?? position.liquidationPrice, phase: position.phase === 'opening' ? ('open' as const) : position.phase } };
  if (amount !== position.lots) {
    steps.adopt({ ...known, openedLots: Math.max(held.openedLots, amount), position: { ...known.position, lots: amount, entryPrice: atVenue.entryPrice } }, `${position.symbol}: quantity corrected from ${position.lots} to ${amount} lots, as the venue says`);
  } else if (known.position.liquidationPrice !== position.liquidationPrice) context.state.setQuietly(known);
}

function adopt(context: DeskContext, found: VenuePosition, { venue, steps }: { readonly venue: VenueState; readonly steps: ReconcileSteps }): void {
  const instrument = context.instrumentOf(found.symbol);
  if (instrument === null) return;
  const settings = context.settings();
  const side = sideOf(found);
  const resting = venue.orders.find((report) => report.symbol === found.symbol && report.conditional && report.purpose === 'stop' && !isTerminal(report.status));
  const distance = (found.entryPrice * settings.adoptedStopPercent) / 100;
  const reference = found.markPrice > 0 ? found.markPrice : found.entryPrice;
  const wanted = side === 'long' ? Math.min(found.entryPrice, reference) - distance : Math.max(found.entryPrice, reference) + distance;
  const stop = resting?.trigger ?? (settings.adoptUnknownPositions === 'protect' ? stopTick(instrument, side, wanted) : null);
  const id = steps.makeId();
  const position: Position = {
    id, symbol: found.symbol, side, phase: 'open', origin: 'adopted', control: 'mine', lots: lots(Math.abs(found.lots)), entryPrice: found.entryPrice, leverage: found.leverage, stop, target: null, riskPerUnit: distance, protection: 'naked',
    nakedSince: settings.adoptUnknownPositions === 'protect' ? steps.now : null, openedAt: steps.now, closedAt: null, closeReason: null, exitPrice: null, realisedPnl: ZERO_MONEY, fees: ZERO_MONEY, funding: ZERO_MONEY,
    liquidationPrice: found.liquidationPrice, maxPnlR: 0, minPnlR: 0, signal: null, sizing: null,
  };
  let held: HeldPosition = {
    position, entryOrderId: null, stopOrderId: null, nextStopId: null, targetOrderId: null, nextTargetId: null, closeOrderId: null, closeReason: null, sequence: 1, lastStopAttemptAt: null, lastTargetAttemptAt: null, stopCrossedAt: null,
    approach: { target: false, stop: false }, marginType: found.isolated ? 'isolated' : 'cross', limit: null, timeInForce: 'GTC', plannedLots: Math.abs(found.lots), openedLots: Math.abs(found.lots), touchedAt: steps.now,
  };
  if (resting !== undefined) held = { ...held, stopOrderId: adoptOrder(context, resting, { positionId: id, now: steps.now }) };
  else if (settings.adoptUnknownPositions === 'protect') held = placeStop(context, held, steps.now);
  context.state.lifecycle(position, 'created', { at: steps.now, price: found.entryPrice, pnlR: 0 });
  steps.adopt(refreshProtection(context, held, steps.now), `${found.symbol}: a ${side} position of ${Math.abs(found.lots)} lots was found at the venue and adopted`);
}

function adoptOrder(context: DeskContext, report: OrderReport, owner: { readonly positionId: string; readonly now: EpochMs }): string {
  const order = createOrder({
    clientOrderId: report.clientOrderId, positionId: owner.positionId, symbol: report.symbol, purpose: report.purpose === 'target' ? 'target' : 'stop', kind: report.purpose === 'target' ? 'take_profit_market' : 'stop_market', side: report.side,
    positionSide: report.positionSide, lots: report.lots, price: report.price, trigger: report.trigger, triggerBy: 'mark', reduceOnly: report.reduceOnly, closePosition: report.closePosition, timeInForce: 'GTC', leverage: null, createdAt: report.time,
  });
  context.state.setOrder(applyReport(order, report), owner.now, { summary: `${report.symbol}: a resting ${report.purpose} was adopted`, durable: true });
  return report.clientOrderId;
}

/** Our own conditionals on a symbol without a position are left-overs. Other people's orders are never touched. */
function cancelOrphans(context: DeskContext, venue: VenueState): void {
  for (const report of venue.orders) {
    if (!report.conditional || !report.clientOrderId.startsWith('pt')) continue;
    const hasOwner = context.state.aliveOn(report.symbol).some((held) => [held.stopOrderId, held.nextStopId, held.targetOrderId, held.nextTargetId].includes(report.clientOrderId));
    if (hasOwner || venue.positions.some((position) => position.symbol === report.symbol && context.state.aliveOn(report.symbol).length === 0)) continue;
    context.state.effect({ kind: 'cancel', symbol: report.symbol, clientOrderId: report.clientOrderId, conditional: true });
  }
  for (const order of context.state.orders.values()) {
    const owner = context.state.get(order.intent.positionId);
    if (isTerminal(order.status) || !isConditional(order.intent.kind) || (owner !== null && owner.position.phase !== 'closed')) continue;
    context.state.effect({ kind: 'cancel', symbol: order.intent.symbol, clientOrderId: order.intent.clientOrderId, conditional: true });
  }
}
