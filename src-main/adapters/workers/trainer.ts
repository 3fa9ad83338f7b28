// The Trainer port over the training worker: one training at a time, in a process that may die without loss; the gate decides what serves.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PromotionReply, TrainingCandles, TrainingReply, TrainingRequest } from '../../../src-shared/contract/worker.ts';
import { assertNever, err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import type { Logger, Trainer, WorkerLauncher, WorkerProcess } from '../../core/ports.ts';
import type { ModelStore } from '../models/model-store.ts';
import type { ManifestEntry } from '../models/registry.ts';

const TREES = 'boosted-trees';
/** A worker that was told to cancel and has not answered is ended after this. */
const CANCEL_TIMEOUT_MS = 5000;

export interface TrainerOptions {
  readonly launcher: WorkerLauncher;
  /** Models folder: the champion lies here, challengers come here. */
  readonly folder: string;
  readonly store: ModelStore;
  readonly candles: () => TrainingCandles;
  readonly maxCandles: number;
  /** The terminal's memory of lived samples; none when left out. */
  readonly lived?: string;
  /** The worker is ended above this resident memory. */
  readonly memoryLimitMb: number;
  readonly logger: Logger;
}

export type Progress = Extract<TrainingReply, { kind: 'progress' }>;

export interface TrainingOutcome {
  /** Of the trees when they were trained, else of the first model. */
  readonly version: string;
  readonly models: Extract<TrainingReply, { kind: 'trained' }>['models'];
  readonly promotion: PromotionReply | null;
  /** Whether what was trained serves from the next load on. */
  readonly serves: boolean;
}

export interface TrainerStatus {
  readonly state: 'idle' | 'running' | 'paused';
  readonly progress: Progress | null;
}

/** The port, and what the models view needs beside it. */
export interface PausableTrainer extends Trainer {
  train(
    request: { readonly model: string; readonly seed: number },
    onProgress: (progress: { readonly stage: string; readonly fraction: number }) => void,
  ): Promise<Result<TrainingOutcome, { readonly uiMessage: string }>>;
  pause(): void;
  resume(): void;
  status(): TrainerStatus;
  /** Called with every progress message; returns how to stop listening. */
  onProgress(handler: (progress: Progress) => void): () => void;
  stop(): Promise<void>;
}

/** Nothing runs until the first training; each training has a process of its own. */
export function createTrainer(options: TrainerOptions): PausableTrainer {
  return new WorkerTrainer(options);
}

interface Running {
  readonly id: number;
  readonly process: WorkerProcess;
  readonly staging: string;
  readonly settle: (result: Result<TrainingOutcome, { readonly uiMessage: string }>) => void;
  progress: Progress | null;
  isCancelled: boolean;
  why: string;
}

class WorkerTrainer implements PausableTrainer {
  readonly #options: TrainerOptions;
  readonly #handlers = new Set<(progress: Progress) => void>();
  #running: Running | null = null;
  #nextId = 1;

  constructor(options: TrainerOptions) {
    this.#options = options;
  }

  train(
    request: { readonly model: string; readonly seed: number },
    onProgress: (progress: { readonly stage: string; readonly fraction: number }) => void,
  ): Promise<Result<TrainingOutcome, { readonly uiMessage: string }>> {
    if (this.#running !== null) return Promise.resolve(err({ uiMessage: 'A training is already running; cancel it or wait for it.' }));
    const { launcher, memoryLimitMb, candles, maxCandles } = this.#options;
    const id = this.#nextId;
    this.#nextId += 1;
    const staging = mkdtempSync(join(tmpdir(), 'terminal-training-'));
    return new Promise((resolve) => {
      const process = launcher.launch('training', { memoryLimitMb, argv: [] });
      const running: Running = {
        id,
        process,
        staging,
        progress: null,
        isCancelled: false,
        why: 'it ended by itself',
        settle: (result) => {
          if (this.#running !== running) return;
          this.#running = null;
          rmSync(staging, { recursive: true, force: true });
          process.post({ kind: 'stop' } satisfies TrainingRequest);
          resolve(result);
        },
      };
      this.#running = running;
      process.onMessage((message) => this.#onReply(running, message as TrainingReply, onProgress));
      process.onExit(() =>
        running.settle(
          running.isCancelled
            ? err({ uiMessage: 'The training was cancelled; the models are as they were.' })
            : err({ uiMessage: `The training process was lost (${running.why}); the models are as they were. Start it again.` }),
        ),
      );
      process.post({
        kind: 'train',
        id,
        models: request.model === 'all' ? 'all' : request.model.split(','),
        seed: request.seed,
        candles: candles(),
        lived: this.#options.lived ?? null,
        maxCandles,
        out: staging,
        champion: this.#champion(),
      } satisfies TrainingRequest);
    });
  }

  pause(): void {
    this.#tell('pause');
  }

  resume(): void {
    this.#tell('resume');
  }

  /** Answers within seconds: between two small steps, or by ending the process. */
  cancel(): void {
    const running = this.#running;
    if (running === null) return;
    running.isCancelled = true;
    this.#tell('cancel');
    const timer = setTimeout(() => running.process.kill(), CANCEL_TIMEOUT_MS);
    timer.unref();
    running.process.onExit(() => clearTimeout(timer));
  }

  status(): TrainerStatus {
    if (this.#running === null) return { state: 'idle', progress: null };
    const { progress } = this.#running;
    return { state: progress?.isPaused === true ? 'paused' : 'running', progress };
  }

  onProgress(handler: (progress: Progress) => void): () => void {
    this.#handlers.add(handler);
    return () => void this.#handlers.delete(handler);
  }

  stop(): Promise<void> {
    this.#handlers.clear();
    const running = this.#running;
    if (running === null) return Promise.resolve();
    return new Promise((resolve) => {
      running.isCancelled = true;
      running.process.onExit(() => resolve());
      running.process.kill();
    });
  }

  #tell(kind: 'pause' | 'resume' | 'cancel'): void {
    if (this.#running !== null) this.#running.process.post({ kind, id: this.#running.id } satisfies TrainingRequest);
  }

  #champion(): Extract<TrainingRequest, { kind: 'train' }>['champion'] {
    const versions = this.#options.store.versionsOf(TREES);
    if (!versions.ok || versions.value.champion === null) return null;
    const { name, version, file, sha256, schemaHash, inputWidth, outputWidth, trainedUntil } = versions.value.champion;
    return {
      file: { name, version, path: join(this.#options.folder, file), sha256, schemaHash, inputWidth, outputWidth },
      trainedUntil: trainedUntil ?? dayOf(version),
    };
  }

  #onReply(running: Running, message: TrainingReply, onProgress: (progress: { readonly stage: string; readonly fraction: number }) => void): void {
    if (this.#running !== running || message.id !== running.id) return;
    switch (message.kind) {
      case 'progress':
        running.progress = message;
        onProgress({ stage: message.stage, fraction: message.fraction });
        for (const handler of this.#handlers) handler(message);
        if (message.memoryMb > this.#options.memoryLimitMb) {
          running.why = `it used ${message.memoryMb} MB of ${this.#options.memoryLimitMb} MB`;
          running.process.kill();
        }
        return;
      case 'trained':
        return running.settle(this.#takeOver(running, message));
      case 'cancelled':
        return running.settle(err({ uiMessage: 'The training was cancelled; the models are as they were.' }));
      case 'failed':
        return running.settle(err({ uiMessage: message.problem }));
      default:
        return assertNever(message);
    }
  }

  /** New models become challengers; they serve when the gate says so, or when nothing of that name serves yet. */
  #takeOver(running: Running, message: Extract<TrainingReply, { kind: 'trained' }>): Result<TrainingOutcome, { readonly uiMessage: string }> {
    const { store, logger } = this.#options;
    const { promotion, models } = message;
    const added = store.addChallengers(running.staging, promotion);
    if (!added.ok) return err({ uiMessage: added.error });
    const passed = promotion?.kind === 'promote';
    const promoted = passed ? added.value : this.#firstOnes(added.value);
    const risen = store.promoteOnly(promoted.map(({ name }) => name));
    if (!risen.ok) return err({ uiMessage: risen.error });
    const primary = models.find((model) => model.name === TREES) ?? models[0];
    const serves = primary !== undefined && promoted.some((entry) => entry.name === primary.name);
    const said =
      promotion === null ? 'nothing served before' : promotion.kind === 'promote' ? 'better than what served' : `kept back: ${promotion.why ?? 'no gain'}`;
    logger.log('info', 'training', `Trained ${models.map(({ name, version }) => `${name} ${version}`).join(', ')}; ${said}.`);
    return ok({ version: primary?.version ?? '', models, promotion, serves });
  }

  /** Models of whose name nothing serves yet, and that do not stand on a challenger that was kept back. */
  #firstOnes(entries: readonly ManifestEntry[]): readonly ManifestEntry[] {
    const championOf = (name: string): ManifestEntry | null => {
      const versions = this.#options.store.versionsOf(name);
      return versions.ok ? versions.value.champion : null;
    };
    const first = entries.filter(({ name }) => championOf(name) === null);
    return first.filter((entry) =>
      (entry.needs ?? []).every((need) => championOf(need.name)?.version === need.version || first.some((other) => other.name === need.name)),
    );
  }
}

/** The end of the day a version is named after: older manifests do not say it exactly. */
function dayOf(version: string): number {
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})/.exec(version) ?? [];
  return year === undefined ? 0 : Date.parse(`${year}-${month}-${day}T23:59:59Z`);
}
