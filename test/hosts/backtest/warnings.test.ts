// A result says itself what speaks against believing it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { money } from '../../../src-shared/kernel/units.ts';
import { runBacktest } from '../../../src-main/hosts/backtest/run-backtest.ts';
import type { SymbolSource } from '../../../src-main/core/backtest/run-types.ts';
import type { BacktestResult } from '../../../src-main/core/backtest/run-types.ts';
import { trainedUntil, warningsOf, type WarningInput } from '../../../src-main/hosts/backtest/warnings.ts';
import { sampleHistory, sampleRequest, sampleSettings } from './sample-market.ts';

const source: SymbolSource = { symbol: 'AAAUSDT', files: 1, candles: 10, first: 0, last: 1, missing: 0, rules: 'exchange', funding: 'recorded' };
let result: BacktestResult;
let calm: WarningInput;

beforeAll(async () => {
  result = await runBacktest(sampleRequest([sampleHistory('AAAUSDT', 1, { count: 4000 })]));
  const trade = { ...result, trades: Array.from({ length: 30 }) as unknown as BacktestResult['trades'] };
  calm = { settings: sampleSettings(), sources: [source], leftOut: [], result: trade, modelsTrainedUntil: null };
});

describe('warnings', () => {
  test('there are none without a reason', () => {
    expect(warningsOf(calm)).toEqual([]);
  });

  test('models that have seen the answers are named with the day', () => {
    const settings = sampleSettings({ strategyMode: 'hybrid' });
    expect(warningsOf({ ...calm, settings, modelsTrainedUntil: result.from + 1 })).toEqual([expect.stringContaining('have seen the answers')]);
    expect(warningsOf({ ...calm, settings, modelsTrainedUntil: result.from - 1 })).toEqual([]);
    expect(warningsOf({ ...calm, settings })).toEqual([expect.stringContaining('No model was asked')]);
  });

  test.each<[string, (input: WarningInput) => WarningInput, string]>([
    ['symbols without candles', (input) => ({ ...input, leftOut: ['AVAXUSDT', 'OPUSDT'] }), 'AVAXUSDT, OPUSDT: no candles in that time'],
    ['many of them', (input) => ({ ...input, leftOut: Array.from({ length: 14 }, (_, index) => `S${index}`) }), 'S11 and 2 more: no candles'],
    ['few trades', (input) => ({ ...input, result: { ...input.result, trades: [] } }), '0 trades are few'],
    ['missing candles', (input) => ({ ...input, sources: [{ ...source, missing: 7 }] }), '7 candles are missing'],
    ['derived rules', (input) => ({ ...input, sources: [{ ...source, rules: 'derived from candles' }] }), '--exchange-info'],
    [
      'liquidations',
      (input) => ({ ...input, result: { ...input.result, counters: { ...input.result.counters, liquidations: 2 } } }),
      '2 fills were liquidations',
    ],
    ['lifted halts', (input) => ({ ...input, result: { ...input.result, counters: { ...input.result.counters, resumed: 3 } } }), '3 times'],
    [
      'funding in no trade',
      (input) => ({ ...input, result: { ...input.result, audit: { ...input.result.audit, funding: money(150_000_000) } } }),
      '1.50 USDT of funding',
    ],
    [
      'a guard that decides everything',
      (input) => ({
        ...input,
        result: {
          ...input.result,
          counters: { ...input.result.counters, decisions: { executed: 1, virtual: 0, denied: 9, vetoed: 0 }, denials: { negative_expectancy: 9 } },
        },
      }),
      '9 of 10 decisions were denied by negative_expectancy',
    ],
  ])('%s', (_, change, words) => {
    expect(warningsOf(change(calm))).toEqual([expect.stringContaining(words)]);
  });

  test('the training time of the models comes from their manifest', () => {
    const folder = mkdtempSync(join(tmpdir(), 'models-'));
    try {
      expect(trainedUntil(folder)).toBeNull();
      writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ models: [{ trainedUntil: 5 }, { trainedUntil: 9 }, {}] }));
      expect(trainedUntil(folder)).toBe(9);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('funding on cross margin is in the wallet and in no trade, and the books still agree', async () => {
    const times = Array.from({ length: 100 }, (_, index) => Date.parse('2025-10-01T00:00:00Z') + index * 8 * 3_600_000);
    const funding = { times: Float64Array.from(times), ratesE8: Float64Array.from(times, () => 100_000) };
    const crossed = await runBacktest(
      sampleRequest([sampleHistory('CCCUSDT', 4, { count: 8000, funding })], { settings: sampleSettings({ marginType: 'cross' }) }),
    );
    expect(crossed.trades.length).toBeGreaterThan(0);
    expect(crossed.audit.agrees).toBe(true);
    expect(crossed.tradeTotals.beforeFunding + crossed.audit.funding).toBe(crossed.wallet - crossed.deposit);
  });
});
