// Where the built renderer lies, and the sentence to print when it has not been built.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const PROJECT_ROOT = resolve(import.meta.dirname, '../../..');
export const RENDERER_ROOT = join(PROJECT_ROOT, 'out', 'renderer');

/** False on a fresh clone until `npm start` or `npm run build` has run. */
export function rendererIsBuilt(): boolean {
  return existsSync(join(RENDERER_ROOT, 'index.html'));
}
