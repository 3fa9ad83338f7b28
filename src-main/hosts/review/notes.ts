// Notes and tags of a person on sessions and trades, in a file of their own: journals are never written by a review.
import BetterSqlite from 'better-sqlite3';
import { z } from 'zod';
import type { SessionNote } from '../../../src-shared/contract/review.ts';

const rowSchema = z.object({ session: z.string(), trade: z.string(), text: z.string(), tags: z.string(), changed_at: z.number() });
const tagsSchema = z.array(z.string());

export interface NoteBook {
  /** By session key. */
  all(): ReadonlyMap<string, readonly SessionNote[]>;
  of(session: string): readonly SessionNote[];
  /** Sets a note; one without text and tags is removed. `trade` null is the session itself. */
  put(session: string, note: SessionNote): void;
  close(): void;
}

/** Opens the notes of a data folder; the file is made with the first note. */
export function openNotes(file: string): NoteBook {
  const database = new BetterSqlite(file);
  database.pragma('journal_mode = WAL');
  database.exec(
    'CREATE TABLE IF NOT EXISTS note (session TEXT NOT NULL, trade TEXT NOT NULL, text TEXT NOT NULL, tags TEXT NOT NULL, changed_at INTEGER NOT NULL, PRIMARY KEY (session, trade)) STRICT',
  );
  const readAll = database.prepare('SELECT session, trade, text, tags, changed_at FROM note ORDER BY session, trade');
  const readOne = database.prepare('SELECT session, trade, text, tags, changed_at FROM note WHERE session = ? ORDER BY trade');
  const write = database.prepare(
    `INSERT INTO note (session, trade, text, tags, changed_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (session, trade) DO UPDATE SET text = excluded.text, tags = excluded.tags, changed_at = excluded.changed_at`,
  );
  const remove = database.prepare('DELETE FROM note WHERE session = ? AND trade = ?');
  return {
    all: () => {
      const bySession = new Map<string, SessionNote[]>();
      for (const raw of readAll.all()) {
        const { session } = rowSchema.parse(raw);
        bySession.set(session, [...(bySession.get(session) ?? []), noteOf(raw)]);
      }
      return bySession;
    },
    of: (session) => readOne.all(session).map(noteOf),
    put: (session, { trade, text, tags, changedAt }) => {
      if (text === '' && tags.length === 0) remove.run(session, trade ?? '');
      else write.run(session, trade ?? '', text, JSON.stringify([...new Set(tags)]), changedAt);
    },
    close: () => database.close(),
  };
}

function noteOf(raw: unknown): SessionNote {
  const { trade, text, tags, changed_at } = rowSchema.parse(raw);
  return { trade: trade === '' ? null : trade, text, tags: tagsSchema.parse(JSON.parse(tags)), changedAt: changed_at };
}
