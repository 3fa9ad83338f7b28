// Learning in the running terminal: what a person asks, what starts by itself, what is remembered, and what the models view says.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ModelStore } from '../../../src-main/adapters/models/model-store.ts';
import { openDatabase, type SqliteDatabase } from '../../../src-main/adapters/sqlite/database.ts';
import { LEARNING_MIGRATIONS, LearningStore } from '../../../src-main/adapters/sqlite/learning-store.ts';
import { HotPredictor } from '../../../src-main/adapters/workers/hot-predictor.ts';
import type { ServedPredictor } from '../../../src-main/adapters/workers/predictor.ts';
import type { PausableTrainer, Progress, TrainerStatus, TrainingOutcome } from '../../../src-main/adapters/workers/trainer.ts';
import { FEATURE_COUNT, FEATURE_SCHEMA_HASH } from '../../../src-main/core/features/schema.ts';
import { SampleLedger } from '../../../src-main/core/learning/sample-ledger.ts';
import type { JournalRecord, PredictionBatch, StoredRecord } from '../../../src-main/core/ports.ts';
import { Learning } from '../../../src-main/hosts/learning.ts';
import type { LearningCommand, TrainingView } from '../../../src-shared/contract/models.ts';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import { epochMs } from '../../../src-shared/kernel/units.ts';
import { sampleSignal } from '../../support/samples.ts';

const BUNDLED = resolve(import.meta.dirname, '../../../models');
const settings = { ...defaultSettings(), mlMinTrainingSamples: 20, retrainNewSamples: 10 };

/** A trainer that ends when it is told. */
class HeldTrainer implements PausableTrainer {
  asked: { readonly model: string; readonly seed: number }[] = [];
  told: string[] = [];
  #state: TrainerStatus['state'] = 'idle';
  #end: (outcome: Result<TrainingOutcome, { readonly uiMessage: string }>) => void = () => undefined;
  readonly #handlers = new Set<(progress: Progress) => void>();

  train(request: { readonly model: string; readonly seed: number }): Promise<Result<TrainingOutcome, { readonly uiMessage: string }>> {
    this.asked.push(request);
    this.#state = 'running';
    return new Promise((resolvePromise) => {
      this.#end = (outcome) => {
        this.#state = 'idle';
        resolvePromise(outcome);
      };
    });
  }
  say(progress: Partial<Progress>): void {
    const whole: Progress = {
      kind: 'progress',
      id: 1,
      stage: 's',
      fraction: 0,
      etaMs: null,
      epoch: null,
      line: null,
      isPaused: false,
      memoryMb: 900,
      ...progress,
    };
    for (const handler of this.#handlers) handler(whole);
  }
  end(outcome: Result<TrainingOutcome, { readonly uiMessage: string }>): void {
    this.#end(outcome);
  }
  pause(): void {
    this.#state = 'paused';
    this.told.push('pause');
  }
  resume(): void {
    this.#state = 'running';
    this.told.push('resume');
  }
  cancel(): void {
    this.told.push('cancel');
    this.end(err({ uiMessage: 'The training was cancelled; the models are as they were.' }));
  }
  status(): TrainerStatus {
    return { state: this.#state, progress: null };
  }
  onProgress(handler: (progress: Progress) => void): () => void {
    this.#handlers.add(handler);
    return () => void this.#handlers.delete(handler);
  }
  stop(): Promise<void> {
    return Promise.resolve();
  }
}

let folder: string;
let database: SqliteDatabase;
let records: StoredRecord[];
let said: TrainingView[];
let trainer: HeldTrainer;
let opened: number;
let wallNow: number;
let learning: Learning;

const journal = {
  get lastId(): number {
    return records.length;
  },
  append: (added: readonly JournalRecord[]) => {
    for (const record of added) records.push({ ...record, id: records.length + 1, session: 1 });
    return ok(added.map((_, index) => index));
  },
  read: ({ after, limit }: { readonly after: number; readonly limit: number }) => records.filter(({ id }) => id > after).slice(0, limit),
  page: () => [],
  loadCheckpoint: () => null,
  saveCheckpoint: () => ok(null),
};

function served(): ServedPredictor {
  const manifest = JSON.parse(readFileSync(join(folder, 'models', 'manifest.json'), 'utf8')) as {
    models: { name: string; version: string; schemaHash: string; edge: boolean; note: string }[];
  };
  return {
    models: manifest.models,
    predict: ({ cycle, model, schemaHash, keys }) =>
      Promise.resolve(
        ok({ cycle, model, schemaHash, keys, version: 'v', values: new Float32Array(keys.length * 3).fill(0.4), outputWidth: 3, computeMs: 1, hasEdge: false }),
      ),
    whenReady: () => Promise.resolve(true),
    workers: () => [],
    onWorkersChanged: () => () => undefined,
    stop: () => Promise.resolve(),
  };
}

function begin(): Learning {
  const opening = openDatabase({
    file: join(folder, 'learning.sqlite'),
    migrations: LEARNING_MIGRATIONS,
    synchronous: 'NORMAL',
    onNotice: () => undefined,
    now: () => 0,
  });
  if (!opening.ok) throw new Error(opening.error.uiMessage);
  database = opening.value;
  const logger = { log: () => undefined };
  const store = new ModelStore(join(folder, 'models'));
  return new Learning({
    folder: join(folder, 'models'),
    store,
    memory: new LearningStore(database),
    predictor: new HotPredictor({
      logger,
      open: () => {
        opened += 1;
        return { predictor: served(), problem: null };
      },
    }),
    trainer,
    ledger: new SampleLedger('paper'),
    journal,
    settings: () => settings,
    clock: { now: () => epochMs(10_000_000), speed: 1 },
    logger,
    problems: () => [],
    publish: (view) => void said.push(view),
    wallNow: () => wallNow,
    seed: () => 11,
    followMs: 1,
    scheduleMs: 5,
  });
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'terminal-learning-'));
  cpSync(BUNDLED, join(folder, 'models'), { recursive: true });
  records = [];
  said = [];
  trainer = new HeldTrainer();
  opened = 0;
  wallNow = 1e12;
  learning = begin();
});
afterEach(async () => {
  await learning.stop();
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resume) => setTimeout(resume, 2));
  }
}
async function ask(command: LearningCommand): Promise<string> {
  const answer = await learning.command('screen 1', command);
  return answer.ok ? answer.value.message : answer.error.code;
}
const live = (count: number, change: Readonly<Record<string, unknown>> = {}): void => {
  for (let index = 0; index < count; index += 1) {
    const id = records.length + 1;
    const data = { id: `S${id}`, symbol: 'AUSDT', openedAt: id, closedAt: 9_000_000 + id, verdict: 'traded', pnlR: -1, ...change };
    records.push({ id, session: 1, time: epochMs(id), kind: 'virtual-closed', positionId: null, symbol: 'AUSDT', summary: '', data });
  }
};
const outcome = (serves: boolean): Result<TrainingOutcome, { readonly uiMessage: string }> =>
  ok({
    version: 'v9',
    models: [{ name: 'boosted-trees', version: 'v9', edge: false, note: '' }],
    promotion: { kind: serves ? 'promote' : 'keep', why: serves ? null : 'log_loss', count: 80 },
    serves,
  });
/** A challenger of the trees lies beside the champion, as a training leaves it. */
function addChallenger(gate: { readonly kind: 'promote' | 'keep'; readonly why: string | null; readonly count: number }): void {
  const path = join(folder, 'models', 'manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as { models: Record<string, unknown>[]; challengers?: unknown[] };
  writeFileSync(path, JSON.stringify({ ...manifest, challengers: [{ ...manifest.models[0], version: 'v9', gate }] }));
}

describe('training in the terminal', () => {
  it('on demand: begins, streams epoch and loss, is paused, goes on and is cancelled; every wish is journalled with who asked', async () => {
    expect(await ask({ kind: 'train', model: 'nonsense' })).toBe('learning.unknown_model');
    expect(await ask({ kind: 'cancel-training' })).toBe('learning.not_running');
    expect(await ask({ kind: 'train', model: 'all' })).toContain('has begun');
    expect(await ask({ kind: 'train', model: 'all' })).toBe('learning.running');
    expect(trainer.asked).toEqual([{ model: 'all', seed: 11 }]);
    trainer.say({
      stage: 'feature-discovery',
      fraction: 0.25,
      epoch: { number: 5, of: 20, trainLoss: 0.66, laterLoss: 0.67 },
      line: 'feature-discovery: epoch 5',
    });
    expect(said.at(-1)).toMatchObject({ state: 'running', cause: 'asked', stage: 'feature-discovery', fraction: 0.25, epoch: { number: 5, laterLoss: 0.67 } });
    await ask({ kind: 'pause-training' });
    expect(await ask({ kind: 'pause-training' })).toBe('learning.not_running');
    await ask({ kind: 'resume-training' });
    await ask({ kind: 'cancel-training' });
    expect(trainer.told).toEqual(['pause', 'resume', 'cancel']);
    await until(() => said.at(-1)?.state === 'idle', 'the training ended');
    expect(said.at(-1)?.last).toMatchObject({ isTrained: false, text: 'The training was cancelled; the models are as they were.' });
    expect(opened).toBe(1);
    const journalled = records.filter(({ kind }) => kind === 'learning');
    expect(journalled).toHaveLength(8);
    expect(journalled.every(({ summary }) => summary.startsWith('screen 1: '))).toBe(true);
  });

  it('a training that is better exchanges the models at once; one that is not leaves them', async () => {
    await ask({ kind: 'train', model: 'boosted-trees' });
    trainer.end(outcome(false));
    await until(() => said.at(-1)?.state === 'idle', 'the training ended');
    expect([opened, said.at(-1)?.last?.text]).toEqual([
      1,
      'Trained boosted-trees v9; kept as challengers: its probabilities are not better beyond chance, 80 trades.',
    ]);
    const { revision } = said.at(-1)!;
    await ask({ kind: 'train', model: 'boosted-trees' });
    trainer.end(outcome(true));
    await until(() => said.at(-1)?.state === 'idle', 'the training ended');
    expect(opened).toBe(2);
    expect(said.at(-1)!.revision).toBeGreaterThan(revision);
  });

  it('L17 by itself when enough new samples were lived, once, and not again within the hour', async () => {
    live(19);
    await until(() => learning.models().samples.total === 19, 'the journal was followed');
    await new Promise((resume) => setTimeout(resume, 30));
    expect(trainer.asked).toEqual([]);
    expect(learning.models().training.next).toBe('After 1 more finished samples.');
    live(1);
    await until(() => trainer.asked.length === 1, 'the training began');
    expect(said.at(-1)).toMatchObject({ state: 'running', cause: 'new_samples' });
    trainer.end(outcome(false));
    live(20);
    await until(() => learning.models().samples.total === 40, 'the journal was followed');
    await new Promise((resume) => setTimeout(resume, 30));
    expect(trainer.asked).toHaveLength(1);
  });
});

describe('versions', () => {
  it('a challenger the gate did not pass is promoted only when a person insists, and one click goes back', async () => {
    addChallenger({ kind: 'keep', why: 'expectancy', count: 90 });
    const [trees] = learning.models().models;
    expect(trees).toMatchObject({ name: 'boosted-trees', challenger: { version: 'v9', gate: { kind: 'keep', why: 'expectancy', count: 90 } } });
    expect(await ask({ kind: 'promote', model: 'boosted-trees', despiteGate: false })).toBe('learning.gate');
    expect(opened).toBe(1);
    expect(await ask({ kind: 'promote', model: 'boosted-trees', despiteGate: true })).toContain('against the advice of the gate');
    expect([opened, learning.models().models[0]?.champion?.version]).toEqual([2, 'v9']);
    expect(await ask({ kind: 'roll-back', model: 'boosted-trees' })).toContain('serves again');
    expect([opened, learning.models().models[0]?.champion?.version]).toEqual([3, trees?.champion?.version]);
    expect(await ask({ kind: 'roll-back', model: 'ensemble' })).toBe('learning.nothing_earlier');
  });

  it('one that failed its leakage checks never serves, whoever insists', async () => {
    addChallenger({ kind: 'keep', why: 'leakage', count: 0 });
    expect(await ask({ kind: 'promote', model: 'boosted-trees', despiteGate: true })).toBe('learning.leakage');
    expect(await ask({ kind: 'promote', model: 'ensemble', despiteGate: true })).toBe('learning.no_challenger');
    expect(opened).toBe(1);
  });
});

describe('models view', () => {
  it('shows every model with its verdict, figures with counts, calibration, importance, leakage, and the rule that stands in', () => {
    const { models } = learning.models();
    expect(models.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'boosted-trees serving',
      'structure-autoencoder serving',
      'feature-discovery serving',
      'liquidity-predictor serving',
      'regime-predictor fallback',
      'strategy-evolver fallback',
      'ensemble fallback',
    ]);
    const [trees] = models;
    expect(trees?.authority).toBe('may_lower');
    expect(trees?.figures.find(({ name }) => name === 'hold-out: AUC')).toMatchObject({ baseline: 0.5 });
    expect(trees?.figures.find(({ name }) => name === 'hold-out: log-loss gain')?.low).toBeLessThan(0);
    expect(trees?.calibration.length).toBeGreaterThan(5);
    expect(trees?.importance[0]?.share).toBeGreaterThan(trees?.importance[1]?.share ?? 1);
    expect(trees?.leakage).toMatchObject({ passed: true });
    expect(trees?.drift).toMatchObject({ action: 'none', rows: 0, discount: 1 });
    expect(models.find(({ name }) => name === 'regime-predictor')?.fallback.why).toContain('no skill out of sample');
    for (const model of models)
      expect([model.name, model.figures.every(({ count }) => count >= 0), model.purpose.length > 20]).toEqual([model.name, true, true]);
  });

  it('counts samples by where they came from and what the veto saved', async () => {
    live(2);
    live(3, { verdict: 'model.veto', pnlR: -1.1 });
    await until(() => learning.models().samples.total === 5, 'the journal was followed');
    expect(learning.models().samples).toMatchObject({ virtual: 5, paper: 0, real: 0, veto: { count: 3, savedR: expect.closeTo(3.3, 9) as number } });
    await learning.stop();
    database.close();
    learning = begin();
    expect(learning.models().samples.total).toBe(5);
  });

  it('what is asked is remembered; set-ups whose features moved, each seen once, take from the weight of the model, also after a restart', async () => {
    const keys = Array.from({ length: 800 }, (_, row) => `S${row}USDT long`);
    const rows = new Float32Array(800 * FEATURE_COUNT).fill(40);
    const batch: PredictionBatch = { cycle: 1, model: 'boosted-trees', schemaHash: FEATURE_SCHEMA_HASH, keys, rows, width: FEATURE_COUNT };
    await learning.predictorPort().predict(batch);
    expect(learning.models().features.rows).toBe(800);
    // Markets without a set-up are not compared: the model was trained on set-ups.
    expect(learning.models().models[0]?.drift).toMatchObject({ action: 'none', rows: 0 });
    for (let row = 0; row < 300; row += 1) {
      const signal = sampleSignal({ id: `S${row}`, symbol: `S${row}USDT`, decidedAt: epochMs(10_000_000 + row) });
      const id = records.length + 1;
      const data = { signal, verdict: 'traded' };
      records.push({ id, session: 1, time: epochMs(id), kind: 'virtual-opened', positionId: null, symbol: signal.symbol, summary: '', data });
    }
    await until(() => learning.models().models[0]?.drift?.rows === 300, 'the set-ups were compared');
    expect(learning.models().models[0]?.drift).toMatchObject({ action: 'act', discount: 0.5, moved: { 0: { grade: 'act' } } });
    wallNow += 120_000;
    const answer = await learning.predictorPort().predict(batch);
    expect(answer.ok && answer.value.discount).toBe(0.5);
    live(1, { id: 'S0' });
    await until(() => learning.models().samples.total === 1, 'the journal was followed');
    await learning.stop();
    database.close();
    learning = begin();
    expect(learning.models().models[0]?.drift?.rows).toBe(300);
  });
});
