// Where the files of a session lie: a run of this terminal, or one that was brought from another terminal.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import { recordingFile } from './record-session.ts';

export const SESSION_EXTENSION = '.ptsession';
const IMPORTED = 'imported';
const NAME = /^[\w-][\w.-]{0,59}$/u;
const OWN = /^(?<mode>simulated|paper|demo|live):(?<id>\d{1,9})$/u;

export interface SessionPlace {
  readonly key: string;
  readonly origin: 'own' | 'imported';
  readonly journal: string;
  /** Session of that journal; null for its newest. */
  readonly id: number | null;
  /** Whether they exist or not. */
  readonly recording: string;
  /** An imported session brings its candles in its own file. */
  readonly candles: string;
}

export function journalFile(dataDir: string, mode: string): string {
  return join(dataDir, `journal-${mode}.sqlite`);
}

export function importedFolder(dataDir: string): string {
  return join(dataDir, IMPORTED);
}

/** The place of `simulated:3` or `imported:NAME`; a sentence for a key of another kind. */
export function placeOf(dataDir: string, key: string): Result<SessionPlace, string> {
  const own = OWN.exec(key)?.groups;
  if (own !== undefined) {
    const [mode, id] = [own['mode'] ?? '', Number(own['id'])];
    const files = { journal: journalFile(dataDir, mode), recording: recordingFile(dataDir, mode, id), candles: join(dataDir, 'candles.sqlite') };
    return ok({ key, origin: 'own', id, ...files });
  }
  const name = key.startsWith(`${IMPORTED}:`) ? key.slice(IMPORTED.length + 1) : '';
  if (!NAME.test(name)) return err(`${key} is no recorded session.`);
  const file = join(importedFolder(dataDir), `${name}${SESSION_EXTENSION}`);
  if (!existsSync(file)) return err(`There is no imported session ${name}.`);
  return ok({ key, origin: 'imported', journal: file, id: null, recording: recordingBeside(file), candles: file });
}

/** The recording that was taken out of an imported session. */
export function recordingBeside(file: string): string {
  return `${file.slice(0, -SESSION_EXTENSION.length)}.recording`;
}

/** Keys of the imported sessions. */
export function importedKeys(dataDir: string): readonly string[] {
  const folder = importedFolder(dataDir);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(SESSION_EXTENSION) && NAME.test(name.slice(0, -SESSION_EXTENSION.length)))
    .map((name) => `${IMPORTED}:${name.slice(0, -SESSION_EXTENSION.length)}`);
}
