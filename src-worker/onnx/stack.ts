// The whole stack of models over some markets: what each says, handed on inside the worker to those that build on it.
import type { StackInputs, StackModels } from '../../src-shared/contract/worker.ts';
import { completeEvolverState, EVOLVER_ACTIONS, EVOLVER_STATE_WIDTH, ictConfidenceOf } from '../../src-main/core/learning/evolver-policy.ts';
import { STACK_COLUMN_COUNT, STACK_COLUMNS } from '../../src-main/core/learning/stack-answer.ts';
import { buildStackRow, STACK_WIDTH } from '../../src-main/core/learning/stack-row.ts';
import type { LoadedModel } from './session.ts';

/** Long and short. */
const SIDES = 2;

export interface StackValues {
  /** 2·markets × STACK_COLUMN_COUNT. */
  readonly values: Float32Array;
  readonly problems: readonly string[];
}

interface Answered {
  readonly values: Float32Array;
  readonly width: number;
}

/**
 * Trees, autoencoder, liquidity and regime first, then discovery on the autoencoder's numbers, the evolver on all of them and the ensemble
 * on everything. A model that fails leaves its columns NaN and a sentence; only the trees are needed.
 */
export async function runStack(loaded: ReadonlyMap<string, LoadedModel>, inputs: StackInputs, models: StackModels): Promise<StackValues> {
  const { markets } = inputs;
  const sides = markets * SIDES;
  const values = new Float32Array(sides * STACK_COLUMN_COUNT).fill(Number.NaN);
  const problems: string[] = [];
  const ask = async (name: string | null, rows: Float32Array | null, count: number): Promise<Answered | null> => {
    const model = name === null ? undefined : loaded.get(name);
    if (model === undefined || rows === null || count === 0) return null;
    try {
      return { values: await model.run(rows, count), width: model.file.outputWidth };
    } catch (failure) {
      problems.push(`The model ${model.file.name} failed: ${failure instanceof Error ? failure.message : String(failure)}`);
      return null;
    }
  };
  const put = (column: number, row: number, given: ArrayLike<number>): void => values.set(given, row * STACK_COLUMN_COUNT + column);
  const trees = await ask(models.trees, inputs.features, sides);
  for (let row = 0; trees !== null && row < sides; row += 1) put(STACK_COLUMNS.trees, row, rowOf(trees, row).subarray(0, 3));

  const structure = await ask(models.structure, inputs.windows, sides);
  const discovery = await ask(models.discovery, structure === null ? null : discoveryRows(inputs.features, structure, sides), sides);
  const liquidity = await ask(models.liquidity, inputs.sequences, markets);
  const regime = await ask(models.regime, inputs.regimes, markets);
  for (let row = 0; row < sides; row += 1) {
    const market = row >> 1;
    const isKnown = isGiven(inputs.windows, row, sides);
    if (structure !== null && isKnown)
      put(STACK_COLUMNS.novelty, row, [Math.log(Math.max(1e-9, rowOf(structure, row).at(-1) ?? 0) / Math.max(1e-9, models.usualError))]);
    if (discovery !== null && isKnown) put(STACK_COLUMNS.discovery, row, [rowOf(discovery, row).at(-1) ?? Number.NaN]);
    if (liquidity !== null && isGiven(inputs.sequences, market, markets)) {
      const [distanceAbove = 0, distanceBelow = 0, above = 0, below = 0] = rowOf(liquidity, market);
      put(STACK_COLUMNS.takenAhead, row, row % SIDES === 0 ? [above, below, distanceAbove, distanceBelow] : [below, above, distanceBelow, distanceAbove]);
    }
    if (regime !== null && isGiven(inputs.regimes, market, markets)) put(STACK_COLUMNS.regimeAhead, row, rowOf(regime, market).subarray(0, 3));
  }
  await askLast({ inputs, models, values, sides, ask, put });
  return { values, problems };
}

interface LastStage {
  readonly inputs: StackInputs;
  readonly models: StackModels;
  readonly values: Float32Array;
  readonly sides: number;
  readonly ask: (name: string | null, rows: Float32Array | null, count: number) => Promise<Answered | null>;
  readonly put: (column: number, row: number, given: ArrayLike<number>) => void;
}

/** Evolver and ensemble speak of set-ups only. */
async function askLast({ inputs, models, values, sides, ask, put }: LastStage): Promise<void> {
  const rows = Array.from({ length: sides }, (_, row) => row).filter((row) => isGiven(inputs.moments, row, sides));
  if (rows.length === 0) return;
  const states = new Float32Array(rows.length * EVOLVER_STATE_WIDTH);
  const at = (row: number, column: number, missing: number): number => {
    const value = values[row * STACK_COLUMN_COUNT + column]!;
    return Number.isNaN(value) ? missing : value;
  };
  const members = rows.map((row, index) => {
    const state = states.subarray(index * EVOLVER_STATE_WIDTH, (index + 1) * EVOLVER_STATE_WIDTH);
    state.set(inputs.moments.subarray(row * EVOLVER_STATE_WIDTH, (row + 1) * EVOLVER_STATE_WIDTH));
    const regimeAhead = [0, 1, 2].map((offset) => at(row, STACK_COLUMNS.regimeAhead + offset, 0)) as [number, number, number];
    const measures = {
      winProbability: at(row, STACK_COLUMNS.trees, 0.5),
      discovery: at(row, STACK_COLUMNS.discovery, 0.5),
      liquidityAgreement: at(row, STACK_COLUMNS.takenAhead, 0) - at(row, STACK_COLUMNS.takenBehind, 0),
      novelty: at(row, STACK_COLUMNS.novelty, 0),
      regimeAhead,
    };
    completeEvolverState(state, measures);
    return measures;
  });
  const evolver = await ask(models.evolver, states, rows.length);
  const stack = new Float32Array(rows.length * STACK_WIDTH);
  rows.forEach((row, index) => {
    const actions = evolver === null ? null : rowOf(evolver, index).subarray(0, EVOLVER_ACTIONS.length);
    if (actions !== null) put(STACK_COLUMNS.evolver, row, actions);
    const { winProbability, discovery, liquidityAgreement, novelty } = members[index]!;
    const opinions = {
      boostedTrees: winProbability,
      discovery,
      evolverAdvantage: actions === null ? 0 : Math.max(...actions) - actions[0]!,
      liquidityAgreement,
      novelty,
      ictConfidence: ictConfidenceOf(states.subarray(index * EVOLVER_STATE_WIDTH, (index + 1) * EVOLVER_STATE_WIDTH)),
    };
    stack.set(buildStackRow(opinions), index * STACK_WIDTH);
  });
  const ensemble = await ask(models.ensemble, stack, rows.length);
  if (ensemble !== null) rows.forEach((row, index) => put(STACK_COLUMNS.ensemble, row, rowOf(ensemble, index).subarray(0, 3)));
}

function rowOf({ values, width }: Answered, row: number): Float32Array {
  return values.subarray(row * width, (row + 1) * width);
}

/** Whether row `row` of a matrix of `count` rows was filled. */
function isGiven(matrix: Float32Array, row: number, count: number): boolean {
  return !Number.isNaN(matrix[(row * matrix.length) / count] ?? Number.NaN);
}

/** Features of each side, then the numbers its window was described with (all but the error). */
function discoveryRows(features: Float32Array, structure: Answered, sides: number): Float32Array {
  const width = features.length / sides;
  const code = structure.width - 1;
  const rows = new Float32Array(sides * (width + code));
  for (let row = 0; row < sides; row += 1) {
    rows.set(features.subarray(row * width, (row + 1) * width), row * (width + code));
    rows.set(rowOf(structure, row).subarray(0, code), row * (width + code) + width);
  }
  return rows;
}
