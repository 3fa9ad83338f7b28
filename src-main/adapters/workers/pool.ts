// The pool of inference workers: splits a matrix over them, replaces what dies or lags, retries once, and puts the answer together.
import { availableParallelism } from 'node:os';
import type { InferenceReply, ModelFile } from '../../../src-shared/contract/worker.ts';
import type { Result } from '../../../src-shared/kernel/result.ts';
import { err, ok } from '../../../src-shared/kernel/result.ts';
import type { Logger, PredictionFailure, WorkerLauncher } from '../../core/ports.ts';
import { wrongCount, workOf, type Batching, type ComputeReply, type PoolAnswer, type PoolRequest, type Work } from './pool-parts.ts';
import { stackWork, type StackReply, type StackRequest } from './stack-parts.ts';
import { WorkerSlot } from './worker-slot.ts';

const PING_MS = 500;
const ATTEMPTS = 2;
const LEAST_ROWS = 32;

export interface PoolOptions {
  readonly launcher: WorkerLauncher;
  readonly models: readonly ModelFile[];
  readonly workers: number;
  readonly memoryLimitMb: number;
  /** Wall milliseconds for a whole call; one attempt gets half of it, so that a retry fits. */
  readonly deadlineMs: number;
  /** Rows from which a second worker helps, and whether rows are batched at all; 32 and yes when left out. */
  readonly leastRows?: number;
  readonly isBatching?: boolean;
  readonly logger: Logger;
}

export interface WorkerStatus {
  readonly id: number;
  readonly pid: number | null;
  readonly state: WorkerSlot['state'];
  readonly restarts: number;
  readonly memoryMb: number;
}

interface Part {
  readonly call: Call;
  readonly index: number;
  attempts: number;
  reply: ComputeReply | null;
}

interface Call {
  readonly work: Pick<Work<unknown>, 'models' | 'requestOf'>;
  readonly parts: Part[];
  /** Joins the replies, or fails; called once. */
  readonly settle: (result: Result<readonly ComputeReply[], PredictionFailure>) => void;
  readonly deadline: NodeJS.Timeout;
  isSettled: boolean;
}

interface RunningPart {
  readonly part: Part;
  readonly slot: WorkerSlot;
  readonly timer: NodeJS.Timeout;
}

/** As many workers as help: half the cores (the engine needs one), two at least so that one can die; never above cores + 4 or the setting. */
export function workerCount(maxWorkers: number, cores: number = availableParallelism()): number {
  return Math.max(1, Math.min(maxWorkers, cores + 4, Math.max(2, Math.ceil(cores / 2))));
}

/** Owns the worker processes. Calls may overlap; their parts queue in order. */
export class WorkerPool {
  readonly #options: PoolOptions;
  readonly #slots: WorkerSlot[];
  readonly #batching: Batching;
  readonly #queue: Part[] = [];
  readonly #running = new Map<number, RunningPart>();
  readonly #handlers = new Set<() => void>();
  readonly #problems = new Map<string, string>();
  #nextJob = 1;
  #isStopped = false;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#batching = { workers: options.workers, leastRows: options.leastRows ?? LEAST_ROWS, isOn: options.isBatching ?? true };
    this.#slots = Array.from({ length: options.workers }, (_, index) => this.#createSlot(index + 1));
  }

  workers(): readonly WorkerStatus[] {
    return this.#slots.map(({ id, pid, state, restarts, memoryMb }) => ({ id, pid, state, restarts, memoryMb }));
  }

  /** Why a model cannot be served (a worker's own sentence), or null. */
  problemOf(model: string): string | null {
    return this.#problems.get(model) ?? null;
  }

  onChanged(handler: () => void): () => void {
    this.#handlers.add(handler);
    return () => void this.#handlers.delete(handler);
  }

  /** Resolves when the first worker has loaded, or none can, or after `timeoutMs`. */
  async whenReady(timeoutMs: number): Promise<boolean> {
    const isReady = (): boolean => this.#slots.some((slot) => slot.isFree);
    if (isReady()) return true;
    return new Promise((resolve) => {
      const finish = (ready: boolean): void => {
        clearTimeout(timer);
        off();
        resolve(ready);
      };
      const timer = setTimeout(() => finish(false), timeoutMs);
      const off = this.onChanged(() => {
        if (isReady()) finish(true);
        else if (this.#slots.every((slot) => slot.state === 'failed')) finish(false);
      });
    });
  }

  /** Never rejects. Values come back in the order of the rows, whichever worker computed them. */
  async run(request: PoolRequest): Promise<Result<PoolAnswer, PredictionFailure>> {
    const answers = await this.runAll([request]);
    if (!answers.ok) return answers;
    return answers.value[0] === undefined ? err(wrongCount(request.model)) : ok(answers.value[0]);
  }

  /** Several models in one round trip per worker: each worker gets its share of the rows of all of them. All answer, or none. */
  runAll(requests: readonly PoolRequest[]): Promise<Result<readonly PoolAnswer[], PredictionFailure>> {
    return this.#call(workOf(requests, this.#batching));
  }

  /** Every model over every market in one round trip per worker; what builds on another's answer is handed on inside the worker. */
  runStack(request: StackRequest): Promise<Result<StackReply, PredictionFailure>> {
    return this.#call(stackWork(request, this.#batching));
  }

  #call<T>(work: Work<T>): Promise<Result<T, PredictionFailure>> {
    if (this.#isStopped) return Promise.resolve(err({ code: 'workers_down', uiMessage: 'The inference workers are stopped; ICT rules decide alone.' }));
    const problem = this.#problemAmong(work.models);
    if (problem !== null) return Promise.resolve(err({ code: 'no_model', uiMessage: problem }));
    return new Promise((resolve) => {
      const deadline = setTimeout(() => this.#giveUp(call), this.#options.deadlineMs);
      const settle: Call['settle'] = (result) => resolve(result.ok ? work.join(result.value) : result);
      const call: Call = { work, parts: [], settle, deadline, isSettled: false };
      call.parts.push(...Array.from({ length: work.parts }, (_, index): Part => ({ call, index, attempts: 0, reply: null })));
      this.#queue.push(...call.parts);
      this.#drain();
    });
  }

  #problemAmong(models: readonly string[]): string | null {
    for (const model of models) {
      const problem = this.#problems.get(model);
      if (problem !== undefined) return problem;
    }
    return null;
  }

  /** Ends the workers and waits for them; calls in flight fail. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const { part, timer } of this.#running.values()) {
      clearTimeout(timer);
      this.#fail(part.call, { code: 'workers_down', uiMessage: 'The inference workers are stopping.' });
    }
    for (const part of this.#queue.splice(0)) this.#fail(part.call, { code: 'workers_down', uiMessage: 'The inference workers are stopping.' });
    this.#running.clear();
    this.#handlers.clear();
    await Promise.all(this.#slots.map((slot) => slot.stop()));
  }

  #createSlot(id: number): WorkerSlot {
    return new WorkerSlot({
      id,
      launcher: this.#options.launcher,
      models: this.#options.models,
      memoryLimitMb: this.#options.memoryLimitMb,
      pingMs: PING_MS,
      events: {
        onChange: () => this.#announce(),
        onFree: () => this.#drain(),
        onReply: (reply) => this.#onReply(reply),
        onLost: (jobId, why) => this.#onLost(id, jobId, why),
        onLoaded: (models) => {
          for (const { name, problem } of models) {
            if (problem === null) this.#problems.delete(name);
            else this.#problems.set(name, problem);
          }
        },
      },
    });
  }

  #drain(): void {
    for (const slot of this.#slots) {
      if (!slot.isFree) continue;
      const part = this.#queue.shift();
      if (part === undefined) return;
      this.#start(part, slot);
    }
  }

  #start(part: Part, slot: WorkerSlot): void {
    const { work } = part.call;
    const problem = this.#problemAmong(work.models);
    if (problem !== null) return this.#fail(part.call, { code: 'no_model', uiMessage: problem });
    const id = this.#nextJob;
    this.#nextJob += 1;
    part.attempts += 1;
    const timer = setTimeout(() => slot.replace(`a batch took longer than ${this.#options.deadlineMs / 2} ms`), this.#options.deadlineMs / ATTEMPTS);
    this.#running.set(id, { part, slot, timer });
    slot.assign(work.requestOf(part.index, id));
  }

  #onReply(reply: ComputeReply | Extract<InferenceReply, { kind: 'failed' }>): void {
    const running = this.#take(reply.id);
    if (running === null) return;
    const { part } = running;
    if (reply.kind === 'failed') return this.#fail(part.call, { code: 'bad_output', uiMessage: `${reply.problem} ICT rules decide this cycle alone.` });
    part.reply = reply;
    const replies = part.call.parts.flatMap((other) => other.reply ?? []);
    if (replies.length === part.call.parts.length) this.#settle(part.call, ok(replies));
  }

  #onLost(slotId: number, jobId: number | null, why: string): void {
    this.#options.logger.log('warn', 'workers', `Inference worker ${slotId} is being replaced: ${why}.`);
    const running = jobId === null ? null : this.#take(jobId);
    if (running !== null && !running.part.call.isSettled) {
      if (running.part.attempts < ATTEMPTS) this.#queue.unshift(running.part);
      else
        this.#fail(running.part.call, {
          code: 'workers_down',
          uiMessage: `The inference worker was lost twice on the same batch (${why}); ICT rules decide this cycle alone.`,
        });
    }
    if (this.#slots.every((slot) => slot.state === 'failed')) {
      for (const part of this.#queue.splice(0))
        this.#fail(part.call, { code: 'workers_down', uiMessage: `No inference worker can start (${why}); ICT rules decide alone.` });
    }
    this.#drain();
  }

  #take(jobId: number): RunningPart | null {
    const running = this.#running.get(jobId);
    if (running === undefined) return null;
    clearTimeout(running.timer);
    this.#running.delete(jobId);
    return running;
  }

  #giveUp(call: Call): void {
    for (const { part, slot } of this.#running.values()) if (part.call === call) slot.replace(`a batch took longer than ${this.#options.deadlineMs} ms`);
    this.#fail(call, {
      code: 'deadline',
      uiMessage: `The models did not answer within ${this.#options.deadlineMs / 1000} s; ICT rules decide this cycle alone.`,
    });
  }

  #fail(call: Call, failure: PredictionFailure): void {
    this.#settle(call, err(failure));
  }

  #settle(call: Call, result: Result<readonly ComputeReply[], PredictionFailure>): void {
    if (call.isSettled) return;
    call.isSettled = true;
    clearTimeout(call.deadline);
    for (let index = this.#queue.length - 1; index >= 0; index -= 1) if (this.#queue[index]?.call === call) this.#queue.splice(index, 1);
    call.settle(result);
  }

  #announce(): void {
    for (const handler of this.#handlers) handler();
  }
}
