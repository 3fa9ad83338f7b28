// A backtest from the panel asks the models the terminal serves and comes to what the command comes to; what must not be trusted is an alarm.
import { channel } from 'node:diagnostics_channel';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BacktestPlan } from '../../../src-shared/contract/review-requests.ts';
import type { SessionDetail } from '../../../src-shared/contract/review.ts';
import type { BacktestReport } from '../../../src-main/core/backtest/report.ts';
import { runBacktestCommand } from '../../../src-main/hosts/cli/backtest.ts';
import { ReviewReader } from '../../../src-main/hosts/review/answer.ts';
import { runJob } from '../../../src-main/hosts/review/run-job.ts';
import { alarmsOf, keepBacktest, readBacktest } from '../../../src-main/hosts/review/stored-backtests.ts';
import { PROJECT_ROOT } from '../../support/terminal.ts';
import { SAMPLE_WARM_UP, sampleCandles } from '../backtest/sample-market.ts';

const BUNDLED = join(PROJECT_ROOT, 'models');
const WARM_DAYS = (SAMPLE_WARM_UP * 300_000) / 86_400_000;
let data: string;
let dataDir: string;
let reader: ReviewReader;

beforeAll(() => {
  data = mkdtempSync(join(tmpdir(), 'panel-candles-'));
  dataDir = mkdtempSync(join(tmpdir(), 'panel-data-'));
  for (const [symbol, seed] of [
    ['AAAUSDT', 1],
    ['CCCUSDT', 4],
  ] as const) {
    const rows = sampleCandles(seed, 4700).map(({ openTime, open, high, low, close, volume, quoteVolume }) =>
      [openTime, open, high, low, close, volume, quoteVolume].join(','),
    );
    writeFileSync(join(data, `${symbol}-5m.csv.gz`), gzipSync(`open_time,open,high,low,close,volume,quote_volume\n${rows.join('\n')}\n`));
  }
  reader = new ReviewReader(dataDir, () => 1);
});
afterAll(() => {
  reader.close();
  for (const folder of [data, dataDir]) rmSync(folder, { recursive: true });
});

const plan = (changes: BacktestPlan['changes']): BacktestPlan => ({
  ...{ folder: data, symbols: null, from: null, to: null, warmUpDays: WARM_DAYS, deposit: 10_000, changes },
  ...{ cuts: 0, sweep: [], outOfSample: 0.3, walkForward: null },
});

async function fromPanel(changes: BacktestPlan['changes'], models: string | null = null): Promise<SessionDetail> {
  const done = await runJob({ dataDir, models }, { kind: 'backtest', plan: plan(changes) }, () => undefined);
  if (!done.ok || done.value.kind !== 'backtest') throw new Error(done.ok ? 'no backtest' : done.error);
  expect(done.value.alarms).toEqual([]);
  const detail = reader.answer({ kind: 'session', key: done.value.key });
  if (!detail.ok) throw new Error(detail.error);
  return detail.value as SessionDetail;
}

async function fromCommand(...argv: string[]): Promise<BacktestReport> {
  let out = '';
  const streams = { out: (text: string) => void (out += text), error: () => undefined };
  expect(await runBacktestCommand(['--data', data, '--warm-up-days', String(WARM_DAYS), '--json', '-', ...argv], streams)).toBe(0);
  return JSON.parse(out) as BacktestReport;
}

describe('a backtest from the panel', () => {
  test('with the hybrid strategy asks the models and gives the hash of the command; without models it is another one', async () => {
    const panel = await fromPanel({ strategyMode: 'hybrid', minConfidence: 0.3 });
    const command = await fromCommand('--strategy', 'hybrid', '--set', 'minConfidence=0.3');
    expect(panel.hash).toBe(command.hash);
    expect(panel.trades.map(({ id, net }) => [id, net])).toEqual(command.trades.map(({ id, net }) => [id, net]));
    expect(panel.models.map(({ name }) => name)).not.toEqual([]);
    expect(panel.warnings.join(' ')).not.toContain('The rules decided alone');
    const alone = await fromCommand('--strategy', 'hybrid', '--set', 'minConfidence=0.3', '--models', 'none');
    expect(alone.hash).not.toBe(command.hash);
  });

  test('asks the models that serve, not those the program brings along, where they are others', async () => {
    const served = join(dataDir, 'served');
    cpSync(BUNDLED, served, { recursive: true });
    const manifest = JSON.parse(readFileSync(join(served, 'manifest.json'), 'utf8')) as { models: { version: string }[] };
    for (const entry of manifest.models) entry.version = 'mine';
    writeFileSync(join(served, 'manifest.json'), JSON.stringify(manifest));
    const panel = await fromPanel({ strategyMode: 'self_learning' }, served);
    expect(new Set(panel.models.map(({ version }) => version))).toEqual(new Set(['mine']));
    expect(panel.hash).toBe((await fromCommand('--strategy', 'self_learning', '--models', served)).hash);
  });

  test("with a sweep runs its trials in threads, comes to the command's trials and tells one share of all the work that never falls", async () => {
    const told: number[] = [];
    const swept = { ...plan({}), cuts: 1, sweep: [{ name: 'rewardRiskRatio', values: [1, 2] }], outOfSample: 0.4 };
    let threads = 0;
    const count = (): void => void (threads += 1);
    channel('worker_threads').subscribe(count);
    const done = await runJob({ dataDir, models: null }, { kind: 'backtest', plan: swept }, ({ share }) => void (share !== null && told.push(share)));
    channel('worker_threads').unsubscribe(count);
    if (!done.ok || done.value.kind !== 'backtest') throw new Error(done.ok ? 'no backtest' : done.error);
    const kept = readBacktest(dataDir, done.value.key);
    expect(kept.ok ? kept.value.sweep : kept.error).toEqual(
      (await fromCommand('--sweep', 'rewardRiskRatio=1,2', '--out-of-sample', '0.4', '--jobs', '1')).sweep,
    );
    // Two trials side by side where there are two cores, and the chosen one out of sample.
    expect(threads).toBe(availableParallelism() === 1 ? 0 : 3);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect(told.at(-1)).toBeCloseTo(1, 9);
  });

  test('with rules alone asks none', async () => {
    expect((await fromPanel({})).models).toEqual([]);
  });
});

describe('a result that must not be trusted', () => {
  test('is an alarm, stands in its findings, and nothing says that the books agree', async () => {
    const clean = await fromCommand();
    expect(alarmsOf(clean)).toEqual([]);
    const line = { time: 1, kind: 'decision', summary: 'knew it', text: '' };
    const spoiled: BacktestReport = {
      ...clean,
      accounting: { ...clean.accounting, agrees: false },
      proof: { cuts: [1], compared: 5, divergence: { cut: Date.parse('2025-10-14T00:00Z'), kind: 'record', knowing: line, unknowing: null } } as never,
    };
    expect(alarmsOf(spoiled)).toEqual([
      'THE BOOKS DO NOT AGREE; do not trust these numbers.',
      expect.stringContaining('this differs first: knew it / nothing'),
    ]);
    const detail = reader.answer({ kind: 'session', key: keepBacktest(dataDir, spoiled, 5) });
    const findings = detail.ok ? (detail.value as SessionDetail).findings.join(' ') : '';
    expect(findings).toContain('THE BOOKS DO NOT AGREE');
    expect(findings).not.toContain('to the last unit');
    expect(alarmsOf({ ...clean, accounting: { ...clean.accounting, tradesAgree: false } })).toHaveLength(1);
  });
});
