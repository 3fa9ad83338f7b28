// Market structure as the strategy, the chart and the journal name it. Every object says when it occurred and when it could be known.
import type { EpochMs } from '../kernel/units.ts';
import type { Timeframe } from './candle.ts';

export type Direction = 'bullish' | 'bearish';
export type SwingScale = 'internal' | 'swing';
export type Regime = 'strong_trending' | 'trending' | 'ranging' | 'choppy' | 'unknown';

interface Known {
  /** Open time of the bar where the object sits on the chart. */
  readonly originTime: EpochMs;
  /** Close time of the bar at which it became known; usable only when confirmedTime ≤ now. */
  readonly confirmedTime: EpochMs;
}

export interface Swing extends Known {
  readonly kind: 'high' | 'low';
  readonly scale: SwingScale;
  readonly price: number;
  readonly brokenTime: EpochMs | null;
}

export interface StructureBreak extends Known {
  readonly kind: 'bos' | 'choch';
  readonly direction: Direction;
  readonly scale: SwingScale;
  /** Price of the broken swing; `originTime` is that swing's bar. */
  readonly level: number;
  /** Length of the breaking leg in ATR of its own timeframe. */
  readonly displacementAtr: number;
}

export type OrderBlockState = 'active' | 'weak' | 'breaker' | 'ended';

export interface OrderBlock extends Known {
  readonly id: string;
  readonly direction: Direction;
  readonly top: number;
  readonly bottom: number;
  readonly volumeRatio: number;
  readonly displacementAtr: number;
  readonly adjoinsGap: boolean;
  /** [0, 1] now, after tests and decay. */
  readonly strength: number;
  readonly tests: number;
  readonly state: OrderBlockState;
  readonly endedTime: EpochMs | null;
  readonly endReason: 'broken' | 'tests' | 'decay' | 'evicted' | null;
}

export interface FairValueGap extends Known {
  readonly id: string;
  readonly direction: Direction;
  readonly top: number;
  readonly bottom: number;
  /** Height in ATR of its timeframe when it formed. */
  readonly sizeAtr?: number;
  /** [0, 0.7] now: what a set-up gives it, by its size and what is left of it; a full-strength order block has 1. */
  readonly strength?: number;
  /** [0, 1] share of the gap that price has traded back through. */
  readonly filledFraction: number;
  readonly halfFilledTime: EpochMs | null;
  readonly filledTime: EpochMs | null;
}

export interface LiquidityPool extends Known {
  readonly id: string;
  /** `buy` rests above highs (buy stops), `sell` below lows. */
  readonly side: 'buy' | 'sell';
  readonly price: number;
  readonly touches: number;
  readonly weak: boolean;
  readonly sweptTime: EpochMs | null;
  readonly takenTime: EpochMs | null;
}

export interface DealingRange extends Known {
  readonly high: number;
  readonly low: number;
  readonly equilibrium: number;
  /** Direction of the leg the range spans: bullish when the low came first. */
  readonly direction: Direction;
  /** Optimal trade entry band, 62–79 % retracement of the leg. */
  readonly oteTop: number;
  readonly oteBottom: number;
}

/** Everything known at `asOf` about one symbol and timeframe, for the chart. Lists are oldest first and bounded. */
export interface StructureSnapshot {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly asOf: EpochMs;
  readonly swings: readonly Swing[];
  readonly breaks: readonly StructureBreak[];
  readonly orderBlocks: readonly OrderBlock[];
  readonly gaps: readonly FairValueGap[];
  readonly pools: readonly LiquidityPool[];
  readonly range: DealingRange | null;
  readonly regime: Regime;
  readonly trend: Direction | null;
  readonly atr: number;
}
