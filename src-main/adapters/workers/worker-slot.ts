// One place in the pool: the worker process in it, what it is doing, and how it is replaced when it dies or misbehaves.
import type { InferenceReply, InferenceRequest, ModelFile } from '../../../src-shared/contract/worker.ts';
import type { WorkerLauncher, WorkerProcess } from '../../core/ports.ts';
import type { ComputeReply, ComputeRequest } from './pool-parts.ts';

/** Wall milliseconds before the nth replacement in a row; a worker is back within two seconds, its start included. */
const RESTART_DELAYS_MS = [0, 100, 250, 500, 1000] as const;
/** After this many deaths without ever becoming ready the place counts as failed and is tried again rarely. */
const FAILED_AFTER = 10;
const FAILED_RETRY_MS = 30_000;
/** A worker that has not loaded its models by then is stuck. */
const START_TIMEOUT_MS = 30_000;
/** A worker that has not answered a ping for this long is stuck. */
const SILENCE_LIMIT_MS = 10_000;
/** A worker asked to stop is killed after this. */
const STOP_TIMEOUT_MS = 1000;

export type SlotState = 'starting' | 'ready' | 'busy' | 'restarting' | 'failed';

export interface SlotOptions {
  readonly id: number;
  readonly launcher: WorkerLauncher;
  readonly models: readonly ModelFile[];
  readonly memoryLimitMb: number;
  readonly pingMs: number;
  readonly events: SlotEvents;
}

export interface SlotEvents {
  /** State, memory or restarts changed. */
  readonly onChange: () => void;
  /** The worker can take a job. */
  readonly onFree: () => void;
  readonly onReply: (reply: ComputeReply | Extract<InferenceReply, { kind: 'failed' }>) => void;
  /** The process ended or was ended; `jobId` is what it was computing. */
  readonly onLost: (jobId: number | null, why: string) => void;
  readonly onLoaded: (models: Extract<InferenceReply, { kind: 'loaded' }>['models']) => void;
}

/** Owns one worker process and its replacements. */
export class WorkerSlot {
  readonly id: number;
  state: SlotState = 'starting';
  restarts = 0;
  memoryMb = 0;
  readonly #options: SlotOptions;
  #process: WorkerProcess | null = null;
  #jobId: number | null = null;
  #deathsInARow = 0;
  #pingId = 0;
  #heardAt = 0;
  #why = 'it ended';
  #isStopped = false;
  #restartTimer: NodeJS.Timeout | null = null;
  #startTimer: NodeJS.Timeout | null = null;
  readonly #pingTimer: NodeJS.Timeout;

  constructor(options: SlotOptions) {
    this.id = options.id;
    this.#options = options;
    this.#pingTimer = setInterval(() => this.#ping(), options.pingMs);
    this.#pingTimer.unref();
    this.#launch();
  }

  get pid(): number | null {
    return this.#process?.pid ?? null;
  }

  get isFree(): boolean {
    return this.state === 'ready';
  }

  /** Hands a job to a free worker. */
  assign(request: ComputeRequest): void {
    this.#jobId = request.id;
    this.#become('busy');
    this.#process?.post(request);
  }

  /** Ends the process; a replacement follows. `why` completes "the worker was replaced because …". */
  replace(why: string): void {
    this.#why = why;
    this.#process?.kill();
  }

  /** Lets the worker go for good; resolves when it is gone. */
  stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#pingTimer);
    if (this.#restartTimer !== null) clearTimeout(this.#restartTimer);
    if (this.#startTimer !== null) clearTimeout(this.#startTimer);
    const process = this.#process;
    if (process === null) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => process.kill(), STOP_TIMEOUT_MS);
      process.onExit(() => {
        clearTimeout(timer);
        resolve();
      });
      process.post({ kind: 'stop' } satisfies InferenceRequest);
    });
  }

  #launch(): void {
    this.#why = 'it ended by itself';
    this.#heardAt = performance.now();
    const process = this.#options.launcher.launch('inference', { memoryLimitMb: this.#options.memoryLimitMb, argv: [] });
    this.#process = process;
    process.onMessage((message) => this.#onMessage(message as InferenceReply));
    process.onExit(() => this.#onExit(process));
    process.post({ kind: 'load', models: this.#options.models } satisfies InferenceRequest);
    this.#startTimer = setTimeout(() => this.replace('it did not start in time'), START_TIMEOUT_MS);
    this.#startTimer.unref();
  }

  #onMessage(message: InferenceReply): void {
    this.#heardAt = performance.now();
    if (message.kind === 'pong') return this.#onPong(message.memoryMb);
    if (message.kind === 'loaded') {
      if (this.#startTimer !== null) clearTimeout(this.#startTimer);
      this.#deathsInARow = 0;
      this.#options.events.onLoaded(message.models);
    } else {
      // An answer to a job taken away from this worker changes nothing.
      if (message.id !== this.#jobId) return;
      this.#jobId = null;
      this.#options.events.onReply(message);
    }
    this.#become('ready');
    this.#options.events.onFree();
  }

  #onPong(memoryMb: number): void {
    this.memoryMb = memoryMb;
    if (memoryMb > this.#options.memoryLimitMb) this.replace(`it used ${memoryMb} MB of ${this.#options.memoryLimitMb} MB`);
    this.#options.events.onChange();
  }

  #onExit(process: WorkerProcess): void {
    if (process !== this.#process) return;
    this.#process = null;
    if (this.#startTimer !== null) clearTimeout(this.#startTimer);
    if (this.#isStopped) return;
    const jobId = this.#jobId;
    this.#jobId = null;
    this.memoryMb = 0;
    this.restarts += 1;
    this.#deathsInARow += 1;
    const hasFailed = this.#deathsInARow >= FAILED_AFTER;
    const delay = hasFailed ? FAILED_RETRY_MS : (RESTART_DELAYS_MS[Math.min(this.#deathsInARow, RESTART_DELAYS_MS.length) - 1] ?? 0);
    this.#restartTimer = setTimeout(() => this.#restart(), delay);
    this.#become(hasFailed ? 'failed' : 'restarting');
    this.#options.events.onLost(jobId, this.#why);
  }

  #restart(): void {
    this.#restartTimer = null;
    this.#launch();
    this.#options.events.onChange();
  }

  #ping(): void {
    if (this.#process === null || this.state === 'starting' || this.state === 'restarting' || this.state === 'failed') return;
    if (performance.now() - this.#heardAt > SILENCE_LIMIT_MS + this.#options.pingMs) return this.replace('it stopped answering');
    this.#pingId += 1;
    this.#process.post({ kind: 'ping', id: this.#pingId } satisfies InferenceRequest);
  }

  #become(state: SlotState): void {
    this.state = state;
    this.#options.events.onChange();
  }
}
