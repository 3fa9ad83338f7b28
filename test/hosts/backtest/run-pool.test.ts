// Trials of sweeps and walk-forwards run side by side, tell how far all of them are, and come to what they come to one after the other.
import { channel } from 'node:diagnostics_channel';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chooseCuts, proveNoLookAhead } from '../../../src-main/core/backtest/look-ahead-proof.ts';
import { BAR_MS } from '../../../src-main/core/backtest/price-history.ts';
import type { BacktestRequest } from '../../../src-main/core/backtest/run-types.ts';
import { runSweep, sequentially, watched } from '../../../src-main/core/backtest/sweep.ts';
import { walkForward } from '../../../src-main/core/backtest/walk-forward.ts';
import { WorkMeter, type PlannedWork } from '../../../src-main/core/backtest/work-meter.ts';
import { runBacktest } from '../../../src-main/hosts/backtest/run-backtest.ts';
import { runTools, spreadOver } from '../../../src-main/hosts/backtest/run-pool.ts';
import { SAMPLE_START, sampleHistory, sampleRequest } from './sample-market.ts';

const DAY = 86_400_000;
const WARM_UP = 2400;
const request = sampleRequest([sampleHistory('AAAUSDT', 1, { count: 5000 })], { from: SAMPLE_START + WARM_UP * BAR_MS, warmUpBars: WARM_UP });
const parameters = [{ name: 'rewardRiskRatio', values: [1, 2, 3] }];

let threads = 0;
const count = (): void => void (threads += 1);
beforeAll(() => channel('worker_threads').subscribe(count));
afterAll(() => {
  channel('worker_threads').unsubscribe(count);
});

/** The shares a job tells; `end` carries out what was planned. */
async function followed(work: PlannedWork, carryOut: (meter: WorkMeter) => Promise<unknown>): Promise<readonly number[]> {
  const shares: number[] = [];
  await carryOut(new WorkMeter(request, work, (share) => shares.push(share)));
  return shares;
}

function expectWhole(shares: readonly number[]): void {
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(shares.at(-1)).toBeCloseTo(1, 9);
}

describe('runs side by side', () => {
  test('a walk-forward in two threads is the one in none, and all its shares together are the whole', async () => {
    const plan = { parameters: [parameters[0]!], trainDays: 3, testDays: 3 };
    const alone = await walkForward(request, plan, { runAll: sequentially(runBacktest) });
    threads = 0;
    const shares = await followed({ sweep: null, walkForward: plan, cuts: [] }, async (meter) => {
      const spread = await walkForward(request, plan, runTools(2, request, meter.note));
      expect(spread).toEqual(alone);
      await watched(runBacktest, meter.note)(request);
    });
    expect(alone.ok && alone.value.folds.length).toBeGreaterThanOrEqual(2);
    // Two for all trainings of all stretches, two for all tests.
    expect(threads).toBe(4);
    expectWhole(shares);
  });

  test('no more threads are started than there are runs, and none for one job or where models are asked', async () => {
    const short = { ...request, to: request.from + DAY };
    threads = 0;
    await runTools(8, request, () => undefined).runAll([short, short]);
    expect(threads).toBe(2);
    await runTools(1, request, () => undefined).runAll([short, short]);
    const predictor = { predict: () => Promise.resolve({ ok: false, error: { code: 'no_model', uiMessage: '' } } as const) };
    await runTools(8, { predictor }, () => undefined).runAll([{ ...short, predictor }, short]);
    expect(threads).toBe(2);
  });

  test('what one run throws ends them all and is told', async () => {
    const broken: BacktestRequest = { ...request, histories: [{ ...request.histories[0]!, instrument: null as never }] };
    await expect(spreadOver(2)([request, broken, ...Array<BacktestRequest>(50).fill(request)])).rejects.toThrow(/null/);
  });
});

describe('the share of a job that is done', () => {
  test('covers the trials of a sweep, the chosen one out of sample, the run and every re-run of the proof', async () => {
    const sweep = { parameters, outOfSample: 0.4 };
    const cuts = chooseCuts(request.from, request.to, 2);
    const shares = await followed({ sweep, walkForward: null, cuts }, async (meter) => {
      const run = watched(runBacktest, meter.note);
      const swept = await runSweep(request, sweep, { runAll: sequentially(runBacktest, meter.note) });
      expect(swept.ok).toBe(true);
      await run(request);
      expect(await proveNoLookAhead(request, cuts, run)).toMatchObject({ divergence: null });
    });
    expectWhole(shares);
  });

  test('is told while a run goes on, and asking a run to stop still stops it', async () => {
    const shares: number[] = [];
    const result = await watched(runBacktest, (_request, share) => shares.push(share))({ ...request, onProgress: () => true });
    expect(result.wasCancelled).toBe(true);
    expect(shares[0]).toBeGreaterThan(0);
    expect(shares[0]).toBeLessThan(1);
  });
});
