// Signals and their absence, each with the evidence a trader can read.
import type { EpochMs } from '../kernel/units.ts';
import type { Timeframe } from './candle.ts';
import type { Regime } from './structure.ts';

export type Side = 'long' | 'short';
export const STRATEGY_MODES = ['ict', 'self_learning', 'hybrid'] as const;
export type StrategyMode = (typeof STRATEGY_MODES)[number];
/** Who wants the trade: a strategy, or the person at the screen. */
export type SignalSource = StrategyMode | 'manual';

/** Order of the funnel; a symbol stops at exactly one step per evaluation. */
export const FUNNEL_STEPS = ['data', 'regime', 'bias', 'setup', 'trigger', 'confidence', 'plan', 'quality', 'model', 'rank', 'risk'] as const;
export type FunnelStep = (typeof FUNNEL_STEPS)[number];

/** Five sub-scores in [0, 1]; weights 0.40, 0.20, 0.20, 0.10, 0.10. Source: STRATEGY, "Confidence". */
export interface SubScores {
  readonly trendAlignment: number;
  readonly marketStructure: number;
  readonly pricePosition: number;
  readonly momentum: number;
  readonly volatility: number;
}

/** Prices are floating point; the risk manager turns them into ticks, stops rounded away from entry. */
export interface TradePlan {
  readonly side: Side;
  readonly entryKind: 'market' | 'limit';
  readonly entry: number;
  readonly stop: number;
  readonly target: number;
  /** |target − entry| / |entry − stop|. */
  readonly rewardRisk: number;
  readonly expiresAt: EpochMs;
}

export interface ZoneReference {
  readonly kind: 'order_block' | 'fair_value_gap';
  readonly id: string;
  readonly timeframe: Timeframe;
  readonly top: number;
  readonly bottom: number;
  readonly strength: number;
  readonly tests: number;
  readonly originTime: EpochMs;
  readonly confirmedTime: EpochMs;
}

export interface ModelOpinion {
  readonly model: string;
  readonly version: string;
  /** Calibrated probability that this side reaches its target first. */
  readonly winProbability: number;
  /** Confidence band of that probability. */
  readonly low: number;
  readonly high: number;
  /** What the hybrid strategy did with it. */
  readonly effect: 'confirmed' | 'raised' | 'lowered' | 'vetoed' | 'unused';
}

/** One line of evidence; `label` is a plain phrase, `value` a number with its unit in `unit` or a word. */
export interface Fact {
  readonly label: string;
  readonly value: number | string;
  readonly unit?: string;
}

export interface Evidence {
  readonly regime: Regime;
  readonly subScores: SubScores;
  readonly zone: ZoneReference | null;
  readonly trigger: string;
  readonly facts: readonly Fact[];
  readonly opinions: readonly ModelOpinion[];
  /** Why the learned part was not used, or null when it was. */
  readonly fallback: string | null;
  /** Whether ICT alone would have traded this; absent where no model judged. */
  readonly ictAlone?: boolean;
}

export interface Signal {
  readonly id: string;
  readonly symbol: string;
  readonly side: Side;
  readonly decidedAt: EpochMs;
  readonly strategy: SignalSource;
  readonly plan: TradePlan;
  /** [0, 1], after models. */
  readonly confidence: number;
  readonly ictConfidence: number;
  /** Width of the confidence band, [0, 1]. */
  readonly uncertainty: number;
  /** [0, 1], separate from confidence. */
  readonly quality: number;
  readonly evidence: Evidence;
  /** Share of the size that risk allows, (0, 1]; all of it when left out. */
  readonly sizeShare?: number;
}

export interface NoSignal {
  readonly symbol: string;
  readonly decidedAt: EpochMs;
  readonly step: FunnelStep;
  /** Stable code such as `bias.none` or `setup.no_zone_near`. */
  readonly code: string;
  readonly numbers: Readonly<Record<string, number>>;
  readonly side: Side | null;
  /** [0, 1]: share of the funnel passed, refined by how close the failed test was; drives "distance to set-up". */
  readonly progress: number;
}

/** A set-up that passed step 3 (or more); every one opens a virtual position. */
export interface Candidate {
  readonly signal: Signal;
  /** Null when it became a tradable signal, else the step that stopped it. */
  readonly stoppedBy: NoSignal | null;
}
