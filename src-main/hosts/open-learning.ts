// Puts learning together for the running terminal: its own models folder, its memory in SQLite, the workers that serve and the one that trains.
import { join } from 'node:path';
import { randomInt } from 'node:crypto';
import type { TrainingView } from '../../src-shared/contract/models.ts';
import type { Settings } from '../../src-shared/contract/settings.ts';
import { err, ok, type Result } from '../../src-shared/kernel/result.ts';
import { ModelStore } from '../adapters/models/model-store.ts';
import { openModelRegistry } from '../adapters/models/registry.ts';
import { seedModels } from '../adapters/models/seed.ts';
import { openDatabase } from '../adapters/sqlite/database.ts';
import { LEARNING_MIGRATIONS, LearningStore } from '../adapters/sqlite/learning-store.ts';
import { HotPredictor } from '../adapters/workers/hot-predictor.ts';
import { createPredictor } from '../adapters/workers/predictor.ts';
import { createTrainer } from '../adapters/workers/trainer.ts';
import { FEATURE_SCHEMA_HASH } from '../core/features/schema.ts';
import { SampleLedger } from '../core/learning/sample-ledger.ts';
import type { Clock, Journal, Logger, Predictor, WorkerLauncher } from '../core/ports.ts';
import type { StartOptions } from './arguments.ts';
import { Learning } from './learning.ts';

/** Resident memory of a training: a million candles with everything learned from them take about 1.5 GB. */
const TRAINING_MEMORY_MB = 4096;
/** Candles of all symbols together that a training of the terminal reads. */
const TRAINING_CANDLES = 2_000_000;

export interface LearningInput {
  readonly options: StartOptions;
  /** Models the program brings along. */
  readonly bundled: string;
  /** Which market the candles come from: what is learned from a simulated one never serves a real one. */
  readonly source: string;
  readonly launcher: WorkerLauncher;
  readonly journal: Journal & { readonly lastId: number };
  readonly settings: () => Settings;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly publish: (training: TrainingView) => void;
}

export interface OpenedLearning {
  readonly learning: Learning;
  readonly predictor: Predictor;
  /** Where the models that serve lie. */
  readonly folder: string;
  /** Why no model is served, or null. */
  readonly problem: () => string | null;
  readonly stop: () => Promise<void>;
}

/** The workers start in the background; the first batch waits for them. Missing or broken models are sentences in the log. */
export function openLearning(input: LearningInput): Result<OpenedLearning, string> {
  const { options, bundled, source, launcher, journal, settings, clock, logger } = input;
  const memoryFile = join(options.dataDir, `learning-${options.mode}.sqlite`);
  const database = openDatabase({
    file: memoryFile,
    migrations: LEARNING_MIGRATIONS,
    synchronous: 'NORMAL',
    onNotice: (sentence) => logger.log('warn', 'learning', sentence),
    now: Date.now,
  });
  if (!database.ok) return err(database.error.uiMessage);
  const folder = options.models ?? join(options.dataDir, 'models', source.replaceAll(/[^\w.-]+/gu, '-'));
  if (options.models === null) {
    const seeded = seedModels({ bundled, own: folder });
    if (!seeded.ok) logger.log('warn', 'models', seeded.error);
  }
  const store = new ModelStore(folder);
  let problems: readonly string[] = [];
  const predictor = new HotPredictor({
    logger,
    open: () => {
      const registry = openModelRegistry(folder, FEATURE_SCHEMA_HASH);
      problems = registry.problems;
      for (const problem of problems) logger.log('warn', 'models', problem);
      if (registry.models.length === 0) return { predictor: null, problem: problems[0] ?? 'No model is bundled.' };
      return { predictor: createPredictor({ launcher, registry, settings: settings(), logger }), problem: null };
    },
  });
  const trainer = createTrainer({
    launcher,
    folder,
    store,
    candles: () => ({ kind: 'archive', path: join(options.dataDir, 'candles.sqlite'), source }),
    lived: memoryFile,
    maxCandles: Math.floor(TRAINING_CANDLES / Math.max(1, settings().topSymbols)),
    memoryLimitMb: TRAINING_MEMORY_MB,
    logger,
  });
  const memory = new LearningStore(database.value);
  const learning = new Learning({
    folder,
    store,
    memory,
    predictor,
    trainer,
    ledger: new SampleLedger(options.mode === 'live' ? 'real' : 'paper', (id) => memory.sample(id)),
    journal,
    settings,
    clock,
    logger,
    problems: () => problems,
    publish: input.publish,
    wallNow: Date.now,
    seed: () => randomInt(1, 2 ** 31),
  });
  return ok({
    learning,
    folder,
    predictor: learning.predictorPort(),
    problem: () => predictor.problem,
    stop: async () => {
      await learning.stop();
      await predictor.stop();
      database.value.close();
    },
  });
}
