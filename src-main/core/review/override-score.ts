// Did the hand help? Compares what a person made of a trade with what its untouched plan, lived on virtually, would have made.
import { bootstrapMean, wilsonInterval, type Interval } from './intervals.ts';

export interface OverriddenTrade {
  readonly id: string;
  readonly symbol: string;
  /** What the person did first: `close`, `move-stop`, `move-target`, `take-over`. */
  readonly action: string;
  /** Result with the hand, net in R of the original plan. */
  readonly actualR: number;
  /** Result of the virtual twin that followed the original plan, net in R. */
  readonly planR: number;
}

export interface OverrideScore {
  readonly overrides: number;
  readonly helped: number;
  readonly hurt: number;
  readonly helpedShare: number;
  readonly helpedInterval: Interval;
  /** Mean of actual minus plan, R per override. */
  readonly difference: number;
  readonly differenceInterval: Interval;
  readonly byAction: Readonly<Record<string, { readonly overrides: number; readonly difference: number }>>;
  /** One sentence for the screen; it claims nothing that the interval does not hold. */
  readonly verdict: string;
}

export function scoreOverrides(trades: readonly OverriddenTrade[]): OverrideScore {
  const differences = trades.map((trade) => trade.actualR - trade.planR);
  const helped = differences.filter((value) => value > 0).length;
  const hurt = differences.filter((value) => value < 0).length;
  const difference = meanOf(differences);
  const differenceInterval = bootstrapMean(differences);
  const byAction: Record<string, { overrides: number; difference: number }> = {};
  for (const action of new Set(trades.map((trade) => trade.action))) {
    const own = trades.filter((trade) => trade.action === action).map((trade) => trade.actualR - trade.planR);
    byAction[action] = { overrides: own.length, difference: meanOf(own) };
  }
  return {
    overrides: trades.length,
    helped,
    hurt,
    helpedShare: helped / trades.length,
    helpedInterval: wilsonInterval(helped, trades.length),
    difference,
    differenceInterval,
    byAction,
    verdict: verdictOf(trades.length, difference, differenceInterval),
  };
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function verdictOf(count: number, difference: number, interval: Interval): string {
  if (count === 0) return 'No trade was changed by hand.';
  const size = `${difference >= 0 ? '+' : '−'}${Math.abs(difference).toFixed(2)} R per override over ${count}`;
  if (interval.low > 0) return `The hand helped: ${size}.`;
  if (interval.high < 0) return `The hand cost: ${size}.`;
  return `Not proven either way: ${size}.`;
}
