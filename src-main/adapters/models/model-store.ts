// Versions of models in one folder: challengers wait beside the champion, one step promotes, one step goes back; every change is one rename.
import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import { manifestSchema, type ManifestEntry } from './registry.ts';

/** Versions kept of each model to go back to. */
const PREVIOUS_KEPT = 3;

export interface StoredVersions {
  readonly champion: ManifestEntry | null;
  readonly challenger: ManifestEntry | null;
  /** Served before, newest first. */
  readonly previous: readonly ManifestEntry[];
}

interface Manifest {
  readonly models: readonly ManifestEntry[];
  readonly challengers: readonly ManifestEntry[];
  readonly previous: readonly ManifestEntry[];
}

/** Owns the manifest of a folder. Expected failures are sentences; the folder stays as it was then. */
export class ModelStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Names in the folder, those that serve first. */
  names(): readonly string[] {
    const manifest = this.#read();
    return manifest.ok ? [...new Set(entriesOf(manifest.value).map(({ name }) => name))] : [];
  }

  versionsOf(name: string): Result<StoredVersions, string> {
    const manifest = this.#read();
    if (!manifest.ok) return manifest;
    const { models, challengers, previous } = manifest.value;
    const of = (list: readonly ManifestEntry[]): readonly ManifestEntry[] => list.filter((entry) => entry.name === name);
    return ok({ champion: of(models)[0] ?? null, challenger: of(challengers)[0] ?? null, previous: of(previous) });
  }

  /**
   * Takes over what a training wrote into another folder; a challenger of the same name is replaced. The champion goes on serving.
   * `gate` is what the comparison with it said; null when there was none.
   */
  addChallengers(from: string, gate: ManifestEntry['gate'] | null = null): Result<readonly ManifestEntry[], string> {
    const trained = readManifest(from);
    if (!trained.ok) return trained;
    const current = this.#read();
    if (!current.ok) return current;
    const { models, challengers, previous } = current.value;
    const entries = trained.value.models;
    try {
      for (const entry of entries) {
        if ([...filesOf(entry), entry.report].some((file) => basename(file) !== file)) return err(`The model ${entry.name} names a file outside its folder.`);
        for (const file of filesOf(entry)) copyFileSync(join(from, file), join(this.#folder, file));
        const report = entry.report.replace(/\.md$/, '');
        for (const extension of ['md', 'json']) {
          const written = join(from, `${report}.${extension}`);
          if (existsSync(written)) copyFileSync(written, join(this.#folder, `${reportOf(entry)}.${extension}`));
        }
      }
    } catch (failure) {
      return err(`The trained models could not be copied: ${failure instanceof Error ? failure.message : String(failure)}`);
    }
    const own = entries.map((entry) => ({ ...entry, report: `${reportOf(entry)}.md`, ...(gate === null || gate === undefined ? {} : { gate }) }));
    const names = new Set(own.map((entry) => entry.name));
    const written = this.#write({ models, previous, challengers: [...challengers.filter((entry) => !names.has(entry.name)), ...own] });
    return written.ok ? ok(own) : written;
  }

  /**
   * The challenger serves from the next load on, with the challengers that were trained beside it: a model serves only beside the
   * versions it knows. The champions become the versions to go back to. The first entry is the one asked for.
   */
  promote(name: string): Result<readonly ManifestEntry[], string> {
    const current = this.#read();
    if (!current.ok) return current;
    const asked = current.value.challengers.find((entry) => entry.name === name);
    if (asked === undefined) return err(`There is no challenger of ${name} to promote.`);
    const rising = companionsOf(asked, current.value.challengers);
    const written = this.#write(exchange(current.value, rising, 'previous'));
    return written.ok ? ok(rising) : written;
  }

  /** Exactly these challengers serve from the next load on; what a training decided. One write: all or none. */
  promoteOnly(names: readonly string[]): Result<null, string> {
    const current = this.#read();
    if (!current.ok) return current;
    const rising = current.value.challengers.filter(({ name }) => names.includes(name));
    return rising.length === 0 ? ok(null) : this.#write(exchange(current.value, rising, 'previous'));
  }

  /**
   * The version served before serves again, and so do those it was trained beside; what leaves becomes the challenger, so that the step
   * can be taken back. The first entry is the one asked for.
   */
  rollBack(name: string): Result<readonly ManifestEntry[], string> {
    const current = this.#read();
    if (!current.ok) return current;
    const { models, previous } = current.value;
    const before = previous.find((entry) => entry.name === name);
    if (before === undefined) return err(`There is no earlier version of ${name} to go back to.`);
    const champion = models.find((entry) => entry.name === name);
    // Those that serve beside the version that leaves cannot serve without it: each goes back to its own newest earlier version.
    const leaving = champion === undefined ? [] : companionsOf(champion, models);
    const others = leaving.flatMap((entry) => previous.find((earlier) => earlier.name === entry.name && earlier !== before && entry !== champion) ?? []);
    const returning = [before, ...others.filter((entry) => entry.name !== name)];
    const written = this.#write(exchange(current.value, returning, 'challengers'));
    return written.ok ? ok(returning) : written;
  }

  /** Forgets a challenger that did not pass. */
  dismiss(name: string): Result<null, string> {
    const current = this.#read();
    if (!current.ok) return current;
    return this.#write({ ...current.value, challengers: current.value.challengers.filter((entry) => entry.name !== name) });
  }

  #read(): Result<Manifest, string> {
    return existsSync(join(this.#folder, 'manifest.json')) ? readManifest(this.#folder) : ok({ models: [], challengers: [], previous: [] });
  }

  /** Manifest first, then files nobody names any more: stopped in between, a file too many is left, never one too few. */
  #write(manifest: Manifest): Result<null, string> {
    const path = join(this.#folder, 'manifest.json');
    const before = this.#read();
    try {
      writeFileSync(`${path}.tmp`, `${JSON.stringify(manifest, null, 2)}\n`);
      renameSync(`${path}.tmp`, path);
    } catch (failure) {
      return err(`The model manifest could not be written: ${failure instanceof Error ? failure.message : String(failure)}`);
    }
    const kept = new Set(entriesOf(manifest).flatMap(filesOf));
    for (const file of (before.ok ? entriesOf(before.value) : []).flatMap(filesOf))
      if (!kept.has(file) && basename(file) === file) rmSync(join(this.#folder, file), { force: true });
    return ok(null);
  }
}

/** The entry and all that need it, or that it needs, version for version, however far; the entry first. */
function companionsOf(entry: ManifestEntry, among: readonly ManifestEntry[]): readonly ManifestEntry[] {
  const found = [entry];
  const needs = (one: ManifestEntry, other: ManifestEntry): boolean =>
    one.needs?.some(({ name, version }) => name === other.name && version === other.version) ?? false;
  for (const one of found) for (const other of among) if (!found.includes(other) && (needs(one, other) || needs(other, one))) found.push(other);
  return found;
}

/** `rising` serve; what served under their names goes to `leaveTo`. */
function exchange(manifest: Manifest, rising: readonly ManifestEntry[], leaveTo: 'previous' | 'challengers'): Manifest {
  const names = new Set(rising.map(({ name }) => name));
  const leaving = manifest.models.filter((entry) => names.has(entry.name));
  const without = (list: readonly ManifestEntry[]): readonly ManifestEntry[] => list.filter((entry) => !rising.includes(entry));
  const challengers = without(manifest.challengers);
  return {
    models: rising.reduce(replaceEntry, manifest.models),
    challengers: leaveTo === 'previous' ? challengers : [...challengers.filter((entry) => !names.has(entry.name)), ...leaving],
    previous: leaveTo === 'previous' ? keepNewest([...leaving, ...without(manifest.previous)]) : without(manifest.previous),
  };
}

/** Model files of an entry. */
function filesOf(entry: ManifestEntry): readonly string[] {
  return entry.quantised === undefined ? [entry.file] : [entry.file, entry.quantised.file];
}

function entriesOf({ models, challengers, previous }: Manifest): readonly ManifestEntry[] {
  return [...models, ...challengers, ...previous];
}

/** Reports of different versions lie beside each other. */
function reportOf(entry: ManifestEntry): string {
  return `${entry.name}-${entry.version}.report`;
}

function replaceEntry(models: readonly ManifestEntry[], entry: ManifestEntry): readonly ManifestEntry[] {
  return models.some(({ name }) => name === entry.name) ? models.map((other) => (other.name === entry.name ? entry : other)) : [...models, entry];
}

function keepNewest(previous: readonly ManifestEntry[]): readonly ManifestEntry[] {
  const kept = new Map<string, number>();
  return previous.filter(({ name }) => {
    const count = (kept.get(name) ?? 0) + 1;
    kept.set(name, count);
    return count <= PREVIOUS_KEPT;
  });
}

/** The manifest of a models folder, parsed; an error is one sentence with its path. */
export function readManifest(folder: string): Result<Manifest, string> {
  const path = join(folder, 'manifest.json');
  try {
    const parsed = manifestSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    if (!parsed.success) return err(`The model manifest ${path} is not valid at ${parsed.error.issues[0]?.path.join('.') ?? 'its top'}.`);
    const { models, challengers = [], previous = [] } = parsed.data;
    return ok({ models, challengers, previous });
  } catch (failure) {
    return err(`The model manifest ${path} cannot be read: ${failure instanceof Error ? failure.message : String(failure)}`);
  }
}
