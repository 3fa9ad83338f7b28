// A session as a file for another terminal, handed to a screen part by part: one message never holds all of it.
import { closeSync, existsSync, mkdtempSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { PART_BYTES } from '../../../src-shared/contract/review-requests.ts';
import type { ExportedPart } from '../../../src-shared/contract/review.ts';
import { ok, type Result } from '../../../src-shared/kernel/result.ts';
import { exportPlace } from '../session-file.ts';
import { placeOf } from './session-place.ts';

/** Parts are larger on the way out: the screen's door is narrow, the host's is not. */
const OUT_BYTES = 16 * PART_BYTES;

export class SessionParts {
  readonly #dataDir: string;
  #made: { readonly key: string; readonly file: string; readonly folder: string } | null = null;

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  /** The file is made with the first part and kept until the last one was read. */
  read(key: string, offset: number): Result<ExportedPart, string> {
    if (offset === 0 || this.#made?.key !== key || !existsSync(this.#made.file)) {
      const made = this.#make(key);
      if (!made.ok) return made;
    }
    const file = this.#made?.file ?? '';
    const bytes = statSync(file).size;
    const part = Buffer.alloc(Math.max(0, Math.min(OUT_BYTES, bytes - offset)));
    const descriptor = openSync(file, 'r');
    readSync(descriptor, part, 0, part.length, offset);
    closeSync(descriptor);
    const name = basename(file);
    if (offset + part.length >= bytes) this.drop();
    return ok({ name, bytes, offset, base64: part.toString('base64') });
  }

  drop(): void {
    if (this.#made !== null) rmSync(this.#made.folder, { recursive: true, force: true });
    this.#made = null;
  }

  #make(key: string): Result<null, string> {
    this.drop();
    const place = placeOf(this.#dataDir, key);
    if (!place.ok) return place;
    const folder = mkdtempSync(join(tmpdir(), 'ptsession-'));
    const exported = exportPlace(place.value, folder);
    this.#made = { key, file: exported.ok ? exported.value.file : '', folder };
    if (!exported.ok) this.drop();
    return exported.ok ? ok(null) : exported;
  }
}
