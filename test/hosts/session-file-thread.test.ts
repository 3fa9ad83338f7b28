// Work on session files goes on in a thread: the process that asks stays free, and what cannot be done comes back as a sentence.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defaultSettings } from '../../src-shared/contract/settings.ts';
import { epochMs } from '../../src-shared/kernel/units.ts';
import { createJournal, JOURNAL_MIGRATIONS } from '../../src-main/adapters/sqlite/journal.ts';
import { workOnSessionFile } from '../../src-main/hosts/session-file-thread.ts';
import { openTestDatabase } from '../support/recorded-day.ts';

let folder: string;
let journal: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'file-thread-'));
  journal = join(folder, 'journal-paper.sqlite');
  const start = { mode: 'paper', version: '0.1.0', settings: defaultSettings(), startedAt: epochMs(0) };
  const opened = createJournal(openTestDatabase(journal, JOURNAL_MIGRATIONS), journal, start);
  opened.endSession(epochMs(60_000), 'test');
  opened.close();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a session goes out and comes back while this process does other things', async () => {
  let turns = 0;
  const timer = setInterval(() => void (turns += 1), 1);
  const exported = await workOnSessionFile(folder, { kind: 'export', journal, folder: join(folder, 'exports') });
  clearInterval(timer);
  expect(exported).toMatchObject({ ok: true, value: { file: expect.stringMatching(/exports.session-paper-1-.*\.ptsession$/u) } });
  expect(turns).toBeGreaterThan(0);
  const away = join(folder, 'away');
  expect(await workOnSessionFile(away, { kind: 'import', path: exported.ok ? exported.value.file : '' })).toMatchObject({ ok: true });
  expect(readdirSync(join(away, 'imported')).filter((name) => name.endsWith('.ptsession'))).toHaveLength(1);
});

test('what is no session, and a journal that is not there, come back as sentences', async () => {
  const wrong = join(folder, 'wrong.ptsession');
  writeFileSync(wrong, 'hello');
  expect(await workOnSessionFile(folder, { kind: 'import', path: wrong })).toMatchObject({ ok: false, error: expect.stringContaining('is not a session') });
  const none = await workOnSessionFile(folder, { kind: 'export', journal: join(folder, 'none'), folder });
  expect(none).toMatchObject({ ok: false, error: expect.stringContaining('does not exist') });
});
