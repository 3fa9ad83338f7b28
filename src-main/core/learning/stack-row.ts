// The row of the ensemble: what each member says of one candidate, from the side that asks.
import { clamp } from '../features/scale.ts';

export const STACK_INPUTS = ['boostedTrees', 'discovery', 'evolverAdvantage', 'liquidityAgreement', 'novelty', 'ictConfidence'] as const;
export const STACK_WIDTH = STACK_INPUTS.length;
export const STACK_SCHEMA = 'ensemble-6-v1';

export interface MemberOpinions {
  /** Calibrated P(win) of the boosted trees. */
  readonly boostedTrees: number;
  /** P(moves the side's way in the next hour, costs included). */
  readonly discovery: number;
  /** Value of the evolver's best action over standing aside, in R. */
  readonly evolverAdvantage: number;
  /** P(pool ahead taken) − P(pool behind taken). */
  readonly liquidityAgreement: number;
  /** ln of the autoencoder's error over its usual one. */
  readonly novelty: number;
  readonly ictConfidence: number;
}

/** Probabilities as log odds, the rest bounded. A member that is missing says what knows nothing: 0.5, 0 or the base rate. */
export function buildStackRow(opinions: MemberOpinions): Float32Array {
  return Float32Array.from([
    logOdds(opinions.boostedTrees),
    logOdds(opinions.discovery),
    clamp(opinions.evolverAdvantage, -3, 3),
    clamp(opinions.liquidityAgreement, -1, 1),
    clamp(opinions.novelty, -3, 3),
    logOdds(opinions.ictConfidence),
  ]);
}

function logOdds(probability: number): number {
  const inside = clamp(probability, 0.01, 0.99);
  return Math.log(inside / (1 - inside));
}
