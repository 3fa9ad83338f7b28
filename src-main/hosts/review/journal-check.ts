// Whether a session's journal says what its recording gives: the recording is replayed, and every line that comes out is set beside the line on disk.
import { ok, type Result } from '../../../src-shared/kernel/result.ts';
import type { JournalRecord, StoredRecord } from '../../core/ports.ts';
import { replayRecording, type ReplayVerdict } from './recording-replay.ts';

/** Lines that the host writes beside the engine; no input of the engine gives them. */
const HOST_KINDS: readonly string[] = ['mode', 'learning'];

export interface JournalVerdict {
  /** Lines that were set beside each other. */
  readonly lines: number;
  /** The first line that is not what the replay gives: changed, added (no replayed one) or removed (none on disk). */
  readonly difference: { readonly time: number; readonly onDisk: string | null; readonly replayed: string | null } | null;
  readonly replay: ReplayVerdict;
}

/** `isEnded`: a session that still runs, or crashed, may have written on after the recording. */
export function checkJournal(recording: string, records: readonly StoredRecord[], isEnded: boolean): Result<JournalVerdict, string> {
  const given: JournalRecord[] = [];
  const replay = replayRecording(recording, { onOutput: (_, output) => void given.push(...output.records) });
  if (!replay.ok) return replay;
  const written = records.filter((record) => !HOST_KINDS.includes(record.kind));
  const both = Math.min(given.length, written.length);
  const isTailKnown = isEnded && replay.value.isWhole;
  const end = isTailKnown ? Math.max(given.length, written.length) : both;
  for (let index = 0; index < end; index += 1) {
    const [onDisk, replayed] = [written[index], given[index]];
    if (textOf(onDisk) === textOf(replayed)) continue;
    const difference = { time: (onDisk ?? replayed)?.time ?? 0, onDisk: onDisk?.summary ?? null, replayed: replayed?.summary ?? null };
    return ok({ lines: index, difference, replay: replay.value });
  }
  return ok({ lines: both, difference: null, replay: replay.value });
}

function textOf(record: JournalRecord | undefined): string {
  if (record === undefined) return '';
  const { time, kind, positionId, symbol, summary, data } = record;
  return JSON.stringify([time, kind, positionId, symbol, summary, data]);
}
