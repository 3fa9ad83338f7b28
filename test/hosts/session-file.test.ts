// An exported session: a journal of its own that another terminal can open, with nothing of later sessions in it; what is no session is refused.
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultSettings } from '../../src-shared/contract/settings.ts';
import { epochMs } from '../../src-shared/kernel/units.ts';
import { createJournal, JOURNAL_MIGRATIONS } from '../../src-main/adapters/sqlite/journal.ts';
import { openDatabase } from '../../src-main/adapters/sqlite/database.ts';
import { readSession } from '../../src-main/hosts/backtest/recorded-session.ts';
import { importSession } from '../../src-main/hosts/review/imported-sessions.ts';
import { describeSession, exportSession, readSessionCard } from '../../src-main/hosts/session-file.ts';

let folder = '';
let journalFile = '';
let close: () => void = () => undefined;

/** Three sessions in one journal, the last one still being written, as a running terminal leaves it. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'terminal-session-'));
  journalFile = join(folder, 'journal-paper.sqlite');
  for (const id of [1, 2, 3]) {
    const database = openDatabase({ file: journalFile, migrations: JOURNAL_MIGRATIONS, synchronous: 'NORMAL', onNotice: () => undefined, now: () => 1 });
    if (!database.ok) throw new Error(database.error.uiMessage);
    const time = epochMs(Date.UTC(2026, 10, id));
    const journal = createJournal(database.value, journalFile, { mode: 'paper', version: '0.1.0', settings: defaultSettings(), startedAt: time });
    const line = { time, kind: 'decision', positionId: null, symbol: 'BTCUSDT', summary: `line of ${id}`, data: {} };
    journal.append([line, { ...line, kind: 'position', data: { position: { id: `p${id}`, phase: 'closed', symbol: 'BTCUSDT', signal: null } } }], true);
    journal.saveCheckpoint({ journalId: 2 * id, state: { of: id } });
    if (id < 3) {
      journal.endSession(epochMs(time + 3_600_000), 'test');
      journal.close();
    } else close = () => journal.close();
  }
});
afterEach(() => {
  close();
  rmSync(folder, { recursive: true, force: true });
});

const open = (id: number | null) => {
  const exported = exportSession(journalFile, join(folder, 'exports'), id);
  if (!exported.ok) throw new Error(exported.error);
  return exported.value;
};

describe('an exported session', () => {
  it('is the newest unless another is named, copied while the terminal writes on', () => {
    const { file, card } = open(null);
    expect([card.id, card.mode, card.decisions, card.closedPositions, card.lines]).toEqual([3, 'paper', 1, 1, 2]);
    expect(readdirSync(join(folder, 'exports'))).toEqual(['session-paper-3-2026-11-03.ptsession']);
    expect(readSession(file, null)).toMatchObject({ ok: true, value: { id: 3, checkpoint: { journalId: 6, state: { of: 3 } } } });
  });

  it('holds what came before it, from which its state follows, and nothing of what came after, free pages included', () => {
    const { file } = open(2);
    const session = readSession(file, null);
    expect(session).toMatchObject({
      ok: true,
      value: { id: 2, records: [{ summary: 'line of 2' }, {}], earlier: [{ summary: 'line of 1' }, {}], checkpoint: null },
    });
    const bytes = new BetterSqlite(file, { readonly: true }).serialize();
    expect(bytes.includes('line of 2')).toBe(true);
    expect(bytes.includes('line of 3')).toBe(false);
  });

  it('says in one line what is in it', () => {
    expect(describeSession(open(2).card)).toBe(
      'Session 2, paper, 2026-11-02 00:00 UTC, 60 min: 1 decisions, 1 positions closed, 2 journal lines (version 0.1.0).',
    );
  });

  it('that does not exist leaves no file behind', () => {
    expect(exportSession(journalFile, join(folder, 'exports'), 9)).toMatchObject({ ok: false });
    expect(exportSession(join(folder, 'none'), join(folder, 'exports'), null)).toMatchObject({ ok: false });
    expect(readdirSync(join(folder, 'exports'))).toEqual([]);
  });

  it('is kept by another terminal once, however often it is opened', () => {
    const { file, card } = open(1);
    const other = join(folder, 'other');
    expect(importSession(file, other)).toMatchObject({ ok: true, value: { card } });
    expect(importSession(file, other)).toMatchObject({ ok: true });
    expect(readdirSync(join(other, 'imported'))).toHaveLength(1);
  });
});

describe('a file that somebody sends', () => {
  const refused = (file: string): string => {
    const card = readSessionCard(file, null);
    return card.ok ? 'accepted' : card.error;
  };

  it.each<readonly [string, (file: string) => void]>([
    ['no database', (file) => writeFileSync(file, 'hello')],
    ['nothing', () => undefined],
    ['an empty file', (file) => writeFileSync(file, '')],
    ['another database', (file) => new BetterSqlite(file).exec('CREATE TABLE other (x)').close()],
  ])('and is %s is refused and not kept', (_what, make) => {
    const file = join(folder, 'sent.ptsession');
    make(file);
    expect(refused(file)).not.toBe('accepted');
    expect(importSession(file, folder)).toMatchObject({ ok: false });
    expect(existsSync(join(folder, 'imported'))).toBe(false);
  });

  it.each([
    ['a trigger', 'CREATE TRIGGER t AFTER INSERT ON journal BEGIN DELETE FROM journal; END'],
    ['a view', 'CREATE VIEW v AS SELECT 1'],
    ['a table with a module behind it', 'CREATE VIRTUAL TABLE v USING fts5(x)'],
  ])('and brings %s of its own is refused', (_what, sql) => {
    const { file } = open(1);
    new BetterSqlite(file).exec(sql).close();
    expect(refused(file)).toContain('brings code of its own');
  });

  it.each([
    ['has settings that nobody knows', `UPDATE session SET settings = '{"maxLeverage": 1e9}'`, 'settings'],
    ['has a mode that nobody knows', `UPDATE session SET mode = '../../etc'`, 'a mode that this terminal does not know'],
    ['is of a newer version', 'PRAGMA user_version = 99', 'written by a newer version of the terminal (schema 99; this one knows 1)'],
  ])('and %s is refused', (_what, sql, words) => {
    const { file } = open(1);
    new BetterSqlite(file).exec(sql).close();
    expect(refused(file)).toContain(words);
    expect(importSession(file, folder)).toMatchObject({ ok: false });
  });

  it('and holds a line that no terminal writes is refused in words, and nothing of it stays', () => {
    const { file } = open(1);
    new BetterSqlite(file).exec(`UPDATE journal SET data = '{"position": null}' WHERE kind = 'position'`).close();
    const sent = importSession(file, folder);
    expect(sent).toMatchObject({ ok: false, error: expect.stringContaining('could not be kept: ') });
    expect(readdirSync(join(folder, 'imported'))).toEqual([]);
  });

  it('and brings a recording that is none is refused', () => {
    const { file } = open(1);
    new BetterSqlite(file).exec("INSERT INTO companion (name, bytes) VALUES ('recording', x'00112233')").close();
    expect(importSession(file, folder)).toMatchObject({ ok: false, error: expect.stringContaining('no recording of this version') });
    expect(readdirSync(join(folder, 'imported'))).toEqual([]);
  });

  it('is never changed by being looked at', () => {
    const { file } = open(1);
    const before = new BetterSqlite(file, { readonly: true }).serialize();
    readSessionCard(file, null);
    expect(new BetterSqlite(file, { readonly: true }).serialize().equals(before)).toBe(true);
  });
});
