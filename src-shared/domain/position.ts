// Positions, real and virtual, and the eleven events of their life.
import type { EpochMs, Lots, Money, Ticks } from '../kernel/units.ts';
import type { SizingFactors } from './risk.ts';
import type { Side, Signal, TradePlan } from './signal.ts';

export const LIFECYCLE_KINDS = [
  'created',
  'price_updated',
  'max_pnl_updated',
  'min_pnl_updated',
  'tp_approaching',
  'sl_approaching',
  'tp_triggered',
  'sl_triggered',
  'expired',
  'manual_close',
  'closed',
] as const;
export type LifecycleKind = (typeof LIFECYCLE_KINDS)[number];

export type CloseReason = 'target' | 'stop' | 'expired' | 'manual' | 'liquidation' | 'external' | 'unprotected' | 'flatten';

export interface LifecycleEvent {
  readonly positionId: string;
  readonly kind: LifecycleKind;
  readonly time: EpochMs;
  readonly price: number;
  /** Profit in R after fees, funding and slippage known so far. */
  readonly pnlR: number;
  /** Only on `closed`. */
  readonly reason: CloseReason | null;
}

export type PositionPhase = 'opening' | 'open' | 'closing' | 'closed';
/** `naked`: no confirmed stop at the venue. */
export type ProtectionState = 'none_needed' | 'naked' | 'stop_only' | 'protected';
export type PositionOrigin = 'ict' | 'self_learning' | 'hybrid' | 'manual' | 'adopted';

export interface Position {
  readonly id: string;
  readonly symbol: string;
  readonly side: Side;
  readonly phase: PositionPhase;
  readonly origin: PositionOrigin;
  /** `mine`: a person took over; automation no longer touches it, its protection stays. */
  readonly control: 'auto' | 'mine';
  readonly lots: Lots;
  readonly entryPrice: number;
  readonly leverage: number;
  readonly stop: Ticks | null;
  readonly target: Ticks | null;
  /** Distance entry→stop of the plan, in price; the unit of R. 0 when unknown. */
  readonly riskPerUnit: number;
  readonly protection: ProtectionState;
  /** Since when it has had no confirmed stop; null when protected or flat. */
  readonly nakedSince: EpochMs | null;
  readonly openedAt: EpochMs;
  readonly closedAt: EpochMs | null;
  readonly closeReason: CloseReason | null;
  readonly exitPrice: number | null;
  /** Gross of fees; the venue's realised profit. */
  readonly realisedPnl: Money;
  readonly fees: Money;
  readonly funding: Money;
  readonly liquidationPrice: number | null;
  readonly maxPnlR: number;
  readonly minPnlR: number;
  readonly signal: Signal | null;
  readonly sizing: SizingFactors | null;
}

export interface VirtualPosition {
  readonly id: string;
  readonly symbol: string;
  readonly side: Side;
  readonly openedAt: EpochMs;
  readonly plan: TradePlan;
  readonly confidence: number;
  readonly quality: number;
  /** `traded` when a real position came from the same candidate, else the code that stopped it. */
  readonly verdict: string;
  readonly last: number;
  readonly pnlR: number;
  readonly maxPnlR: number;
  readonly minPnlR: number;
  readonly closedAt: EpochMs | null;
  readonly closeReason: CloseReason | null;
}
