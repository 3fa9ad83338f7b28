// An exported session: a journal file of its own (`.ptsession`) that another terminal can open, with a card that says what is in it.
import { mkdirSync, renameSync, rmSync, statSync, existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { err, ok, type Result } from '../../src-shared/kernel/result.ts';
import { JOURNAL_MIGRATIONS } from '../adapters/sqlite/journal.ts';
import { MODES } from '../../src-shared/domain/session.ts';
import { packCompanions } from './review/session-companions.ts';
import { placeOf, SESSION_EXTENSION, type SessionPlace } from './review/session-place.ts';
import { readSession, type RecordedSession } from './backtest/recorded-session.ts';
import type { HeldPosition } from '../core/execution/held-position.ts';

/** A year of a busy account is far below; more is no session and would only fill the memory. */
const LARGEST_BYTES = 512 * 1024 * 1024;

/** What an exported session is, in a few figures. */
export interface SessionCard {
  readonly id: number;
  readonly mode: string;
  readonly version: string;
  readonly from: number;
  readonly to: number;
  readonly lines: number;
  readonly decisions: number;
  readonly closedPositions: number;
}

/** One sentence for a dialog: number, mode, time, length and what happened. */
export function describeSession(card: SessionCard): string {
  const minutes = Math.max(1, Math.round((card.to - card.from) / 60_000));
  const length = minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
  return `Session ${card.id}, ${card.mode}, ${new Date(card.from).toISOString().slice(0, 16).replace('T', ' ')} UTC, ${length}: ${card.decisions} decisions, ${card.closedPositions} positions closed, ${card.lines} journal lines (version ${card.version}).`;
}

export interface ExportedSession {
  readonly file: string;
  readonly card: SessionCard;
}

/** Exports a session that lies at `place`; an imported one is its own file already. */
export function exportPlace({ origin, journal, id }: SessionPlace, folder: string): Result<ExportedSession, string> {
  if (origin === 'own') return exportSession(journal, folder, id);
  const card = readSessionCard(journal, null);
  return card.ok ? ok({ file: journal, card: card.value }) : card;
}

/**
 * Copies the journal up to and with one session (null: the newest) into `folder`, with its candles, recording and equity. The copy is
 * consistent while the terminal writes on.
 * Gives the file's path.
 */
export function exportSession(journalFile: string, folder: string, id: number | null): Result<ExportedSession, string> {
  if (!existsSync(journalFile)) return err(`The journal ${journalFile} does not exist.`);
  const temporary = join(folder, `.export-${process.pid}${SESSION_EXTENSION}`);
  try {
    mkdirSync(folder, { recursive: true });
    rmSync(temporary, { force: true });
    const source = new BetterSqlite(journalFile, { readonly: true });
    try {
      source.prepare('VACUUM INTO ?').run(temporary);
    } finally {
      source.close();
    }
    if (id !== null) cutAfter(temporary, id);
    const session = readSession(temporary, id);
    if (!session.ok) return session;
    const card = cardOf(session.value);
    const place = placeOf(dirname(journalFile), `${card.mode}:${card.id}`);
    if (place.ok) packCompanions(temporary, place.value, card);
    const file = join(folder, `session-${card.mode}-${card.id}-${new Date(card.from).toISOString().slice(0, 10)}${SESSION_EXTENSION}`);
    renameSync(temporary, file);
    return ok({ file, card });
  } catch (failure) {
    return err(`The session could not be exported (${failure instanceof Error ? failure.message : String(failure)}).`);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** What came after the session belongs to others; its checkpoint would be of a later state. */
function cutAfter(file: string, id: number): void {
  const database = new BetterSqlite(file);
  try {
    database.transaction(() => {
      database.prepare('DELETE FROM journal WHERE session > ?').run(id);
      if (database.prepare('DELETE FROM session WHERE id > ?').run(id).changes > 0) database.prepare('DELETE FROM checkpoint').run();
    })();
    database.exec('VACUUM');
  } finally {
    database.close();
  }
}

/** The card of a session in a journal or an exported file; null takes the newest. */
export function readSessionCard(file: string, id: number | null): Result<SessionCard, string> {
  try {
    const { size } = statSync(file);
    if (size > LARGEST_BYTES) return err(`${file} is larger than any session (${Math.round(size / 1_048_576)} MB).`);
    const database = new BetterSqlite(file, { readonly: true, fileMustExist: true });
    try {
      database.pragma('trusted_schema = OFF');
      database.pragma('cell_size_check = ON');
      if (database.pragma('quick_check', { simple: true }) !== 'ok') return err(`${file} is damaged.`);
      // Nothing of a session needs a view or a trigger; what brings one is not a session.
      const foreign = database.prepare("SELECT count(*) AS found FROM sqlite_schema WHERE type IN ('view', 'trigger') OR sql LIKE 'create virtual%'").get() as {
        readonly found: number;
      };
      if (foreign.found > 0) return err(`${file} is not a session: it brings code of its own.`);
      const schema = Number(database.pragma('user_version', { simple: true }));
      if (schema > JOURNAL_MIGRATIONS.length)
        return err(
          `${basename(file)} was written by a newer version of the terminal (schema ${schema}; this one knows ${JOURNAL_MIGRATIONS.length}). Open it with that version.`,
        );
    } finally {
      database.close();
    }
  } catch (failure) {
    return err(`${file} is not a session (${failure instanceof Error ? failure.message : String(failure)}).`);
  }
  const session = readSession(file, id);
  if (!session.ok) return session;
  if (!MODES.some((mode) => mode === session.value.mode)) return err(`${basename(file)} is of a mode that this terminal does not know.`);
  return ok(cardOf(session.value));
}

function cardOf(session: RecordedSession): SessionCard {
  const closed = new Set(
    session.records.flatMap((record) => {
      if (record.kind !== 'position') return [];
      const held = record.data as Partial<HeldPosition>;
      return held.position?.phase === 'closed' ? [held.position.id] : [];
    }),
  );
  return {
    id: session.id,
    mode: session.mode,
    version: session.version,
    from: session.startedAt,
    to: session.endedAt,
    lines: session.records.length,
    decisions: session.records.filter(({ kind }) => kind === 'decision').length,
    closedPositions: closed.size,
  };
}
