// The files a backtest writes: looked at before hours of work, written whole or not at all, and a full disk is a sentence.
import { accessSync, closeSync, constants, existsSync, openSync, renameSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import type { JournalRecord } from '../../core/ports.ts';

function refusal(path: string, failure: unknown): string {
  return `Cannot write ${path}: ${failure instanceof Error ? failure.message : String(failure)}.`;
}

/** Why one of these files could not be written, or null: a folder, no folder to put it in, or one that may not be written to. */
export function refuseFiles(paths: readonly string[]): string | null {
  for (const path of paths) {
    try {
      if (existsSync(path) && statSync(path).isDirectory()) return `Cannot write ${path}: it is a folder.`;
      accessSync(existsSync(path) ? path : dirname(resolve(path)), constants.W_OK);
    } catch (failure) {
      return refusal(path, failure);
    }
  }
  return null;
}

/** A file that was there stays as it was until the new one is whole. */
export function writeReport(path: string, text: string): Result<null, string> {
  // What is no ordinary file, such as a pipe, has nothing to keep.
  const part = existsSync(path) && !statSync(path).isFile() ? null : `${path}.part`;
  try {
    writeFileSync(part ?? path, text);
    if (part !== null) renameSync(part, path);
    return ok(null);
  } catch (failure) {
    if (part !== null && existsSync(part) && statSync(part).isFile()) rmSync(part);
    return err(refusal(path, failure));
  }
}

export interface EventFile {
  readonly write: (record: JournalRecord) => void;
  /** Why a line could not be written; nothing is written after it. */
  readonly problem: () => string | null;
  readonly close: () => void;
}

/** Journal lines as JSON lines, for a comparison of two runs by any tool. */
export function openEvents(path: string): Result<EventFile, string> {
  try {
    const file = openSync(path, 'w');
    let problem: string | null = null;
    const write = (record: JournalRecord): void => {
      if (problem !== null) return;
      try {
        writeSync(file, `${JSON.stringify(record)}\n`);
      } catch (failure) {
        problem = refusal(path, failure);
      }
    };
    return ok({ write, problem: () => problem, close: () => closeSync(file) });
  } catch (failure) {
    return err(refusal(path, failure));
  }
}
