// Orders from intent to end. Ours are denied before they leave; the venue's are rejected after.
import type { EpochMs, Lots, Money, Ticks } from '../kernel/units.ts';

export type OrderSide = 'BUY' | 'SELL';
export type PositionSide = 'BOTH' | 'LONG' | 'SHORT';
export type OrderKind = 'market' | 'limit' | 'stop_market' | 'take_profit_market';
export type OrderPurpose = 'entry' | 'stop' | 'target' | 'close' | 'reduce';
export type TimeInForce = 'GTC' | 'IOC' | 'FOK' | 'GTX';

/** What we want done. Journalled and synced before anything is sent. */
export interface OrderIntent {
  /** Deterministic per intent; `^[.A-Z:/a-z0-9_-]{1,36}$`. It is also the client (algo) order id, so a resend can never double. */
  readonly clientOrderId: string;
  readonly positionId: string;
  readonly symbol: string;
  readonly purpose: OrderPurpose;
  readonly kind: OrderKind;
  readonly side: OrderSide;
  readonly positionSide: PositionSide;
  /** Zero with `closePosition`. */
  readonly lots: Lots;
  readonly price: Ticks | null;
  readonly trigger: Ticks | null;
  readonly triggerBy: 'mark' | 'contract';
  readonly reduceOnly: boolean;
  readonly closePosition: boolean;
  readonly timeInForce: TimeInForce;
  readonly leverage: number | null;
  readonly createdAt: EpochMs;
}

/** stop_market and take_profit_market live in the venue's conditional (algo) order service. */
export function isConditional(kind: OrderKind): boolean {
  return kind === 'stop_market' || kind === 'take_profit_market';
}

export type OrderStatus = 'intended' | 'sent' | 'unknown' | 'resting' | 'partially_filled' | 'triggered' | 'filled' | 'canceled' | 'expired' | 'rejected';

/** True when nothing can happen to the order any more. */
export function isTerminal(status: OrderStatus): boolean {
  return status === 'filled' || status === 'canceled' || status === 'expired' || status === 'rejected';
}

/** A change of a resting order's price and quantity that is under way. Journalled and synced before it is sent; never sent twice. */
export interface OrderAmendment {
  /** Deterministic: the order's client id, `-a` and which change of it this is. */
  readonly id: string;
  readonly before: OrderTerms;
  readonly after: OrderTerms;
  readonly requestedAt: EpochMs;
  /** `unknown`: the venue did not say whether it was carried out; it is asked. */
  readonly state: 'sent' | 'unknown';
}

/** What an amendment changes. `lots` is the whole quantity, with what is filled already. */
export interface OrderTerms {
  readonly price: Ticks;
  readonly lots: Lots;
}

export interface Order {
  /** Price and lots follow what the venue says the order has now. */
  readonly intent: OrderIntent;
  readonly status: OrderStatus;
  /** Exchange order id (text; may exceed 2^53), null until known. For conditionals the algo id. */
  readonly venueOrderId: string | null;
  /** Real order id after a conditional triggers. */
  readonly triggeredOrderId: string | null;
  readonly filledLots: Lots;
  /** Average fill price, floating; 0 until a fill. */
  readonly averagePrice: number;
  readonly fee: Money;
  readonly updatedAt: EpochMs;
  readonly reason: string | null;
  /** Absent or null while no change is under way. */
  readonly amendment?: OrderAmendment | null;
  /** Changes asked for so far; absent before the first. */
  readonly amendments?: number;
  /** Venue time of the report that told the present price; absent while it is the one first sent. */
  readonly pricedAt?: EpochMs;
}

/** One execution. `tradeId` with `symbol` identifies it; duplicates are dropped. */
export interface Fill {
  readonly symbol: string;
  readonly tradeId: string;
  readonly venueOrderId: string;
  readonly clientOrderId: string;
  readonly side: OrderSide;
  readonly positionSide: PositionSide;
  readonly lots: Lots;
  readonly price: number;
  /** Positive = paid. */
  readonly fee: Money;
  readonly realisedPnl: Money;
  readonly maker: boolean;
  readonly time: EpochMs;
}
