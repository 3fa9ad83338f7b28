// Learning in the running terminal: what serves, what is trained and when, samples, drift, and the commands of the models view.
import type { LearningCommand, ModelsView, TrainingCause, TrainingView } from '../../src-shared/contract/models.ts';
import { IDLE_TRAINING } from '../../src-shared/contract/models.ts';
import type { CommandAccepted, CommandRefused } from '../../src-shared/contract/commands.ts';
import type { Settings } from '../../src-shared/contract/settings.ts';
import { assertNever, ok, type Result } from '../../src-shared/kernel/result.ts';
import { epochMs } from '../../src-shared/kernel/units.ts';
import type { ModelStore } from '../adapters/models/model-store.ts';
import type { LearningStore } from '../adapters/sqlite/learning-store.ts';
import type { HotPredictor } from '../adapters/workers/hot-predictor.ts';
import type { PausableTrainer, Progress } from '../adapters/workers/trainer.ts';
import type { Holding } from '../core/engine/holdings.ts';
import { FEATURE_SCHEMA_HASH } from '../core/features/schema.ts';
import { MODEL_NAMES } from '../core/learning/model-inputs.ts';
import { SAMPLES_KEPT, type SampleLedger } from '../core/learning/sample-ledger.ts';
import { scheduledModels, trainingNeed, type TrainingNeed } from '../core/learning/schedule.ts';
import type { Clock, Journal, Logger, Predictor } from '../core/ports.ts';
import { accept, gateText, listOf, needText, outcomeText, refuse } from './learning-text.ts';
import { unknownModels, viewModels } from './learning-view.ts';
import { LivedWatch, WATCHED_KEPT, WATCHED_MODEL } from './lived-watch.ts';

const SCHEDULE_MS = 30_000;
/** In simulated time an hour may last a minute; trainings by themselves never begin more often than this, by the wall. */
const LEAST_WALL_MS = 3_600_000;

export interface LearningParts {
  readonly folder: string;
  readonly store: ModelStore;
  readonly memory: LearningStore;
  readonly predictor: HotPredictor;
  readonly trainer: PausableTrainer;
  readonly ledger: SampleLedger;
  readonly journal: Journal & { readonly lastId: number };
  readonly settings: () => Settings;
  readonly clock: Clock;
  readonly logger: Logger;
  /** One sentence for each model that cannot be used. */
  readonly problems: () => readonly string[];
  readonly publish: (training: TrainingView) => void;
  readonly wallNow: () => number;
  /** Chooses the seed of a training; the report names it. */
  readonly seed: () => number;
  /** Wall milliseconds between two looks at the journal, and at whether a training is due; the usual ones when left out. */
  readonly followMs?: number;
  readonly scheduleMs?: number;
}

/** Owns the schedule; the parts belong to the caller, who stops them. */
export class Learning {
  readonly #parts: LearningParts;
  #view: TrainingView = IDLE_TRAINING;
  readonly #watch: LivedWatch;
  readonly #scheduleTimer: NodeJS.Timeout;
  readonly #unsubscribe: () => void;
  #startedWall = -Infinity;
  #isStopped = false;

  constructor(parts: LearningParts) {
    this.#parts = parts;
    this.#watch = new LivedWatch(parts);
    this.#unsubscribe = parts.trainer.onProgress((progress) => this.#onProgress(progress));
    this.#scheduleTimer = setInterval(() => this.#schedule(), parts.scheduleMs ?? SCHEDULE_MS);
    this.#scheduleTimer.unref();
  }

  /** The port the engine's answers come from: what is asked is remembered, and what drifts is discounted. */
  predictorPort(): Predictor {
    const { predictor, clock } = this.#parts;
    return {
      get models() {
        return predictor.models;
      },
      predict: async (batch) => {
        this.#watch.keep(batch, clock.now());
        const answer = await predictor.predict(batch);
        const { discount } = this.#watch.verdict();
        return answer.ok && discount < 1 ? ok({ ...answer.value, discount }) : answer;
      },
      workers: () => predictor.workers(),
      onWorkersChanged: (handler) => predictor.onWorkersChanged(handler),
      stop: () => predictor.stop(),
    };
  }

  models(): ModelsView {
    const { folder, store, memory, predictor, ledger, problems, settings } = this.#parts;
    const { drift, problem } = this.#watch.drift();
    return {
      models: viewModels({
        folder,
        store,
        served: predictor.models,
        problems: problems(),
        drift: new Map(drift === null ? [] : [[WATCHED_MODEL, drift]]),
        driftProblem: problem,
        isInt8On: settings().enableQuantization,
      }),
      training: this.#describe(),
      samples: {
        total: ledger.count,
        real: ledger.countOf('real'),
        paper: ledger.countOf('paper'),
        virtual: ledger.countOf('virtual'),
        sinceTraining: memory.samplesSince(memory.trainingStartedAt ?? 0),
        byVerdict: ledger.byVerdict(),
        counterfactual: ledger.counterfactual(),
        veto: ledger.vetoWorth(),
      },
      features: { rows: memory.featureCount, schemaHash: FEATURE_SCHEMA_HASH },
      problems: problems(),
    };
  }

  /** Samples that are whole, set-ups that have not ended, set-ups that were compared with training. */
  holdings(): readonly Holding[] {
    const { ledger } = this.#parts;
    return [
      { name: 'lived samples', count: ledger.keptCount, most: SAMPLES_KEPT },
      { name: 'open set-ups', count: ledger.openingCount, most: null },
      { name: 'watched set-ups', count: this.#watch.watchedCount, most: 2 * WATCHED_KEPT },
    ];
  }

  /** Journalled with who asked; the answer says what happened. */
  async command(who: string, command: LearningCommand): Promise<Result<CommandAccepted, CommandRefused>> {
    const answer = await this.#run(command);
    const { clock, journal } = this.#parts;
    const said = answer.ok ? answer.value.message : answer.error.uiMessage;
    journal.append(
      [{ time: clock.now(), kind: 'learning', positionId: null, symbol: null, summary: `${who}: ${said}`, data: { who, command, ok: answer.ok } }],
      true,
    );
    return answer;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#scheduleTimer);
    this.#unsubscribe();
    await this.#parts.trainer.stop();
    this.#watch.stop();
  }

  // ── commands ──

  async #run(command: LearningCommand): Promise<Result<CommandAccepted, CommandRefused>> {
    const { trainer } = this.#parts;
    const { state } = trainer.status();
    switch (command.kind) {
      case 'train': {
        const unknown = command.model === 'all' ? [] : unknownModels(command.model.split(','));
        if (unknown.length > 0) return refuse('learning.unknown_model', `There is no model named ${unknown.join(', ')}. Nothing was started.`);
        if (state !== 'idle') return refuse('learning.running', 'A training is already running; cancel it or wait for it.');
        void this.#train(command.model, 'asked');
        return accept('The training has begun; the models go on serving.');
      }
      case 'pause-training':
        if (state !== 'running') return refuse('learning.not_running', 'No training is running.');
        trainer.pause();
        return accept('The training pauses at its next step.');
      case 'resume-training':
        if (state !== 'paused') return refuse('learning.not_paused', 'No training is paused.');
        trainer.resume();
        return accept('The training goes on.');
      case 'cancel-training':
        if (state === 'idle') return refuse('learning.not_running', 'No training is running.');
        trainer.cancel();
        return accept('The training is being cancelled; the models stay as they are.');
      case 'promote':
        return this.#promote(command.model, command.despiteGate);
      case 'roll-back':
        return this.#rollBack(command.model);
      default:
        return assertNever(command);
    }
  }

  async #promote(name: string, despiteGate: boolean): Promise<Result<CommandAccepted, CommandRefused>> {
    const { store } = this.#parts;
    const versions = store.versionsOf(name);
    if (!versions.ok) return refuse('learning.folder', versions.error);
    const { challenger } = versions.value;
    if (challenger === null) return refuse('learning.no_challenger', `There is no challenger of ${name} to promote.`);
    if (challenger.gate?.why === 'leakage') return refuse('learning.leakage', `${name} ${challenger.version} failed its leakage checks; it cannot serve.`);
    if (challenger.gate?.kind !== 'promote' && !despiteGate)
      return refuse(
        'learning.gate',
        `${name} ${challenger.version} has not shown that it is better (${gateText(challenger.gate)}). Ask again to promote it all the same.`,
      );
    const promoted = store.promote(name);
    if (!promoted.ok) return refuse('learning.folder', promoted.error);
    await this.#exchange();
    return accept(`${listOf(promoted.value)} serves now${despiteGate && challenger.gate?.kind !== 'promote' ? ', against the advice of the gate' : ''}.`);
  }

  async #rollBack(name: string): Promise<Result<CommandAccepted, CommandRefused>> {
    const returned = this.#parts.store.rollBack(name);
    if (!returned.ok) return refuse('learning.nothing_earlier', returned.error);
    await this.#exchange();
    return accept(`${listOf(returned.value)} serves again.`);
  }

  async #exchange(): Promise<void> {
    await this.#parts.predictor.exchange();
    this.#watch.open();
    this.#say({ revision: this.#view.revision + 1 });
  }

  // ── training ──

  async #train(model: string, cause: TrainingCause): Promise<void> {
    const { trainer, memory, clock, seed, logger, wallNow } = this.#parts;
    this.#startedWall = wallNow();
    memory.trainingStartedAt = clock.now();
    logger.log('info', 'training', `A training of ${model} begins (${cause.replace('_', ' ')}).`);
    this.#say({ ...IDLE_TRAINING, state: 'running', models: model === 'all' ? MODEL_NAMES : model.split(','), cause, startedAt: epochMs(clock.now()) });
    const result = await trainer.train({ model, seed: seed() }, () => undefined);
    if (this.#isStopped) return;
    const text = result.ok ? outcomeText(result.value) : result.error.uiMessage;
    if (!result.ok) logger.log('warn', 'training', text);
    const last = { endedAt: epochMs(clock.now()), isTrained: result.ok, text };
    if (result.ok && result.value.serves) await this.#exchange();
    this.#say({ ...IDLE_TRAINING, last, revision: this.#view.revision + 1 });
  }

  #onProgress({ stage, fraction, etaMs, line, isPaused, memoryMb, epoch }: Progress): void {
    this.#say({ state: isPaused ? 'paused' : 'running', stage, fraction, etaMs, memoryMb, epoch, ...(line === null ? {} : { line }) });
  }

  #schedule(): void {
    if (!this.#parts.settings().enableSelfLearning || this.#parts.wallNow() - this.#startedWall < LEAST_WALL_MS) return;
    const need = this.#need();
    if (need.kind !== 'due') return;
    const { memory, clock, settings } = this.#parts;
    const since = memory.trainingStartedAt === null ? Infinity : clock.now() - memory.trainingStartedAt;
    const models = scheduledModels(settings(), since);
    void this.#train(models.length === MODEL_NAMES.length ? 'all' : models.join(','), need.why);
  }

  #need(): TrainingNeed {
    const { ledger, memory, trainer, settings, clock } = this.#parts;
    const startedAt = memory.trainingStartedAt;
    return trainingNeed(
      {
        samples: ledger.count,
        newSamples: memory.samplesSince(startedAt ?? 0),
        lastStartedAt: startedAt,
        isRunning: trainer.status().state !== 'idle',
        drift: this.#watch.verdict().action,
      },
      settings(),
      clock.now(),
    );
  }

  #describe(): TrainingView {
    return {
      ...this.#view,
      next: this.#parts.settings().enableSelfLearning ? needText(this.#need()) : 'Learning from outcomes is switched off (ENABLE_SELF_LEARNING).',
    };
  }

  #say(change: Partial<TrainingView>): void {
    this.#view = { ...this.#view, ...change };
    this.#parts.publish(this.#describe());
  }
}
