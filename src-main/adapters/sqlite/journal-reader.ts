// Reads sessions and their lines from a journal file, also while the terminal writes to it; changes nothing.
import { existsSync } from 'node:fs';
import BetterSqlite from 'better-sqlite3';
import { z } from 'zod';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import type { StoredRecord } from '../../core/ports.ts';
import { JOURNAL_COLUMNS, readJournalRow } from './journal.ts';

export interface JournalSession {
  readonly id: number;
  readonly mode: string;
  readonly version: string;
  /** As written: JSON of that version. */
  readonly settings: unknown;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly endedWhy: string | null;
}

const sessionSchema = z.object({
  id: z.number(),
  mode: z.string(),
  version: z.string(),
  settings: z.string(),
  started_at: z.number(),
  ended_at: z.number().nullable(),
  ended_why: z.string().nullable(),
});
const checkpointSchema = z.object({ journal_id: z.number(), state: z.string() }).optional();
const factsSchema = z.object({ session: z.number(), lines: z.number(), last: z.number(), trades: z.number(), net: z.number() });

export interface SessionFacts {
  readonly lines: number;
  /** Time of the last line. */
  readonly last: number;
  /** Finished positions that were ever filled, and what they brought after fees and funding, units of 1e-8 USDT. */
  readonly trades: number;
  readonly net: number;
}

export interface JournalReader {
  /** Newest first. */
  sessions(): readonly JournalSession[];
  /** By session; sessions without a line are absent. */
  facts(): ReadonlyMap<number, SessionFacts>;
  /** Lines of one session in order; only of the kinds named when there are any. */
  records(session: number, kinds?: readonly string[]): readonly StoredRecord[];
  /** Lines of every session before this one. */
  earlier(session: number): readonly StoredRecord[];
  record(session: number, id: number): StoredRecord | null;
  checkpoint(): { readonly journalId: number; readonly state: unknown } | null;
  close(): void;
}

/** Opens a journal for reading only. */
export function openJournalReader(file: string): Result<JournalReader, string> {
  if (!existsSync(file)) return err(`The journal ${file} does not exist.`);
  try {
    const database = new BetterSqlite(file, { readonly: true });
    database.prepare('SELECT id FROM session LIMIT 1').get();
    return ok(readerOf(database));
  } catch (failure) {
    return err(`${file} cannot be read as a journal (${failure instanceof Error ? failure.message : String(failure)}).`);
  }
}

function readerOf(database: BetterSqlite.Database): JournalReader {
  const sessions = database.prepare('SELECT id, mode, version, settings, started_at, ended_at, ended_why FROM session ORDER BY id DESC');
  const earlier = database.prepare(`SELECT ${JOURNAL_COLUMNS} FROM journal WHERE session < ? ORDER BY id`);
  const one = database.prepare(`SELECT ${JOURNAL_COLUMNS} FROM journal WHERE session = ? AND id = ?`);
  // The last line of a position tells how it ended.
  const facts = database.prepare(
    `SELECT session, count(*) AS lines, max(time) AS last, total(ended) AS trades, total(ended * net) AS net FROM (
       SELECT session, time,
         kind = 'position' AND json_extract(data, '$.position.phase') = 'closed' AND json_extract(data, '$.openedLots') > 0
           AND id = max(CASE WHEN kind = 'position' THEN id END) OVER (PARTITION BY session, position_id) AS ended,
         CASE WHEN kind = 'position'
           THEN json_extract(data, '$.position.realisedPnl') - json_extract(data, '$.position.fees') + json_extract(data, '$.position.funding') ELSE 0 END AS net
       FROM journal) GROUP BY session`,
  );
  return {
    sessions: () =>
      sessions.all().map((raw): JournalSession => {
        const { id, mode, version, settings, started_at, ended_at, ended_why } = sessionSchema.parse(raw);
        return { id, mode, version, settings: JSON.parse(settings) as unknown, startedAt: started_at, endedAt: ended_at, endedWhy: ended_why };
      }),
    facts: () =>
      new Map(
        facts.all().map((raw) => {
          const { session, ...rest } = factsSchema.parse(raw);
          return [session, rest];
        }),
      ),
    records: (session, kinds = []) => {
      const filter = kinds.length === 0 ? '' : `AND kind IN (${kinds.map(() => '?').join(', ')})`;
      return database
        .prepare(`SELECT ${JOURNAL_COLUMNS} FROM journal WHERE session = ? ${filter} ORDER BY id`)
        .all(session, ...kinds)
        .map(readJournalRow);
    },
    earlier: (session) => earlier.all(session).map(readJournalRow),
    record: (session, id) => {
      const row = one.get(session, id);
      return row === undefined ? null : readJournalRow(row);
    },
    checkpoint: () => {
      const row = checkpointSchema.parse(database.prepare('SELECT journal_id, state FROM checkpoint WHERE id = 1').get());
      return row === undefined ? null : { journalId: row.journal_id, state: JSON.parse(row.state) as unknown };
    },
    close: () => database.close(),
  };
}
