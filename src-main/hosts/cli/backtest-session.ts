// What the backtest command does with recorded sessions: an exact replay, and a session beside its re-run.
import { existsSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import { iso } from '../../core/backtest/moment.ts';
import type { Predictor } from '../../core/ports.ts';
import { compareBuilds } from '../build-stamp.ts';
import { checkSession, describeCheck, isSuspicious } from '../backtest/check-session.ts';
import type { BacktestOptions } from '../backtest/options.ts';
import { readSession } from '../backtest/recorded-session.ts';
import { recordingFile } from '../review/record-session.ts';
import { openOpinions } from '../review/recorded-opinions.ts';
import { readRecordingHeader, replayRecording } from '../review/recording-replay.ts';

export interface CommandStreams {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  /** Share of the work that is done, where somebody looks on. */
  readonly progress?: ((share: number) => void) | undefined;
}

interface ReplayMeans {
  readonly file: string;
  readonly streams: CommandStreams;
  readonly refused: (message: string) => number;
}

/** Replays a recording through a new engine; the exit code tells whether the outputs were the same. */
export function replayRecorded({ output }: BacktestOptions, { file, streams, refused }: ReplayMeans): number {
  const replay = replayRecording(file);
  if (!replay.ok) return refused(replay.error);
  const { inputs, from, to, compared, difference, isWhole, journalLines, hash, recordedBy, replayedBy } = replay.value;
  if (output.json === '-') streams.out(`${JSON.stringify(replay.value, null, 1)}\n`);
  else if (output.json !== null) writeFileSync(output.json, `${JSON.stringify(replay.value, null, 1)}\n`);
  streams.error(
    [
      `${iso(from)} to ${iso(to)}: ${inputs} inputs, ${journalLines} journal lines, ${compared} prints compared.`,
      difference === null
        ? 'The same inputs gave the same outputs.'
        : `OUTPUTS DIFFER by ${iso(difference.at)} (input ${difference.inputs}). Another version of the program decides differently; the same version must not.`,
      compareBuilds(recordedBy, replayedBy).sentence,
      ...(isWhole ? [] : ['The recording ends before its session did.']),
      `Hash ${hash}\n`,
    ].join('\n'),
  );
  return difference === null ? 0 : 1;
}

interface CheckMeans {
  readonly asked: NonNullable<BacktestOptions['session']>;
  readonly streams: CommandStreams;
  readonly refused: (message: string) => number;
  readonly openPredictor: (settings: Settings) => Promise<Predictor | null>;
}

/** Sets a recorded session beside its re-run; the exit code tells whether its journal can be trusted and every difference has a cause. */
export async function checkRecorded(options: BacktestOptions, { asked, streams, refused, openPredictor }: CheckMeans): Promise<number> {
  const session = readSession(asked.file, asked.id);
  if (!session.ok) return refused(session.error);
  const predictor = await openPredictor(session.value.settings);
  try {
    const recording = recordingFile(dirname(asked.file), session.value.mode, session.value.id);
    const isRecorded = readRecordingHeader(recording).ok;
    if (!isRecorded && existsSync(recording)) streams.error(`${recording} is of another version or damaged; the re-run does without it.\n`);
    const check = await checkSession({
      ...{ session: session.value, data: options.data, archive: asked.archive, changes: options.changes },
      recording: isRecorded ? recording : null,
      predictor: isRecorded ? openOpinions(recording) : predictor,
    });
    if (!check.ok) return refused(check.error);
    const json = `${JSON.stringify(check.value, null, 1)}\n`;
    const { json: target } = options.output;
    if (target === '-') streams.out(json);
    else if (target !== null) writeFileSync(target, json);
    streams.error(describeCheck(check.value));
    return isSuspicious(check.value) ? 1 : 0;
  } finally {
    await predictor?.stop();
  }
}
