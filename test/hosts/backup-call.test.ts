// A copy of the journal on demand: whole, one at a time, and a sentence when there is no room for it.
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBackup } from '../../src-main/hosts/backup-call.ts';
import type { Logger } from '../../src-main/core/ports.ts';
import { temporaryFolder } from '../support/terminal.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let database: BetterSqlite.Database;
let file = '';
const logger = { log: () => undefined } as unknown as Logger;

beforeEach(async () => {
  folder = await temporaryFolder();
  file = join(folder.path, 'journal-simulated.sqlite');
  database = new BetterSqlite(file);
  database.pragma('journal_mode = WAL');
  database.exec('CREATE TABLE line (text TEXT)');
});
afterEach(async () => {
  database.close();
  await folder.remove();
});

describe('a copy of the journal on demand', () => {
  it('holds every line written so far, those of the write-ahead log too, and goes on being written beside', async () => {
    database.prepare('INSERT INTO line VALUES (?)').run('before');
    const backUp = createBackup({ database, file, now: () => Date.UTC(2026, 10, 21, 12), logger });
    const answer = await backUp();
    database.prepare('INSERT INTO line VALUES (?)').run('after');
    const name = 'journal-simulated.sqlite.2026-11-21T12-00-00-000Z.backup';
    expect(answer).toMatchObject({ ok: true, value: { message: `The journal was copied to ${name}.`, said: { code: 'answer.backedUp' } } });
    const copy = new BetterSqlite(join(folder.path, 'backups', name), { readonly: true });
    expect(copy.prepare('SELECT text FROM line').pluck().all()).toEqual(['before']);
    copy.close();
  });

  it('is refused while one is being made, and keeps the newest seven', async () => {
    let now = Date.UTC(2026, 10, 21);
    const backUp = createBackup({ database, file, now: () => (now += 1000), logger });
    const [first, second] = await Promise.all([backUp(), backUp()]);
    expect([first.ok, second.ok]).toEqual([true, false]);
    expect(second).toMatchObject({ error: { code: 'backup.busy' } });
    for (let count = 0; count < 8; count += 1) expect((await backUp()).ok).toBe(true);
    expect(readdirSync(join(folder.path, 'backups')).filter((name) => name.endsWith('.backup'))).toHaveLength(7);
  });

  it('that cannot be written says so, and the next one may be made', async () => {
    const backups = join(folder.path, 'backups');
    writeFileSync(backups, 'a file where the folder should be');
    const backUp = createBackup({ database, file, now: () => 0, logger });
    const answer = await backUp();
    expect(answer).toMatchObject({ ok: false, error: { code: 'backup.failed' } });
    expect(answer.ok ? '' : answer.error.uiMessage).toMatch(
      /^The journal could not be copied \(.+\)\. Nothing was lost; free some space on the disk and try again\.$/,
    );
    rmSync(backups);
    expect((await backUp()).ok).toBe(true);
  });
});
