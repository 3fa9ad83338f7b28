// The list of everything that can be reviewed: own sessions of every mode, imported ones, and kept backtests.
import { existsSync, readdirSync, statSync } from 'node:fs';
import type { SessionNote, SessionRow } from '../../../src-shared/contract/review.ts';
import { parseSettings } from '../../../src-shared/contract/settings.ts';
import { openJournalReader, type JournalSession, type SessionFacts } from '../../adapters/sqlite/journal-reader.ts';
import { importedKeys, journalFile, placeOf, type SessionPlace } from './session-place.ts';
import { backtestNames, backtestRow, readBacktest } from './stored-backtests.ts';

const JOURNAL = /^journal-(simulated|paper|demo|live)\.sqlite$/u;
type Notes = ReadonlyMap<string, readonly SessionNote[]>;

/** Newest first. What cannot be read is left out; asking for it says why. */
export function listSessions(dataDir: string, notes: Notes): readonly SessionRow[] {
  const files = existsSync(dataDir) ? readdirSync(dataDir) : [];
  const own = files.flatMap((file) => {
    const mode = JOURNAL.exec(file)?.[1];
    return mode === undefined ? [] : journalRows(journalFile(dataDir, mode), (id) => `${mode}:${id}`, { dataDir, notes });
  });
  const imported = importedKeys(dataDir).flatMap((key) => {
    const place = placeOf(dataDir, key);
    return place.ok ? journalRows(place.value.journal, () => key, { dataDir, notes }).slice(0, 1) : [];
  });
  const backtests = backtestNames(dataDir).flatMap((name) => {
    const key = `backtest:${name}`;
    const report = readBacktest(dataDir, key);
    return report.ok ? [backtestRow(key, report.value, notes.get(key) ?? [])] : [];
  });
  return [...own, ...imported, ...backtests].toSorted((a, b) => b.startedAt - a.startedAt);
}

interface ListMeans {
  readonly dataDir: string;
  readonly notes: Notes;
}

function journalRows(file: string, keyOf: (id: number) => string, { dataDir, notes }: ListMeans): readonly SessionRow[] {
  const reader = openJournalReader(file);
  if (!reader.ok) return [];
  try {
    const facts = reader.value.facts();
    return reader.value.sessions().flatMap((session) => {
      const key = keyOf(session.id);
      const place = placeOf(dataDir, key);
      return place.ok ? [sessionRow(place.value, session, { facts: facts.get(session.id) ?? null, notes: notes.get(key) ?? [] })] : [];
    });
  } finally {
    reader.value.close();
  }
}

/** One row; `facts` null where they are counted from the lines themselves. */
export function sessionRow(
  { key, origin, recording }: SessionPlace,
  session: JournalSession,
  { facts, notes }: { readonly facts: SessionFacts | null; readonly notes: readonly SessionNote[] },
): SessionRow {
  const settings = parseSettings(session.settings);
  return {
    key,
    origin,
    mode: session.mode as SessionRow['mode'],
    strategy: settings.ok ? settings.value.strategyMode : 'unknown',
    version: session.version,
    startedAt: session.startedAt,
    endedAt: session.endedAt,
    endedWhy: session.endedWhy,
    lines: facts?.lines ?? 0,
    trades: facts?.trades ?? 0,
    net: (facts?.net ?? 0) / 1e8,
    tags: [...new Set(notes.flatMap((note) => note.tags))],
    note: notes.find((note) => note.trade === null)?.text ?? '',
    recordingBytes: existsSync(recording) ? statSync(recording).size : null,
  };
}
