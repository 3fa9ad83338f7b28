// Lines of a data file, whether it is plain CSV, gzip or a zip of the public archive.
import { createReadStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { readZippedText } from './zip.ts';

/** Throws an Error with a reason when the file cannot be read. */
export async function* dataLines(path: string): AsyncGenerator<string> {
  if (path.endsWith('.zip')) {
    const text = readZippedText(readFileSync(path));
    if (!text.ok) throw new Error(text.error);
    yield* text.value.split(/\r?\n/);
    return;
  }
  const raw = createReadStream(path);
  yield* createInterface({ input: path.endsWith('.gz') ? raw.pipe(createGunzip()) : raw, crlfDelay: Infinity });
}
