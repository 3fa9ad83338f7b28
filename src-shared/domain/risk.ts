// The vocabulary of permission: why a trade was denied, what state trading is in, and which factors made the size.
import type { EpochMs, Money } from '../kernel/units.ts';

export const DENIAL_CODES = [
  'trading_halted',
  'trading_reducing',
  'automation_paused',
  'mode_forbids_orders',
  'data_stale',
  'symbol_not_tradable',
  'symbol_paused',
  'position_exists',
  'opposing_position',
  'order_pending',
  'symbol_cooldown',
  'max_positions',
  'gross_exposure',
  'net_exposure',
  'cluster_exposure',
  'stop_wrong_side',
  'stop_too_close',
  'stop_too_far',
  'below_minimum_quantity',
  'below_minimum_notional',
  'leverage_not_allowed',
  'liquidation_too_close',
  'insufficient_margin',
  'risk_per_trade',
  'negative_expectancy',
  'losing_streak',
  'breaker_blocked',
  'unresolved_order',
  'price_moved',
  'fills_at_once',
] as const;
export type DenialCode = (typeof DENIAL_CODES)[number];

export interface RiskDenial {
  readonly kind: 'denied';
  readonly code: DenialCode;
  readonly numbers: Readonly<Record<string, number>>;
}

/** `reducing` only closes; `halted` only protects. */
export type TradingState = 'active' | 'reducing' | 'halted';

export const TRADING_STATE_REASONS = [
  'none',
  'daily_loss',
  'drawdown',
  'volatility',
  'stale_data',
  'clock_skew',
  'user',
  'disk_full',
  'venue_unreachable',
  'geo_blocked',
  'key_refused',
  'reconciling',
] as const;
export type TradingStateReason = (typeof TRADING_STATE_REASONS)[number];

/** Every factor behind a size, for the screen. Fractions unless named otherwise. */
export interface SizingFactors {
  readonly equity: Money;
  readonly confidenceFactor: number;
  readonly regimeMultiplier: number;
  readonly drawdownFactor: number;
  readonly marginFraction: number;
  readonly edge: number;
  readonly certainty: number;
  readonly calm: number;
  readonly leverageWanted: number;
  readonly leverage: number;
  readonly leverageLoweredBy: readonly string[];
  /** Loss in Money if the stop fills, fees and slippage included. */
  readonly lossAtStop: Money;
  readonly lossAtStopFraction: number;
  readonly liquidationPrice: number | null;
}

export type BreakerGrade = 'normal' | 'warning' | 'throttled' | 'blocked';

/** One change of the trading state. */
export interface GuardChange {
  readonly state: TradingState;
  readonly reason: TradingStateReason;
  readonly at: EpochMs;
}

/** Open positions that move together: correlated at CLUSTER_CORRELATION or more, directly or through one another; unknown counts as together. */
export interface ExposureCluster {
  readonly symbols: readonly string[];
  readonly longUsdt: number;
  readonly shortUsdt: number;
  /** Long less short over equity, in percent; its size is limited by MAX_CLUSTER_EXPOSURE_PCT. */
  readonly netPercent: number;
}

export interface CapitalGuardView {
  readonly state: TradingState;
  readonly reason: TradingStateReason;
  readonly since: EpochMs;
  readonly dayStartEquity: Money;
  readonly peakEquity: Money;
  readonly dailyLossFraction: number;
  readonly drawdownFraction: number;
  /** Newest last, at most 50; survives a restart. */
  readonly history?: readonly GuardChange[];
  /** Largest first. */
  readonly clusters?: readonly ExposureCluster[];
  /** Seconds × USDT without a confirmed stop of all positions since the trading day began. */
  readonly nakedSecondsUsdtToday?: number;
}
