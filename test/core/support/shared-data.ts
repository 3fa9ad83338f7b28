// Where the real candles and vectors are: beside the project. Tests that need them skip by name when absent, and fail in CI.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../../../../shared');

/** Absolute path of a file of the shared data, or null when it is not on this machine. Throws in CI instead. */
export function sharedDataPath(relative: string): string | null {
  const path = resolve(ROOT, relative);
  if (existsSync(path)) return path;
  if (process.env['CI'] === 'true') throw new Error(`shared data is missing: ${relative}`);
  return null;
}
