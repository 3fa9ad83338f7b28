// Which build this is: version, commit, and a print of the engine's own code, so that a replay can say whether the same code decided.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

/** `engine` is the print of the code that decides: two builds with the same print must decide the same. */
export interface BuildStamp {
  readonly version: string;
  /** Null where neither git nor the build tells. */
  readonly commit: string | null;
  readonly engine: string;
}

const SOURCE_FOLDERS = ['src-main/core', 'src-shared'];
const BUNDLE_FOLDER = 'out/main';
const PRINT_LENGTH = 12;
const packageSchema = z.object({ version: z.string() });
const builtSchema = z.object({ commit: z.string().nullable() });

/** The build whose code lies at or above `start`; from its sources where they are there, else from its bundle. */
export function readBuild(start: string = import.meta.dirname): BuildStamp {
  const root = projectRoot(start);
  const sources = SOURCE_FOLDERS.map((folder) => join(root, folder)).filter((folder) => existsSync(folder));
  const isSource = sources.length > 0;
  return {
    version: packageSchema.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))).version,
    commit: isSource ? (headOf(join(root, '.git')) ?? builtCommit(root)) : builtCommit(root),
    engine: printOf(root, isSource ? sources : [join(root, BUNDLE_FOLDER)]),
  };
}

/** `0.1.0+3729667`: the version, and the commit where it is known. */
export function versionOf({ version, commit }: BuildStamp): string {
  return commit === null ? version : `${version}+${commit.slice(0, 7)}`;
}

/** One sentence for a replay: which build recorded, which one replays, and what follows from it. */
export function compareBuilds(recorded: BuildStamp | null, here: BuildStamp): { readonly isSame: boolean | null; readonly sentence: string } {
  if (recorded === null)
    return { isSame: null, sentence: `The recording does not say which build made it; it is replayed by ${versionOf(here)} (engine ${here.engine}).` };
  if (recorded.engine === here.engine) return { isSame: true, sentence: `Recorded and replayed by the same engine (${versionOf(recorded)}, ${here.engine}).` };
  return {
    isSame: false,
    sentence: `Recorded by another build: ${versionOf(recorded)} (engine ${recorded.engine}); replayed by ${versionOf(here)} (engine ${here.engine}). Where outputs differ, the change of the program may be the cause.`,
  };
}

/** A print of settings that does not depend on the order of their names. */
export function settingsPrint(settings: object): string {
  return short(createHash('sha256').update(JSON.stringify(Object.entries(settings).toSorted(([a], [b]) => (a < b ? -1 : 1)))));
}

/** The folder of this program's package.json, at or above `start`. */
export function projectRoot(start: string = import.meta.dirname): string {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (dirname(folder) === folder) throw new Error(`no package.json above ${start}`);
  }
}

function printOf(root: string, folders: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of folders.flatMap(filesOf)) hash.update(path.slice(root.length)).update(readFileSync(path));
  return short(hash);
}

function filesOf(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? filesOf(join(folder, entry.name)) : /\.[jt]s$/u.test(entry.name) ? [join(folder, entry.name)] : []));
}

function short(hash: ReturnType<typeof createHash>): string {
  return hash.digest('hex').slice(0, PRINT_LENGTH);
}

/** The commit a checkout stands on, read without git. */
function headOf(git: string): string | null {
  try {
    const head = readFileSync(join(git, 'HEAD'), 'utf8').trim();
    const name = /^ref: (.+)$/u.exec(head)?.[1];
    if (name === undefined) return head;
    const loose = join(git, name);
    if (existsSync(loose)) return readFileSync(loose, 'utf8').trim();
    const packed = readFileSync(join(git, 'packed-refs'), 'utf8').split('\n');
    return packed.find((line) => line.endsWith(` ${name}`))?.slice(0, 40) ?? null;
  } catch {
    return null;
  }
}

function builtCommit(root: string): string | null {
  const file = join(root, 'out', 'build.json');
  return existsSync(file) ? builtSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).commit : null;
}
