// Starts the recording of a session and keeps the folder of recordings within its size: the oldest go first, journals never.
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { Logger, Predictor } from '../../core/ports.ts';
import type { RecordingHeader } from './recording-format.ts';
import { SessionRecorder, type RecordedEngine } from './session-recorder.ts';

const BYTES_PER_MB = 2 ** 20;
const EXTENSION = '.recording';

/** The folder of recordings inside the data folder. */
export function recordingsFolder(dataDir: string): string {
  return join(dataDir, 'sessions');
}

/** The file of one session's recording, whether it exists or not. */
export function recordingFile(dataDir: string, mode: string, journalSession: number): string {
  return join(recordingsFolder(dataDir), `${mode}-${journalSession}${EXTENSION}`);
}

export interface RecordRequest {
  readonly engine: RecordedEngine;
  readonly dataDir: string;
  readonly settings: Settings;
  readonly header: Omit<RecordingHeader, 'models'>;
  readonly predictor: Predictor | null;
  readonly logger: Logger;
}

export interface RecordedSession extends RecordedEngine {
  close(): Promise<void>;
}

/** The engine with a recorder in front of it; without one when the settings give it no room. */
export function recordSession({ engine, dataDir, settings, header, predictor, logger }: RecordRequest): RecordedSession {
  const room = settings.sessionRecordingMb * BYTES_PER_MB;
  if (room === 0) {
    return {
      process: (input) => engine.process(input),
      state: () => engine.state(),
      watch: (charts) => engine.watch(charts),
      close: () => Promise.resolve(),
    };
  }
  const folder = recordingsFolder(dataDir);
  for (const name of makeRoom(folder, room / 2)) logger.log('info', 'sessions', `The recording ${name} was removed to make room; its journal stays.`);
  const models = (predictor?.models ?? []).map(({ name, version, schemaHash }) => ({ name, version, schemaHash }));
  return new SessionRecorder({
    engine,
    file: recordingFile(dataDir, header.mode, header.journalSession),
    header: { ...header, models },
    maximumBytes: room / 2,
    onProblem: (sentence) => logger.log('warn', 'sessions', sentence),
  });
}

/** Removes the oldest recordings until all together are within `bytes`; gives the names of those removed. */
export function makeRoom(folder: string, bytes: number): readonly string[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(EXTENSION))
    .map((name) => ({ name, ...fileFacts(join(folder, name)) }))
    .toSorted((a, b) => b.changed - a.changed);
  const removed: string[] = [];
  let kept = 0;
  for (const { name, size } of files) {
    kept += size;
    if (kept <= bytes) continue;
    rmSync(join(folder, name), { force: true });
    removed.push(name);
  }
  return removed;
}

function fileFacts(path: string): { readonly size: number; readonly changed: number } {
  const { size, mtimeMs } = statSync(path);
  return { size, changed: mtimeMs };
}
