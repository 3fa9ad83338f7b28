// A position found at the venue that is not ours: it is shown, and protected when the settings say so; what already rests is used.
import { isTerminal } from '../../../src-shared/domain/order.ts';
import type { Instrument } from '../../../src-shared/domain/instrument.ts';
import type { Position } from '../../../src-shared/domain/position.ts';
import type { Side } from '../../../src-shared/domain/signal.ts';
import { lots, type EpochMs } from '../../../src-shared/kernel/units.ts';
import type { OrderReport, VenuePosition, VenueState } from '../ports.ts';
import { closingSide, stopTick, type DeskContext } from './desk-context.ts';
import { createHeld, UNLIVED, type HeldPosition } from './held-position.ts';
import { applyReport, createOrder } from './order-machine.ts';
import { placeStop } from './protection.ts';

/** Share of the way from price to liquidation at which an adopted stop stands when its usual distance lies beyond. */
const SHARE_TO_LIQUIDATION = 0.5;

export function sideOf(position: VenuePosition): Side {
  return position.lots > 0 ? 'long' : 'short';
}

/** A conditional of this purpose that rests at the venue and would reduce this side of the symbol. */
export function findResting(venue: VenueState, position: { readonly symbol: string; readonly side: Side }, purpose: 'stop' | 'target'): OrderReport | null {
  const leg = position.side === 'long' ? 'LONG' : 'SHORT';
  const fits = (report: OrderReport): boolean =>
    report.symbol === position.symbol &&
    report.conditional &&
    report.purpose === purpose &&
    !isTerminal(report.status) &&
    report.trigger !== null &&
    report.side === closingSide(position.side) &&
    (report.positionSide === 'BOTH' || report.positionSide === leg);
  return venue.orders.find((report) => fits(report) && report.closePosition) ?? venue.orders.find(fits) ?? null;
}

/** Takes a resting order into our book under its own id; gives that id. */
export function adoptOrder(context: DeskContext, report: OrderReport, owner: { readonly positionId: string; readonly now: EpochMs }): string {
  const order = createOrder({
    clientOrderId: report.clientOrderId,
    positionId: owner.positionId,
    symbol: report.symbol,
    purpose: report.purpose === 'target' ? 'target' : 'stop',
    kind: report.purpose === 'target' ? 'take_profit_market' : 'stop_market',
    side: report.side,
    positionSide: report.positionSide,
    lots: report.lots,
    price: report.price,
    trigger: report.trigger,
    triggerBy: 'mark',
    reduceOnly: report.reduceOnly,
    closePosition: report.closePosition,
    timeInForce: 'GTC',
    leverage: null,
    createdAt: report.time,
  });
  context.state.setOrder(applyReport(order, report), owner.now, { summary: `${report.symbol}: a resting ${report.purpose} was adopted`, durable: true });
  return report.clientOrderId;
}

/** The default stop of an adopted position: the set distance, but always before liquidation. */
export function adoptedStopPrice(found: VenuePosition, distance: number): number {
  const sign = sideOf(found) === 'long' ? 1 : -1;
  const reference = found.markPrice > 0 ? found.markPrice : found.entryPrice;
  const from = sign === 1 ? Math.min(found.entryPrice, reference) : Math.max(found.entryPrice, reference);
  const wanted = from - sign * distance;
  const { liquidationPrice } = found;
  if (liquidationPrice === null || liquidationPrice <= 0 || (wanted - liquidationPrice) * sign > 0) return wanted;
  return reference - (reference - liquidationPrice) * SHARE_TO_LIQUIDATION;
}

export function adoptPosition(
  context: DeskContext,
  instrument: Instrument,
  found: { readonly position: VenuePosition; readonly venue: VenueState; readonly id: string; readonly now: EpochMs },
): HeldPosition {
  const { position: atVenue, venue, id, now } = found;
  const settings = context.settings();
  const side = sideOf(atVenue);
  const amount = lots(Math.abs(atVenue.lots));
  const distance = (atVenue.entryPrice * settings.adoptedStopPercent) / 100;
  const mayProtect = settings.adoptUnknownPositions === 'protect';
  const stopReport = findResting(venue, { symbol: atVenue.symbol, side }, 'stop');
  const targetReport = findResting(venue, { symbol: atVenue.symbol, side }, 'target');
  const position: Position = {
    id,
    symbol: atVenue.symbol,
    side,
    phase: 'open',
    origin: 'adopted',
    control: 'mine',
    lots: amount,
    entryPrice: atVenue.entryPrice,
    leverage: atVenue.leverage,
    stop: stopReport?.trigger ?? (mayProtect ? stopTick(instrument, side, adoptedStopPrice(atVenue, distance)) : null),
    target: targetReport?.trigger ?? null,
    riskPerUnit: distance,
    protection: 'naked',
    nakedSince: now,
    openedAt: now,
    ...UNLIVED,
    liquidationPrice: atVenue.liquidationPrice,
    signal: null,
    sizing: null,
  };
  const base = createHeld(position, {
    marginType: atVenue.isolated ? 'isolated' : 'cross',
    limit: null,
    timeInForce: 'GTC',
    plannedLots: amount,
    touchedAt: now,
  });
  const owner = { positionId: id, now };
  const held: HeldPosition = {
    ...base,
    openedLots: amount,
    correctedAt: venue.time,
    stopOrderId: stopReport === null ? null : adoptOrder(context, stopReport, owner),
    targetOrderId: targetReport === null ? null : adoptOrder(context, targetReport, owner),
  };
  context.state.lifecycle(position, 'created', { at: now, price: atVenue.entryPrice, pnlR: 0 });
  return stopReport === null && mayProtect ? placeStop(context, held, now) : held;
}
