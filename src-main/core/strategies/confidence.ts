// Step 5: one confidence from five sub-scores, and what a model's opinion does to it.
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { ModelOpinion, Side, SubScores } from '../../../src-shared/domain/signal.ts';
import { sideSign, unit } from '../features/scale.ts';
import type { DecisionContext } from './context.ts';

/** Source: STRATEGY, "ICT strategy" step 5. */
export const CONFIDENCE_WEIGHTS: Readonly<Record<keyof SubScores, number>> = {
  trendAlignment: 0.4,
  marketStructure: 0.2,
  pricePosition: 0.2,
  momentum: 0.1,
  volatility: 0.1,
};

const MODEL_SLOPE = 1.5;
const CONFIRMED_WITHIN = 0.01;

export function weighConfidence(scores: SubScores): number {
  return (
    CONFIDENCE_WEIGHTS.trendAlignment * scores.trendAlignment +
    CONFIDENCE_WEIGHTS.marketStructure * scores.marketStructure +
    CONFIDENCE_WEIGHTS.pricePosition * scores.pricePosition +
    CONFIDENCE_WEIGHTS.momentum * scores.momentum +
    CONFIDENCE_WEIGHTS.volatility * scores.volatility
  );
}

/** Most that generated features may add to or take from a confidence. */
const DYNAMIC_SHARE = 0.1;

/** What generated features say for a long, or null when the module is off or keeps none: then the fixed sub-scores decide alone. */
export function dynamicScoreOf(settings: Settings, context: DecisionContext): number | null {
  const score = context.dynamicScore;
  return !settings.enableDynamicFeatures || score === undefined || Number.isNaN(score) ? null : score;
}

/** Confidence moved by up to {@link DYNAMIC_SHARE} towards what the generated features say of its side. */
export function tiltConfidence(confidence: number, given: { readonly side: Side; readonly settings: Settings; readonly context: DecisionContext }): number {
  const score = dynamicScoreOf(given.settings, given.context);
  return score === null ? confidence : unit(confidence + DYNAMIC_SHARE * sideSign(given.side) * score);
}

/** Disagreement among the sub-scores as a width in [0, 1]: twice their weighted standard deviation. Used while no model gives a band. */
export function subScoreSpread(scores: SubScores): number {
  const mean = weighConfidence(scores);
  let variance = 0;
  for (const key of Object.keys(CONFIDENCE_WEIGHTS) as (keyof SubScores)[]) variance += CONFIDENCE_WEIGHTS[key] * (scores[key] - mean) ** 2;
  return Math.min(1, 2 * Math.sqrt(variance));
}

export interface Blend {
  readonly confidence: number;
  readonly uncertainty: number;
  readonly effect: ModelOpinion['effect'];
}

/**
 * A model's win probability p says nothing alone: what counts is how far it stands above break-even b = 1/(1 + reward:risk). It
 * becomes a score m = clamp(0.5 + 1.5·(p − b)), and confidence = (1 − w)·ict + w·m with w = modelWeight · (1 − width of the band), so a
 * wide band leans on ICT. Below `vetoProbability` the signal is vetoed. A model without proven edge, or one that drifts (`discount` below 1,
 * which also takes from its weight), may veto and lower, never raise.
 */
export function blendOpinion(ictConfidence: number, opinion: ModelOpinion, terms: BlendTerms): Blend {
  const uncertainty = unit(opinion.high - opinion.low);
  if (opinion.winProbability < terms.vetoProbability) return { confidence: Math.min(ictConfidence, opinion.winProbability), uncertainty, effect: 'vetoed' };
  const score = unit(0.5 + MODEL_SLOPE * (opinion.winProbability - 1 / (1 + terms.rewardRisk)));
  const discount = terms.discount ?? 1;
  const weight = terms.modelWeight * (1 - uncertainty) * discount;
  const blended = (1 - weight) * ictConfidence + weight * score;
  const confidence = terms.hasEdge && discount === 1 ? blended : Math.min(ictConfidence, blended);
  const change = confidence - ictConfidence;
  const effect = Math.abs(change) <= CONFIRMED_WITHIN ? 'confirmed' : change > 0 ? 'raised' : 'lowered';
  return { confidence, uncertainty, effect };
}

export interface BlendTerms {
  readonly modelWeight: number;
  readonly vetoProbability: number;
  readonly rewardRisk: number;
  readonly hasEdge: boolean;
  readonly discount?: number;
}
