// The append-only journal in SQLite: WAL with a sync on every transaction, so what is acknowledged survives a power cut.
import { z } from 'zod';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import type { Journal, JournalFailure, JournalRecord, StoredRecord } from '../../core/ports.ts';
import type { Migrations, SqliteDatabase } from './database.ts';
import { describeSqliteFailure } from './failure.ts';

export const JOURNAL_MIGRATIONS: Migrations = [
  `CREATE TABLE session (
     id INTEGER PRIMARY KEY, mode TEXT NOT NULL, version TEXT NOT NULL, settings TEXT NOT NULL, started_at INTEGER NOT NULL,
     ended_at INTEGER, ended_why TEXT
   ) STRICT;
   CREATE TABLE journal (
     id INTEGER PRIMARY KEY AUTOINCREMENT, session INTEGER NOT NULL REFERENCES session(id), time INTEGER NOT NULL, kind TEXT NOT NULL,
     position_id TEXT, symbol TEXT, summary TEXT NOT NULL, data TEXT NOT NULL
   ) STRICT;
   CREATE INDEX journal_kind ON journal(kind, id);
   CREATE INDEX journal_position ON journal(position_id, id) WHERE position_id IS NOT NULL;
   CREATE TABLE checkpoint (id INTEGER PRIMARY KEY CHECK (id = 1), journal_id INTEGER NOT NULL, state TEXT NOT NULL) STRICT;
   CREATE TABLE property (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;`,
];

export interface SessionStart {
  readonly mode: string;
  readonly version: string;
  readonly settings: unknown;
  readonly startedAt: EpochMs;
}

export interface SqliteJournal extends Journal {
  /** Number of the session that was opened. */
  readonly session: number;
  /** Newest id ever written, 0 for an empty journal. */
  readonly lastId: number;
  /** True when the previous session ended by a stop and not by a crash, or there was none. */
  readonly previousEndedCleanly: boolean;
  endSession(at: EpochMs, why: string): void;
  /** A named text that is made once and kept for good, e.g. the id seed. */
  property(name: string, make: () => string): string;
  close(): void;
}

export const JOURNAL_COLUMNS = 'id, session, time, kind, position_id, symbol, summary, data';

const rowSchema = z.object({
  id: z.number(),
  session: z.number(),
  time: z.number(),
  kind: z.string(),
  position_id: z.string().nullable(),
  symbol: z.string().nullable(),
  summary: z.string(),
  data: z.string(),
});

/** Throws when the row is no record: the file was not written by this program. */
export function readJournalRow(raw: unknown): StoredRecord {
  const row = rowSchema.parse(raw);
  return {
    id: row.id,
    session: row.session,
    time: row.time as EpochMs,
    kind: row.kind,
    positionId: row.position_id,
    symbol: row.symbol,
    summary: row.summary,
    data: JSON.parse(row.data) as unknown,
  };
}

/** Opens a session in the journal, or says in one sentence why it cannot be written; nothing may be started then. */
export function openJournal(database: SqliteDatabase, file: string, start: SessionStart): Result<SqliteJournal, JournalFailure> {
  try {
    return ok(createJournal(database, file, start));
  } catch (failure) {
    const { code, uiMessage } = describeSqliteFailure(failure, file);
    if (code !== 'disk_full') return err({ code, uiMessage });
    return err({ code, uiMessage: `The disk is full: ${file} cannot grow. Nothing was changed and nothing is lost. Free some space and start again.` });
  }
}

/**
 * Opens a session in the journal. The connection is in WAL mode with `synchronous=FULL`: every commit calls fsync before it
 * returns, durable or not, so `durable` needs no second path.
 */
export function createJournal(database: SqliteDatabase, file: string, start: SessionStart): SqliteJournal {
  const insert = database.prepare('INSERT INTO journal (session, time, kind, position_id, symbol, summary, data) VALUES (?, ?, ?, ?, ?, ?, ?)');
  const readAfter = database.prepare(`SELECT ${JOURNAL_COLUMNS} FROM journal WHERE id > ? ORDER BY id LIMIT ?`);
  const saveState = database.prepare(
    'INSERT INTO checkpoint (id, journal_id, state) VALUES (1, ?, ?) ON CONFLICT (id) DO UPDATE SET journal_id = excluded.journal_id, state = excluded.state',
  );
  const previous = z
    .object({ ended_at: z.number().nullable() })
    .optional()
    .parse(database.prepare('SELECT ended_at FROM session ORDER BY id DESC LIMIT 1').get());
  const session = Number(
    database
      .prepare('INSERT INTO session (mode, version, settings, started_at) VALUES (?, ?, ?, ?)')
      .run(start.mode, start.version, JSON.stringify(start.settings), start.startedAt).lastInsertRowid,
  );
  const appendAll = database.transaction((records: readonly JournalRecord[]) =>
    records.map((record) =>
      Number(
        insert.run(session, record.time, record.kind, record.positionId, record.symbol, record.summary, JSON.stringify(record.data ?? null)).lastInsertRowid,
      ),
    ),
  );
  const guarded = <T>(work: () => T): Result<T, JournalFailure> => {
    try {
      return ok(work());
    } catch (failure) {
      return err(describeSqliteFailure(failure, file));
    }
  };
  const lastId = z.object({ id: z.number().nullable() }).parse(database.prepare('SELECT max(id) AS id FROM journal').get()).id ?? 0;
  return {
    session,
    lastId,
    previousEndedCleanly: previous === undefined || previous.ended_at !== null,
    append: (records) => guarded(() => appendAll(records)),
    read: ({ after, limit }) => readAfter.all(after, limit).map(readJournalRow),
    page: ({ before, limit, kinds }) => {
      const filter = kinds.length === 0 ? '' : `AND kind IN (${kinds.map(() => '?').join(', ')})`;
      return database
        .prepare(`SELECT ${JOURNAL_COLUMNS} FROM journal WHERE id < ? ${filter} ORDER BY id DESC LIMIT ?`)
        .all(before ?? Number.MAX_SAFE_INTEGER, ...kinds, limit)
        .map(readJournalRow);
    },
    loadCheckpoint: () => {
      const row = z
        .object({ journal_id: z.number(), state: z.string() })
        .optional()
        .parse(database.prepare('SELECT journal_id, state FROM checkpoint WHERE id = 1').get());
      return row === undefined ? null : { journalId: row.journal_id, state: JSON.parse(row.state) as unknown };
    },
    saveCheckpoint: ({ journalId, state }) =>
      guarded(() => {
        saveState.run(journalId, JSON.stringify(state));
        return null;
      }),
    endSession: (at, why) => void guarded(() => database.prepare('UPDATE session SET ended_at = ?, ended_why = ? WHERE id = ?').run(at, why, session)),
    property: (name, make) => {
      database.prepare('INSERT INTO property (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING').run(name, make());
      return z.object({ value: z.string() }).parse(database.prepare('SELECT value FROM property WHERE name = ?').get(name)).value;
    },
    close: () => database.close(),
  };
}
