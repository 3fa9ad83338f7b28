// The engine as its journal left it: the last checkpoint, then every record written after it, in order.
import { randomBytes } from 'node:crypto';
import type { Settings } from '../../src-shared/contract/settings.ts';
import type { SessionView } from '../../src-shared/contract/view.ts';
import { Engine } from '../core/engine/engine.ts';
import type { StoredRecord } from '../core/ports.ts';
import type { SqliteJournal } from '../adapters/sqlite/journal.ts';

const REPLAY_PAGE = 5000;

export interface RestoredEngine {
  readonly engine: Engine;
  /** What a replay of the session starts from. */
  readonly start: { readonly idSeed: string; readonly checkpoint: unknown; readonly records: readonly StoredRecord[] };
}

/** Reads the journal only; nothing is sent or written before the engine begins. `speed` in engine milliseconds per wall millisecond. */
export function restoreEngine(
  journal: SqliteJournal,
  { settings, session, speed }: { readonly settings: Settings; readonly session: SessionView; readonly speed: number },
): RestoredEngine {
  const idSeed = journal.property('id-seed', () => randomBytes(3).toString('hex'));
  const engine = new Engine({ settings, session, speed, idSeed });
  const checkpoint = journal.loadCheckpoint();
  const records = readAfter((request) => journal.read(request), checkpoint?.journalId ?? 0);
  engine.restore(checkpoint?.state ?? null, records);
  return { engine, start: { idSeed, checkpoint: checkpoint?.state ?? null, records } };
}

function readAfter(read: (request: { readonly after: number; readonly limit: number }) => readonly StoredRecord[], after: number): readonly StoredRecord[] {
  const records: StoredRecord[] = [];
  for (let last = after; ;) {
    const page = read({ after: last, limit: REPLAY_PAGE });
    records.push(...page);
    if (page.length < REPLAY_PAGE) return records;
    last = page.at(-1)?.id ?? last;
  }
}
