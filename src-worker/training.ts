// Entry of the training worker process: trains on request, below the priority of the engine, can be paused and cancelled between small steps, and writes only when all is done.
import { constants, setPriority } from 'node:os';
import type { TrainingEpoch, TrainingReply, TrainingRequest } from '../src-shared/contract/worker.ts';
import { assertNever, err, ok, type Result } from '../src-shared/kernel/result.ts';
import { isModelName, MODEL_NAMES } from '../src-main/core/learning/model-inputs.ts';
import type { SymbolCandles } from './training/candidates.ts';
import { readArchive } from './training/candle-archive.ts';
import { readSeries } from './training/candle-files.ts';
import { judgeChallenger } from './training/challenge.ts';
import { readLived } from './training/lived-samples.ts';
import { writeModels } from './training/model-folder.ts';
import { runPipeline } from './training/pipeline.ts';

type TrainRequest = Extract<TrainingRequest, { kind: 'train' }>;

/** Work between two looks at the messages. */
const SLICE_MS = 20;
/** Between two progress messages of one stage. */
const PROGRESS_MS = 250;
const BYTES_PER_MB = 1_048_576;

/** The parent's channel: `process.send` of a forked Node process, or the message port of an Electron utility process. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', handler: (event: { readonly data: unknown }) => void): void;
}

const parentPort = (process as { readonly parentPort?: ParentPort }).parentPort;

function reply(message: TrainingReply): void {
  if (parentPort !== undefined) parentPort.postMessage(message);
  else process.send?.(message);
}

/** One training and what was asked of it since. */
class Run {
  readonly request: TrainRequest;
  #isCancelled = false;
  #resume: (() => void) | null = null;
  #paused: Promise<void> | null = null;
  #sliceStart = performance.now();
  #stage = '';
  #stageStart = 0;
  #saidAt = -Infinity;
  #fraction = 0;
  #epoch: TrainingEpoch | null = null;

  constructor(request: TrainRequest) {
    this.request = request;
  }

  pause(): void {
    if (this.#paused !== null) return;
    this.#paused = new Promise((resolve) => void (this.#resume = resolve));
    this.#send(null);
  }

  resume(): void {
    this.#resume?.();
    this.#paused = null;
    this.#resume = null;
    this.#send(null);
  }

  cancel(): void {
    this.#isCancelled = true;
    this.resume();
  }

  readonly mayGoOn = async (): Promise<boolean> => {
    if (performance.now() - this.#sliceStart > SLICE_MS) {
      await new Promise((turn) => setImmediate(turn));
      this.#sliceStart = performance.now();
    }
    while (this.#paused !== null) await this.#paused;
    return !this.#isCancelled;
  };

  readonly onProgress = (stage: string, fraction: number): void => {
    const now = performance.now();
    if (stage !== this.#stage) {
      this.#stage = stage;
      this.#stageStart = now;
      this.#saidAt = -Infinity;
      this.#epoch = null;
    }
    this.#fraction = fraction;
    if (now - this.#saidAt >= PROGRESS_MS) this.#send(null);
  };

  readonly onEpoch = (epoch: TrainingEpoch): void => {
    this.#epoch = epoch;
    this.#send(null);
  };

  readonly say = (line: string): void => this.#send(line);

  #send(line: string | null): void {
    const now = performance.now();
    this.#saidAt = now;
    const elapsed = now - this.#stageStart;
    reply({
      kind: 'progress',
      id: this.request.id,
      stage: this.#stage,
      fraction: this.#fraction,
      etaMs: this.#fraction > 0.02 ? Math.round((elapsed * (1 - this.#fraction)) / this.#fraction) : null,
      epoch: this.#epoch,
      line,
      isPaused: this.#paused !== null,
      memoryMb: Math.ceil(process.memoryUsage.rss() / BYTES_PER_MB),
    });
  }
}

let current: Run | null = null;

function readCandles(request: TrainRequest): Promise<Result<readonly SymbolCandles[], string>> {
  const { candles, maxCandles } = request;
  if (candles.kind === 'folder') return readSeries({ folder: candles.path, symbols: null, maxCandles });
  return Promise.resolve(readArchive({ file: candles.path, source: candles.source, maxCandles }));
}

async function train(run: Run): Promise<TrainingReply> {
  const { request } = run;
  const { id, seed, champion } = request;
  const failed = (problem: string): TrainingReply => ({ kind: 'failed', id, problem });
  const unknown = request.models === 'all' ? undefined : request.models.find((name) => !isModelName(name));
  if (unknown !== undefined) return failed(`There is no model named ${unknown}.`);
  const models = request.models === 'all' ? MODEL_NAMES : request.models.filter(isModelName);
  run.onProgress('reading candles', 0);
  const read = await readCandles(request).catch((failure: unknown) => err(failure instanceof Error ? failure.message : String(failure)));
  if (!read.ok) return failed(read.error);
  // Paused while it read: silent until it goes on.
  if (!(await run.mayGoOn())) return { kind: 'cancelled', id };
  const lived = request.lived === null ? ok([]) : readLived(request.lived);
  if (!lived.ok) return failed(lived.error);
  const result = await runPipeline({
    series: read.value,
    lived: lived.value,
    seed,
    models,
    say: run.say,
    onProgress: run.onProgress,
    onEpoch: run.onEpoch,
    mayGoOn: run.mayGoOn,
  });
  if (result.kind === 'cancelled') return { kind: 'cancelled', id };
  if (result.kind === 'refused') return failed(result.why);
  const promotion = champion === null || result.trees === null ? null : await judgeChallenger({ ...result.trees, champion, seed });
  // The last moment to turn back: from here on the folder is filled.
  if (!(await run.mayGoOn())) return { kind: 'cancelled', id };
  writeModels(request.out, result.artifacts);
  return { kind: 'trained', id, models: result.artifacts.map(({ name, version, edge, note }) => ({ name, version, edge, note })), promotion };
}

async function start(request: TrainRequest): Promise<void> {
  if (current !== null) return reply({ kind: 'failed', id: request.id, problem: 'A training is already running; cancel it or wait for it.' });
  const run = new Run(request);
  current = run;
  const answer = await train(run).catch((failure: unknown): TrainingReply => ({
    kind: 'failed',
    id: request.id,
    problem: `The training failed: ${failure instanceof Error ? failure.message : String(failure)}`,
  }));
  current = null;
  reply(answer);
}

function handle(request: TrainingRequest): void {
  switch (request.kind) {
    case 'train':
      return void start(request);
    case 'pause':
    case 'resume':
    case 'cancel':
      if (current?.request.id === request.id) current[request.kind]();
      return;
    case 'stop':
      return process.exit(0);
    default:
      return assertNever(request);
  }
}

// The engine comes first. A system that refuses is no reason not to train.
try {
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
} catch {
  // Nothing depends on it.
}
if (parentPort !== undefined) parentPort.on('message', (event) => handle(event.data as TrainingRequest));
else process.on('message', (message) => handle(message as TrainingRequest));
process.on('disconnect', () => process.exit(0));
// A message to a parent that was killed meanwhile.
process.on('error', () => process.exit(0));
// Ctrl+C in a terminal, or the end of a session, reaches the whole group; the parent decides when a worker ends.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
