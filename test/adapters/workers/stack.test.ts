// The whole stack in one round trip: the same as one model after another, whoever dies, and honest about who did not answer.
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openModelRegistry, type ModelRegistry } from '../../../src-main/adapters/models/registry.ts';
import { WorkerPool } from '../../../src-main/adapters/workers/pool.ts';
import { createPredictor } from '../../../src-main/adapters/workers/predictor.ts';
import { FEATURE_COUNT, FEATURE_SCHEMA_HASH } from '../../../src-main/core/features/schema.ts';
import { completeEvolverState, EVOLVER_STATE_WIDTH } from '../../../src-main/core/learning/evolver-policy.ts';
import { MODEL_INPUTS, type ModelName } from '../../../src-main/core/learning/model-inputs.ts';
import { readStackRow, STACK_COLUMN_COUNT, STACK_COLUMNS } from '../../../src-main/core/learning/stack-answer.ts';
import { buildStackRow } from '../../../src-main/core/learning/stack-row.ts';
import type { PredictionBatch } from '../../../src-main/core/ports.ts';
import { createNodeLauncher } from '../../../src-main/hosts/node/child-worker.ts';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import { openSession, type LoadedModel } from '../../../src-worker/onnx/session.ts';
import { createRandom } from '../../../src-worker/training/random.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const registry = openModelRegistry(join(ROOT, 'models'), FEATURE_SCHEMA_HASH);
const lines: string[] = [];
const logger = { log: (_level: string, _source: string, message: string) => void lines.push(message) };
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
  lines.length = 0;
});

function random(count: number, seed: number): Float32Array {
  const next = createRandom(seed);
  return Float32Array.from({ length: count }, () => next() * 2 - 1);
}

/** Markets with everything known; a set-up on every long side. */
function cycleOf(markets: number): PredictionBatch {
  const moments = random(markets * 2 * EVOLVER_STATE_WIDTH, 5);
  for (let row = 1; row < markets * 2; row += 2) moments[row * EVOLVER_STATE_WIDTH] = Number.NaN;
  const width = (name: ModelName): number => MODEL_INPUTS[name].inputWidth;
  return {
    cycle: 3,
    model: 'boosted-trees',
    schemaHash: FEATURE_SCHEMA_HASH,
    keys: Array.from({ length: markets * 2 }, (_, row) => `S${row >> 1}USDT ${row % 2 === 0 ? 'long' : 'short'}`),
    rows: random(markets * 2 * FEATURE_COUNT, 1),
    width: FEATURE_COUNT,
    stack: {
      markets,
      windows: random(markets * 2 * width('structure-autoencoder'), 2),
      sequences: random(markets * width('liquidity-predictor'), 3),
      regimes: random(markets * width('regime-predictor'), 4),
      moments,
    },
  };
}

function open(models: ModelRegistry): ReturnType<typeof createPredictor> {
  const predictor = createPredictor({ launcher: createNodeLauncher(ROOT), registry: models, settings: { ...defaultSettings(), maxWorkers: 2 }, logger });
  stops.push(() => predictor.stop());
  return predictor;
}

async function stackOf(models: ModelRegistry, batch: PredictionBatch): Promise<{ readonly values: Float32Array; readonly problems: readonly string[] }> {
  const answer = await open(models).predict(batch);
  if (!answer.ok || answer.value.stack === undefined) throw new Error(answer.ok ? 'no stack' : answer.error.uiMessage);
  return answer.value.stack;
}

describe('the whole stack in one round trip', () => {
  it('answers what the models answer one after another, each on the answers of those before it', async () => {
    const batch = cycleOf(70);
    const { values, problems } = await stackOf(registry, batch);
    expect(problems).toEqual([]);
    const sessions = new Map<string, LoadedModel>();
    for (const { file } of registry.models) {
      const opened = await openSession(file);
      if (!opened.ok) throw new Error(opened.error);
      sessions.set(file.name, opened.value);
      stops.push(() => opened.value.close());
    }
    const ask = async (name: ModelName, rows: Float32Array): Promise<Float32Array> => sessions.get(name)!.run(rows, 1);
    const part = (matrix: Float32Array, row: number, count: number): Float32Array =>
      matrix.slice((row * matrix.length) / count, ((row + 1) * matrix.length) / count);
    const usualError = registry.models.find(({ file }) => file.name === 'structure-autoencoder')?.usualError ?? 1;
    for (const row of [0, 1, 69, 70, 139]) {
      const { windows, sequences, regimes, moments } = batch.stack!;
      const features = part(batch.rows, row, 140);
      const trees = await ask('boosted-trees', features);
      const window = await ask('structure-autoencoder', part(windows, row, 140));
      const discovery = await ask('feature-discovery', Float32Array.from([...features, ...window.slice(0, 16)]));
      const liquidity = await ask('liquidity-predictor', part(sequences, row >> 1, 70));
      const regime = await ask('regime-predictor', part(regimes, row >> 1, 70));
      const isLong = row % 2 === 0;
      const answer = readStackRow(values, row);
      expect(answer.trees?.probability).toBeCloseTo(trees[0]!, 6);
      expect(answer.discovery).toBeCloseTo(discovery.at(-1)!, 5);
      expect(answer.liquidity?.takenAhead).toBeCloseTo(liquidity[isLong ? 2 : 3]!, 5);
      expect(answer.liquidity?.distanceBehind).toBeCloseTo(liquidity[isLong ? 1 : 0]!, 5);
      expect(answer.novelty).toBeCloseTo(Math.log(window.at(-1)! / usualError), 4);
      expect(answer.regimeAhead?.[1]).toBeCloseTo(regime[1]!, 5);
      if (!isLong) {
        expect([answer.evolver, answer.ensemble]).toEqual([null, null]);
        continue;
      }
      const state = part(moments, row, 140);
      const members = {
        winProbability: trees[0]!,
        discovery: discovery.at(-1)!,
        liquidityAgreement: liquidity[2]! - liquidity[3]!,
        novelty: answer.novelty!,
        regimeAhead: [regime[0]!, regime[1]!, regime[2]!] as const,
      };
      completeEvolverState(state, members);
      const actions = await ask('strategy-evolver', state);
      const advantage = Math.max(...actions) - actions[0]!;
      expect(answer.evolver?.advantage).toBeCloseTo(advantage, 4);
      const stack = buildStackRow({ ...members, boostedTrees: members.winProbability, evolverAdvantage: advantage, ictConfidence: state[13]! });
      expect(answer.ensemble?.probability).toBeCloseTo((await ask('ensemble', stack))[0]!, 4);
    }
  });

  it('a model that is not served leaves its own columns empty, and those that stand on it; the others answer', async () => {
    const batch = cycleOf(3);
    const without: ModelRegistry = { ...registry, models: registry.models.filter(({ file }) => file.name !== 'structure-autoencoder') };
    const answer = readStackRow((await stackOf(without, batch)).values, 0);
    expect([answer.discovery, answer.novelty]).toEqual([null, null]);
    expect(answer.trees).not.toBeNull();
    expect(answer.liquidity).not.toBeNull();
    expect(answer.ensemble).not.toBeNull();
  });

  it('a market with too few candles gets no answer of the models that need them, and spoils no other', async () => {
    const batch = cycleOf(2);
    const whole = (await stackOf(registry, batch)).values;
    batch.stack!.sequences[0] = Number.NaN;
    batch.stack!.windows[0] = Number.NaN;
    const { values } = await stackOf(registry, batch);
    const answer = readStackRow(values, 0);
    expect([answer.liquidity, answer.discovery, answer.novelty]).toEqual([null, null, null]);
    expect(answer.trees).not.toBeNull();
    for (let column = 0; column < STACK_COLUMN_COUNT; column += 1)
      expect(values[2 * STACK_COLUMN_COUNT + column]).toBeCloseTo(whole[2 * STACK_COLUMN_COUNT + column]!, 5);
  });

  it('L16 kill -9 in the middle of cycles: every cycle completes with all its rows, and the pool is whole again', async () => {
    const pool = new WorkerPool({
      launcher: createNodeLauncher(ROOT),
      models: registry.models.map(({ file }) => file),
      workers: 2,
      memoryLimitMb: 1024,
      deadlineMs: 60_000,
      logger,
    });
    stops.push(() => pool.stop());
    await pool.whenReady(60_000);
    const { rows, stack } = cycleOf(200);
    const models = {
      trees: 'boosted-trees',
      structure: 'structure-autoencoder',
      discovery: 'feature-discovery',
      liquidity: 'liquidity-predictor',
      regime: 'regime-predictor',
      evolver: 'strategy-evolver',
      ensemble: 'ensemble',
      usualError: 1,
    };
    const expected = await pool.runStack({ ...stack!, features: rows, models });
    if (!expected.ok) throw new Error(expected.error.uiMessage);
    const isWhole = (): boolean => pool.workers().every(({ state }) => state === 'ready');
    for (let murder = 0; murder < 3; murder += 1) {
      while (!isWhole()) await new Promise((resume) => setTimeout(resume, 5));
      const running = pool.runStack({ ...stack!, features: rows, models });
      const pid = pool.workers()[murder % 2]!.pid;
      process.kill(pid!, 'SIGKILL');
      const answer = await running;
      if (!answer.ok) throw new Error(answer.error.uiMessage);
      expect(answer.value.problems).toEqual([]);
      for (const at of [0, STACK_COLUMNS.discovery, 399 * STACK_COLUMN_COUNT, 399 * STACK_COLUMN_COUNT + STACK_COLUMNS.novelty])
        expect(answer.value.values[at]).toBeCloseTo(expected.value.values[at]!, 6);
    }
    while (!isWhole()) await new Promise((resume) => setTimeout(resume, 5));
    expect(pool.workers().reduce((sum, { restarts }) => sum + restarts, 0)).toBe(3);
  });
});
