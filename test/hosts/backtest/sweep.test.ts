// Sweeps choose on one part of the time and answer for the rest; walk-forward counts only what was not chosen on.
import { describe, expect, test } from 'vitest';
import { BAR_MS } from '../../../src-main/core/backtest/price-history.ts';
import { bestOfTrials, sharpeOfTrial } from './sweep-second-opinion.ts';
import { runBacktest } from '../../../src-main/hosts/backtest/run-backtest.ts';
import { money } from '../../../src-shared/kernel/units.ts';
import type { BacktestRequest, BacktestResult } from '../../../src-main/core/backtest/run-types.ts';
import { runSweep, sequentially } from '../../../src-main/core/backtest/sweep.ts';
import { walkForward } from '../../../src-main/core/backtest/walk-forward.ts';
import { sampleHistory, sampleRequest } from './sample-market.ts';

const DAY = 86_400_000;
const request = sampleRequest([sampleHistory('AAAUSDT', 1, { count: 8000 }), sampleHistory('CCCUSDT', 4, { count: 8000 })]);
const parameters = [
  { name: 'rewardRiskRatio', values: [1, 2] },
  { name: 'minConfidence', values: [0.3, 0.6] },
];

/** Runs and remembers what was asked. */
function observed(): { readonly asked: BacktestRequest[]; readonly tools: { readonly runAll: ReturnType<typeof sequentially> } } {
  const asked: BacktestRequest[] = [];
  return {
    asked,
    tools: {
      runAll: (requests) => {
        asked.push(...requests);
        return sequentially(runBacktest)(requests);
      },
    },
  };
}

describe('sweep', () => {
  test('every combination is tried in sample, the best one once out of sample, and no trial sees the time kept back', async () => {
    const { asked, tools } = observed();
    const swept = await runSweep(request, { parameters, outOfSample: 0.4 }, tools);
    if (!swept.ok) throw new Error(swept.error);
    const report = swept.value;
    expect(report.trials).toHaveLength(4);
    expect(asked).toHaveLength(5);
    for (const trial of asked.slice(0, 4)) expect(trial).toMatchObject({ from: request.from, to: report.trainTo });
    expect(asked[4]).toMatchObject({ from: report.trainTo, to: request.to });
    expect(asked[4]?.settings).toMatchObject(report.trials[report.chosen]!.combination);
    expect((report.trainTo - request.from) / (request.to - request.from)).toBeCloseTo(0.6, 3);
    expect(report.trainTo % BAR_MS).toBe(0);
  });

  test.each([
    ['the wallet', (result: BacktestResult): BacktestResult => ({ ...result, audit: { ...result.audit, agrees: false } })],
    ['the trades', (result: BacktestResult): BacktestResult => ({ ...result, wallet: money(result.wallet + 1) })],
  ])('a trial whose books do not agree in one unit of %s ends it, and is named', async (_what, spoil) => {
    const short = { ...request, to: request.from + DAY };
    const runAll = async (requests: readonly BacktestRequest[]): Promise<readonly BacktestResult[]> => {
      const results = await sequentially(runBacktest)(requests);
      return results.map((result, index) => (index === 1 ? spoil(result) : result));
    };
    const swept = await runSweep(short, { parameters, outOfSample: 0.4 }, { runAll });
    expect(swept).toMatchObject({ ok: false, error: expect.stringContaining('THE BOOKS DO NOT AGREE in the trial {"rewardRiskRatio":1,"minConfidence":0.6}') });
  });

  test('the choice, its ratio and the sensitivity are what another computation gives', async () => {
    const swept = await runSweep(request, { parameters, outOfSample: 0.4 }, { runAll: sequentially(runBacktest) });
    if (!swept.ok) throw new Error(swept.error);
    const report = swept.value;
    const single = await runBacktest({ ...request, to: report.trainTo, settings: { ...request.settings, rewardRiskRatio: 1, minConfidence: 0.6 } });
    const trial = report.trials.find(({ combination }) => combination['rewardRiskRatio'] === 1 && combination['minConfidence'] === 0.6)!;
    expect(trial).toMatchObject({ hash: single.hash, trades: single.trades.length });
    if (Number.isFinite(trial.sharpe)) expect(trial.sharpe).toBeCloseTo(sharpeOfTrial(single), 9);
    expect(report.chosen).toBe(bestOfTrials(report.trials));
    for (const entries of Object.values(report.sensitivity)) expect(entries.reduce((sum, entry) => sum + entry.trials, 0)).toBe(4);
  });

  test('more combinations than anybody waits for are refused before the first, for a sweep and a walk-forward', async () => {
    const many = ['a', 'b', 'c', 'd'].map((name) => ({ name, values: Array.from({ length: 50 }, (_, value) => value) }));
    const { asked, tools } = observed();
    const refused = { ok: false, error: '6250000 combinations are too many; 1000 are tried at most.' };
    expect(await runSweep(request, { parameters: many, outOfSample: 0.3 }, tools)).toEqual(refused);
    expect(await walkForward(request, { parameters: many, trainDays: 6, testDays: 4 }, tools)).toEqual(refused);
    expect(asked).toEqual([]);
  });

  test('a value that no setting allows is refused in words', async () => {
    const swept = await runSweep(request, { parameters: [{ name: 'rewardRiskRatio', values: [99] }], outOfSample: 0.3 }, { runAll: sequentially(runBacktest) });
    expect(swept).toMatchObject({ ok: false, error: expect.stringContaining('rewardRiskRatio') });
  });
});

describe('walk-forward', () => {
  test('each stretch is tested with what was chosen before it, and the tests alone are summed up', async () => {
    const { asked, tools } = observed();
    const walked = await walkForward(request, { parameters: [parameters[0]!], trainDays: 6, testDays: 4 }, tools);
    if (!walked.ok) throw new Error(walked.error);
    const { folds, summary } = walked.value;
    expect(folds.length).toBeGreaterThanOrEqual(2);
    expect(asked).toHaveLength(folds.length * 3);
    // All trainings, which know nothing of each other, come first; then all tests.
    const trainings = asked.slice(0, folds.length * 2);
    const tests = asked.slice(folds.length * 2);
    for (const [index, fold] of folds.entries()) {
      const [first, second] = trainings.slice(index * 2, index * 2 + 2);
      const tested = tests[index];
      expect([first?.from, first?.to, second?.to]).toEqual([fold.trainFrom, fold.trainTo, fold.trainTo]);
      expect([tested?.from, tested?.to]).toEqual([fold.trainTo, fold.testTo]);
      expect(tested?.settings).toMatchObject(fold.chosen);
      expect(fold.trainTo - fold.trainFrom).toBe(6 * DAY);
    }
    expect(summary.statistics.trades).toBe(folds.reduce((sum, fold) => sum + fold.tested.trades, 0));
  });

  test('a time too short for one fold is refused in words', async () => {
    expect(await walkForward(request, { parameters: [], trainDays: 900, testDays: 5 }, { runAll: sequentially(runBacktest) })).toMatchObject({ ok: false });
  });
});
