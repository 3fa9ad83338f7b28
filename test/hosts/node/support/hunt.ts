// Searches everything a terminal leaves behind for planted marks, in every form they could have taken.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface Mark {
  readonly name: string;
  readonly value: string;
}

/** The value as it is, percent-encoded, in hex, and in Base64 at each of its three alignments. */
export function formsOf(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  const aligned = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replaceAll('=', '');
    // The characters at both ends depend on the neighbours.
    return text.slice(shift === 0 ? 0 : 4, -2);
  });
  return [...new Set([value, encodeURIComponent(value), bytes.toString('hex'), ...aligned])];
}

/** Names of the marks that occur in `text`; latin1 keeps every byte of a binary file findable. */
export function findMarks(text: Buffer | string, marks: readonly Mark[]): readonly string[] {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  return marks
    .filter((mark) => formsOf(mark.value).some((form) => bytes.includes(Buffer.from(form)) || bytes.includes(Buffer.from(form, 'utf16le'))))
    .map((mark) => mark.name);
}

/** Every file below a folder. */
export function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

/** Environment and command line of every child of a process (Linux; empty elsewhere). */
export function childrenOf(pid: number): readonly { readonly pid: number; readonly command: string; readonly environment: string }[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const parent = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1];
      if (parent !== String(pid)) return [];
      return [{ pid: Number(name), command: readFileSync(`/proc/${name}/cmdline`, 'utf8'), environment: readFileSync(`/proc/${name}/environ`, 'utf8') }];
    } catch {
      return [];
    }
  });
}
