// What a strategy is told besides the candles, and what it answers.
import type { ModelOpinion, NoSignal, Side, Signal } from '../../../src-shared/domain/signal.ts';
import type { FunnelStep } from '../../../src-shared/domain/signal.ts';
import { FUNNEL_STEPS } from '../../../src-shared/domain/signal.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import type { RegimeForecast } from '../structure/regime-forecast.ts';

export interface DecisionContext {
  readonly now: EpochMs;
  /** (ask − bid) / mid, or null when unknown. */
  readonly spreadFraction: number | null;
  readonly opinions: Readonly<Record<Side, ModelOpinion | null>>;
  /** Whether the model's out-of-sample calibration has passed; without it a model may only veto or lower. */
  readonly modelHasEdge: boolean;
  /** What the model's share of a confidence is multiplied with while it drifts; below 1 it may not raise. 1 when left out. */
  readonly modelDiscount?: number;
  /** Why there is no opinion, as a sentence; null when there is one. */
  readonly fallback: string | null;
  /** Side of the position already open in this symbol. */
  readonly openSide: Side | null;
  /** Open positions on each side that move with this symbol. */
  readonly correlatedPositions: Readonly<Record<Side, number>>;
  /** A regime model's forecast for the 1h timeframe, when one is served; without it the rule forecasts. */
  readonly regimeForecast?: RegimeForecast | null;
  /** What a liquidity model gives the sweep that favours a side, when one is served. */
  readonly sweepProbabilities?: Readonly<Record<Side, number | null>>;
  /** What the generated features say for a long, −1 … 1 (a short reads the negative); absent without them. */
  readonly dynamicScore?: number;
}

/** A context that knows the time and nothing else. */
export function bareContext(now: EpochMs): DecisionContext {
  return {
    now,
    spreadFraction: null,
    opinions: { long: null, short: null },
    modelHasEdge: false,
    fallback: 'No model opinion was asked for.',
    openSide: null,
    correlatedPositions: { long: 0, short: 0 },
  };
}

/** A tradable signal, or the step that stopped the symbol; a set-up that got past step 3 comes along as `candidate`. */
export type Evaluation =
  | { readonly kind: 'signal'; readonly signal: Signal }
  | { readonly kind: 'none'; readonly noSignal: NoSignal; readonly candidate: Signal | null };

/** What the rules made of a symbol: either no set-up, or a complete candidate with the step that keeps it from being tradable (null when none does). */
export type IctAnalysis =
  | { readonly kind: 'none'; readonly noSignal: NoSignal }
  | { readonly kind: 'candidate'; readonly signal: Signal; readonly stoppedBy: NoSignal | null };

/** Steps a strategy itself can stop at; rank and risk come after it. */
const STRATEGY_STEPS: readonly FunnelStep[] = FUNNEL_STEPS.filter((step) => step !== 'rank' && step !== 'risk');

/** How many steps lie before each, worked out once: every candle of every symbol asks. −1 for a step that is no strategy's. */
const PASSED: Readonly<Record<FunnelStep, number>> = {
  data: STRATEGY_STEPS.indexOf('data'),
  regime: STRATEGY_STEPS.indexOf('regime'),
  bias: STRATEGY_STEPS.indexOf('bias'),
  setup: STRATEGY_STEPS.indexOf('setup'),
  trigger: STRATEGY_STEPS.indexOf('trigger'),
  confidence: STRATEGY_STEPS.indexOf('confidence'),
  plan: STRATEGY_STEPS.indexOf('plan'),
  quality: STRATEGY_STEPS.indexOf('quality'),
  model: STRATEGY_STEPS.indexOf('model'),
  rank: STRATEGY_STEPS.indexOf('rank'),
  risk: STRATEGY_STEPS.indexOf('risk'),
};

export interface Refusal {
  readonly symbol: string;
  readonly now: EpochMs;
  readonly step: FunnelStep;
  readonly code: string;
  readonly numbers: Readonly<Record<string, number>>;
  readonly side: Side | null;
  /** [0, 1]: how near the failed test was to passing. */
  readonly closeness: number;
}

/** The NoSignal of a refusal; progress is the share of steps passed plus the closeness of the failed one. */
export function refuse(refusal: Refusal): NoSignal {
  const { symbol, now, step, code, numbers, side } = refusal;
  const closeness = Number.isNaN(refusal.closeness) ? 0 : Math.min(1, Math.max(0, refusal.closeness));
  const passed = PASSED[step];
  return { symbol, decidedAt: now, step, code, numbers, side, progress: (passed + closeness) / STRATEGY_STEPS.length };
}
