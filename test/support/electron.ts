// Where this machine's Electron binary is, if it has one.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from './terminal.ts';

/** Path of the binary that `npm start` installed, or null. Never downloads. */
export function electronBinary(): string | null {
  const folder = join(PROJECT_ROOT, 'node_modules', 'electron');
  const pathFile = join(folder, 'path.txt');
  if (!existsSync(pathFile)) return null;
  const binary = join(folder, 'dist', readFileSync(pathFile, 'utf8').trim());
  return existsSync(binary) ? binary : null;
}
