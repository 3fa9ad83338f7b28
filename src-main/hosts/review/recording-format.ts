// The file of a recorded session: everything that went into the engine, in order, with a print of what came out after every block.
import { gunzipSync } from 'node:zlib';
import type { SessionView } from '../../../src-shared/contract/view.ts';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { EngineInput, EngineOutput } from '../../core/engine/messages.ts';
import type { WatchedChart } from '../../core/engine/market-desk.ts';
import type { StoredRecord } from '../../core/ports.ts';
import type { BuildStamp } from '../build-stamp.ts';

export const RECORDING_MAGIC = 'PTREC2\n\n';
/** The first block holds the state the engine began with; more than this is no recording but would fill the memory. */
const LARGEST_BLOCK_BYTES = 1024 * 2 ** 20;

/** What an engine must be given to begin as the recorded one did. */
export interface RecordingHeader {
  readonly mode: string;
  readonly version: string;
  /** Which build recorded it; absent in recordings of earlier builds. */
  readonly build?: BuildStamp;
  /** Print of `settings`, so that a changed header is noticed; absent in recordings of earlier builds. */
  readonly settingsPrint?: string;
  readonly startedAt: number;
  /** Number of the session in the journal of its mode. */
  readonly journalSession: number;
  readonly settings: Settings;
  readonly session: SessionView;
  readonly speed: number;
  readonly idSeed: string;
  readonly models: readonly { readonly name: string; readonly version: string; readonly schemaHash: string }[];
  /** Where the candles of this session stay: the archive and the market's name in it. */
  readonly candles: { readonly file: string; readonly source: string };
  /** State the engine was restored from: a checkpoint and the journal lines after it. */
  readonly checkpoint: unknown;
  readonly records: readonly StoredRecord[];
}

/** One line of a recording. */
export type RecordingLine =
  | { readonly kind: 'header'; readonly header: RecordingHeader }
  | { readonly kind: 'input'; readonly input: EngineInput }
  | { readonly kind: 'watch'; readonly charts: readonly WatchedChart[] }
  /** A refused change of settings: it changed nothing, and what was typed may be a password, so only the names are kept. */
  | { readonly kind: 'refused'; readonly at: number; readonly who: string; readonly names: readonly string[] }
  /** SHA-256 of everything that came out so far, after `inputs` lines. */
  | { readonly kind: 'mark'; readonly inputs: number; readonly at: number; readonly hash: string; readonly isEnd: boolean };

/** Everything that came out of one input as text; the feature matrix of a question to the models by its bytes. */
export function printOutput(output: EngineOutput): string {
  return output.effects.some((effect) => effect.kind === 'predict') ? JSON.stringify(output, packFloats) : JSON.stringify(output);
}

/** Arrays of floats as base64 of their bytes; for `JSON.stringify`. */
export function packFloats(_key: string, value: unknown): unknown {
  return value instanceof Float32Array ? { float32: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64') } : value;
}

/** The way back; for `JSON.parse`. */
export function unpackFloats(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('float32' in value) || typeof value.float32 !== 'string') return value;
  const bytes = Buffer.from(value.float32, 'base64');
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

/** A block on disk: the length of what follows (four bytes, little end first), then its lines as gzip. */
export function frameBlock(compressed: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(compressed.length);
  return Buffer.concat([length, compressed]);
}

/** The lines of a block's compressed bytes, as text. */
export function openBlock(compressed: Buffer): readonly string[] {
  return gunzipSync(compressed, { maxOutputLength: LARGEST_BLOCK_BYTES })
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
}
