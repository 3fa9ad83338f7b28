// The pool with real child processes: they are killed, hang, hoard memory and die, and every call still ends.
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openModelRegistry } from '../../../src-main/adapters/models/registry.ts';
import { WorkerPool, workerCount, type PoolOptions } from '../../../src-main/adapters/workers/pool.ts';
import { createPredictor } from '../../../src-main/adapters/workers/predictor.ts';
import type { PredictionBatch, Predictor } from '../../../src-main/core/ports.ts';
import { createNodeLauncher } from '../../../src-main/hosts/node/child-worker.ts';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import { createRandom } from '../../../src-worker/training/random.ts';
import { createModelFolder, MODEL_WIDTH, SCHEMA_HASH, type ModelFolder } from '../../support/models.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const FIXTURE = join(import.meta.dirname, 'fixture');
const lines: string[] = [];
const logger = { log: (_level: string, _source: string, message: string) => void lines.push(message) };
const stops: (() => Promise<void>)[] = [];

let models: ModelFolder;
beforeAll(() => {
  models = createModelFolder(40);
});
afterAll(() => models.remove());
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
  lines.length = 0;
});

/** Polls; the bound only keeps a broken test from hanging. */
async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resume) => setTimeout(resume, 5));
  }
}

function openPool(change: Partial<PoolOptions>): WorkerPool {
  const pool = new WorkerPool({ launcher: createNodeLauncher(FIXTURE), models: [], workers: 2, memoryLimitMb: 1024, deadlineMs: 30_000, logger, ...change });
  stops.push(() => pool.stop());
  return pool;
}

function openPredictor(schemaHash = SCHEMA_HASH): Predictor {
  const predictor = createPredictor({
    launcher: createNodeLauncher(ROOT),
    registry: openModelRegistry(models.folder, schemaHash),
    settings: { ...defaultSettings(), maxWorkers: 2 },
    logger,
  });
  stops.push(() => predictor.stop());
  return predictor;
}

function batchOf(rowCount: number, change: Partial<PredictionBatch> = {}): PredictionBatch {
  const random = createRandom(rowCount);
  const rows = Float32Array.from({ length: rowCount * MODEL_WIDTH }, () => random() * 2 - 1);
  return {
    cycle: 7,
    model: 'planted',
    schemaHash: SCHEMA_HASH,
    keys: Array.from({ length: rowCount }, (_, row) => `K${row}`),
    rows,
    width: MODEL_WIDTH,
    ...change,
  };
}

/** Rows of one column whose first value tells the fixture what to do. */
function orders(first: number, rowCount = 64): { readonly model: string; readonly rows: Float32Array; readonly rowCount: number; readonly width: number } {
  return { model: 'any', rows: Float32Array.from({ length: rowCount }, (_, row) => (row === 0 ? first : 100 + row)), rowCount, width: 1 };
}

describe('worker pool', () => {
  it('L16 serves real ONNX rows from two workers in the order they came, equal to the trainer', async () => {
    const predictor = openPredictor();
    const batch = batchOf(401);
    const answer = await predictor.predict(batch);
    if (!answer.ok) throw new Error(answer.error.uiMessage);
    const expected = models.expected(batch.rows);
    expect(answer.value).toMatchObject({ cycle: 7, model: 'planted', version: 'v1', schemaHash: SCHEMA_HASH, outputWidth: 3, hasEdge: false });
    expect(answer.value.keys).toEqual(batch.keys);
    let largest = 0;
    expected.forEach((value, row) => (largest = Math.max(largest, Math.abs(value - answer.value.values[row * 3]!))));
    expect(largest).toBeLessThan(1e-5);
  });

  it('L16 kill -9 while computing: the call completes with every row and the worker is replaced', async () => {
    const files = openModelRegistry(models.folder, SCHEMA_HASH).models.map((model) => model.file);
    // The deadline is far off: on a busy machine a slow batch is not what this is about.
    const pool = openPool({ launcher: createNodeLauncher(ROOT), models: files, deadlineMs: 600_000 });
    await until(() => pool.workers().every((worker) => worker.state === 'ready'), 'both workers are ready');
    const seen = new Set<string>();
    pool.onChanged(() => pool.workers().forEach((worker) => seen.add(worker.state)));
    const batch = batchOf(40_000);
    const call = pool.run({ model: 'planted', rows: batch.rows, rowCount: 40_000, width: MODEL_WIDTH });
    const victim = pool.workers().find((worker) => worker.state === 'busy')!;
    process.kill(victim.pid!, 'SIGKILL');
    await until(() => pool.workers().some((worker) => worker.restarts === 1), 'the death is noticed');
    await until(() => pool.workers().every((worker) => worker.state === 'ready' || worker.state === 'busy'), 'the replacement has loaded');
    const answer = await call;
    if (!answer.ok) throw new Error(answer.error.uiMessage);
    const expected = models.expected(batch.rows);
    let largest = 0;
    expected.forEach((value, row) => (largest = Math.max(largest, Math.abs(value - answer.value.values[row * 3]!))));
    expect(largest).toBeLessThan(1e-5);
    expect(
      pool
        .workers()
        .map((worker) => worker.restarts)
        .toSorted((a, b) => a - b),
    ).toEqual([0, 1]);
    expect(seen).toContain('restarting');
    expect(lines).toEqual([expect.stringMatching(/^Inference worker \d is being replaced: it ended by itself\.$/)]);
  });

  it('kill -9 of a worker at rest brings a new one that serves', async () => {
    const pool = openPool({ workers: 1 });
    await until(() => pool.workers()[0]!.state === 'ready', 'the worker is ready');
    const first = pool.workers()[0]!.pid!;
    process.kill(first, 'SIGKILL');
    await until(() => pool.workers()[0]!.state === 'ready' && pool.workers()[0]!.pid !== first, 'another worker is ready');
    expect((await pool.run(orders(0))).ok).toBe(true);
  });

  it('replaces a worker over its memory limit', async () => {
    const pool = openPool({ workers: 2, memoryLimitMb: 220 });
    await until(() => pool.workers().every((worker) => worker.state === 'ready' && worker.memoryMb > 0), 'memory was measured');
    expect((await pool.run(orders(2, 8))).ok).toBe(true);
    await until(() => pool.workers().some((worker) => worker.restarts === 1), 'the hoarder is replaced');
    expect(lines[0]).toMatch(/it used \d+ MB of 220 MB/);
    await until(
      () => pool.workers().every((worker) => worker.state === 'ready' && worker.memoryMb > 0 && worker.memoryMb <= 220),
      'the replacement is within the limit',
    );
  });

  it('gives up at the deadline, replaces the hanging workers and serves the next call', async () => {
    const pool = openPool({ deadlineMs: 3000 });
    await until(() => pool.workers().every((worker) => worker.state === 'ready'), 'both workers are ready');
    const answer = await pool.run(orders(1));
    expect(answer).toEqual({
      ok: false,
      error: { code: expect.stringMatching(/deadline|workers_down/), uiMessage: expect.stringContaining('ICT rules decide this cycle alone') },
    });
    expect((await pool.run(orders(0))).ok).toBe(true);
    expect(pool.workers().reduce((sum, worker) => sum + worker.restarts, 0)).toBeGreaterThanOrEqual(1);
  });

  it('retries a batch once: the second death on the same rows is a failure, not a loop', async () => {
    const pool = openPool({ workers: 2 });
    const answer = await pool.run(orders(3));
    expect(answer).toEqual({ ok: false, error: { code: 'workers_down', uiMessage: expect.stringContaining('lost twice on the same batch') } });
    await until(() => pool.workers().every((worker) => worker.state === 'ready'), 'both are back');
    expect(pool.workers().reduce((sum, worker) => sum + worker.restarts, 0)).toBe(2);
  });

  it('without batches every row is asked by itself, and the answer is the same', async () => {
    const files = openModelRegistry(models.folder, SCHEMA_HASH).models.map((model) => model.file);
    const batch = batchOf(40);
    const ask = { model: 'planted', rows: batch.rows, rowCount: 40, width: MODEL_WIDTH };
    const whole = await openPool({ launcher: createNodeLauncher(ROOT), models: files, workers: 1 }).run(ask);
    const single = await openPool({ launcher: createNodeLauncher(ROOT), models: files, workers: 1, isBatching: false }).run(ask);
    if (!whole.ok || !single.ok) throw new Error('no answer');
    expect(single.value.values).toEqual(whole.value.values);
  });

  it('ends calls in flight and its processes when it stops', async () => {
    const pool = openPool({ workers: 1 });
    await until(() => pool.workers()[0]!.state === 'ready', 'the worker is ready');
    const { pid } = pool.workers()[0]!;
    const call = pool.run(orders(1));
    await pool.stop();
    expect((await call).ok).toBe(false);
    expect(() => process.kill(pid!, 0)).toThrow('ESRCH');
    expect(await pool.run(orders(0))).toMatchObject({ ok: false, error: { code: 'workers_down' } });
  });

  it('uses as many workers as help and never more than cores + 4 or the setting', () => {
    expect([workerCount(16, 2), workerCount(16, 8), workerCount(16, 32), workerCount(1, 8), workerCount(16, 1)]).toEqual([2, 4, 16, 1, 2]);
  });
});

describe('predictor', () => {
  it('L20 refuses rows of another schema or width before any worker sees them', async () => {
    const predictor = openPredictor();
    expect(await predictor.predict(batchOf(40, { schemaHash: 'other' }))).toMatchObject({ ok: false, error: { code: 'schema_mismatch' } });
    expect(await predictor.predict(batchOf(40, { width: 3 }))).toMatchObject({ ok: false, error: { code: 'schema_mismatch' } });
    expect(await predictor.predict(batchOf(40, { model: 'unknown' }))).toMatchObject({ ok: false, error: { code: 'no_model' } });
  });

  it('refuses an answer that is no probability', async () => {
    const registry = openModelRegistry(models.folder, SCHEMA_HASH);
    const [model] = registry.models;
    const nonsense = { models: [{ ...model!, file: { ...model!.file, outputWidth: 1 } }], problems: [] };
    const predictor = createPredictor({ launcher: createNodeLauncher(FIXTURE), registry: nonsense, settings: { ...defaultSettings(), maxWorkers: 1 }, logger });
    stops.push(() => predictor.stop());
    const batch = batchOf(4);
    batch.rows[0] = 4;
    expect(await predictor.predict(batch)).toMatchObject({ ok: false, error: { code: 'bad_output' } });
  });

  it('says no_model with a sentence when the file broke after the manifest was read', async () => {
    const broken = createModelFolder();
    const registry = openModelRegistry(broken.folder, SCHEMA_HASH);
    broken.remove();
    const predictor = createPredictor({ launcher: createNodeLauncher(ROOT), registry, settings: { ...defaultSettings(), maxWorkers: 1 }, logger });
    stops.push(() => predictor.stop());
    expect(await predictor.predict(batchOf(40))).toEqual({
      ok: false,
      error: { code: 'no_model', uiMessage: expect.stringMatching(/planted\.onnx cannot be read\. Restore the models folder or run `npm run train`/) },
    });
    expect(predictor.workers().map((worker) => worker.restarts)).toEqual([0]);
  });
});
