// Reviewing what is on disk: sessions, statistics, timeline, notes, comparison, exports, blind review, jobs in a process of their own.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReviewRequest } from '../../../src-shared/contract/review-requests.ts';
import type { ReviewAnswers, ReviewJobView } from '../../../src-shared/contract/review.ts';
import { epochMs, moneyToUsdt } from '../../../src-shared/kernel/units.ts';
import { createJournal, JOURNAL_MIGRATIONS } from '../../../src-main/adapters/sqlite/journal.ts';
import type { BacktestResult } from '../../../src-main/core/backtest/run-types.ts';
import type { JournalRecord } from '../../../src-main/core/ports.ts';
import { runBacktest } from '../../../src-main/hosts/backtest/run-backtest.ts';
import { createNodeLauncher } from '../../../src-main/hosts/node/child-worker.ts';
import { ReviewReader, type ReadRequest } from '../../../src-main/hosts/review/answer.ts';
import { ReviewService } from '../../../src-main/hosts/review/service.ts';
import { openTestDatabase, writeCandles } from '../../support/recorded-day.ts';
import { PROJECT_ROOT, until } from '../../support/terminal.ts';
import { SAMPLE_START, sampleHistory, sampleRequest, sampleSettings } from '../backtest/sample-market.ts';

const COUNT = 7000;
const KEY = 'simulated:2';
const request = sampleRequest([sampleHistory('AAAUSDT', 1, { count: COUNT }), sampleHistory('CCCUSDT', 4, { count: COUNT })]);
const lines: JournalRecord[] = [];
let result: BacktestResult;
let folder: string;
let reader: ReviewReader;
let service: ReviewService;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'review-'));
  result = await runBacktest({ ...request, onRecord: (record) => void lines.push(record) });
  const file = join(folder, 'journal-simulated.sqlite');
  const database = openTestDatabase(file, JOURNAL_MIGRATIONS);
  const start = { mode: 'simulated', version: '1.2.3', settings: sampleSettings({ minConfidence: 0.36 }), startedAt: epochMs(request.from) };
  createJournal(database, file, { ...start, startedAt: epochMs(request.from - 1000) }).endSession(epochMs(request.from - 500), 'an empty one');
  const journal = createJournal(database, file, start);
  const hand = {
    time: lines[0]!.time,
    kind: 'command',
    positionId: result.trades[0]!.id,
    symbol: result.trades[0]!.symbol,
    summary: 'screen 1: close-position',
  };
  const said = { who: 'screen 1', command: { kind: 'close-position' }, answer: { ok: true, value: { message: '' } } };
  journal.append([...lines, { ...hand, data: said }], true);
  journal.endSession(epochMs(request.to), 'test');
  journal.close();
  writeCandles(folder, request.histories, 'replay');
  reader = new ReviewReader(folder, () => 77);
  service = new ReviewService({ launcher: createNodeLauncher(PROJECT_ROOT), dataDir: folder, now: () => 5, models: null });
});
afterAll(() => {
  service.stop();
  reader.close();
  rmSync(folder, { recursive: true });
});

function ask<K extends ReadRequest['kind']>(wish: Extract<ReadRequest, { kind: K }>): ReviewAnswers[K] {
  const answer = reader.answer(wish);
  if (!answer.ok) throw new Error(answer.error);
  return answer.value as ReviewAnswers[K];
}

async function over<K extends ReviewRequest['kind']>(wish: Extract<ReviewRequest, { kind: K }>): Promise<ReviewAnswers[K]> {
  return (await service.ask(wish)) as ReviewAnswers[K];
}

async function finished(id: number): Promise<ReviewJobView> {
  return until('the job to end', async () => (await over({ kind: 'jobs' })).find((job) => job.id === id && job.state !== 'running'), 60_000);
}

describe('the list', () => {
  test('holds every session with its trades and their net result to the last unit', () => {
    const rows = ask({ kind: 'sessions' });
    expect(rows.map((row) => row.key)).toEqual([KEY, 'simulated:1']);
    expect(rows[0]).toMatchObject({
      mode: 'simulated',
      strategy: 'ict',
      version: '1.2.3',
      trades: result.trades.length,
      endedWhy: 'test',
      recordingBytes: null,
    });
    expect(rows[0]!.net).toBeCloseTo(
      result.trades.reduce((sum, trade) => sum + moneyToUsdt(trade.net), 0),
      8,
    );
    expect(rows[1]).toMatchObject({ trades: 0, lines: 0, net: 0 });
  });

  test('shows notes and tags; an empty note without tags is gone', () => {
    const trade = result.trades[0]!.id;
    ask({ kind: 'annotate', key: KEY, trade: null, text: 'slow day', tags: ['news', 'news'] });
    expect(ask({ kind: 'annotate', key: KEY, trade, text: '', tags: ['late'] })).toHaveLength(2);
    expect(ask({ kind: 'sessions' })[0]).toMatchObject({ note: 'slow day', tags: ['news', 'late'] });
    expect(ask({ kind: 'session', key: KEY }).notes).toContainEqual({ trade, text: '', tags: ['late'], changedAt: 77 });
    expect(ask({ kind: 'annotate', key: KEY, trade, text: '', tags: [] })).toHaveLength(1);
  });
});

describe('a session', () => {
  test('has the statistics of its trades, its changed settings and its warnings', () => {
    const detail = ask({ kind: 'session', key: KEY });
    expect(detail.trades.map(({ id, net }) => [id, net])).toEqual(result.trades.map(({ id, net }) => [id, moneyToUsdt(net)]));
    const figure = (id: string): number | null => detail.figures.find((entry) => entry.id === id)?.value ?? null;
    expect(figure('trades')).toBe(result.trades.length);
    expect(figure('fees')).toBeCloseTo(
      result.trades.reduce((sum, trade) => sum + moneyToUsdt(trade.fees), 0),
      8,
    );
    expect(detail.changedSettings).toEqual({ strategyMode: 'ict', minConfidence: 0.36 });
    expect(detail.warnings.join(' ')).toContain('no recording');
    expect(detail.equity.isExact).toBe(false);
  });

  test('H4 sets the hand beside the plan that went on without it', () => {
    const { overrides } = ask({ kind: 'session', key: KEY });
    const first = result.trades[0]!;
    const decision = lines.findLast(
      (line) => line.kind === 'decision' && line.symbol === first.symbol && line.time <= first.openedAt && line.summary.includes('executed'),
    );
    const { signal } = decision!.data as { signal: { id: string } };
    const ended = lines.find((line) => line.kind === 'virtual-closed' && (line.data as { id: string }).id === signal.id);
    expect(overrides).toMatchObject({ overrides: 1, waiting: 0 });
    expect(overrides.rows[0]).toMatchObject({ id: first.id, action: 'close-position', actualR: first.netR, planR: (ended!.data as { pnlR: number }).pnlR });
  });

  test('runs in the order of time, with every state of every position in prices', () => {
    const timeline = ask({ kind: 'timeline', key: KEY });
    expect(timeline.events).toHaveLength(lines.length + 1);
    expect(timeline.positions.map(({ time }) => time)).toEqual(timeline.positions.map(({ time }) => time).toSorted((a, b) => a - b));
    const trade = result.trades[0]!;
    const last = timeline.positions.findLast(({ id }) => id === trade.id);
    expect(last).toMatchObject({ phase: 'closed', entryPrice: trade.entryPrice, exitPrice: trade.exitPrice });
    const protectedState = timeline.positions.find(({ id, stop }) => id === trade.id && stop !== null);
    expect(protectedState!.stop).toBeGreaterThan(trade.entryPrice * 0.9);
    expect(ask({ kind: 'record', key: KEY, id: timeline.events[0]!.id }).data).toEqual(JSON.parse(JSON.stringify(lines[0]!.data)));
  });

  test('gives candles that had closed by a moment, and none later', () => {
    const moment = SAMPLE_START + 5000 * 300_000 + 100_000;
    for (const [timeframe, step] of [
      ['5m', 300_000],
      ['1h', 3_600_000],
    ] as const) {
      const { openTime } = ask({ kind: 'candles', key: KEY, symbol: 'AAAUSDT', timeframe, until: moment, limit: 50 });
      expect(openTime).toHaveLength(50);
      expect(openTime.at(-1)! + step).toBeLessThanOrEqual(moment);
      expect(openTime.at(-1)! + 2 * step).toBeGreaterThan(moment);
    }
  });

  test('compared with itself differs in nothing', () => {
    const { rows, difference, settings } = ask({ kind: 'compare', a: KEY, b: KEY });
    expect(rows.every((row) => row.a === row.b)).toBe(true);
    expect(difference.value).toBe(0);
    expect(settings).toEqual([]);
  });
});

describe('exports', () => {
  test('Parquet read by the reader holds the trades', async () => {
    const file = ask({ kind: 'export', key: KEY, format: 'parquet' });
    const bytes = Uint8Array.from(Buffer.from(file.base64, 'base64'));
    const rows = await parquetReadObjects({ file: bytes.buffer });
    expect(rows.map((row) => [row['id'], row['net'], row['symbol'], (row['openedAt'] as Date).getTime()])).toEqual(
      result.trades.map((trade) => [trade.id, moneyToUsdt(trade.net), trade.symbol, trade.openedAt]),
    );
  });

  test('CSV has a line a trade, JSON everything, HTML no script and the words of a note escaped', () => {
    const text = (format: 'csv' | 'json' | 'html'): string => Buffer.from(ask({ kind: 'export', key: KEY, format }).base64, 'base64').toString('utf8');
    expect(text('csv').trim().split('\r\n')).toHaveLength(result.trades.length + 1);
    expect((JSON.parse(text('json')) as { trades: unknown[] }).trades).toHaveLength(result.trades.length);
    ask({ kind: 'annotate', key: KEY, trade: null, text: '<script>alert(1)</script>', tags: [] });
    expect(text('html')).toContain('&lt;script&gt;');
    expect(text('html')).not.toMatch(/<script/u);
  });
});

describe('H10 blind review', () => {
  test('shows set-ups up to their decision without price level, and grades the answers with the outcomes', () => {
    const cases = ask({ kind: 'blind', key: KEY, count: 3, seed: 5 });
    expect(cases.length).toBeGreaterThan(0);
    for (const entry of cases) {
      expect(entry.candles.openTime[0]).toBe(0);
      expect(Math.abs(entry.candles.close.at(-1)! - 1)).toBeLessThan(0.05);
      expect(entry.side === 'long' ? entry.target > 1 && entry.stop < 1 : entry.target < 1 && entry.stop > 1).toBe(true);
    }
    expect(ask({ kind: 'blind', key: KEY, count: 3, seed: 5 })).toEqual(cases);
    const grade = ask({ kind: 'grade', key: KEY, answers: cases.map(({ id }) => ({ id, choice: 'take' as const, probability: 0.5 })) });
    expect(grade).toMatchObject({ judged: cases.length, person: { taken: cases.length, brier: 0.25 } });
    const known = new Map(
      lines.flatMap((line) => (line.kind === 'virtual-closed' ? [[(line.data as { id: string }).id, (line.data as { pnlR: number }).pnlR]] : [])),
    );
    expect(grade.outcomes.map(({ id, netR }) => [id, netR])).toEqual(cases.map(({ id }) => [id, known.get(id)]));
  });
});

describe('jobs', () => {
  test('what-if without changes: the re-run in another process decides what the session decided', async () => {
    const job = await over({ kind: 'start-job', job: { kind: 'what-if', key: KEY, changes: {} } });
    const done = await finished(job.id);
    expect(done.problem).toBeNull();
    if (done.result?.kind !== 'what-if') throw new Error('no what-if');
    expect(done.result.decisions.same).toBe(done.result.decisions.recorded);
    expect(done.result.decisions.byCause).toEqual({});
    expect(done.result.journal).toEqual({ isSame: null, sentence: expect.stringContaining('no recording') });
    expect(done.result.rerun).toEqual(done.result.recorded);
  });

  test('a backtest over the own archive is kept and reviewed like a session; its books agree and it knows no future', async () => {
    const plan = {
      folder: null,
      symbols: ['CCCUSDT'],
      from: null,
      to: null,
      warmUpDays: 12,
      deposit: 5000,
      changes: {},
      cuts: 1,
      sweep: [],
      outOfSample: 0.3,
      walkForward: null,
    };
    const done = await finished((await over({ kind: 'start-job', job: { kind: 'backtest', plan } })).id);
    if (done.result?.kind !== 'backtest') throw new Error(done.problem ?? 'no backtest');
    const detail = await over({ kind: 'session', key: done.result.key });
    expect(detail.row).toMatchObject({ mode: 'backtest', strategy: 'ict', trades: detail.trades.length });
    expect(detail.findings.join(' ')).toContain('to the last unit');
    expect(detail.findings.join(' ')).toContain('No look-ahead');
    expect((await over({ kind: 'sessions' })).map((row) => row.key)).toContain(done.result.key);
    expect((await over({ kind: 'compare', a: KEY, b: done.result.key })).rows.length).toBeGreaterThan(10);
    const html = await over({ kind: 'export', key: done.result.key, format: 'html' });
    expect(Buffer.from(html.base64, 'base64').toString('utf8')).toContain('Assumptions');
  });

  test('one that is cancelled ends at once, and what cannot be done is said in words', async () => {
    const plan = {
      folder: null,
      symbols: null,
      from: null,
      to: null,
      warmUpDays: 12,
      deposit: 5000,
      changes: {},
      cuts: 50,
      sweep: [],
      outOfSample: 0,
      walkForward: null,
    };
    const job = await over({ kind: 'start-job', job: { kind: 'backtest', plan } });
    const [cancelled] = await over({ kind: 'cancel-job', id: job.id });
    expect(cancelled).toMatchObject({ id: job.id, state: 'cancelled', result: null });
    const verify = await finished((await over({ kind: 'start-job', job: { kind: 'verify', key: KEY } })).id);
    expect(verify).toMatchObject({ state: 'failed', problem: expect.stringContaining('no recording') });
    const wrong = await finished((await over({ kind: 'start-job', job: { kind: 'what-if', key: KEY, changes: { rewardRiskRatio: 99 } } })).id);
    expect(wrong.problem).toContain('rewardRiskRatio');
  });

  test.each([
    [{ kind: 'session', key: 'simulated:99' }, 'no session 99'],
    [{ kind: 'session', key: 'live:1' }, 'does not exist'],
    [{ kind: 'session', key: 'backtest:..%2Fsecret' }, 'key'],
    [{ kind: 'session', key: 'backtest:none' }, 'cannot be read'],
    [{ kind: 'nonsense' }, 'Invalid'],
  ])('%j is refused in words', async (wish, words) => {
    await expect(service.ask(wish)).rejects.toThrow(words);
  });
});
