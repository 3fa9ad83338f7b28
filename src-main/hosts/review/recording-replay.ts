// Replays a recording: a new engine gets the same inputs and must give the same outputs, block by block.
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import { Engine } from '../../core/engine/engine.ts';
import type { EngineInput, EngineOutput } from '../../core/engine/messages.ts';
import { readBuild, settingsPrint, type BuildStamp } from '../build-stamp.ts';
import { LineDecoder } from './line-coder.ts';
import { openBlock, printOutput, RECORDING_MAGIC, type RecordingHeader, type RecordingLine } from './recording-format.ts';

export interface ReplayVerdict {
  readonly inputs: number;
  /** Moment of the first and last input. */
  readonly from: number;
  readonly to: number;
  /** SHA-256 over everything that came out of the replay. */
  readonly hash: string;
  /** Blocks whose print was compared. */
  readonly compared: number;
  /** The first block that came out differently: it ends at this moment. Null when all are the same. */
  readonly difference: { readonly at: number; readonly inputs: number } | null;
  /** False when the recording ends before its session did, e.g. after a crash. */
  readonly isWhole: boolean;
  readonly journalLines: number;
  /** Which build recorded it (null: it does not say) and which one replayed it. */
  readonly recordedBy: BuildStamp | null;
  readonly replayedBy: BuildStamp;
}

export interface ReplayOptions {
  /** Called after every input with what came out. */
  readonly onOutput?: (input: EngineInput, output: EngineOutput) => void;
  readonly onProgress?: (share: number) => void;
}

/** The lines of a recording; a torn block at the end, as a crash leaves it, is left out. */
export function* readRecording(file: string, onProgress?: (share: number) => void): Generator<RecordingLine> {
  const descriptor = openSync(file, 'r');
  try {
    const magic = Buffer.alloc(RECORDING_MAGIC.length);
    readSync(descriptor, magic);
    if (magic.toString('utf8') !== RECORDING_MAGIC) throw new Error('it is no recording of this version');
    const length = Buffer.alloc(4);
    const decoder = new LineDecoder();
    let position = magic.length;
    while (readSync(descriptor, length, 0, 4, position) === 4) {
      const block = Buffer.alloc(length.readUInt32LE());
      if (readSync(descriptor, block, 0, block.length, position + 4) < block.length) return;
      position += 4 + block.length;
      for (const text of openBlock(block)) yield decoder.decode(text);
      onProgress?.(position);
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Header of a recording without reading the rest. */
export function readRecordingHeader(file: string): Result<RecordingHeader, string> {
  try {
    for (const line of readRecording(file)) if (line.kind === 'header') return ok(line.header);
    return err(`${file} holds no header.`);
  } catch (failure) {
    return err(`${file} cannot be read as a recording (${failure instanceof Error ? failure.message : String(failure)}).`);
  }
}

export function replayRecording(file: string, { onOutput, onProgress }: ReplayOptions = {}): Result<ReplayVerdict, string> {
  let engine: Engine | null = null;
  const hash = createHash('sha256');
  const seen = { inputs: 0, from: 0, to: 0, compared: 0, isWhole: false, journalLines: 0 };
  let difference: ReplayVerdict['difference'] = null;
  let recordedBy: BuildStamp | null = null;
  const take = (input: EngineInput, output: EngineOutput): void => {
    seen.inputs += 1;
    seen.journalLines += output.records.length;
    hash.update(printOutput(output));
    if (seen.from === 0) seen.from = input.at;
    seen.to = input.at;
    onOutput?.(input, output);
  };
  try {
    for (const line of readRecording(file, onProgress)) {
      if (line.kind === 'header') {
        const { header } = line;
        if (header.settingsPrint !== undefined && header.settingsPrint !== settingsPrint(header.settings))
          return err(`${file} has other settings at its head than it was recorded with; it was changed afterwards.`);
        engine = engineOf(header);
        recordedBy = header.build ?? null;
      } else if (engine === null) return err(`${file} does not begin with a header.`);
      else if (line.kind === 'input') take(line.input, engine.process(line.input));
      else if (line.kind === 'watch') engine.watch(line.charts);
      else if (line.kind === 'refused') seen.inputs += 1;
      else {
        seen.compared += 1;
        seen.isWhole = line.isEnd;
        if (difference === null && hash.copy().digest('hex') !== line.hash) difference = { at: line.at, inputs: line.inputs };
      }
    }
  } catch (failure) {
    return err(`${file} cannot be replayed (${failure instanceof Error ? failure.message : String(failure)}).`);
  }
  return engine === null ? err(`${file} holds no session.`) : ok({ ...seen, hash: hash.digest('hex'), difference, recordedBy, replayedBy: readBuild() });
}

function engineOf({ settings, session, speed, idSeed, checkpoint, records }: RecordingHeader): Engine {
  const engine = new Engine({ settings, session, speed, idSeed });
  engine.restore(checkpoint, records);
  return engine;
}
