// Sessions of other terminals: what somebody sent is checked whole before it is kept, and can be removed again.
import { createHash } from 'node:crypto';
import { appendFileSync, copyFileSync, existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import { readSessionCard, type SessionCard } from '../session-file.ts';
import { sessionDetail } from './session-detail.ts';
import { sessionRow } from './session-list.ts';
import { importedFolder, placeOf, recordingBeside, SESSION_EXTENSION } from './session-place.ts';
import { unpackCompanions } from './session-companions.ts';
import { equityFile } from './session-recorder.ts';
import { readSessionSource } from './session-source.ts';
import { timelineOf } from './timeline.ts';

export interface ImportedSession {
  readonly key: string;
  readonly file: string;
  readonly card: SessionCard;
}

/** Reads a file somebody opened, as data of a stranger: bounded, read-only, checked whole. Then keeps a copy among the imported sessions. */
export function importSession(file: string, dataDir: string): Result<ImportedSession, string> {
  const card = readSessionCard(file, null);
  if (!card.ok) return card;
  const { id, mode, from } = card.value;
  // Two terminals count their sessions alike; the hash keeps the copies apart and the same file one.
  const mark = createHash('sha256').update(JSON.stringify(card.value)).digest('hex').slice(0, 8);
  const name = `session-${mode}-${id}-${new Date(from).toISOString().slice(0, 10)}-${mark}`;
  const key = `imported:${name}`;
  const kept = join(importedFolder(dataDir), `${name}${SESSION_EXTENSION}`);
  const isNew = !existsSync(kept);
  try {
    mkdirSync(importedFolder(dataDir), { recursive: true });
    copyFileSync(file, kept);
    const problem = unpackCompanions(kept);
    if (!problem.ok) throw new Error(problem.error);
    readWhole(dataDir, key);
    return ok({ key, file: kept, card: card.value });
  } catch (failure) {
    if (isNew) removeFiles(kept);
    return err(`${basename(file)} could not be kept: ${failure instanceof Error ? failure.message : String(failure)}`);
  }
}

/** Everything the Review layout would ask of it; throws where a line is not what it should be. */
function readWhole(dataDir: string, key: string): void {
  const source = readSessionSource(dataDir, key);
  if (!source.ok) throw new Error(source.error);
  const { place, session } = source.value;
  try {
    sessionDetail(source.value, sessionRow(place, session, { facts: null, notes: [] }), []);
    timelineOf(source.value);
  } catch (failure) {
    throw new Error(`its journal holds lines that no terminal writes (${failure instanceof Error ? failure.message : String(failure)}).`, { cause: failure });
  }
}

/** Removes an imported session; own ones are never removed. */
export function removeImported(dataDir: string, key: string): Result<null, string> {
  const place = placeOf(dataDir, key);
  if (!place.ok) return place;
  if (place.value.origin !== 'imported') return err('Only imported sessions can be removed: the journal of this terminal is never shortened.');
  removeFiles(place.value.journal);
  return ok(null);
}

function removeFiles(file: string): void {
  const recording = recordingBeside(file);
  for (const path of [file, `${file}-wal`, `${file}-shm`, recording, equityFile(recording)]) rmSync(path, { force: true });
}

const LARGEST_UPLOAD_BYTES = 512 * 2 ** 20;

export interface UploadPart {
  /** Made by the screen, one a file. */
  readonly upload: string;
  /** Bytes that were sent before. */
  readonly offset: number;
  readonly base64: string;
  readonly isLast: boolean;
}

/** Takes one part of a file that a screen sends, in order; with the last one it is imported. Null until then. */
export function takeUpload(dataDir: string, { upload, offset, base64, isLast }: UploadPart): Result<ImportedSession | null, string> {
  const folder = importedFolder(dataDir);
  const file = join(folder, `.upload-${upload}`);
  mkdirSync(folder, { recursive: true });
  const known = existsSync(file) ? statSync(file).size : 0;
  if (offset === 0) rmSync(file, { force: true });
  else if (known !== offset) return err('A part of the file was lost on the way. Open it again.');
  const bytes = Buffer.from(base64, 'base64');
  if (offset + bytes.length > LARGEST_UPLOAD_BYTES) {
    rmSync(file, { force: true });
    return err('The file is larger than any session.');
  }
  appendFileSync(file, bytes);
  if (!isLast) return ok(null);
  const imported = importSession(file, dataDir);
  rmSync(file, { force: true });
  // What was wrong with it is said of the file the person chose, not of the copy.
  return imported.ok ? imported : err(imported.error.replaceAll(file, 'The file').replaceAll(basename(file), 'The file'));
}
