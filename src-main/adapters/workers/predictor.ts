// The Predictor port over the worker pool: checks what goes in (model, schema, width) and what comes out (finite, in range).
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { Result } from '../../../src-shared/kernel/result.ts';
import { err, ok } from '../../../src-shared/kernel/result.ts';
import type { Logger, PredictionBatch, PredictionFailure, PredictionResult, Predictor, WorkerLauncher } from '../../core/ports.ts';
import type { ModelRegistry, RegisteredModel } from '../models/registry.ts';
import type { PrecisionVerdict } from '../../core/learning/precision.ts';
import { WorkerPool, workerCount } from './pool.ts';
import { measurePrecision } from './precision.ts';
import { predictStack } from './stack-prediction.ts';

export interface PredictorOptions {
  readonly launcher: WorkerLauncher;
  readonly registry: ModelRegistry;
  readonly settings: Pick<
    Settings,
    'maxWorkers' | 'processMemoryLimitMb' | 'processTimeoutSeconds' | 'enableQuantization' | 'enableBatchPrediction' | 'batchPredictionSize'
  >;
  readonly logger: Logger;
}

export interface ServedPredictor extends Predictor {
  /** True once a worker has loaded its models; false when none can, or after `timeoutMs`. */
  whenReady(timeoutMs: number): Promise<boolean>;
}

/** Starts the workers at once; batches that come before they are ready wait for them. Call only with at least one model. */
export function createPredictor(options: PredictorOptions): ServedPredictor {
  const { launcher, settings, logger } = options;
  const registry = settings.enableQuantization ? options.registry : withoutInt8(options.registry);
  const pool = new WorkerPool({
    launcher,
    logger,
    models: registry.models.flatMap(({ file, quantised }) => (quantised === null ? [file] : [file, quantised.file])),
    workers: workerCount(settings.maxWorkers),
    memoryLimitMb: settings.processMemoryLimitMb,
    deadlineMs: settings.processTimeoutSeconds * 1000,
    leastRows: settings.batchPredictionSize,
    isBatching: settings.enableBatchPrediction,
  });
  // Until it is measured everything serves in fp32; the change drops no request.
  let precision: ReadonlyMap<string, PrecisionVerdict> = new Map();
  let models = describeModels(registry, precision);
  void measurePrecision(pool, registry.models).then((verdicts) => {
    precision = verdicts;
    models = describeModels(registry, precision);
    for (const [name, { why }] of verdicts) logger.log('info', 'models', `${name}: ${why}`);
  });
  return {
    get models() {
      return models;
    },
    whenReady: (timeoutMs) => pool.whenReady(timeoutMs),
    predict: (batch) => predict(batch, { pool, registry, precision }),
    workers: () => pool.workers().map(({ id, state, restarts, memoryMb }) => ({ id, state, restarts, memoryMb })),
    onWorkersChanged: (handler) => pool.onChanged(handler),
    stop: () => pool.stop(),
  };
}

/** What the models view shows: the verdict of the report, and how the model is served where there was a choice. */
function describeModels(registry: ModelRegistry, precision: ReadonlyMap<string, PrecisionVerdict>): Predictor['models'] {
  return registry.models.map(({ file, edge, note }) => {
    const verdict = precision.get(file.name);
    const { name, version, schemaHash } = file;
    return { name, version, schemaHash, edge, note: verdict === undefined ? note : `${note} ${verdict.why}`, precision: verdict?.why ?? null };
  });
}

/** INT8 switched off: its files are not even loaded. */
function withoutInt8(registry: ModelRegistry): ModelRegistry {
  return { ...registry, models: registry.models.map((model) => ({ ...model, quantised: null })) };
}

interface Served {
  readonly pool: WorkerPool;
  readonly registry: ModelRegistry;
  readonly precision: ReadonlyMap<string, PrecisionVerdict>;
}

async function predict(batch: PredictionBatch, served: Served): Promise<Result<PredictionResult, PredictionFailure>> {
  const model = served.registry.models.find((entry) => entry.file.name === batch.model);
  if (model === undefined) return fail('no_model', served.registry.problems[0] ?? `There is no model named ${batch.model}; ICT rules decide alone.`);
  const refusal = checkBatch(batch, model);
  if (refusal !== null) return err(refusal);
  const { cycle, keys, rows, width } = batch;
  const { name, version, schemaHash } = model.file;
  const authority = { hasEdge: model.edge, ...(model.edgeAlone === true ? { hasEdgeAlone: true } : {}) };
  const about = { cycle, model: name, version, schemaHash, keys, ...authority };
  if (keys.length === 0) return ok({ ...about, values: new Float32Array(0), outputWidth: model.file.outputWidth, computeMs: 0 });
  const formOf = ({ file, quantised }: RegisteredModel): string =>
    served.precision.get(file.name)?.precision === 'int8' && quantised !== null ? quantised.file.name : file.name;
  if (batch.stack !== undefined) {
    const answer = await predictStack(batch, { pool: served.pool, models: served.registry.models, formOf });
    return answer.ok ? ok({ ...about, values: answer.value.trees, outputWidth: 3, computeMs: answer.value.computeMs, stack: answer.value.stack }) : answer;
  }
  const answer = await served.pool.run({ model: formOf(model), rows, rowCount: keys.length, width });
  if (!answer.ok) return answer;
  const isSane = model.output === 'probability' ? areProbabilities : areFinite;
  if (answer.value.outputWidth !== model.file.outputWidth || !isSane(answer.value.values, model.file.outputWidth)) {
    const what = model.output === 'probability' ? 'a probability' : 'a number';
    return fail('bad_output', `The model ${model.file.name} answered something that is not ${what}; ICT rules decide this cycle alone.`);
  }
  return ok({ ...about, ...answer.value });
}

function checkBatch(batch: PredictionBatch, model: RegisteredModel): PredictionFailure | null {
  const { name, version, schemaHash, inputWidth } = model.file;
  if (batch.schemaHash !== schemaHash)
    return {
      code: 'schema_mismatch',
      uiMessage: `The model ${name} ${version} was trained on other features (${schemaHash}, not ${batch.schemaHash}); ICT rules decide alone. Run \`npm run train\`.`,
    };
  if (batch.width !== inputWidth || batch.rows.length !== batch.keys.length * inputWidth) {
    return {
      code: 'schema_mismatch',
      uiMessage: `The model ${name} ${version} takes rows of ${inputWidth} values; ${batch.keys.length} rows of ${batch.width} came. ICT rules decide alone.`,
    };
  }
  return null;
}

/** Every value finite and in [0, 1]; with a band, low ≤ probability ≤ high. */
function areProbabilities(values: Float32Array, outputWidth: number): boolean {
  for (let at = 0; at < values.length; at += outputWidth) {
    const probability = values[at]!;
    if (!(probability >= 0 && probability <= 1)) return false;
    if (outputWidth < 3) continue;
    const low = values[at + 1]!;
    const high = values[at + 2]!;
    if (!(low >= 0 && low <= probability && probability <= high && high <= 1)) return false;
  }
  return true;
}

function areFinite(values: Float32Array): boolean {
  return values.every((value) => Number.isFinite(value));
}

function fail(code: PredictionFailure['code'], uiMessage: string): Result<never, PredictionFailure> {
  return err({ code, uiMessage });
}
