// The command as a person uses it: files in, reports out, the same hash in another process, bad flags in one sentence.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runBacktestCommand } from '../../../src-main/hosts/cli/backtest.ts';
import { hasSharedData, sharedPath } from '../../support/shared.ts';
import { SAMPLE_WARM_UP, sampleCandles } from '../backtest/sample-market.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const DAY = 86_400_000;
const ELEVEN = Array.from({ length: 11 }, (_, index) => index + 3).join(',');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'backtest-'));
  for (const [symbol, seed] of [
    ['AAAUSDT', 1],
    ['CCCUSDT', 4],
  ] as const) {
    const rows = sampleCandles(seed, 6500).map(({ openTime, open, high, low, close, volume, quoteVolume }) =>
      [openTime, open, high, low, close, volume, quoteVolume].join(','),
    );
    writeFileSync(join(folder, `${symbol}-5m.csv.gz`), gzipSync(`open_time,open,high,low,close,volume,quote_volume\n${rows.join('\n')}\n`));
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

async function run(...argv: string[]): Promise<{ readonly code: number; readonly out: string; readonly error: string }> {
  let out = '';
  let error = '';
  const code = await runBacktestCommand(argv, { out: (text) => void (out += text), error: (text) => void (error += text) });
  return { code, out, error };
}

const usual = (): string[] => ['--data', folder, '--warm-up-days', String((SAMPLE_WARM_UP * 300_000) / DAY)];

interface Report {
  readonly hash: string;
  readonly trades: readonly { readonly id: string; readonly net: number }[];
  readonly accounting: { readonly agrees: boolean; readonly tradesAgree: boolean };
  readonly wallet: number;
  readonly deposit: number;
  readonly proof: { readonly compared: number; readonly divergence: unknown } | null;
  readonly sweep: { readonly trials: readonly unknown[] } | null;
  readonly walkForward: { readonly folds: readonly unknown[] } | null;
  readonly summary: { readonly performance: { readonly trials: number } };
  readonly counters: { readonly records: number };
}

function parse(text: string): Report {
  return JSON.parse(text) as Report;
}

describe('npm run backtest', () => {
  test('writes JSON, trades, a printable report and the journal lines, which agree with one another', async () => {
    const paths = { json: join(folder, 'o.json'), csv: join(folder, 'o.csv'), html: join(folder, 'o.html'), events: join(folder, 'o.jsonl') };
    const done = await run(...usual(), '--json', paths.json, '--csv', paths.csv, '--html', paths.html, '--events', paths.events, '--prove', '1');
    expect(done.code).toBe(0);
    expect(done.error).toContain('The wallet equals fills, fees and funding to the last unit.');
    const report = parse(readFileSync(paths.json, 'utf8'));
    expect(report.accounting).toMatchObject({ agrees: true, tradesAgree: true });
    expect(report.proof?.divergence).toBeNull();
    expect(report.trades.length).toBeGreaterThan(0);
    expect(report.trades.reduce((sum, trade) => sum + trade.net, 0)).toBeCloseTo(report.wallet - report.deposit, 6);
    const rows = readFileSync(paths.csv, 'utf8').trim().split('\r\n');
    expect(rows).toHaveLength(report.trades.length + 1);
    expect(rows[1]).toContain(report.trades[0]!.id);
    expect(readFileSync(paths.events, 'utf8').trim().split('\n')).toHaveLength(report.counters.records);
    const html = readFileSync(paths.html, 'utf8');
    expect(html).toContain(report.hash);
    expect(html).not.toMatch(/<script|https?:|undefined|NaN|\[object/);
    expect(html.match(/<svg/g)).toHaveLength(3);
  });

  test('gives the same hash in another process', async () => {
    const here = await run(...usual(), '--json', '-');
    const there = spawnSync(process.execPath, [join(ROOT, 'src-main/hosts/cli/backtest.ts'), ...usual(), '--json', '-'], {
      cwd: ROOT,
      encoding: 'utf8',
      maxBuffer: 1e8,
    });
    expect(there.status).toBe(0);
    expect(parse(there.stdout).hash).toBe(parse(here.out).hash);
  });

  test('sweeps and walks forward on request', async () => {
    const html = join(folder, 'sweep.html');
    const swept = parse((await run(...usual(), '--sweep', 'rewardRiskRatio=1,2', '--out-of-sample', '0.4', '--json', '-', '--html', html)).out);
    expect(swept.sweep?.trials).toHaveLength(2);
    const page = readFileSync(html, 'utf8');
    expect(page).toContain('Mean Sharpe ratio by rewardRiskRatio');
    expect(page.match(/<svg/g)).toHaveLength(4);
    expect(page).not.toMatch(/undefined|NaN/);
    expect(swept.summary.performance.trials).toBe(2);
    const walked = parse((await run(...usual(), '--walk-forward', '3:2', '--json', '-')).out);
    expect(walked.walkForward?.folds.length).toBeGreaterThanOrEqual(2);
  });

  test('independent runs side by side give what they give one after the other', async () => {
    const arguments_ = [...usual(), '--from', '2025-10-17', '--sweep', 'rewardRiskRatio=1,2', '--json', '-'];
    const single = parse((await run(...arguments_, '--jobs', '1')).out);
    const double = parse((await run(...arguments_, '--jobs', '2')).out);
    expect(double.sweep).toEqual(single.sweep);
  });

  test('says what it can do', async () => {
    const help = await run('--help');
    expect(help).toMatchObject({ code: 0, error: '' });
    for (const flag of ['--data', '--from', '--prove', '--sweep', '--walk-forward', '--html']) expect(help.out).toContain(flag);
  });

  test.each([
    [[], '--data is missing'],
    [['--data', '/dev/null/nowhere'], 'does not exist'],
    [['--data', '/dev/null'], 'is a file. Name the folder'],
    [['--data', '.', '--html', '/dev'], 'Cannot write /dev: it is a folder.'],
    [['--data', '.', '--jobs', '0'], '--jobs 0 must be a number from 1 to 64'],
    [['--data', '.', '--from', 'soon'], '--from soon is not a time'],
    [['--data', '.', '--from', '2025-01-01T00:01Z'], 'multiple of five minutes'],
    [['--data', '.', '--from', '2025-02-01', '--to', '2025-01-01'], 'must come before'],
    [['--data', '.', '--strategy', 'hope'], '--strategy is hope'],
    [['--data', '.', '--set', 'minConfidence=7'], 'minConfidence is 7'],
    [['--data', '.', '--set', 'nonsense'], 'not NAME=VALUE'],
    [['--data', '.', '--sweep', 'maxLeverage=99'], 'maxLeverage'],
    [['--data', '.', ...['maxLeverage', 'minLeverage', 'maxSignals'].flatMap((name) => ['--sweep', `${name}=${ELEVEN}`])], '1331 combinations are too many'],
    [['--data', '.', '--walk-forward', '3'], '90:30'],
    [['--data', '.', '--balance', 'much'], '--balance much must be a number'],
    [['--data', '.', '--prove', '1.5'], 'whole number'],
    [['--data', '.', '--unknown'], 'There is no flag --unknown.'],
  ])('%j ends with code 2 and a sentence', async (argv, words) => {
    const refused = await run(...argv);
    expect(refused.code).toBe(2);
    expect(refused.error).toContain(words);
    expect(refused.error).toContain('See --help.');
    expect(refused.error).not.toMatch(/\n\s+at /);
  });

  test('an output that cannot be written is named, before the work where that can be told', async () => {
    const refused = await run(...usual(), '--json', '/dev/null/at/all.json');
    expect(refused).toMatchObject({ code: 2, error: expect.stringContaining('/dev/null/at/all.json') });
    if (!existsSync('/dev/full')) return;
    const full = await run(...usual(), '--events', '/dev/full', '--json', '-');
    expect(full).toMatchObject({ code: 2, out: '', error: expect.stringContaining('Cannot write /dev/full: ENOSPC') });
  });

  test.skipIf(!hasSharedData())('a month of a real market: the books agree and nothing is known early', async () => {
    const done = await run(
      ...['--data', sharedPath('data/klines/5m'), '--funding', sharedPath('data/funding'), '--symbols', 'SOLUSDT'],
      ...['--from', '2024-03-01', '--to', '2024-04-01', '--prove', '1', '--json', '-'],
    );
    expect(done.code).toBe(0);
    const report = parse(done.out);
    expect(report.trades.length).toBeGreaterThan(3);
    expect(report.proof?.compared).toBeGreaterThan(8000);
  });
});
