// The terminal's own models folder: filled from the bundled models, and filled anew when a newer program bundles others and none was trained here.
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import { readManifest } from './model-store.ts';

/** Names the bundled manifest the folder was filled from. */
const MARK = 'bundled.sha256';

export interface SeedRequest {
  readonly bundled: string;
  readonly own: string;
}

/**
 * Leaves `own` with models to serve. What was trained or promoted here is never overwritten by the program's own bundle; a folder that
 * still serves an older bundle gets the newer one. Says in a sentence why nothing could be copied.
 */
export function seedModels({ bundled, own }: SeedRequest): Result<'kept' | 'filled', string> {
  const source = readManifest(bundled);
  if (!source.ok) return err(source.error);
  const mark = createHash('sha256')
    .update(readFileSync(join(bundled, 'manifest.json')))
    .digest('hex');
  if (existsSync(join(own, 'manifest.json'))) {
    const known = readMark(own);
    if (known?.mark === mark || known === null || known.served !== servedIn(own)) return ok('kept');
  }
  try {
    mkdirSync(own, { recursive: true });
    for (const entry of source.value.models) {
      const report = entry.report.replace(/\.md$/, '');
      const files = [entry.file, ...(entry.quantised === undefined ? [] : [entry.quantised.file]), `${report}.md`, `${report}.json`];
      for (const file of files) if (basename(file) === file && existsSync(join(bundled, file))) copyFileSync(join(bundled, file), join(own, file));
    }
    // The manifest comes last: stopped before it, the folder is filled again at the next start.
    writeFileSync(join(own, 'manifest.json'), `${JSON.stringify({ models: source.value.models }, null, 2)}\n`);
    writeFileSync(join(own, MARK), `${mark} ${servedIn(own)}\n`);
    return ok('filled');
  } catch (failure) {
    return err(`The models could not be copied to ${own}: ${failure instanceof Error ? failure.message : String(failure)}`);
  }
}

function readMark(own: string): { readonly mark: string; readonly served: string } | null {
  if (!existsSync(join(own, MARK))) return null;
  const [mark = '', served = ''] = readFileSync(join(own, MARK), 'utf8').trim().split(' ');
  return { mark, served };
}

/** Which versions a folder serves and keeps, as one word: it changes with every training, promotion and roll-back. */
function servedIn(own: string): string {
  const manifest = readManifest(own);
  if (!manifest.ok) return 'none';
  const { models, challengers, previous } = manifest.value;
  return createHash('sha256')
    .update(JSON.stringify([models, challengers, previous].map((list) => list.map(({ name, version }) => [name, version]))))
    .digest('hex');
}
