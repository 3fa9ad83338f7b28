// The shared data folder beside the project: present in CI and on developers' machines, absent in a user's clone.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

const FOLDER = resolve(import.meta.dirname, '../../../shared');

/** True when data that is not part of the project can be used. In CI its absence is a failure, not a skip. */
export function hasSharedData(): boolean {
  if (existsSync(FOLDER)) return true;
  if (process.env['CI'] === 'true') throw new Error(`CI needs the shared data folder at ${FOLDER}`);
  return false;
}

export function sharedPath(...parts: readonly string[]): string {
  return join(FOLDER, ...parts);
}
