// Walk-forward: choose parameters on one stretch, trade the next with them, move on; only the stretches that were not chosen on count.
import { moneyToUsdt } from '../../../src-shared/kernel/units.ts';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import { combinationsOf, foldsOf, refuseGrid, type Combination, type Fold, type SweptParameter } from './parameter-grid.ts';
import { summarise, type Summary } from '../review/summary.ts';
import { reviewedTrade } from './report.ts';
import type { BacktestRequest } from './run-types.ts';
import { bestOf, dailyReturns, outcomeOf, runTrials, type SweepTools, type TrialOutcome } from './sweep.ts';

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

/** Every stretch starts with its own account, so that all trainings are one batch of independent runs, and all tests another. */
export async function walkForward(request: BacktestRequest, plan: WalkForwardPlan, tools: SweepTools): Promise<Result<WalkForwardReport, string>> {
  const refusal = refuseGrid(plan.parameters);
  if (refusal !== null) return err(refusal);
  const combinations = combinationsOf(plan.parameters);
  const stretches = foldsOf(request.from, request.to, plan);
  if (stretches.length === 0) return err(`The time asked for is shorter than one training stretch of ${plan.trainDays} days and a test after it.`);
  const training = stretches.flatMap(({ trainFrom, trainTo }) =>
    combinations.map((combination) => ({ combination, request: { ...request, from: trainFrom, to: trainTo } })),
  );
  const trained = await runTrials(training, tools);
  if (!trained.ok) return trained;
  const choices = stretches.map((_, fold) => {
    const results = trained.value.slice(fold * combinations.length, (fold + 1) * combinations.length);
    const best = bestOf(results.map(dailyReturns));
    return { chosen: combinations[best]!, result: results[best]! };
  });
  const testing = stretches.map(({ trainTo, testTo }, fold) => ({ combination: choices[fold]!.chosen, request: { ...request, from: trainTo, to: testTo } }));
  const tested = await runTrials(testing, tools);
  if (!tested.ok) return tested;
  const folds = stretches.map((stretch, fold): FoldReport => {
    const { chosen, result } = choices[fold]!;
    return { ...stretch, chosen, trained: outcomeOf(result, chosen), tested: outcomeOf(tested.value[fold]!, chosen) };
  });
  const equity = [moneyToUsdt(request.deposit)];
  for (const result of tested.value) for (const change of dailyReturns(result)) equity.push(equity.at(-1)! * (1 + change));
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + (Number.isFinite(value) ? value : 0), 0) / values.length;
  return ok({
    plan,
    folds,
    summary: summarise({
      trades: tested.value.flatMap((result) => result.trades.map(reviewedTrade)),
      dailyEquity: equity,
      maxDrawdown: Math.max(...tested.value.map((result) => result.equity.maxDrawdown)),
    }),
    efficiency: mean(folds.map((fold) => fold.tested.sharpe)) / mean(folds.map((fold) => fold.trained.sharpe)),
  });
}
