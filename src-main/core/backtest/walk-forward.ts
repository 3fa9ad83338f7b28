// Walk-forward: choose parameters on one stretch, trade the next with them, move on; only the stretches that were not chosen on count.
import { moneyToUsdt } from '../../../src-shared/kernel/units.ts';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import { combinationsOf, foldsOf, type Combination, type Fold, type SweptParameter } from './parameter-grid.ts';
import { summarise, type Summary } from '../review/summary.ts';
import { reviewedTrade } from './report.ts';
import type { BacktestRequest } from './run-types.ts';
import { bestOf, dailyReturns, outcomeOf, runCombinations, type SweepTools, type TrialOutcome } from './sweep.ts';

export interface WalkForwardPlan {
  /** Empty to walk with the settings as they are. */
  readonly parameters: readonly SweptParameter[];
  readonly trainDays: number;
  readonly testDays: number;
}

export interface FoldReport extends Fold {
  readonly chosen: Combination;
  readonly trained: TrialOutcome;
  readonly tested: TrialOutcome;
}

export interface WalkForwardReport {
  readonly plan: WalkForwardPlan;
  readonly folds: readonly FoldReport[];
  /** All tested stretches, one after the other; each starts with the same deposit and its returns are chained. */
  readonly summary: Summary;
  /** Mean test ratio over mean training ratio, annualised; near 1 the choice holds, near 0 it was luck. Source: Pardo (2008). */
  readonly efficiency: number;
}

export async function walkForward(request: BacktestRequest, plan: WalkForwardPlan, tools: SweepTools): Promise<Result<WalkForwardReport, string>> {
  const combinations = combinationsOf(plan.parameters);
  const stretches = foldsOf(request.from, request.to, plan);
  if (stretches.length === 0) return err(`The time asked for is shorter than one training stretch of ${plan.trainDays} days and a test after it.`);
  const folds: FoldReport[] = [];
  const trades = [];
  const equity = [moneyToUsdt(request.deposit)];
  const falls: number[] = [];
  for (const stretch of stretches) {
    const trained = await runCombinations({ ...request, from: stretch.trainFrom, to: stretch.trainTo }, combinations, tools);
    if (!trained.ok) return trained;
    const best = bestOf(trained.value.map(dailyReturns));
    const chosen = combinations[best]!;
    const tested = await runCombinations({ ...request, from: stretch.trainTo, to: stretch.testTo }, [chosen], tools);
    if (!tested.ok) return tested;
    const result = tested.value[0]!;
    folds.push({ ...stretch, chosen, trained: outcomeOf(trained.value[best]!, chosen), tested: outcomeOf(result, chosen) });
    trades.push(...result.trades.map(reviewedTrade));
    for (const change of dailyReturns(result)) equity.push(equity.at(-1)! * (1 + change));
    falls.push(result.equity.maxDrawdown);
  }
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + (Number.isFinite(value) ? value : 0), 0) / values.length;
  return ok({
    plan,
    folds,
    summary: summarise({ trades, dailyEquity: equity, maxDrawdown: Math.max(...falls) }),
    efficiency: mean(folds.map((fold) => fold.tested.sharpe)) / mean(folds.map((fold) => fold.trained.sharpe)),
  });
}
