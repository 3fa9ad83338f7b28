// Reads a session from a journal without changing it, replays it, and re-runs it over the same candles.
import { createHash } from 'node:crypto';
import type { DecisionView } from '../../../src-shared/contract/view.ts';
import { parseSettings, type Settings } from '../../../src-shared/contract/settings.ts';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import { epochMs } from '../../../src-shared/kernel/units.ts';
import { compareStates } from './compare-states.ts';
import { openJournalReader, type JournalReader } from '../../adapters/sqlite/journal-reader.ts';
import { Engine } from '../../core/engine/engine.ts';
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
  /** False while it runs, and for good when it ended without a stop. */
  readonly isEnded: boolean;
  /** Lines of this session, and of every one before it: its state begins with theirs. */
  readonly records: readonly StoredRecord[];
  readonly earlier: readonly StoredRecord[];
  readonly checkpoint: { readonly journalId: number; readonly state: unknown } | null;
}

/** The newest session of a journal file, or the one with this id. The file is opened for reading only. */
export function readSession(file: string, id: number | null): Result<RecordedSession, string> {
  const reader = openJournalReader(file);
  if (!reader.ok) return reader;
  try {
    return readFrom(reader.value, file, id);
  } finally {
    reader.value.close();
  }
}

function readFrom(reader: JournalReader, file: string, id: number | null): Result<RecordedSession, string> {
  const session = reader.sessions().find((entry) => id === null || entry.id === id);
  if (session === undefined) return err(`${file} holds no session${id === null ? '' : ` ${id}`}.`);
  const settings = parseSettings(session.settings);
  if (!settings.ok) return err(`The settings of session ${session.id} are of another version: ${settings.error.map((problem) => problem.message).join('; ')}.`);
  const records = reader.records(session.id);
  return ok({
    id: session.id,
    mode: session.mode,
    version: session.version,
    settings: settings.value,
    startedAt: session.startedAt,
    endedAt: session.endedAt ?? records.at(-1)?.time ?? session.startedAt,
    isEnded: session.endedAt !== null,
    records,
    earlier: reader.earlier(session.id),
    checkpoint: reader.checkpoint(),
  });
}

export interface JournalReplay {
  readonly lines: number;
  /** SHA-256 over the lines: what the session did. */
  readonly hash: string;
  /** Two engines that read every line come to the same state. */
  readonly isRepeatable: boolean;
  /** Parts of the state in which "from the first line" and "from the last checkpoint" contradict each other; empty when they are the same. */
  readonly differsFromCheckpoint: readonly string[];
  /** Parts of which the checkpoint knows the same more finely: the journal keeps prices of virtual positions and the peak of equity in steps. */
  readonly finerInCheckpoint: readonly string[];
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
  const { differs, finer } = compareStates(first, resumed);
  return {
    lines: session.records.length,
    hash: hash.digest('hex'),
    isRepeatable: JSON.stringify(first) === JSON.stringify(second),
    differsFromCheckpoint: differs,
    finerInCheckpoint: finer,
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

/** The decisions among journal lines. */
export function decisionsOf(records: readonly JournalRecord[]): readonly ComparedDecision[] {
  return records.flatMap((record) => {
    if (record.kind !== 'decision') return [];
    const { signal, outcome, code } = record.data as DecisionView;
    const models = signal.evidence.opinions.map(({ model, version, winProbability }) => ({ model, version, probability: winProbability }));
    return [{ signalId: signal.id, symbol: signal.symbol, side: signal.side, time: record.time, outcome, code, confidence: signal.confidence, models }];
  });
}

const WARM_LINE = 'reconciled';

/** Reasons of the outside world; a loss or a person's word would be there in a re-run as well, or is told as such. */
const OUTSIDE: readonly string[] = ['stale_data', 'clock_skew', 'disk_full', 'venue_unreachable', 'geo_blocked', 'key_refused', 'reconciling'];

/** When the session could decide: from its comparison with the venue to its end, without the time in which data or venue failed it. */
export function runningStretches(session: RecordedSession): readonly Stretch[] {
  const ready = session.records.find((record) => record.kind === WARM_LINE);
  if (ready === undefined) return [];
  const stretches: Stretch[] = [];
  let from: number | null = ready.time;
  for (const record of session.records) {
    if (record.kind !== 'guard' || record.time < ready.time) continue;
    const { state, reason } = record.data as { readonly state?: string; readonly reason?: string };
    if (state === undefined) continue;
    const isOut = state !== 'active' && OUTSIDE.includes(reason ?? '');
    if (isOut && from !== null) stretches.push({ from, to: record.time });
    from = isOut ? null : (from ?? record.time);
  }
  return from === null ? stretches : [...stretches, { from, to: session.endedAt }];
}
