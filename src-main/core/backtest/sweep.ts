// Tries combinations of parameters on the first part of the time, and the chosen one on the part nobody looked at.
import { parseSettings, type Settings } from '../../../src-shared/contract/settings.ts';
import { moneyToUsdt } from '../../../src-shared/kernel/units.ts';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import { booksAgree } from './books-agree.ts';
import { iso } from './moment.ts';
import { combinationsOf, refuseGrid, type Combination, type SweptParameter } from './parameter-grid.ts';
import { BAR_MS } from './price-history.ts';
import { probabilityOfOverfitting, type OverfittingEstimate } from '../review/overfitting.ts';
import { deflatedSharpe, returnsOf, sharpePerPeriod, sharpeRatio } from '../review/returns.ts';
import type { RunBacktest } from './look-ahead-proof.ts';
import type { BacktestRequest, BacktestResult } from './run-types.ts';

export interface SweepPlan {
  readonly parameters: readonly SweptParameter[];
  /** Share of the time at the end that takes no part in the choice. */
  readonly outOfSample: number;
}

export interface TrialOutcome {
  readonly combination: Combination;
  readonly trades: number;
  readonly net: number;
  readonly maxDrawdown: number;
  /** Annualised. */
  readonly sharpe: number;
  readonly hash: string;
}

export interface SweepReport {
  readonly parameters: readonly SweptParameter[];
  readonly trainFrom: number;
  readonly trainTo: number;
  readonly testTo: number;
  readonly trials: readonly TrialOutcome[];
  /** Position of the chosen trial: the highest Sharpe ratio in sample. */
  readonly chosen: number;
  readonly outOfSample: TrialOutcome;
  /** Probability that the chosen ratio is real after all trials, from its returns in sample. */
  readonly deflatedSharpe: number;
  readonly overfitting: OverfittingEstimate;
  /** Mean annualised ratio of all trials that share a value, per parameter: a single peak is a warning. */
  readonly sensitivity: Readonly<
    Record<string, readonly { readonly value: number | boolean | string; readonly trials: number; readonly meanSharpe: number }[]>
  >;
  /** Daily ratios of all trials, for the deflated ratio of other stretches. */
  readonly dailySharpes: readonly number[];
}

export interface SweepTools {
  /** Runs independent requests, side by side where it can, in the order given. */
  readonly runAll: (requests: readonly BacktestRequest[]) => Promise<readonly BacktestResult[]>;
}

/** Is told how much of the run of a request is done, [0, 1]. */
export type NoteShare = (request: BacktestRequest, share: number) => void;

/** One run after the other; a progress handler of a request goes on being asked. */
export function sequentially(run: RunBacktest, note: NoteShare = () => undefined): SweepTools['runAll'] {
  return async (requests) => {
    const results: BacktestResult[] = [];
    for (const request of requests) results.push(await watched(run, note)(request));
    return results;
  };
}

/** The same run, whose course is told as well. */
export function watched(run: RunBacktest, note: NoteShare): RunBacktest {
  return async (request) => {
    const result = await run({
      ...request,
      onProgress: (share) => {
        note(request, share);
        return request.onProgress?.(share) ?? false;
      },
    });
    note(request, 1);
    return result;
  };
}

/** Where a sweep stops looking. */
export function trainEndOf({ from, to }: Pick<BacktestRequest, 'from' | 'to'>, { outOfSample }: SweepPlan): number {
  return from + Math.floor(((to - from) * (1 - outOfSample)) / BAR_MS) * BAR_MS;
}

/** Settings of a combination, or which value is wrong. */
export function applyCombination(settings: Settings, combination: Combination): Result<Settings, string> {
  const parsed = parseSettings({ ...settings, ...combination });
  return parsed.ok ? parsed : err(parsed.error.map((problem) => problem.message).join('; '));
}

export async function runSweep(request: BacktestRequest, plan: SweepPlan, tools: SweepTools): Promise<Result<SweepReport, string>> {
  const refusal = refuseGrid(plan.parameters);
  if (refusal !== null) return err(refusal);
  const combinations = combinationsOf(plan.parameters);
  const trainTo = trainEndOf(request, plan);
  const train = await runTrials(
    combinations.map((combination) => ({ combination, request: { ...request, to: trainTo } })),
    tools,
  );
  if (!train.ok) return train;
  const returns = train.value.map(dailyReturns);
  const chosen = bestOf(returns);
  const test = await runTrials([{ combination: combinations[chosen]!, request: { ...request, from: trainTo } }], tools);
  if (!test.ok) return test;
  const trials = train.value.map((result, index) => outcomeOf(result, combinations[index]!));
  const dailySharpes = returns.map((trial) => orZero(sharpePerPeriod(trial)));
  return ok({
    parameters: plan.parameters,
    trainFrom: request.from,
    trainTo,
    testTo: request.to,
    trials,
    chosen,
    outOfSample: outcomeOf(test.value[0]!, combinations[chosen]!),
    deflatedSharpe: deflatedSharpe(returns[chosen]!, dailySharpes),
    overfitting: probabilityOfOverfitting(returns),
    sensitivity: sensitivityOf(plan.parameters, trials),
    dailySharpes,
  });
}

/** A combination and the stretch it is tried on. */
export interface Trial {
  readonly combination: Combination;
  readonly request: BacktestRequest;
}

/** Runs trials, which know nothing of each other; the results come in their order. */
export async function runTrials(trials: readonly Trial[], tools: SweepTools): Promise<Result<readonly BacktestResult[], string>> {
  const requests: BacktestRequest[] = [];
  for (const { combination, request } of trials) {
    const settings = applyCombination(request.settings, combination);
    if (!settings.ok) return settings;
    requests.push({ ...request, settings: settings.value });
  }
  const results = await tools.runAll(requests);
  // Nothing may be chosen by numbers that do not add up.
  const wrong = trials[results.findIndex((result) => !result.audit.agrees || !booksAgree(result))];
  return wrong === undefined
    ? ok(results)
    : err(
        `THE BOOKS DO NOT AGREE in the trial ${JSON.stringify(wrong.combination)} from ${iso(wrong.request.from)} to ${iso(wrong.request.to)}; nothing is chosen from it.`,
      );
}

export function dailyReturns(result: BacktestResult): readonly number[] {
  return returnsOf(result.equity.daily.map(moneyToUsdt));
}

/** Position of the trial with the highest Sharpe ratio; the first of equals; one without a trade counts as 0. */
export function bestOf(returns: readonly (readonly number[])[]): number {
  const ratios = returns.map((trial) => orZero(sharpePerPeriod(trial)));
  return ratios.indexOf(Math.max(...ratios));
}

function orZero(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

export function outcomeOf(result: BacktestResult, combination: Combination): TrialOutcome {
  return {
    combination,
    trades: result.trades.length,
    net: moneyToUsdt(result.wallet) - moneyToUsdt(result.deposit),
    maxDrawdown: result.equity.maxDrawdown,
    sharpe: sharpeRatio(dailyReturns(result)),
    hash: result.hash,
  };
}

function sensitivityOf(parameters: readonly SweptParameter[], trials: readonly TrialOutcome[]): SweepReport['sensitivity'] {
  return Object.fromEntries(
    parameters.map(({ name, values }) => [
      name,
      values.map((value) => {
        const own = trials.filter((trial) => trial.combination[name] === value);
        return { value, trials: own.length, meanSharpe: own.reduce((sum, trial) => sum + orZero(trial.sharpe), 0) / own.length };
      }),
    ]),
  );
}
