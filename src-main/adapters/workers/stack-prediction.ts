// One cycle through the whole stack of models: which form of each is asked, and what may stand in the answer.
import type { StackModels } from '../../../src-shared/contract/worker.ts';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import type { ModelName } from '../../core/learning/model-inputs.ts';
import { STACK_COLUMN_COUNT, STACK_COLUMNS } from '../../core/learning/stack-answer.ts';
import type { PredictionBatch, PredictionFailure, StackPrediction } from '../../core/ports.ts';
import type { RegisteredModel } from '../models/registry.ts';
import type { WorkerPool } from './pool.ts';

export interface StackCall {
  readonly pool: WorkerPool;
  readonly models: readonly RegisteredModel[];
  /** Loaded form of a model that serves now. */
  readonly formOf: (model: RegisteredModel) => string;
}

export interface StackOutcome {
  /** keys.length × 3: what the trees say. */
  readonly trees: Float32Array;
  readonly stack: StackPrediction;
  readonly computeMs: number;
}

/** Never rejects. A member that fails costs its own columns and says so; without the trees there is no answer. */
export async function predictStack(batch: PredictionBatch, call: StackCall): Promise<Result<StackOutcome, PredictionFailure>> {
  const { stack, rows, keys } = batch;
  if (stack === undefined || stack.markets * 2 !== keys.length)
    return err({ code: 'bad_output', uiMessage: 'The markets of a cycle and its rows do not belong together; ICT rules decide this cycle alone.' });
  const asked = call.models.filter(({ file }) => call.pool.problemOf(file.name) === null);
  const answer = await call.pool.runStack({ ...stack, features: rows, models: modelsOf(asked, call.formOf) });
  if (!answer.ok) return answer;
  const { values, computeMs } = answer.value;
  const problems = [...answer.value.problems, ...call.models.flatMap(({ file }) => call.pool.problemOf(file.name) ?? [])];
  if (!areStated(values, STACK_COLUMNS.trees))
    return err({
      code: 'bad_output',
      uiMessage: problems[0] ?? 'The boosted trees answered something that is no probability; ICT rules decide this cycle alone.',
    });
  if (!areStated(values, STACK_COLUMNS.ensemble, true)) {
    problems.push('The ensemble answered something that is no probability; the boosted trees speak alone.');
    for (let at = 0; at < values.length; at += STACK_COLUMN_COUNT) values.fill(Number.NaN, at + STACK_COLUMNS.ensemble, at + STACK_COLUMNS.ensemble + 3);
  }
  const trees = new Float32Array(keys.length * 3);
  for (let row = 0; row < keys.length; row += 1) trees.set(values.subarray(row * STACK_COLUMN_COUNT, row * STACK_COLUMN_COUNT + 3), row * 3);
  const served = asked.map(({ file, edge }) => ({ name: file.name, version: file.version, edge }));
  return ok({ trees, stack: { values, served, problems }, computeMs });
}

function modelsOf(asked: readonly RegisteredModel[], formOf: StackCall['formOf']): StackModels {
  const find = (name: ModelName): RegisteredModel | undefined => asked.find(({ file }) => file.name === name);
  const form = (name: ModelName): string | null => {
    const model = find(name);
    return model === undefined ? null : formOf(model);
  };
  return {
    trees: form('boosted-trees') ?? 'boosted-trees',
    structure: form('structure-autoencoder'),
    discovery: form('feature-discovery'),
    liquidity: form('liquidity-predictor'),
    regime: form('regime-predictor'),
    evolver: form('strategy-evolver'),
    ensemble: form('ensemble'),
    usualError: find('structure-autoencoder')?.usualError ?? 1,
  };
}

/** Every row a probability inside its band; `mayBeSilent` lets rows pass that say nothing. */
function areStated(values: Float32Array, column: number, mayBeSilent = false): boolean {
  for (let at = column; at < values.length; at += STACK_COLUMN_COUNT) {
    const [probability, low, high] = [values[at]!, values[at + 1]!, values[at + 2]!];
    if (mayBeSilent && Number.isNaN(probability)) continue;
    if (!(low >= 0 && low <= probability && probability <= high && high <= 1)) return false;
  }
  return true;
}
