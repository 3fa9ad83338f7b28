// Models are exchanged while they serve: no call is dropped, and what cannot start changes nothing.
import { describe, expect, it } from 'vitest';
import { HotPredictor } from '../../../src-main/adapters/workers/hot-predictor.ts';
import type { ServedPredictor } from '../../../src-main/adapters/workers/predictor.ts';
import type { PredictionBatch, PredictionFailure, PredictionResult } from '../../../src-main/core/ports.ts';
import type { Result } from '../../../src-shared/kernel/result.ts';

const logger = { log: () => undefined };
const BATCH: PredictionBatch = { cycle: 1, model: 'm', schemaHash: 's', keys: [], rows: new Float32Array(0), width: 1 };

/** A predictor whose answers wait until they are let go. */
class Slow implements ServedPredictor {
  readonly models;
  isStopped = false;
  readonly #version: string;
  readonly #isReady: boolean;
  readonly #waiting: (() => void)[] = [];

  constructor(version: string, isReady = true) {
    this.#version = version;
    this.#isReady = isReady;
    this.models = [{ name: 'm', version, schemaHash: 's', edge: false, note: '' }];
  }

  predict(batch: PredictionBatch): Promise<Result<PredictionResult, PredictionFailure>> {
    if (this.isStopped) throw new Error('asked after it was stopped');
    const { cycle, model, schemaHash, keys } = batch;
    const about = { cycle, model, schemaHash, keys };
    return new Promise((resolve) =>
      this.#waiting.push(() =>
        resolve({ ok: true, value: { ...about, version: this.#version, values: new Float32Array(0), outputWidth: 1, computeMs: 0, hasEdge: false } }),
      ),
    );
  }

  letGo(): void {
    for (const answer of this.#waiting.splice(0)) answer();
  }

  whenReady(): Promise<boolean> {
    return Promise.resolve(this.#isReady);
  }
  workers(): readonly [] {
    return [];
  }
  onWorkersChanged(): () => void {
    return () => undefined;
  }
  stop(): Promise<void> {
    this.isStopped = true;
    return Promise.resolve();
  }
}

const versionOf = async (answer: Promise<Result<PredictionResult, PredictionFailure>>): Promise<string> => {
  const result = await answer;
  return result.ok ? result.value.version : result.error.code;
};
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resume) => setImmediate(resume));
};

describe('exchange of models', () => {
  it('calls under way end where they began, later ones reach the new version, and the old workers go last', async () => {
    const [first, second] = [new Slow('v1'), new Slow('v2')];
    const queue = [first, second];
    const hot = new HotPredictor({ logger, open: () => ({ predictor: queue.shift() ?? null, problem: null }) });
    const before = versionOf(hot.predict(BATCH));
    const exchanged = hot.exchange();
    await turns();
    expect([hot.models[0]?.version, first.isStopped]).toEqual(['v2', false]);
    const after = versionOf(hot.predict(BATCH));
    second.letGo();
    first.letGo();
    expect(await Promise.all([before, after])).toEqual(['v1', 'v2']);
    await exchanged;
    expect([first.isStopped, second.isStopped]).toEqual([true, false]);
    await hot.stop();
    expect(second.isStopped).toBe(true);
  });

  it('models that cannot start do not take over: those that serve go on', async () => {
    const [first, broken] = [new Slow('v1'), new Slow('v2', false)];
    const queue = [first, broken];
    const hot = new HotPredictor({ logger, open: () => ({ predictor: queue.shift() ?? null, problem: null }) });
    await hot.exchange();
    expect([hot.models[0]?.version, first.isStopped, broken.isStopped]).toEqual(['v1', false, true]);
    await hot.stop();
  });

  it('with no model at all it says why, and a first model starts serving without a restart', async () => {
    const first = new Slow('v1');
    const queue: (Slow | null)[] = [null, first];
    const hot = new HotPredictor({ logger, open: () => ({ predictor: queue.shift() ?? null, problem: 'No model is bundled.' }) });
    expect(hot.problem).toBe('No model is bundled.');
    expect(await hot.predict(BATCH)).toEqual({ ok: false, error: { code: 'no_model', uiMessage: 'No model is bundled.' } });
    await hot.exchange();
    expect([hot.problem, hot.models[0]?.version]).toEqual([null, 'v1']);
    await hot.stop();
  });
});
