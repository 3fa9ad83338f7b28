// The whole model stack for 200 symbols: batched against one call per symbol and model, INT8 against fp32, through workers; and training speed.
import { join, resolve } from 'node:path';
import { openModelRegistry, type RegisteredModel } from '../../src-main/adapters/models/registry.ts';
import { WorkerPool, workerCount } from '../../src-main/adapters/workers/pool.ts';
import { FEATURE_SCHEMA_HASH } from '../../src-main/core/features/schema.ts';
import { isModelName, type ModelName } from '../../src-main/core/learning/model-inputs.ts';
import { choosePrecision } from '../../src-main/core/learning/precision.ts';
import { createNodeLauncher } from '../../src-main/hosts/node/child-worker.ts';
import type { StackModels } from '../../src-shared/contract/worker.ts';
import { openSession, type LoadedModel } from '../../src-worker/onnx/session.ts';
import { DISCOVERY_SPEC, LIQUIDITY_SPEC, REGIME_SPEC, STRUCTURE_SPEC } from '../../src-worker/training/architectures.ts';
import { fitBoosting } from '../../src-worker/training/gbdt.ts';
import { headWidth, type NetworkSpec } from '../../src-worker/training/network.ts';
import { createRandom } from '../../src-worker/training/random.ts';
import { noScaling } from '../../src-worker/training/scaling.ts';
import { trainNetwork } from '../../src-worker/training/train-network.ts';
import { describe, measure, ratio, type Measurement } from './measure.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const SYMBOLS = 200;
const ALL_MODELS: StackModels = {
  trees: 'boosted-trees',
  structure: 'structure-autoencoder',
  discovery: 'feature-discovery',
  liquidity: 'liquidity-predictor',
  regime: 'regime-predictor',
  evolver: 'strategy-evolver',
  ensemble: 'ensemble',
  usualError: 1,
};
const REPETITIONS = 40;
const NAIVE_REPETITIONS = 3;
const MURDERS = 10;
/** Rows of one cycle: models that see a side see both. */
const ROWS: Readonly<Record<ModelName, number>> = {
  'boosted-trees': SYMBOLS * 2,
  'structure-autoencoder': SYMBOLS * 2,
  'feature-discovery': SYMBOLS * 2,
  'liquidity-predictor': SYMBOLS,
  'regime-predictor': SYMBOLS,
  'strategy-evolver': SYMBOLS * 2,
  ensemble: SYMBOLS * 2,
};

export interface InferenceReport {
  readonly suite: 'inference';
  readonly symbols: number;
  readonly measurements: readonly Measurement[];
  readonly ratios: Readonly<Record<string, number>>;
  readonly rowsPerSecond: Readonly<Record<string, number>>;
  /** Verdict of the INT8 gate on this machine, by model. */
  readonly precision: Readonly<Record<string, string>>;
  readonly workers: readonly { readonly id: number; readonly memoryMb: number }[];
  readonly trainingSeconds: Readonly<Record<string, number>>;
}

interface Served {
  readonly name: ModelName;
  readonly registered: RegisteredModel;
  readonly model: LoadedModel;
  readonly rows: Float32Array;
}

/** Runs the suite and prints what it measured. Throws when the bundled models are missing. */
export async function runInferenceSuite(print: (line: string) => void): Promise<InferenceReport> {
  const registry = openModelRegistry(join(ROOT, 'models'), FEATURE_SCHEMA_HASH);
  for (const problem of registry.problems) print(problem);
  const served = await openAll(registry.models);
  const measurements: Measurement[] = [];
  const add = (measurement: Measurement): Measurement => {
    measurements.push(measurement);
    print(describe(measurement));
    return measurement;
  };
  const batched = add(await measure('whole stack, one batch a model', () => runBatched(served), { warmUp: 3, repetitions: REPETITIONS }));
  const naive = add(await measure('whole stack, one call per symbol and model', () => runOneByOne(served), { warmUp: 1, repetitions: NAIVE_REPETITIONS }));
  const rowsPerSecond: Record<string, number> = {};
  for (const { name, model, rows } of served) {
    const single = add(await measure(`${name}, ${ROWS[name]} rows`, () => model.run(rows, ROWS[name]), { warmUp: 3, repetitions: REPETITIONS }));
    rowsPerSecond[name] = Math.round((ROWS[name] / single.p50) * 1000);
  }
  const precision = await comparePrecision(served, add);
  const { pooled, pooledNaive, workers, murders } = await runPooled(registry.models, served);
  for (const measurement of [pooled, pooledNaive, ...murders]) add(measurement);
  print('aim for the replacement of a dead worker: 2,000 ms');
  for (const { model } of served) await model.close();
  const trainingSeconds = await measureTraining(print);
  const ratios = { inProcess: ratio(batched, naive), throughWorkers: ratio(pooled, pooledNaive) };
  print(
    `whole stack, batched against one call per symbol and model: ${ratios.throughWorkers.toFixed(1)}× through worker processes (aim ≥ 50×), ${ratios.inProcess.toFixed(1)}× in one process`,
  );
  print('aim for the whole stack: 25 ms on 2 cores');
  for (const [name, why] of Object.entries(precision)) print(`${name}: ${why}`);
  for (const worker of workers) print(`worker ${worker.id}: ${worker.memoryMb} MB with all models loaded`);
  return { suite: 'inference', symbols: SYMBOLS, measurements, ratios, rowsPerSecond, precision, workers, trainingSeconds };
}

async function openAll(models: readonly RegisteredModel[]): Promise<readonly Served[]> {
  const served: Served[] = [];
  for (const registered of models) {
    const { name, inputWidth } = registered.file;
    if (!isModelName(name)) continue;
    const opened = await openSession(registered.file);
    if (!opened.ok) throw new Error(opened.error);
    const random = createRandom(7);
    served.push({ name, registered, model: opened.value, rows: Float32Array.from({ length: ROWS[name] * inputWidth }, () => random() * 2 - 1) });
  }
  if (served.length === 0) throw new Error('models/manifest.json names no usable model; train one with `npm run train` first.');
  return served;
}

async function runBatched(served: readonly Served[]): Promise<void> {
  for (const { name, model, rows } of served) await model.run(rows, ROWS[name]);
}

async function runOneByOne(served: readonly Served[]): Promise<void> {
  for (const { name, model, rows, registered } of served) {
    const { inputWidth } = registered.file;
    for (let row = 0; row < ROWS[name]; row += 1) await model.run(rows.subarray(row * inputWidth, (row + 1) * inputWidth), 1);
  }
}

async function comparePrecision(served: readonly Served[], add: (measurement: Measurement) => Measurement): Promise<Readonly<Record<string, string>>> {
  const verdicts: Record<string, string> = {};
  for (const { name, model, rows, registered } of served) {
    if (registered.quantised === null) continue;
    const { file, lossFp32, lossInt8 } = registered.quantised;
    const opened = await openSession(file);
    if (!opened.ok) throw new Error(opened.error);
    const options = { warmUp: 5, repetitions: REPETITIONS };
    const fp32 = await measure(`${name}, fp32`, () => model.run(rows, ROWS[name]), options);
    const int8 = add(await measure(`${name}, INT8`, () => opened.value.run(rows, ROWS[name]), options));
    await opened.value.close();
    verdicts[name] = choosePrecision({ lossFp32, lossInt8, millisecondsFp32: fp32.p50, millisecondsInt8: int8.p50 }).why;
  }
  return verdicts;
}

/** A cycle as the live loop asks it: every model in one round trip per worker, answers handed on inside the worker; every side has a set-up. */
async function runPooled(
  models: readonly RegisteredModel[],
  served: readonly Served[],
): Promise<{
  readonly pooled: Measurement;
  readonly pooledNaive: Measurement;
  readonly workers: InferenceReport['workers'];
  readonly murders: readonly Measurement[];
}> {
  const pool = new WorkerPool({
    launcher: createNodeLauncher(ROOT),
    models: models.map((model) => model.file),
    workers: workerCount(4),
    memoryLimitMb: 1024,
    deadlineMs: 30_000,
    logger: { log: () => undefined },
  });
  try {
    if (!(await pool.whenReady(30_000))) throw new Error('the inference workers did not start');
    const rowsOf = (name: ModelName): Float32Array => served.find((model) => model.name === name)?.rows ?? new Float32Array(0);
    const stack = {
      markets: SYMBOLS,
      features: rowsOf('boosted-trees'),
      windows: rowsOf('structure-autoencoder'),
      sequences: rowsOf('liquidity-predictor'),
      regimes: rowsOf('regime-predictor'),
      moments: rowsOf('strategy-evolver'),
      models: ALL_MODELS,
    };
    const cycle = async (): Promise<void> => {
      const answer = await pool.runStack(stack);
      if (!answer.ok) throw new Error(answer.error.uiMessage);
      if (answer.value.values.some((value) => Number.isNaN(value))) throw new Error(`a model of the stack did not answer: ${answer.value.problems.join(' ')}`);
    };
    const pooled = await measure(`whole stack through ${pool.workers().length} worker processes`, cycle, { warmUp: 5, repetitions: REPETITIONS });
    const oneByOne = async (): Promise<void> => {
      for (const { name, rows, registered } of served) {
        const { name: model, inputWidth: width } = registered.file;
        for (let row = 0; row < ROWS[name]; row += 1) await pool.run({ model, rows: rows.slice(row * width, (row + 1) * width), rowCount: 1, width });
      }
    };
    const pooledNaive = await measure('whole stack through workers, one call per symbol and model', oneByOne, { warmUp: 0, repetitions: NAIVE_REPETITIONS });
    // Memory comes with the answer to a ping.
    await new Promise((resume) => setTimeout(resume, 1200));
    const workersNow = pool.workers().map(({ id, memoryMb }) => ({ id, memoryMb }));
    const [survived, replaced] = await measureMurder(pool, cycle);
    return { pooled, pooledNaive, workers: workersNow, murders: [survived, replaced] };
  } finally {
    await pool.stop();
  }
}

/** kill -9 in the middle of cycles: until the cycle has all its answers, and until a replacement serves. */
async function measureMurder(pool: WorkerPool, cycle: () => Promise<void>): Promise<readonly [Measurement, Measurement]> {
  const isWhole = (): boolean => pool.workers().every(({ state }) => state === 'ready');
  const whole = async (): Promise<void> => {
    while (!isWhole()) await new Promise((resume) => setTimeout(resume, 2));
  };
  const [survived, replaced, costs]: [number[], number[], number[]] = [[], [], []];
  for (let murder = 0; murder < MURDERS; murder += 1) {
    await whole();
    const usage = process.cpuUsage();
    const started = performance.now();
    const running = cycle();
    const { pid } = pool.workers()[murder % pool.workers().length] ?? { pid: null };
    if (pid !== null) process.kill(pid, 'SIGKILL');
    await running;
    survived.push(performance.now() - started);
    await whole();
    replaced.push(performance.now() - started);
    const { user, system } = process.cpuUsage(usage);
    costs.push((user + system) / 1000);
  }
  return [spread('a cycle in which a worker is killed', survived, costs), spread('a killed worker replaced, its models loaded', replaced, costs)];
}

function spread(name: string, samples: readonly number[], costs: readonly number[]): Measurement {
  const at = (values: readonly number[], share: number): number =>
    values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))] ?? Number.NaN;
  return { name, p50: at(samples, 0.5), p99: at(samples, 0.99), best: at(samples, 0), processor: at(costs, 0.5), repetitions: samples.length };
}

const TREE_ROWS = 5000;
const TREE_WIDTH = 112;
const NETWORK_ROWS = 1024;

/** 300 trees on 5,000 × 112 rows, and one pass of each network over 1,024 rows: the same work on every machine. */
async function measureTraining(print: (line: string) => void): Promise<Readonly<Record<string, number>>> {
  const seconds: Record<string, number> = {};
  const time = async (name: string, run: () => unknown): Promise<void> => {
    const started = performance.now();
    await run();
    seconds[name] = (performance.now() - started) / 1000;
    print(`training ${name}: ${seconds[name].toFixed(2)} s`);
  };
  const random = createRandom(3);
  const rows = Float32Array.from({ length: TREE_ROWS * TREE_WIDTH }, () => random() * 2 - 1);
  const labels = Uint8Array.from({ length: TREE_ROWS }, (_, row) => (random() < 1 / (1 + Math.exp(-2 * rows[row * TREE_WIDTH]!)) ? 1 : 0));
  const weights = new Float64Array(TREE_ROWS).fill(1);
  const parameters = {
    trees: 300,
    depth: 6,
    learningRate: 0.03,
    minChildWeight: 5,
    l2: 1,
    minGain: 0,
    rowShare: 1,
    columnShare: 1,
    maxBins: 64,
    patience: 300,
    seed: 1,
  };
  await time('300 trees of depth 6 on 5,000 × 112 rows', () =>
    fitBoosting({ train: { rows, width: TREE_WIDTH, labels, weights }, stopping: null, parameters }),
  );
  const specs: readonly (readonly [string, NetworkSpec])[] = [
    ['structure-autoencoder', STRUCTURE_SPEC],
    ['feature-discovery', DISCOVERY_SPEC],
    ['regime-predictor', REGIME_SPEC],
    ['liquidity-predictor', LIQUIDITY_SPEC],
  ];
  for (const [name, spec] of specs) {
    const data = {
      rows: Float32Array.from({ length: NETWORK_ROWS * spec.inputWidth }, () => random() * 2 - 1),
      targets: Float32Array.from({ length: NETWORK_ROWS * headWidth(spec) }, () => (random() < 0.5 ? 1 : 0)),
    };
    const options = { epochs: 1, batch: 128, learningRate: 0.001, patience: 1, seed: 1 };
    await time(`${name}, one epoch of ${NETWORK_ROWS} rows`, () =>
      trainNetwork({ spec, scaling: noScaling(spec.inputWidth), train: data, validation: data, options }),
    );
  }
  return seconds;
}
