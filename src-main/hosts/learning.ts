// Learning in the running terminal: what serves, what is trained and when, samples, drift, and the commands of the models view.
import type { LearningCommand, ModelDrift, ModelsView, TrainingCause, TrainingView } from '../../src-shared/contract/models.ts';
import { IDLE_TRAINING } from '../../src-shared/contract/models.ts';
import type { CommandAccepted, CommandRefused } from '../../src-shared/contract/commands.ts';
import type { Settings } from '../../src-shared/contract/settings.ts';
import { assertNever, err, ok, type Result } from '../../src-shared/kernel/result.ts';
import { epochMs } from '../../src-shared/kernel/units.ts';
import type { ModelStore } from '../adapters/models/model-store.ts';
import { readProfiles } from '../adapters/models/profiles.ts';
import type { LearningStore } from '../adapters/sqlite/learning-store.ts';
import type { HotPredictor } from '../adapters/workers/hot-predictor.ts';
import type { PausableTrainer, Progress } from '../adapters/workers/trainer.ts';
import { FEATURE_SCHEMA_HASH } from '../core/features/schema.ts';
import { DriftMonitor } from '../core/learning/drift-monitor.ts';
import { MODEL_NAMES } from '../core/learning/model-inputs.ts';
import type { SampleLedger, SampleOpening } from '../core/learning/sample-ledger.ts';
import { scheduledModels, trainingNeed, type TrainingNeed } from '../core/learning/schedule.ts';
import type { Clock, Journal, Logger, PredictionBatch, Predictor } from '../core/ports.ts';
import { gateText, listOf, needText, outcomeText } from './learning-text.ts';
import { unknownModels, viewModels } from './learning-view.ts';

const TREES = 'boosted-trees';
/** Records of the journal read at once, and how often: the engine shares the thread. */
const RECORDS_AT_ONCE = 250;
const FOLLOW_MS = 200;
const IDLE_FOLLOW_MS = 5000;
const SCHEDULE_MS = 30_000;
const DISCOUNT_MS = 60_000;
/** A row served at most this long before a decision is the one it was made from. */
const SERVED_WITHIN_MS = 600_000;
/** Set-ups remembered as compared, and looked up again after a restart. */
const WATCHED_KEPT = 4000;
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

/** Owns timers and the drift monitor; the parts belong to the caller, who stops them. */
export class Learning {
  readonly #parts: LearningParts;
  #view: TrainingView = IDLE_TRAINING;
  #monitor: { readonly version: string; readonly monitor: DriftMonitor } | null = null;
  #driftProblem: string | null = null;
  #followTimer: NodeJS.Timeout | null = null;
  readonly #scheduleTimer: NodeJS.Timeout;
  readonly #unsubscribe: () => void;
  #startedWall = -Infinity;
  readonly #watched = new Set<string>();
  #discountedAt = -Infinity;
  #discountNow = 1;
  #isStopped = false;

  constructor(parts: LearningParts) {
    this.#parts = parts;
    const state = parts.memory.loadLedger();
    const isNewJournal = state.lastId > parts.journal.lastId;
    if (isNewJournal) parts.memory.forgetJournal();
    parts.ledger.restore(isNewJournal ? { ...state, lastId: 0 } : state);
    this.#openMonitor();
    this.#unsubscribe = parts.trainer.onProgress((progress) => this.#onProgress(progress));
    this.#followTimer = setTimeout(() => this.#follow(), parts.followMs ?? FOLLOW_MS);
    this.#scheduleTimer = setInterval(() => this.#schedule(), parts.scheduleMs ?? SCHEDULE_MS);
    this.#scheduleTimer.unref();
  }

  /** The port the engine's answers come from: what is asked is remembered, and what drifts is discounted. */
  predictorPort(): Predictor {
    const { predictor } = this.#parts;
    return {
      get models() {
        return predictor.models;
      },
      predict: async (batch) => {
        this.#observe(batch);
        const answer = await predictor.predict(batch);
        const discount = this.#discount();
        return answer.ok && discount < 1 ? ok({ ...answer.value, discount }) : answer;
      },
      workers: () => predictor.workers(),
      onWorkersChanged: (handler) => predictor.onWorkersChanged(handler),
      stop: () => predictor.stop(),
    };
  }

  models(): ModelsView {
    const { folder, store, memory, predictor, ledger, problems, settings } = this.#parts;
    const drift = new Map<string, ModelDrift>();
    if (this.#monitor !== null) drift.set(TREES, driftOf(this.#monitor.monitor));
    return {
      models: viewModels({
        folder,
        store,
        served: predictor.models,
        problems: problems(),
        drift,
        driftProblem: this.#driftProblem,
        isInt8On: settings().enableQuantization,
      }),
      training: this.#describe(),
      samples: {
        total: ledger.count,
        real: ledger.countOf('real'),
        paper: ledger.countOf('paper'),
        virtual: ledger.countOf('virtual'),
        sinceTraining: ledger.countSince(memory.trainingStartedAt ?? 0),
        byVerdict: ledger.byVerdict(),
        counterfactual: ledger.counterfactual(),
        veto: ledger.vetoWorth(),
      },
      features: { rows: memory.featureCount, schemaHash: FEATURE_SCHEMA_HASH },
      problems: problems(),
    };
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
    if (this.#followTimer !== null) clearTimeout(this.#followTimer);
    clearInterval(this.#scheduleTimer);
    this.#unsubscribe();
    await this.#parts.trainer.stop();
    // What was journalled since the last look is read at the next start.
    this.#keepLedger();
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
    this.#openMonitor();
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
        newSamples: ledger.countSince(startedAt ?? 0),
        lastStartedAt: startedAt,
        isRunning: trainer.status().state !== 'idle',
        drift: this.#monitor?.monitor.state().action ?? 'none',
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

  // ── what was lived and served ──

  #observe({ schemaHash, keys, rows, width }: PredictionBatch): void {
    const { memory, clock, logger } = this.#parts;
    if (schemaHash !== FEATURE_SCHEMA_HASH) return;
    try {
      memory.addFeatures({ time: clock.now(), schemaHash, keys, rows, width });
    } catch (failure) {
      logger.log(
        'warn',
        'learning',
        `Feature rows could not be kept (${failure instanceof Error ? failure.message : String(failure)}); nothing else depends on them.`,
      );
    }
  }

  /** Of the model that serves; looked at anew once a minute. */
  #discount(): number {
    const now = this.#parts.wallNow();
    if (now - this.#discountedAt < DISCOUNT_MS) return this.#discountNow;
    this.#discountedAt = now;
    this.#discountNow = this.#monitor?.monitor.state().discount ?? 1;
    return this.#discountNow;
  }

  #follow(): void {
    this.#followTimer = null;
    if (this.#isStopped) return;
    const { journal, ledger } = this.#parts;
    const records = journal.read({ after: ledger.lastId, limit: RECORDS_AT_ONCE });
    ledger.follow(records);
    this.#keepLedger();
    this.#followTimer = setTimeout(() => this.#follow(), records.length === RECORDS_AT_ONCE ? FOLLOW_MS : (this.#parts.followMs ?? IDLE_FOLLOW_MS));
    this.#followTimer.unref();
  }

  #keepLedger(): void {
    const { ledger, memory, logger } = this.#parts;
    const changed = ledger.takeChanged();
    this.#watch([...changed.openings, ...changed.samples.flatMap(({ opening }) => opening ?? [])]);
    for (const { opening, resultR } of changed.samples) {
      const opinion = opening?.opinion ?? null;
      if (opinion?.model === TREES && opinion.version === this.#monitor?.version)
        this.#monitor.monitor.observeOutcome(opinion.probability, resultR > 0 ? 1 : 0);
    }
    try {
      memory.saveLedger(changed, ledger.lastId);
    } catch (failure) {
      logger.log(
        'warn',
        'learning',
        `Samples could not be kept (${failure instanceof Error ? failure.message : String(failure)}); the journal still holds them.`,
      );
    }
  }

  /**
   * The rows of set-ups, each once, are what the model was trained on and judged on: only they are compared with training. Rows of markets without a
   * set-up lie elsewhere, and so would the same set-up seen every five minutes.
   */
  #watch(openings: readonly SampleOpening[]): void {
    if (this.#monitor === null) return;
    for (const { id, symbol, side, decidedAt } of openings) {
      if (this.#watched.has(id)) continue;
      this.#watched.add(id);
      const row = this.#parts.memory.features({ symbol, side, schemaHash: FEATURE_SCHEMA_HASH, until: decidedAt, since: decidedAt - SERVED_WITHIN_MS });
      if (row !== null) this.#monitor.monitor.observeRows(row);
    }
    for (const id of this.#watched) if (this.#watched.size <= WATCHED_KEPT || !this.#watched.delete(id)) break;
  }

  /** A new version starts with an empty monitor, and with the outcomes that were said of it before. */
  #openMonitor(): void {
    const { folder, store, ledger } = this.#parts;
    const version = store.versionsOf(TREES);
    const champion = version.ok ? version.value.champion : null;
    if (champion !== null && this.#monitor?.version === champion.version) return;
    const profiles = readProfiles(folder, TREES);
    this.#driftProblem = profiles.ok ? null : profiles.error;
    this.#monitor = profiles.ok && champion !== null ? { version: champion.version, monitor: new DriftMonitor(profiles.value) } : null;
    const samples = ledger.samples();
    for (const { opening, resultR } of samples) {
      const opinion = opening?.opinion ?? null;
      if (opinion !== null && opinion.version === this.#monitor?.version) this.#monitor.monitor.observeOutcome(opinion.probability, resultR > 0 ? 1 : 0);
    }
    this.#watched.clear();
    this.#watch(samples.slice(-WATCHED_KEPT / 2).flatMap(({ opening }) => opening ?? []));
  }
}

function driftOf(monitor: DriftMonitor): ModelDrift {
  const { features, isLossDrifting, trades, action, discount } = monitor.state();
  return { action, rows: features.rows, trades, isLossDrifting, discount, moved: features.moved };
}

function accept(message: string): Result<CommandAccepted, CommandRefused> {
  return ok({ message });
}

function refuse(code: string, uiMessage: string): Result<CommandAccepted, CommandRefused> {
  return err({ code, uiMessage });
}
