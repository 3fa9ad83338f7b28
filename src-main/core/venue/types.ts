// The venue's own vocabulary: orders, conditional orders, positions and what it reports about them.
import type { OrderSide, PositionSide, TimeInForce } from '../../../src-shared/domain/order.ts';
import type { EpochMs, Lots, Money, Ticks } from '../../../src-shared/kernel/units.ts';

export type VenueOrderStatus = 'NEW' | 'PARTIALLY_FILLED' | 'FILLED' | 'CANCELED' | 'EXPIRED';
export type VenueOrderType = 'MARKET' | 'LIMIT';
export type AlgoType = 'STOP_MARKET' | 'TAKE_PROFIT_MARKET' | 'STOP' | 'TAKE_PROFIT';
export type AlgoStatus = 'NEW' | 'TRIGGERING' | 'TRIGGERED' | 'FINISHED' | 'CANCELED' | 'EXPIRED' | 'REJECTED';

export interface OrderRequest {
  readonly symbol: string;
  readonly side: OrderSide;
  readonly positionSide: PositionSide;
  readonly type: VenueOrderType;
  readonly lots: Lots;
  readonly price: Ticks | null;
  readonly timeInForce: TimeInForce;
  readonly reduceOnly: boolean;
  readonly clientOrderId: string;
}

export interface VenueOrder extends OrderRequest {
  readonly orderId: number;
  readonly time: EpochMs;
  /** Type the client asked for; a triggered stop keeps its own name. */
  readonly originalType: string;
  status: VenueOrderStatus;
  filled: Lots;
  /** Exact sum of fill notionals. */
  filledNotional: Money;
  updateTime: EpochMs;
}

export interface AlgoRequest {
  readonly symbol: string;
  readonly side: OrderSide;
  readonly positionSide: PositionSide;
  readonly type: AlgoType;
  readonly lots: Lots;
  readonly price: Ticks | null;
  readonly trigger: Ticks;
  readonly workingType: 'MARK_PRICE' | 'CONTRACT_PRICE';
  readonly closePosition: boolean;
  readonly reduceOnly: boolean;
  readonly timeInForce: TimeInForce;
  readonly clientAlgoId: string;
}

export interface AlgoOrder extends AlgoRequest {
  readonly algoId: number;
  readonly time: EpochMs;
  status: AlgoStatus;
  /** Order made by the trigger. */
  orderId: number | null;
  rejectReason: string;
  updateTime: EpochMs;
}

/** `lots` is signed. `entryNotional` is the exact cost of what is open, always ≥ 0. */
export interface VenueHolding {
  readonly symbol: string;
  readonly positionSide: PositionSide;
  lots: number;
  entryNotional: Money;
  /** Margin set aside when isolated. */
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

/** What the account's user stream says. Objects are copies taken at the time. */
export type AccountEvent =
  | {
      readonly kind: 'order';
      readonly time: EpochMs;
      readonly execution: 'NEW' | 'TRADE' | 'CANCELED' | 'EXPIRED';
      readonly order: VenueOrder;
      readonly trade: Trade | null;
    }
  | { readonly kind: 'algo'; readonly time: EpochMs; readonly algo: AlgoOrder }
  | {
      readonly kind: 'account';
      readonly time: EpochMs;
      readonly reason: 'ORDER' | 'FUNDING_FEE' | 'DEPOSIT';
      readonly change: Money;
      readonly holdings: readonly VenueHolding[];
    }
  | { readonly kind: 'config'; readonly time: EpochMs; readonly symbol: string; readonly leverage: number };

export interface VenueFault {
  readonly code: number;
  readonly message: string;
}
