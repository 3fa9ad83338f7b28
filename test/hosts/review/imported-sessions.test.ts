// A session goes from one terminal to another as a file: listed with its origin, replayed, re-run, compared and exported like an own one, and removed.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReviewAnswers } from '../../../src-shared/contract/review.ts';
import { epochMs } from '../../../src-shared/kernel/units.ts';
import { createJournal, JOURNAL_MIGRATIONS } from '../../../src-main/adapters/sqlite/journal.ts';
import { CALM_EXCHANGE } from '../../../src-main/core/backtest/in-process-venue.ts';
import { Engine } from '../../../src-main/core/engine/engine.ts';
import type { JournalRecord } from '../../../src-main/core/ports.ts';
import { runBacktest } from '../../../src-main/hosts/backtest/run-backtest.ts';
import { readBuild, settingsPrint } from '../../../src-main/hosts/build-stamp.ts';
import { ReviewReader, type ReadRequest } from '../../../src-main/hosts/review/answer.ts';
import { recordingFile } from '../../../src-main/hosts/review/record-session.ts';
import { runJob } from '../../../src-main/hosts/review/run-job.ts';
import { SessionRecorder } from '../../../src-main/hosts/review/session-recorder.ts';
import { openTestDatabase, writeCandles } from '../../support/recorded-day.ts';
import { sampleHistory, sampleRequest, sampleSettings } from '../backtest/sample-market.ts';

const COUNT = 7000;
const OWN = 'paper:2';
const request = sampleRequest([sampleHistory('AAAUSDT', 1, { count: COUNT }), sampleHistory('CCCUSDT', 4, { count: COUNT })]);
const lines: JournalRecord[] = [];
let home: string;
let away: string;
let there: ReviewReader;
let here: ReviewReader;
let key = '';

/** A terminal with two paper sessions, candles of two markets, and a recording of the second session. */
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'home-'));
  away = mkdtempSync(join(tmpdir(), 'away-'));
  await runBacktest({ ...request, onRecord: (record) => void lines.push(record) });
  const file = join(home, 'journal-paper.sqlite');
  const database = openTestDatabase(file, JOURNAL_MIGRATIONS);
  const settings = sampleSettings();
  const startedAt = epochMs(request.from);
  createJournal(database, file, { mode: 'paper', version: '1', settings, startedAt: epochMs(request.from - 1000) }).endSession(
    epochMs(request.from - 500),
    'x',
  );
  const journal = createJournal(database, file, { mode: 'paper', version: '1', settings, startedAt });
  journal.append(lines, true);
  journal.endSession(epochMs(request.to), 'test');
  journal.close();
  writeCandles(
    home,
    request.histories.map((history) => ({ ...history, openTime: history.openTime.subarray(0, 50) })),
    'another',
  );
  writeCandles(home, request.histories, 'the market');
  const session = { mode: 'paper', host: 'node', version: '1', startedAt, speed: 1, strategyMode: 'ict', automation: 'running' } as const;
  const view = { ...session, phase: 'starting', phaseText: '' } as const;
  const header = { mode: 'paper', version: '1', startedAt: request.from, journalSession: 2, settings, session: view, speed: 1, idSeed: 'abc', models: [] };
  const recorder = new SessionRecorder({
    engine: new Engine({ settings, session: view, speed: 1, idSeed: 'abc' }),
    file: recordingFile(home, 'paper', 2),
    header: {
      ...{ ...header, build: readBuild(), settingsPrint: settingsPrint(settings) },
      ...{ candles: { file: 'candles.sqlite', source: 'the market' }, checkpoint: null, records: [] },
    },
    maximumBytes: 2 ** 30,
    onProblem: (sentence) => expect.fail(sentence),
  });
  const instruments = request.histories.map(({ instrument }) => instrument);
  recorder.process({ kind: 'market', at: startedAt, event: { kind: 'instruments', instruments, universe: instruments.map(({ symbol }) => symbol) } });
  for (let minute = 0; minute < 60; minute += 1) recorder.process({ kind: 'pulse', at: epochMs(startedAt + minute * 60_000), exchange: CALM_EXCHANGE });
  await recorder.close();
  there = new ReviewReader(home, () => 1);
  here = new ReviewReader(away, () => 2);
});
afterAll(() => {
  there.close();
  here.close();
  for (const folder of [home, away]) rmSync(folder, { recursive: true });
});

function ask<K extends ReadRequest['kind']>(reader: ReviewReader, wish: Extract<ReadRequest, { kind: K }>): ReviewAnswers[K] {
  const answer = reader.answer(wish);
  if (!answer.ok) throw new Error(answer.error);
  return answer.value as ReviewAnswers[K];
}

/** The file as a screen gets it, part by part. */
function fileOf(reader: ReviewReader, of: string): { readonly name: string; readonly bytes: Buffer } {
  const parts: Buffer[] = [];
  for (let offset = 0; ;) {
    const part = ask(reader, { kind: 'export-part', key: of, offset });
    parts.push(Buffer.from(part.base64, 'base64'));
    offset += parts.at(-1)!.length;
    if (offset >= part.bytes) return { name: part.name, bytes: Buffer.concat(parts) };
  }
}

function send(bytes: Buffer, upload = 'upload-1'): ReturnType<ReviewReader['answer']> {
  const size = 100_000;
  for (let offset = 0; ; offset += size) {
    const isLast = offset + size >= bytes.length;
    const answer = here.answer({ kind: 'import-part', upload, offset, base64: bytes.subarray(offset, offset + size).toString('base64'), isLast });
    if (isLast || !answer.ok) return answer;
  }
}

const figures = (reader: ReviewReader, of: string): unknown => ask(reader, { kind: 'session', key: of }).figures;

describe('a session of another terminal', () => {
  test('travels as a file in parts and is listed with its origin, the same file once', () => {
    const file = fileOf(there, OWN);
    expect(file.name).toMatch(/^session-paper-2-.*\.ptsession$/u);
    const first = send(file.bytes);
    expect(first).toMatchObject({ ok: true, value: { key: expect.stringMatching(/^imported:session-paper-2-/u) } });
    key = (first as { readonly value: { readonly key: string } }).value.key;
    expect(send(file.bytes, 'upload-2')).toEqual(first);
    const rows = ask(here, { kind: 'sessions' });
    expect(rows.map((row) => [row.key, row.origin, row.mode])).toEqual([[key, 'imported', 'paper']]);
    const [own] = ask(there, { kind: 'sessions' });
    expect({ ...rows[0], key: own?.key, origin: 'own' }).toEqual(own);
    expect(readdirSync(join(away, 'imported')).filter((name) => name.startsWith('.upload'))).toEqual([]);
  });

  test('has the trades, statistics, course and candles it had at home', () => {
    const trades = (reader: ReviewReader, of: string): unknown => ask(reader, { kind: 'session', key: of }).trades;
    expect(ask(here, { kind: 'session', key }).trades.length).toBeGreaterThan(0);
    expect(trades(here, key)).toEqual(trades(there, OWN));
    expect(figures(here, key)).toEqual(figures(there, OWN));
    expect(ask(here, { kind: 'timeline', key })).toEqual(ask(there, { kind: 'timeline', key: OWN }));
    const wish = { kind: 'candles', symbol: 'CCCUSDT', timeframe: '1h', until: request.to, limit: 100 } as const;
    expect(ask(here, { ...wish, key }).close).toHaveLength(100);
    expect(ask(here, { ...wish, key })).toEqual(ask(there, { ...wish, key: OWN }));
  });

  test('is replayed exactly, re-run with the same result, compared, noted and judged blind like an own one', async () => {
    const verify = await runJob({ dataDir: away, models: null }, { kind: 'verify', key }, () => undefined);
    expect(verify).toMatchObject({ ok: true, value: { kind: 'verify', differsAt: null, isWhole: true, build: { isSame: true } } });
    expect(verify).toEqual(await runJob({ dataDir: home, models: null }, { kind: 'verify', key: OWN }, () => undefined));
    const rerun = await runJob({ dataDir: away, models: null }, { kind: 'what-if', key, changes: {} }, () => undefined);
    if (!rerun.ok || rerun.value.kind !== 'what-if') throw new Error('the session cannot be re-run');
    expect(rerun.value.decisions.recorded).toBeGreaterThan(0);
    expect(rerun).toEqual(await runJob({ dataDir: home, models: null }, { kind: 'what-if', key: OWN, changes: {} }, () => undefined));
    expect(ask(here, { kind: 'compare', a: key, b: key }).difference.value).toBe(0);
    expect(ask(here, { kind: 'annotate', key, trade: null, text: 'from a friend', tags: ['theirs'] })).toHaveLength(1);
    expect(ask(here, { kind: 'sessions' })[0]).toMatchObject({ note: 'from a friend', tags: ['theirs'] });
    expect(ask(here, { kind: 'blind', key, count: 2, seed: 1 })).toEqual(ask(there, { kind: 'blind', key: OWN, count: 2, seed: 1 }));
  });

  test('is exported again, as trades and as the file it came in', () => {
    const trades = Buffer.from(ask(here, { kind: 'export', key, format: 'csv' }).base64, 'base64');
    expect(trades).toEqual(Buffer.from(ask(there, { kind: 'export', key: OWN, format: 'csv' }).base64, 'base64'));
    expect(send(fileOf(here, key).bytes)).toMatchObject({ ok: true, value: { key } });
  });

  test.each([
    ['a text', () => Buffer.from('hello'), 'is not a session'],
    ['half of a session', () => fileOf(there, OWN).bytes.subarray(0, 20_000), 'is not a session'],
    ['nothing', () => Buffer.alloc(0), 'cannot be read as a journal'],
  ])('that is %s is refused in words, and nothing is kept', (_what, bytes, words) => {
    const before = readdirSync(join(away, 'imported'));
    expect(send(bytes(), 'upload-bad')).toMatchObject({ ok: false, error: expect.stringContaining(words) });
    expect(send(bytes(), 'upload-bad')).toMatchObject({ error: expect.not.stringContaining('.upload') });
    expect(readdirSync(join(away, 'imported'))).toEqual(before);
  });

  test('of which a part is missing is refused', () => {
    const part = { kind: 'import-part', upload: 'upload-torn', base64: 'AAAA', isLast: false } as const;
    expect(here.answer({ ...part, offset: 0 }).ok).toBe(true);
    expect(here.answer({ ...part, offset: 300 })).toMatchObject({ ok: false, error: expect.stringContaining('lost on the way') });
  });

  test('is removed with everything that came with it; an own one never', () => {
    expect(ask(here, { kind: 'remove', key })).toEqual([]);
    expect(readdirSync(join(away, 'imported')).filter((name) => !name.startsWith('.'))).toEqual([]);
    expect(here.answer({ kind: 'session', key })).toMatchObject({ ok: false, error: expect.stringContaining('no imported session') });
    expect(there.answer({ kind: 'remove', key: OWN })).toMatchObject({ ok: false, error: expect.stringContaining('never shortened') });
    expect(ask(there, { kind: 'sessions' })).toHaveLength(2);
  });
});
