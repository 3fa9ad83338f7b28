// What a trade costs, and how often a plan must win to earn it.
import type { TradePlan } from '../../../src-shared/domain/signal.ts';

/** Taker fee on both sides plus 0.02 % slippage each way, as a fraction of price. */
export const ROUND_TRIP_COST = 0.0014;

/** The win probability at which a plan earns nothing: p·(reward − c) = (1 − p)·(1 + c) with the costs c in R. */
export function breakEvenOf(plan: TradePlan): number {
  const costR = (plan.entry * ROUND_TRIP_COST) / Math.abs(plan.entry - plan.stop);
  return (1 + costR) / (1 + plan.rewardRisk);
}
