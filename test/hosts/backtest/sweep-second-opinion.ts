// The choice of a sweep computed another way.
import type { BacktestResult } from '../../../src-main/core/backtest/run-types.ts';
import type { TrialOutcome } from '../../../src-main/core/backtest/sweep.ts';

/** Annualised ratio from daily equities, by running sums. */
export function sharpeOfTrial(result: BacktestResult): number {
  let count = 0;
  let sum = 0;
  let squares = 0;
  let previous: number | null = null;
  for (const equity of result.equity.daily) {
    if (previous !== null) {
      const change = (equity - previous) / previous;
      count += 1;
      sum += change;
      squares += change * change;
    }
    previous = equity;
  }
  const variance = (squares - (sum * sum) / count) / (count - 1);
  return (sum / count / Math.sqrt(variance)) * Math.sqrt(365);
}

export function bestOfTrials(trials: readonly TrialOutcome[]): number {
  let best = 0;
  trials.forEach((trial, index) => {
    if ((trial.sharpe || 0) > (trials[best]!.sharpe || 0)) best = index;
  });
  return best;
}
