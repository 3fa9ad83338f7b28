// Reads a session from a journal without changing it, replays it, and re-runs it over the same candles.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import BetterSqlite from 'better-sqlite3';
import { z } from 'zod';
import type { DecisionView } from '../../../src-shared/contract/view.ts';
import { parseSettings, type Settings } from '../../../src-shared/contract/settings.ts';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import { epochMs } from '../../../src-shared/kernel/units.ts';
import { closedTradeOf, type ClosedTrade } from '../../core/backtest/closed-trade.ts';
import type { PriceHistory } from '../../core/backtest/price-history.ts';
import { Engine } from '../../core/engine/engine.ts';
import type { HeldPosition } from '../../core/execution/desk-state.ts';
import type { JournalRecord, StoredRecord } from '../../core/ports.ts';
import type { ComparedDecision, Stretch } from '../../core/review/session-comparison.ts';

export interface RecordedSession {
  readonly id: number;
  readonly mode: string;
  readonly version: string;
  readonly settings: Settings;
  readonly startedAt: number;
  /** Time of the last journal line when the session did not end cleanly. */
  readonly endedAt: number;
  /** Lines of this session, and of every one before it: its state begins with theirs. */
  readonly records: readonly StoredRecord[];
  readonly earlier: readonly StoredRecord[];
  readonly checkpoint: { readonly journalId: number; readonly state: unknown } | null;
}

const sessionSchema = z.object({
  id: z.number(),
  mode: z.string(),
  version: z.string(),
  settings: z.string(),
  started_at: z.number(),
  ended_at: z.number().nullable(),
});
const recordSchema = z.object({
  id: z.number(),
  session: z.number(),
  time: z.number(),
  kind: z.string(),
  position_id: z.string().nullable(),
  symbol: z.string().nullable(),
  summary: z.string(),
  data: z.string(),
});
const checkpointSchema = z.object({ journal_id: z.number(), state: z.string() }).optional();

/** The newest session of a journal file, or the one with this id. The file is opened for reading only. */
export function readSession(file: string, id: number | null): Result<RecordedSession, string> {
  if (!existsSync(file)) return err(`The journal ${file} does not exist.`);
  try {
    const database = new BetterSqlite(file, { readonly: true });
    try {
      return readFrom(database, file, id);
    } finally {
      database.close();
    }
  } catch (failure) {
    return err(`${file} cannot be read as a journal (${failure instanceof Error ? failure.message : String(failure)}).`);
  }
}

function readFrom(database: BetterSqlite.Database, file: string, id: number | null): Result<RecordedSession, string> {
  const found = database
    .prepare('SELECT id, mode, version, settings, started_at, ended_at FROM session WHERE ? IS NULL OR id = ? ORDER BY id DESC LIMIT 1')
    .get(id, id);
  if (found === undefined) return err(`${file} holds no session${id === null ? '' : ` ${id}`}.`);
  const session = sessionSchema.parse(found);
  const settings = parseSettings(JSON.parse(session.settings));
  if (!settings.ok) return err(`The settings of session ${session.id} are of another version: ${settings.error.map((problem) => problem.message).join('; ')}.`);
  const all = database
    .prepare('SELECT id, session, time, kind, position_id, symbol, summary, data FROM journal WHERE session <= ? ORDER BY id')
    .all(session.id)
    .map(readRecord);
  const checkpoint = checkpointSchema.parse(database.prepare('SELECT journal_id, state FROM checkpoint WHERE id = 1').get());
  const records = all.filter((record) => record.session === session.id);
  return ok({
    id: session.id,
    mode: session.mode,
    version: session.version,
    settings: settings.value,
    startedAt: session.started_at,
    endedAt: session.ended_at ?? records.at(-1)?.time ?? session.started_at,
    records,
    earlier: all.filter((record) => record.session !== session.id),
    checkpoint: checkpoint === undefined ? null : { journalId: checkpoint.journal_id, state: JSON.parse(checkpoint.state) as unknown },
  });
}

function readRecord(raw: unknown): StoredRecord {
  const row = recordSchema.parse(raw);
  const { id, session, kind, symbol, summary } = row;
  return { id, session, kind, symbol, summary, time: epochMs(row.time), positionId: row.position_id, data: JSON.parse(row.data) as unknown };
}

export interface JournalReplay {
  readonly lines: number;
  /** SHA-256 over the lines: what the session did. */
  readonly hash: string;
  /** Two engines that read every line come to the same state. */
  readonly isRepeatable: boolean;
  /** Parts of the state in which "from the first line" and "from the last checkpoint" differ; empty when they are the same. */
  readonly differsFromCheckpoint: readonly string[];
}

/** Rebuilds the engine's memory from the journal: twice from the first line, once from the checkpoint with the lines after it. */
export function replayJournal(session: RecordedSession): JournalReplay {
  const lines = [...session.earlier, ...session.records];
  const hash = createHash('sha256');
  for (const { time, kind, positionId, symbol, summary, data } of session.records)
    hash.update(JSON.stringify({ time, kind, positionId, symbol, summary, data }));
  const rebuild = (checkpoint: unknown, records: readonly StoredRecord[]): Readonly<Record<string, unknown>> => {
    const engine = emptyEngine(session);
    engine.restore(checkpoint, records);
    return JSON.parse(JSON.stringify(engine.state())) as Readonly<Record<string, unknown>>;
  };
  const first = rebuild(null, lines);
  const second = rebuild(null, lines);
  const { checkpoint } = session;
  const resumed =
    checkpoint === null
      ? first
      : rebuild(
          checkpoint.state,
          lines.filter((line) => line.id > checkpoint.journalId),
        );
  return {
    lines: session.records.length,
    hash: hash.digest('hex'),
    isRepeatable: JSON.stringify(first) === JSON.stringify(second),
    differsFromCheckpoint: Object.keys(first).filter((part) => canonical(first[part]) !== canonical(resumed[part])),
  };
}

function emptyEngine({ settings, startedAt, mode, version }: RecordedSession): Engine {
  return new Engine({
    settings,
    speed: 1,
    idSeed: 'replay',
    session: {
      mode: mode === 'live' || mode === 'demo' || mode === 'paper' ? mode : 'simulated',
      host: 'node',
      version,
      startedAt: epochMs(startedAt),
      speed: 1,
      strategyMode: settings.strategyMode,
      automation: 'running',
      phase: 'starting',
      phaseText: 'Replay.',
    },
  });
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** The decisions among journal lines. */
export function decisionsOf(records: readonly JournalRecord[]): readonly ComparedDecision[] {
  return records.flatMap((record) => {
    if (record.kind !== 'decision') return [];
    const { signal, outcome, code } = record.data as DecisionView;
    return [{ signalId: signal.id, symbol: signal.symbol, side: signal.side, time: record.time, outcome, code, confidence: signal.confidence }];
  });
}

/** Positions that ended within these lines, as their last line tells them. Symbols without candles are left out: their step is not known. */
export function tradesOf(records: readonly JournalRecord[], histories: readonly PriceHistory[]): readonly ClosedTrade[] {
  const instruments = new Map(histories.map(({ instrument }) => [instrument.symbol, instrument]));
  const trades = new Map<string, ClosedTrade>();
  for (const record of records) {
    if (record.kind !== 'position') continue;
    const { position, openedLots } = record.data as HeldPosition;
    const instrument = instruments.get(position.symbol);
    const trade = instrument === undefined ? null : closedTradeOf(position, openedLots, instrument);
    if (trade !== null) trades.set(trade.id, trade);
  }
  return [...trades.values()];
}

const WARM_LINE = 'reconciled';

/** When the session could decide: from its comparison with the venue to its end. */
export function runningStretches(session: RecordedSession): readonly Stretch[] {
  const ready = session.records.find((record) => record.kind === WARM_LINE);
  return ready === undefined ? [] : [{ from: ready.time, to: session.endedAt }];
}
