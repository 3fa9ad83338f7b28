// The venue's own vocabulary: orders, conditional orders, positions and what it reports about them.
import type { OrderSide, PositionSide, TimeInForce } from '../../../src-shared/domain/order.ts';
import type { EpochMs, Lots, Money, Ticks } from '../../../src-shared/kernel/units.ts';

export type VenueOrderStatus = 'NEW' | 'PARTIALLY_FILLED' | 'FILLED' | 'CANCELED' | 'EXPIRED' | 'EXPIRED_IN_MATCH';
export type VenueOrderType = 'MARKET' | 'LIMIT';
export type AlgoType = 'STOP_MARKET' | 'TAKE_PROFIT_MARKET' | 'STOP' | 'TAKE_PROFIT' | 'TRAILING_STOP_MARKET';
export type AlgoStatus = 'NEW' | 'TRIGGERING' | 'TRIGGERED' | 'FINISHED' | 'CANCELED' | 'EXPIRED' | 'REJECTED';
export type VenueTimeInForce = TimeInForce | 'GTD';
/** Where a limit order takes its price from: the other side of the book or its own, and how many levels behind the best. */
export type PriceMatch = 'OPPONENT' | 'OPPONENT_5' | 'OPPONENT_10' | 'OPPONENT_20' | 'QUEUE' | 'QUEUE_5' | 'QUEUE_10' | 'QUEUE_20';
export type SelfTradePrevention = 'NONE' | 'EXPIRE_TAKER' | 'EXPIRE_MAKER' | 'EXPIRE_BOTH';
/** Who made an order the trader did not send. */
export type ForcedBy = 'LIQUIDATION' | 'ADL' | 'SETTLEMENT';

/** Why the venue itself ended an order. Source: "er" of ORDER_TRADE_UPDATE. */
export const EXPIRY_REASON = {
  none: 0,
  selfTrade: 1,
  immediateOrCancel: 2,
  reduceOnlyExcess: 4,
  liquidation: 5,
  goodTillExpired: 6,
  delisted: 7,
  fillOrKill: 8,
  marketUnfilled: 9,
} as const;
export type ExpiryReason = (typeof EXPIRY_REASON)[keyof typeof EXPIRY_REASON];

export interface OrderRequest {
  readonly symbol: string;
  readonly side: OrderSide;
  readonly positionSide: PositionSide;
  readonly type: VenueOrderType;
  readonly lots: Lots;
  readonly price: Ticks | null;
  readonly timeInForce: VenueTimeInForce;
  readonly reduceOnly: boolean;
  readonly clientOrderId: string;
  /** Of an order good till a date (GTD): when it ends, in whole seconds. */
  readonly goodTillDate?: number;
  /** Instead of a price. */
  readonly priceMatch?: PriceMatch;
  /** EXPIRE_MAKER when absent. */
  readonly selfTradePrevention?: SelfTradePrevention;
}

export interface VenueOrder extends Omit<OrderRequest, 'lots' | 'price'> {
  readonly orderId: number;
  readonly time: EpochMs;
  /** Type the client asked for; a triggered stop keeps its own name. */
  readonly originalType: string;
  /** Conditional order that made this one. */
  readonly algoId: number | null;
  readonly closePosition: boolean;
  readonly forcedBy: ForcedBy | null;
  lots: Lots;
  price: Ticks | null;
  status: VenueOrderStatus;
  filled: Lots;
  /** Exact sum of fill notionals. */
  filledNotional: Money;
  updateTime: EpochMs;
  expiryReason: ExpiryReason;
  amendments: number;
  /** Lots resting before this order at its price; trades at exactly that price serve them first. */
  queueAhead: number;
}

export interface OrderKey {
  readonly orderId: number | null;
  readonly clientOrderId: string | null;
}

export interface AlgoRequest {
  readonly symbol: string;
  readonly side: OrderSide;
  readonly positionSide: PositionSide;
  readonly type: AlgoType;
  readonly lots: Lots;
  readonly price: Ticks | null;
  /** Zero for a trailing stop: its trigger follows the market. */
  readonly trigger: Ticks;
  readonly workingType: 'MARK_PRICE' | 'CONTRACT_PRICE';
  readonly closePosition: boolean;
  readonly reduceOnly: boolean;
  readonly timeInForce: TimeInForce;
  readonly clientAlgoId: string;
  readonly priceProtect?: boolean;
  /** Trailing: price at which trailing begins, or null for at once. */
  readonly activatePrice?: Ticks | null;
  /** Trailing: distance from the best price in hundredths of a percent; 100 is 1 %. */
  readonly callbackBps?: number;
  readonly selfTradePrevention?: SelfTradePrevention;
  /** Instead of a price: taken from the book when it is triggered. */
  readonly priceMatch?: PriceMatch;
}

export interface AlgoOrder extends Omit<AlgoRequest, 'trigger'> {
  readonly algoId: number;
  readonly time: EpochMs;
  trigger: Ticks;
  status: AlgoStatus;
  /** Order made by the trigger. */
  orderId: number | null;
  rejectReason: string;
  updateTime: EpochMs;
  triggerTime: number;
  isActivated: boolean;
  /** Trailing: best price since activation. */
  extreme: Ticks | null;
  /** What the made order traded. */
  filled: Lots;
  filledNotional: Money;
}

export interface AlgoKey {
  readonly algoId: number | null;
  readonly clientAlgoId: string | null;
}

/** `lots` is signed. `entryNotional` is the exact cost of what is open, always ≥ 0. */
export interface VenueHolding {
  readonly symbol: string;
  readonly positionSide: PositionSide;
  lots: number;
  entryNotional: Money;
  /** Wallet of an isolated position; part of the account's wallet, zero when cross. */
  isolatedMargin: Money;
  realised: Money;
  updateTime: EpochMs;
}

export interface Trade {
  readonly tradeId: number;
  readonly orderId: number;
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: OrderSide;
  readonly positionSide: PositionSide;
  readonly price: Ticks;
  readonly lots: Lots;
  readonly notional: Money;
  readonly fee: Money;
  readonly realised: Money;
  readonly maker: boolean;
  readonly time: EpochMs;
}

export type IncomeType = 'TRANSFER' | 'REALIZED_PNL' | 'COMMISSION' | 'FUNDING_FEE' | 'INSURANCE_CLEAR';

export interface Income {
  readonly id: number;
  readonly type: IncomeType;
  readonly symbol: string;
  readonly amount: Money;
  readonly time: EpochMs;
  readonly tradeId: number | null;
}

/** A change of an isolated position's margin by hand: +1 added, -1 taken away. */
export interface MarginChange {
  readonly symbol: string;
  readonly positionSide: PositionSide;
  readonly direction: 1 | -1;
  readonly amount: Money;
  readonly time: EpochMs;
}

export interface Amendment {
  readonly amendmentId: number;
  readonly symbol: string;
  readonly orderId: number;
  readonly clientOrderId: string;
  readonly time: EpochMs;
  readonly before: { readonly price: Ticks; readonly lots: Lots };
  readonly after: { readonly price: Ticks; readonly lots: Lots };
  readonly count: number;
}

export type AccountReason = 'ORDER' | 'FUNDING_FEE' | 'DEPOSIT' | 'MARGIN_TRANSFER' | 'MARGIN_TYPE_CHANGE' | 'INSURANCE_CLEAR';
export type Execution = 'NEW' | 'TRADE' | 'CANCELED' | 'EXPIRED' | 'AMENDMENT' | 'CALCULATED';

/** What the account's user stream says. Objects are copies taken at the time. */
export type AccountEvent =
  | {
      readonly kind: 'order';
      readonly time: EpochMs;
      readonly execution: Execution;
      readonly order: VenueOrder;
      readonly trade: Trade | null;
    }
  | { readonly kind: 'algo'; readonly time: EpochMs; readonly algo: AlgoOrder }
  | {
      readonly kind: 'account';
      readonly time: EpochMs;
      readonly reason: AccountReason;
      /** Balance change other than profit and commission. */
      readonly change: Money;
      readonly wallet: Money;
      readonly crossWallet: Money;
      readonly holdings: readonly VenueHolding[];
    }
  | { readonly kind: 'config'; readonly time: EpochMs; readonly symbol: string; readonly leverage: number }
  | { readonly kind: 'margin-call'; readonly time: EpochMs; readonly crossWallet: Money; readonly holdings: readonly VenueHolding[] };

export interface VenueFault {
  readonly code: number;
  readonly message: string;
}
