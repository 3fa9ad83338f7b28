// Records a session as it happens: every input of the engine goes into a file beside the journal, with a running print of every output.
import { createHash } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { EngineInput, EngineOutput } from '../../core/engine/messages.ts';
import type { WatchedChart } from '../../core/engine/market-desk.ts';
import { LineEncoder } from './line-coder.ts';
import { frameBlock, printOutput, RECORDING_MAGIC, type RecordingHeader, type RecordingLine } from './recording-format.ts';

/** A block is written when it holds this many characters, or when its oldest line is this old (wall time). */
const BLOCK_CHARACTERS = 1_000_000;
const BLOCK_MS = 5000;
/** Characters that may wait to be compressed and written; a disk that stands still must not fill the memory. */
const MOST_WAITING = 64_000_000;
/** Engine time between two points of the equity curve. */
const EQUITY_MS = 60_000;
const compress = promisify(gzip);

/** The engine as the recorder needs it. */
export interface RecordedEngine {
  process(input: EngineInput): EngineOutput;
  state(): unknown;
  watch(charts: readonly WatchedChart[]): void;
}

export interface RecorderOptions {
  readonly engine: RecordedEngine;
  readonly file: string;
  readonly header: RecordingHeader;
  /** The recording stops for good after this many bytes; the session goes on. */
  readonly maximumBytes: number;
  /** And when more characters than this wait for the disk; 64 million when left out. */
  readonly mostWaiting?: number;
  /** A sentence for the log when nothing more is recorded. */
  readonly onProblem: (sentence: string) => void;
}

/** Where the equity of a recorded session is kept: a line of time and equity (units of 1e-8 USDT) for every minute. */
export function equityFile(recording: string): string {
  return recording.replace(/\.recording$/u, '.equity');
}

/** Stands between the runner and the engine and changes nothing; a recording that cannot be written never disturbs the session. */
export class SessionRecorder {
  readonly #options: RecorderOptions;
  readonly #hash = createHash('sha256');
  readonly #encoder = new LineEncoder();
  #lines: string[] = [];
  #characters = 0;
  #waiting = 0;
  #equity: string[] = [];
  #equityAt = 0;
  #blockSince = performance.now();
  #inputs = 0;
  #bytes = 0;
  #lastAt = 0;
  #isRecording = true;
  #isBroken = false;
  #isTold = false;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: RecorderOptions) {
    this.#options = options;
    try {
      mkdirSync(dirname(options.file), { recursive: true });
      writeFileSync(options.file, RECORDING_MAGIC);
    } catch (failure) {
      this.#give(failure);
    }
    this.#add({ kind: 'header', header: options.header });
  }

  get inputs(): number {
    return this.#inputs;
  }

  process(input: EngineInput): EngineOutput {
    let output: EngineOutput;
    try {
      output = this.#options.engine.process(input);
    } catch (failure) {
      this.#add({ kind: 'input', input });
      this.#flush(false);
      throw failure;
    }
    if (!this.#isRecording) return output;
    this.#inputs += 1;
    this.#lastAt = input.at;
    const refused = refusedSettings(input, output);
    this.#add(refused ?? { kind: 'input', input });
    if (refused === null) this.#hash.update(printOutput(output));
    this.#noteEquity(output, input.at);
    if (this.#characters >= BLOCK_CHARACTERS || performance.now() - this.#blockSince >= BLOCK_MS) this.#flush(false);
    return output;
  }

  state(): unknown {
    return this.#options.engine.state();
  }

  watch(charts: readonly WatchedChart[]): void {
    this.#options.engine.watch(charts);
    this.#add({ kind: 'watch', charts });
  }

  /** Writes what is left with a mark that says the recording is whole. */
  async close(): Promise<void> {
    this.#flush(true);
    this.#isRecording = false;
    await this.#writing;
  }

  #add(line: RecordingLine): void {
    if (!this.#isRecording) return;
    const text = this.#encoder.encode(line);
    this.#lines.push(text);
    this.#characters += text.length;
  }

  #noteEquity({ events }: EngineOutput, at: number): void {
    if (at - this.#equityAt < EQUITY_MS) return;
    for (const event of events) {
      if (event.kind !== 'account') continue;
      this.#equity.push(`${at},${event.account.equity}\n`);
      this.#equityAt = at;
    }
  }

  #flush(isEnd: boolean): void {
    if (!this.#isRecording) return;
    this.#add({ kind: 'mark', inputs: this.#inputs, at: this.#lastAt, hash: this.#hash.copy().digest('hex'), isEnd });
    const text = this.#lines.join('\n');
    const equity = this.#equity.join('');
    this.#lines = [];
    this.#equity = [];
    this.#characters = 0;
    this.#blockSince = performance.now();
    this.#waiting += text.length;
    if (this.#waiting > (this.#options.mostWaiting ?? MOST_WAITING)) return this.#end('the disk does not keep up');
    this.#writing = this.#writing
      .then(async () => {
        if (this.#isBroken) return;
        const block = frameBlock(await compress(text, { level: 3 }));
        await appendFile(this.#options.file, block);
        await appendFile(equityFile(this.#options.file), equity);
        this.#bytes += block.length;
        if (this.#bytes > this.#options.maximumBytes) throw new Error(`it has reached ${Math.round(this.#bytes / 2 ** 20)} MB`);
      })
      .catch((failure: unknown) => this.#give(failure))
      .finally(() => (this.#waiting -= text.length));
  }

  #give(failure: unknown): void {
    if (this.#isBroken) return;
    this.#isBroken = true;
    this.#end(failure instanceof Error ? failure.message : String(failure));
  }

  /** Nothing more is recorded; what waits is still written unless that failed. */
  #end(why: string): void {
    this.#isRecording = false;
    this.#lines = [];
    if (this.#isTold) return;
    this.#isTold = true;
    this.#options.onProblem(
      `The recording of this session ends here (${why}). Trading goes on; the journal is complete, an exact replay reaches up to this moment.`,
    );
  }
}

function refusedSettings(input: EngineInput, output: EngineOutput): Extract<RecordingLine, { kind: 'refused' }> | null {
  if (input.kind !== 'command' || input.command.kind !== 'update-settings') return null;
  const isRefused = output.effects.some((effect) => effect.kind === 'answer-command' && !effect.result.ok);
  return isRefused ? { kind: 'refused', at: input.at, who: input.who, names: Object.keys(input.command.changes) } : null;
}
