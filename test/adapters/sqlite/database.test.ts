// Opening the database: migrations, damage, backups, and what the operating system can refuse. Each ends in one sentence.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { backUpDaily, openDatabase, type SqliteDatabase } from '../../../src-main/adapters/sqlite/database.ts';
import { JOURNAL_MIGRATIONS } from '../../../src-main/adapters/sqlite/journal.ts';
import { temporaryFolder } from '../../support/terminal.ts';
import { journalFile, mustOpen, open, record, START, startJournal } from './support.ts';

const DAY_MS = 86_400_000;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let file = '';
const connections: SqliteDatabase[] = [];
const keep = (database: SqliteDatabase): SqliteDatabase => {
  connections.push(database);
  return database;
};

beforeEach(async () => {
  folder = await temporaryFolder();
  file = journalFile(folder.path);
});
afterEach(async () => {
  for (const database of connections.splice(0)) database.close();
  await folder.remove();
});

const schemaVersion = (database: SqliteDatabase): unknown => database.pragma('user_version', { simple: true });
const tableNames = (database: SqliteDatabase): readonly unknown[] =>
  database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").pluck().all();

describe('settings of the connection', () => {
  it.each([
    [true, 268_435_456],
    [false, 0],
  ] as const)('ENABLE_MEMORY_MAPPED_STORAGE %s maps %d bytes of the file', (isMemoryMapped, bytes) => {
    const opened = openDatabase({ file, migrations: JOURNAL_MIGRATIONS, synchronous: 'FULL', onNotice: () => undefined, now: () => START, isMemoryMapped });
    if (!opened.ok) throw new Error(opened.error.uiMessage);
    expect(keep(opened.value).pragma('mmap_size', { simple: true })).toBe(bytes);
  });

  it('writes ahead, syncs every commit and checks references', () => {
    const database = keep(mustOpen(file));
    const read = (name: string): unknown => database.pragma(name, { simple: true });
    expect({ mode: read('journal_mode'), synchronous: read('synchronous'), references: read('foreign_keys') }).toEqual({
      mode: 'wal',
      synchronous: 2,
      references: 1,
    });
  });
});

const A = 'CREATE TABLE a (id INTEGER PRIMARY KEY) STRICT;';
const B = 'CREATE TABLE b (id INTEGER PRIMARY KEY) STRICT; INSERT INTO b (id) SELECT id FROM a;';

describe('L33 migrations', () => {
  it('L33 brings an empty file to the newest version and leaves a current one as it is', () => {
    const first = mustOpen(file);
    expect(schemaVersion(first)).toBe(JOURNAL_MIGRATIONS.length);
    expect(tableNames(first)).toEqual(expect.arrayContaining(['checkpoint', 'journal', 'property', 'session']));
    first.close();
    expect(schemaVersion(keep(mustOpen(file)))).toBe(JOURNAL_MIGRATIONS.length);
  });

  it('L33 carries data of every earlier version forward', () => {
    const old = mustOpen(file, [A]);
    old.exec('INSERT INTO a (id) VALUES (4), (5)');
    old.close();
    const database = keep(mustOpen(file, [A, B]));
    expect(database.prepare('SELECT id FROM b ORDER BY id').pluck().all()).toEqual([4, 5]);
  });

  it('L33 a step that fails leaves the version before it, whole, and the next start goes on from there', () => {
    mustOpen(file, [A]).close();
    expect(open(file, [A, `${B} SELECT * FROM missing_table;`])).toMatchObject({ ok: false, error: { code: 'failed' } });
    const database = keep(mustOpen(file, [A, B]));
    expect([schemaVersion(database), tableNames(database)]).toEqual([2, ['a', 'b']]);
  });

  it('L33 refuses a file of a newer version in one sentence and changes nothing', () => {
    mustOpen(file, [A, B]).close();
    const before = readFileSync(file);
    const opened = open(file, [A]);
    expect(opened).toMatchObject({
      ok: false,
      error: { code: 'failed', uiMessage: expect.stringMatching(/newer version.*schema 2, this one knows 1.*Nothing was changed\.$/) },
    });
    expect(readFileSync(file).equals(before)).toBe(true);
  });
});

/** A journal with `records` records, closed; with a backup made after the first `backedUp` of them. */
function makeJournal(records: number, backedUp: number | null): void {
  const database = mustOpen(file);
  const journal = startJournal(database, file);
  for (let index = 0; index < records; index += 1) {
    journal.append([record(index, { data: { text: 'x'.repeat(500) } })], true);
    if (index + 1 === backedUp) backUpDaily(database, file, Date.now());
  }
  journal.close();
}

function overwrite(path: string, from: number): void {
  const bytes = readFileSync(path);
  bytes.fill(0xa5, from);
  writeFileSync(path, bytes);
}

const countRecords = (database: SqliteDatabase): unknown => database.prepare('SELECT count(*) FROM journal').pluck().get();
const DAMAGES = [
  ['a destroyed header', 0],
  ['destroyed pages', 4096],
] as const;

describe('a damaged file', () => {
  it.each(DAMAGES)('%s: it is kept under another name and the backup takes its place, said in one sentence', (_name, from) => {
    makeJournal(60, 40);
    overwrite(file, from);
    const damaged = readFileSync(file);
    const notices: string[] = [];
    const database = keep(mustOpen(file, JOURNAL_MIGRATIONS, notices));
    expect(countRecords(database)).toBe(40);
    expect(readFileSync(`${file}.corrupt-${START}`).equals(damaged)).toBe(true);
    expect(notices).toEqual([
      expect.stringMatching(/^journal\.sqlite was damaged; it was kept as journal\.sqlite\.corrupt-\d+ and the backup .+ was restored\./),
    ]);
    expect(startJournal(database, file).append([record(1)], true)).toMatchObject({ ok: true });
  });

  it('a damaged backup is passed over for the one before it', () => {
    makeJournal(60, 20);
    const database = mustOpen(file);
    const newest = backUpDaily(database, file, Date.now() + 2 * DAY_MS);
    database.close();
    overwrite(newest ?? '', 4096);
    overwrite(file, 0);
    expect(countRecords(keep(mustOpen(file)))).toBe(20);
  });

  it('without a backup a new file is started, and the sentence says so', () => {
    makeJournal(60, null);
    overwrite(file, 0);
    const notices: string[] = [];
    expect(countRecords(keep(mustOpen(file, JOURNAL_MIGRATIONS, notices)))).toBe(0);
    expect(notices).toEqual([expect.stringContaining('no backup exists')]);
    expect(existsSync(`${file}.corrupt-${START}`)).toBe(true);
  });
});

describe('the daily backup', () => {
  it('is made once a day, and seven are kept', () => {
    const database = keep(mustOpen(file));
    const now = Date.now();
    const made = Array.from({ length: 10 }, (_, day) => backUpDaily(database, file, now + (day + 1) * DAY_MS));
    expect(backUpDaily(database, file, now)).toBeNull();
    const kept = readdirSync(join(folder.path, 'backups'))
      .filter((name) => name.endsWith('.backup'))
      .map((name) => join(folder.path, 'backups', name));
    expect(kept.toSorted()).toEqual(made.slice(3));
  });

  it('is a whole database of its own', () => {
    makeJournal(30, 30);
    const [name = ''] = readdirSync(join(folder.path, 'backups'));
    const backup = new BetterSqlite(join(folder.path, 'backups', name), { readonly: true });
    expect([backup.pragma('integrity_check', { simple: true }), countRecords(backup)]).toEqual(['ok', 30]);
    backup.close();
  });
});

const SENTENCES = /^[^\n]+\.( [^\n]+\.)+$/;

describe('what the operating system refuses', () => {
  it('a file that cannot grow is a full disk: nothing written is lost, and it goes on when there is room', () => {
    const database = keep(mustOpen(file));
    const journal = startJournal(database, file);
    journal.append([record(0)], true);
    database.pragma(`max_page_count = ${String(database.pragma('page_count', { simple: true }))}`);
    const big = record(1, { data: 'x'.repeat(200_000) });
    expect(journal.append([big], true)).toMatchObject({ ok: false, error: { code: 'disk_full', uiMessage: expect.stringMatching(SENTENCES) } });
    expect(journal.saveCheckpoint({ journalId: 1, state: 'x'.repeat(200_000) })).toMatchObject({ ok: false, error: { code: 'disk_full' } });
    expect(journal.read({ after: 0, limit: 10 }).map((entry) => entry.summary)).toEqual(['Record 0.']);
    database.pragma('max_page_count = 1000000');
    expect(journal.append([big], true)).toMatchObject({ ok: true });
  });

  it('another program that writes makes the journal say locked, and it goes on when the other ends', () => {
    const database = keep(mustOpen(file));
    const journal = startJournal(database, file);
    database.pragma('busy_timeout = 50');
    const other = keep(new BetterSqlite(file));
    other.exec('BEGIN IMMEDIATE');
    expect(journal.append([record(0)], true)).toMatchObject({ ok: false, error: { code: 'locked', uiMessage: expect.stringMatching(SENTENCES) } });
    other.exec('ROLLBACK');
    expect(journal.append([record(0)], true)).toEqual({ ok: true, value: [1] });
  });

  it('a folder held exclusively by another program is said to be locked at the start, not damaged', () => {
    const other = keep(mustOpen(file));
    other.pragma('locking_mode = EXCLUSIVE');
    other.exec('BEGIN IMMEDIATE; COMMIT; BEGIN IMMEDIATE');
    expect(open(file)).toMatchObject({ ok: false, error: { code: 'locked', uiMessage: expect.stringMatching(SENTENCES) } });
    expect(readdirSync(dirname(file)).filter((name) => name.includes('corrupt'))).toEqual([]);
  });

  it('a data folder that is a file gives a sentence', () => {
    writeFileSync(join(folder.path, 'taken'), '');
    expect(open(join(folder.path, 'taken', 'journal.sqlite'))).toMatchObject({ ok: false, error: { uiMessage: expect.stringMatching(SENTENCES) } });
  });

  it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)('a folder without write permission says read-only', () => {
    chmodSync(folder.path, 0o500);
    try {
      expect(open(file)).toMatchObject({ ok: false, error: { code: 'read_only', uiMessage: expect.stringMatching(SENTENCES) } });
    } finally {
      chmodSync(folder.path, 0o700);
    }
  });
});

/** A file system of two megabytes; null where the operating system forbids it. */
function mountSmall(path: string): (() => void) | null {
  mkdirSync(path, { recursive: true });
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', path]).status !== 0) return null;
  return () => void spawnSync('umount', [path]);
}

describe('a real small disk', () => {
  it('fills up without losing a record, refuses in one sentence, goes on after space is freed, and is read-only when mounted so', async (context) => {
    const mountPoint = join(folder.path, 'small');
    const unmount = mountSmall(mountPoint);
    if (unmount === null) return context.skip('mounting a small file system needs root on Linux');
    let database: SqliteDatabase | null = null;
    try {
      file = journalFile(mountPoint);
      database = mustOpen(file);
      const journal = startJournal(database, file);
      writeFileSync(join(mountPoint, 'filler'), Buffer.alloc(1_000_000));
      const acknowledged: number[] = [];
      let refusal: unknown = null;
      for (let index = 0; index < 500 && refusal === null; index += 1) {
        const written = journal.append([record(index, { data: 'x'.repeat(8000) })], true);
        if (written.ok) acknowledged.push(...written.value);
        else refusal = written.error;
      }
      expect(refusal).toMatchObject({ code: 'disk_full', uiMessage: expect.stringMatching(SENTENCES) });
      expect(acknowledged.length).toBeGreaterThan(3);
      expect(journal.read({ after: 0, limit: 1000 }).map((entry) => entry.id)).toEqual(acknowledged);
      rmSync(join(mountPoint, 'filler'));
      expect(journal.append([record(900)], true)).toMatchObject({ ok: true });
      journal.close();
      database = null;
      expect(statSync(file).size).toBeGreaterThan(0);
      expect(spawnSync('mount', ['-o', 'remount,ro', mountPoint]).status).toBe(0);
      const fresh = open(join(mountPoint, 'other.sqlite'));
      expect(fresh).toMatchObject({ ok: false, error: { code: 'read_only', uiMessage: expect.stringMatching(SENTENCES) } });
    } finally {
      database?.close();
      unmount();
    }
  });
});
