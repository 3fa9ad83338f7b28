// What every part of the trade desk can reach, and the small steps they share.
import type { Instrument } from '../../../src-shared/domain/instrument.ts';
import { floorToTick, ceilToTick, ticksToPrice } from '../../../src-shared/domain/instrument.ts';
import type { Order, OrderIntent, OrderKind, OrderPurpose, OrderSide, PositionSide } from '../../../src-shared/domain/order.ts';
import { isConditional, isTerminal } from '../../../src-shared/domain/order.ts';
import type { Position } from '../../../src-shared/domain/position.ts';
import type { Side } from '../../../src-shared/domain/signal.ts';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import { lots, moneyToUsdt, type EpochMs, type Lots, type Ticks } from '../../../src-shared/kernel/units.ts';
import type { DeskState } from './desk-state.ts';
import type { HeldPosition } from './held-position.ts';
import { profitInR } from './lifecycle.ts';
import { createOrder, withStatus } from './order-machine.ts';

export interface DeskContext {
  readonly state: DeskState;
  readonly settings: () => Settings;
  /** Engine milliseconds per wall millisecond; deadlines on the outside world are wall time. */
  readonly speed: number;
  readonly instrumentOf: (symbol: string) => Instrument | null;
  /** Mark price, or null while unknown. */
  readonly markOf: (symbol: string) => number | null;
  readonly isHedgeMode: () => boolean;
  /** Why entries that rest must be taken back now, in words; null or absent: they may rest. */
  readonly withdrawal?: () => string | null;
  /** Whether trading lets this position be opened now; absent: it does. */
  readonly mayOpen?: (position: Position) => boolean;
  /** Last traded price, or null while unknown; the mark counts where it is absent. */
  readonly lastOf?: (symbol: string) => number | null;
  /** Hourly ATR over its usual value, NaN while unknown. */
  readonly atrRatioOf?: (symbol: string) => number;
  /** What a stop can be trailed by, on 15-minute candles, in price; null without history. */
  readonly trailOf?: (symbol: string) => TrailFacts | null;
}

export interface TrailFacts {
  readonly atr: number;
  /** Newest confirmed swing of each side. */
  readonly swingLow: number | null;
  readonly swingHigh: number | null;
}

export function openingSide(side: Side): OrderSide {
  return side === 'long' ? 'BUY' : 'SELL';
}
export function closingSide(side: Side): OrderSide {
  return side === 'long' ? 'SELL' : 'BUY';
}
export function positionSideOf(context: DeskContext, side: Side): PositionSide {
  return context.isHedgeMode() ? (side === 'long' ? 'LONG' : 'SHORT') : 'BOTH';
}

const SUFFIX: Readonly<Record<OrderPurpose, string>> = { entry: 'e', stop: 's', target: 't', close: 'c', reduce: 'r' };

export interface OrderWish {
  readonly purpose: OrderPurpose;
  readonly kind: OrderKind;
  readonly lots: Lots;
  readonly price: Ticks | null;
  readonly trigger: Ticks | null;
  readonly closePosition: boolean;
  readonly timeInForce: OrderIntent['timeInForce'];
}

/** Journals the intent (synced before anything is sent) and asks for its submission. Gives the position with its counter raised. */
export function sendOrder(
  context: DeskContext,
  held: HeldPosition,
  wish: OrderWish,
  now: EpochMs,
): { readonly held: HeldPosition; readonly clientOrderId: string } {
  const { position } = held;
  const isOpening = wish.purpose === 'entry';
  const clientOrderId = `${position.id}-${SUFFIX[wish.purpose]}${held.sequence}`;
  const intent: OrderIntent = {
    clientOrderId,
    positionId: position.id,
    symbol: position.symbol,
    purpose: wish.purpose,
    kind: wish.kind,
    side: isOpening ? openingSide(position.side) : closingSide(position.side),
    positionSide: positionSideOf(context, position.side),
    lots: wish.closePosition ? lots(0) : wish.lots,
    price: wish.price,
    trigger: wish.trigger,
    triggerBy: wish.purpose === 'stop' ? context.settings().protectionTriggerBy : 'contract',
    reduceOnly: !isOpening,
    closePosition: wish.closePosition,
    timeInForce: wish.timeInForce,
    leverage: isOpening ? position.leverage : null,
    createdAt: now,
  };
  context.state.setOrder(withStatus(createOrder(intent), 'sent', { at: now }), now, {
    summary: `${position.symbol}: ${wish.purpose} order is sent`,
    durable: true,
  });
  context.state.effect({ kind: 'submit', intent });
  return { held: { ...held, sequence: held.sequence + 1 }, clientOrderId };
}

export function cancelOrder(context: DeskContext, clientOrderId: string | null): void {
  const order = clientOrderId === null ? undefined : context.state.orders.get(clientOrderId);
  if (order === undefined || isTerminal(order.status)) return;
  context.state.effect({
    kind: 'cancel',
    symbol: order.intent.symbol,
    clientOrderId: order.intent.clientOrderId,
    conditional: isConditional(order.intent.kind),
  });
}

export function orderOf(context: DeskContext, clientOrderId: string | null): Order | null {
  return clientOrderId === null ? null : (context.state.orders.get(clientOrderId) ?? null);
}

/** True while an order could still act at the venue. */
export function isLive(order: Order | null): boolean {
  return order !== null && !isTerminal(order.status);
}

/** True when the venue has confirmed that a conditional rests. */
export function isResting(order: Order | null): boolean {
  return order !== null && (order.status === 'resting' || order.status === 'triggered');
}

/** Profit now in R, after fees and funding so far. */
export function netProfitR(context: DeskContext, position: Position, price: number): number {
  const gross = profitInR({ side: position.side, entry: position.entryPrice, riskPerUnit: position.riskPerUnit }, price);
  const instrument = context.instrumentOf(position.symbol);
  if (instrument === null || position.riskPerUnit <= 0 || position.lots <= 0) return gross;
  const risk = (position.riskPerUnit * position.lots * instrument.stepUnits) / 10 ** instrument.quantityScale;
  return gross - (moneyToUsdt(position.fees) - moneyToUsdt(position.funding)) / risk;
}

/** A stop on the grid, rounded away from the entry. */
export function stopTick(instrument: Instrument, side: Side, price: number): Ticks {
  return side === 'long' ? floorToTick(instrument, price) : ceilToTick(instrument, price);
}

export function priceOfTicks(context: DeskContext, symbol: string, value: Ticks | null): number | null {
  const instrument = context.instrumentOf(symbol);
  return instrument === null || value === null ? null : ticksToPrice(instrument, value);
}
