// The journal: what it acknowledged is there, whole and in order, also after kill -9.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournal, type SqliteJournal } from '../../../src-main/adapters/sqlite/journal.ts';
import { temporaryFolder } from '../../support/terminal.ts';
import { journalFile, mustOpen, record, START, startJournal } from './support.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let file = '';
const opened: SqliteJournal[] = [];

beforeEach(async () => {
  folder = await temporaryFolder();
  file = journalFile(folder.path);
});
afterEach(async () => {
  for (const journal of opened.splice(0)) journal.close();
  await folder.remove();
});

function start(): SqliteJournal {
  const journal = startJournal(mustOpen(file), file);
  opened.push(journal);
  return journal;
}

function restart(journal: SqliteJournal): SqliteJournal {
  journal.close();
  opened.splice(opened.indexOf(journal), 1);
  return start();
}

describe('appending and reading', () => {
  it('gives back every record as it was, with growing ids and its session', () => {
    const journal = start();
    const records = [record(0), record(1, { positionId: null, symbol: null, data: { nested: [1, null, 'ü 币安'] } }), record(2, { data: null })];
    expect(journal.append(records, true)).toEqual({ ok: true, value: [1, 2, 3] });
    expect(journal.read({ after: 0, limit: 10 })).toEqual(records.map((entry, index) => ({ ...entry, id: index + 1, session: 1 })));
  });

  it('keeps any JSON-safe data through a restart', () => {
    const values = fc.sample(fc.jsonValue(), { numRuns: 60, seed: 7 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown);
    const journal = start();
    journal.append(
      values.map((data, index) => record(index, { data })),
      true,
    );
    expect(
      restart(journal)
        .read({ after: 0, limit: 100 })
        .map((entry) => entry.data),
    ).toEqual(values);
  });

  it('writes all of a batch or nothing of it', () => {
    const journal = start();
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    expect(journal.append([record(0), record(1, { data: circular })], true)).toMatchObject({ ok: false, error: { code: 'failed' } });
    expect(journal.read({ after: 0, limit: 10 })).toEqual([]);
    expect(journal.append([record(2)], true)).toMatchObject({ ok: true });
  });

  it('pages newest first, by kind, before an id', () => {
    const journal = start();
    journal.append(
      Array.from({ length: 9 }, (_, index) => record(index, { kind: ['order', 'fill', 'note'][index % 3] ?? '' })),
      false,
    );
    const ids = (before: number | null, kinds: readonly string[]): readonly number[] => journal.page({ before, limit: 4, kinds }).map((entry) => entry.id);
    expect(ids(null, [])).toEqual([9, 8, 7, 6]);
    expect(ids(6, [])).toEqual([5, 4, 3, 2]);
    expect(ids(null, ['fill'])).toEqual([8, 5, 2]);
    expect(ids(null, ['fill', 'note'])).toEqual([9, 8, 6, 5]);
    expect(ids(null, ["fill' OR 1=1 --"])).toEqual([]);
  });

  it('reads on from any id in pages that neither repeat nor miss a record', () => {
    const journal = start();
    journal.append(
      Array.from({ length: 25 }, (_, index) => record(index)),
      false,
    );
    const seen: number[] = [];
    for (let after = 0; ; after = seen.at(-1) ?? after) {
      const page = journal.read({ after, limit: 7 });
      seen.push(...page.map((entry) => entry.id));
      if (page.length < 7) break;
    }
    expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
  });
});

describe('sessions and checkpoints', () => {
  it('keeps one checkpoint, the newest, with the id it belongs to', () => {
    const journal = start();
    expect(journal.loadCheckpoint()).toBeNull();
    journal.append([record(0), record(1)], true);
    journal.saveCheckpoint({ journalId: 1, state: { positions: 1 } });
    journal.saveCheckpoint({ journalId: 2, state: { positions: 2 } });
    expect(restart(journal).loadCheckpoint()).toEqual({ journalId: 2, state: { positions: 2 } });
  });

  it('knows whether the last session ended by a stop', () => {
    const first = start();
    expect(first.previousEndedCleanly).toBe(true);
    const second = restart(first);
    expect(second.previousEndedCleanly).toBe(false);
    second.endSession(START, 'stop');
    expect(restart(second).previousEndedCleanly).toBe(true);
  });

  it('numbers sessions and remembers the newest id over a restart', () => {
    const first = start();
    first.append([record(0), record(1)], true);
    const second = restart(first);
    expect(second.lastId).toBe(2);
    second.append([record(2)], true);
    expect(second.read({ after: 0, limit: 10 }).map((entry) => [entry.id, entry.session])).toEqual([
      [1, 1],
      [2, 1],
      [3, 2],
    ]);
  });

  it('makes a property once and keeps it for good', () => {
    const first = start();
    expect(first.property('id-seed', () => 'a')).toBe('a');
    expect(first.property('id-seed', () => 'b')).toBe('a');
    expect(restart(first).property('id-seed', () => 'c')).toBe('a');
  });

  it('L17 pairs the records of one position by its id, not by its symbol', () => {
    const journal = start();
    journal.append(
      ['a', 'b', 'a'].map((id, index) => record(index, { positionId: id, kind: index === 2 ? 'position.closed' : 'position.opened' })),
      true,
    );
    const closed = journal.page({ before: null, limit: 10, kinds: ['position.closed'] });
    expect(closed.map((entry) => [entry.positionId, entry.symbol])).toEqual([['a', 'BTCUSDT']]);
  });
});

/** Runs the appending child, kills it with SIGKILL after `batches` acknowledgements, gives the last acknowledged id. */
function appendUntilKilled(batches: number): Promise<number> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'fixture/append-forever.ts'), file], { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  let problem = '';
  child.stderr.on('data', (chunk: Buffer) => (problem += chunk.toString()));
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    if (text.split('\n').length > batches) child.kill('SIGKILL');
  });
  return new Promise((resolve, reject) => {
    child.once('close', (code, signal) => {
      if (signal !== 'SIGKILL') reject(new Error(`the child ended by itself (${code}): ${problem}`));
      // The last line may be cut; a cut id was not read, so it does not count as acknowledged here.
      else resolve(Number(text.split('\n').at(-2) ?? 0));
    });
  });
}

describe('kill -9 between statements', () => {
  it('L18 L24 everything acknowledged before each of five kills is there, batches are whole, and the checkpoint never runs ahead', async () => {
    for (const batches of [1, 7, 20, 33, 64]) {
      const acknowledged = await appendUntilKilled(batches);
      expect(acknowledged).toBeGreaterThan(0);
      const journal = start();
      const records = journal.read({ after: 0, limit: 1_000_000 });
      expect(journal.lastId).toBeGreaterThanOrEqual(acknowledged);
      expect(records.map((entry) => entry.id)).toEqual(Array.from({ length: records.length }, (_, index) => index + 1));
      expect(records.length % 3).toBe(0);
      const checkpoint = journal.loadCheckpoint();
      expect(checkpoint?.journalId ?? 0).toBeLessThanOrEqual(journal.lastId);
      // Killed before its first checkpoint there is none; else it is whole.
      expect(checkpoint?.state ?? null).toEqual(checkpoint === null ? null : { through: checkpoint.journalId });
      expect(journal.previousEndedCleanly).toBe(false);
      journal.close();
      opened.splice(0);
    }
  });
});

it('a journal that cannot begin a session on a full disk is one sentence, and the file is as it was', () => {
  const database = mustOpen(file);
  database.pragma(`max_page_count = ${Number(database.pragma('page_count', { simple: true }))}`);
  const session = { mode: 'simulated', version: '0.1.0', settings: { text: 'x'.repeat(50_000) }, startedAt: START };
  expect(openJournal(database, file, session)).toEqual({
    ok: false,
    error: { code: 'disk_full', uiMessage: `The disk is full: ${file} cannot grow. Nothing was changed and nothing is lost. Free some space and start again.` },
  });
  database.pragma('max_page_count = 1073741823');
  expect(openJournal(database, file, session)).toMatchObject({ ok: true, value: { session: 1, previousEndedCleanly: true } });
  database.close();
});
