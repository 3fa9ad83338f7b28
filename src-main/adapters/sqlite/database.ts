// Opens a SQLite file safely: integrity check, forward-only migrations, backups, and a corrupt file set aside rather than lost.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import BetterSqlite, { type Database } from 'better-sqlite3';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import type { JournalFailure } from '../../core/ports.ts';
import { describeSqliteFailure } from './failure.ts';

export type SqliteDatabase = Database;

/** Statements that bring a database from version i to i + 1. Forward only: never edit a released one. */
export type Migrations = readonly string[];

export interface OpenOptions {
  readonly file: string;
  readonly migrations: Migrations;
  /** FULL syncs every transaction (journal); NORMAL syncs at checkpoints (candles, which can be fetched again). */
  readonly synchronous: 'FULL' | 'NORMAL';
  /** Sentences for the log and the screen, e.g. about a restored backup. */
  readonly onNotice: (sentence: string) => void;
  /** Wall time, for file names. */
  readonly now: () => number;
  /** Reads through a mapping of the file into memory (ENABLE_MEMORY_MAPPED_STORAGE); default yes. */
  readonly isMemoryMapped?: boolean;
}

const BACKUPS_KEPT = 7;
const DAY_MS = 86_400_000;
const MAPPED_BYTES = 268_435_456;

/** Opens (or creates) the file. A damaged file is renamed, never deleted, and the newest good backup takes its place. */
export function openDatabase(options: OpenOptions): Result<SqliteDatabase, JournalFailure> {
  const { file } = options;
  try {
    mkdirSync(dirname(file), { recursive: true });
    if (existsSync(file) && !isIntact(file)) setAside(options);
    const database = connect(options);
    migrate(database, options.migrations, file);
    return ok(database);
  } catch (failure) {
    if (failure instanceof NewerVersion) return err({ code: 'failed', uiMessage: failure.message });
    return err(describeSqliteFailure(failure, file));
  }
}

class NewerVersion extends Error {}

function connect({ file, synchronous, isMemoryMapped = true }: OpenOptions): SqliteDatabase {
  const database = new BetterSqlite(file, { timeout: 5000 });
  database.pragma('journal_mode = WAL');
  database.pragma(`synchronous = ${synchronous}`);
  database.pragma('foreign_keys = ON');
  database.pragma(`mmap_size = ${isMemoryMapped ? MAPPED_BYTES : 0}`);
  return database;
}

/** quick_check on a connection of its own. A locked or unreadable file is not called corrupt: opening it says what is wrong. */
function isIntact(file: string): boolean {
  let database: SqliteDatabase | null = null;
  try {
    database = new BetterSqlite(file, { timeout: 5000 });
    return database.pragma('quick_check(1)', { simple: true }) === 'ok';
  } catch (failure) {
    return describeSqliteFailure(failure, file).code !== 'corrupt';
  } finally {
    database?.close();
  }
}

function setAside(options: OpenOptions): void {
  const { file, onNotice, now } = options;
  const aside = `${file}.corrupt-${now()}`;
  renameSync(file, aside);
  for (const suffix of ['-wal', '-shm']) if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
  const backup = listBackups(file).find((candidate) => isIntact(candidate));
  if (backup === undefined) {
    onNotice(
      `${basename(file)} was damaged and no backup exists; it was kept as ${basename(aside)} and a new file was started. Positions are taken from the exchange.`,
    );
    return;
  }
  const source = new BetterSqlite(backup, { readonly: true });
  source.exec(`VACUUM INTO '${file.replaceAll("'", "''")}'`);
  source.close();
  onNotice(
    `${basename(file)} was damaged; it was kept as ${basename(aside)} and the backup ${basename(backup)} was restored. Positions are compared with the exchange now.`,
  );
}

/** Newest first. */
function listBackups(file: string): readonly string[] {
  const folder = join(dirname(file), 'backups');
  if (!existsSync(folder)) return [];
  const prefix = `${basename(file)}.`;
  return readdirSync(folder)
    .filter((name) => name.startsWith(prefix) && name.endsWith('.backup'))
    .toSorted()
    .toReversed()
    .map((name) => join(folder, name));
}

/** Copies the database into backups/ unless today's copy exists; keeps the newest seven. Returns the new file or null. */
export function backUpDaily(database: SqliteDatabase, file: string, now: number): string | null {
  const newest = listBackups(file)[0];
  if (newest !== undefined && now - statSync(newest).mtimeMs < DAY_MS) return null;
  const target = nameBackup(file, now);
  database.exec(`VACUUM INTO '${target.replaceAll("'", "''")}'`);
  forgetOldest(file);
  return target;
}

/** Copies the database into backups/ now, some pages at a time so that nothing waits for it. Gives the new file; rejects when it cannot be written. */
export async function backUpNow(database: SqliteDatabase, file: string, now: number): Promise<string> {
  const target = nameBackup(file, now);
  try {
    await database.backup(target);
  } catch (failure) {
    rmSync(target, { force: true });
    throw failure;
  }
  forgetOldest(file);
  return target;
}

function nameBackup(file: string, now: number): string {
  const folder = join(dirname(file), 'backups');
  mkdirSync(folder, { recursive: true });
  return join(folder, `${basename(file)}.${new Date(now).toISOString().replaceAll(/[:.]/g, '-')}.backup`);
}

function forgetOldest(file: string): void {
  for (const old of listBackups(file).slice(BACKUPS_KEPT)) rmSync(old, { force: true });
}

function migrate(database: SqliteDatabase, migrations: Migrations, file: string): void {
  const version = Number(database.pragma('user_version', { simple: true }));
  if (version > migrations.length) {
    database.close();
    throw new NewerVersion(
      `${basename(file)} was written by a newer version of this terminal (schema ${version}, this one knows ${migrations.length}). Start that version, or choose another folder with --data-dir. Nothing was changed.`,
    );
  }
  for (let next = version; next < migrations.length; next += 1) {
    database.transaction(() => {
      database.exec(migrations[next] ?? '');
      database.pragma(`user_version = ${next + 1}`);
    })();
  }
}
