// What the whole stack of models says of one side of one market: the columns of its answer, and how they are read.
import { EVOLVER_ACTIONS, type EvolverAction } from './evolver-policy.ts';

/** Columns of one row; NaN where a model said nothing. */
export const STACK_COLUMNS = {
  trees: 0,
  ensemble: 3,
  discovery: 6,
  takenAhead: 7,
  takenBehind: 8,
  distanceAhead: 9,
  distanceBehind: 10,
  novelty: 11,
  regimeAhead: 12,
  evolver: 15,
} as const;
export const STACK_COLUMN_COUNT = STACK_COLUMNS.evolver + EVOLVER_ACTIONS.length;

/** P(win) with its band. */
export interface StatedProbability {
  readonly probability: number;
  readonly low: number;
  readonly high: number;
}

/** One side of one market. Null: that model said nothing. */
export interface StackAnswer {
  readonly trees: StatedProbability | null;
  readonly ensemble: StatedProbability | null;
  /** P(moves the side's way within the hour, costs included). */
  readonly discovery: number | null;
  /** Nearest pool in the direction of the side, and the one behind it: P(taken within six hours), distance in ATR if it is. */
  readonly liquidity: { readonly takenAhead: number; readonly takenBehind: number; readonly distanceAhead: number; readonly distanceBehind: number } | null;
  /** ln of the reconstruction error over its usual one: above zero the window is unusual. */
  readonly novelty: number | null;
  readonly regimeAhead: readonly [trending: number, ranging: number, volatile: number] | null;
  /** The evolver's best action and its value over standing aside, in R. */
  readonly evolver: { readonly action: EvolverAction; readonly advantage: number } | null;
}

/** Row `index` of the stack's answer. */
export function readStackRow(values: Float32Array, index: number): StackAnswer {
  const row = values.subarray(index * STACK_COLUMN_COUNT, (index + 1) * STACK_COLUMN_COUNT);
  const at = (column: keyof typeof STACK_COLUMNS, offset = 0): number => row[STACK_COLUMNS[column] + offset] ?? Number.NaN;
  const known = (value: number): number | null => (Number.isFinite(value) ? value : null);
  const regime = [at('regimeAhead'), at('regimeAhead', 1), at('regimeAhead', 2)] as const;
  return {
    trees: stated(at('trees'), at('trees', 1), at('trees', 2)),
    ensemble: stated(at('ensemble'), at('ensemble', 1), at('ensemble', 2)),
    discovery: known(at('discovery')),
    liquidity: Number.isFinite(at('takenAhead') + at('takenBehind'))
      ? { takenAhead: at('takenAhead'), takenBehind: at('takenBehind'), distanceAhead: at('distanceAhead'), distanceBehind: at('distanceBehind') }
      : null,
    novelty: known(at('novelty')),
    regimeAhead: regime.every((value) => Number.isFinite(value)) ? regime : null,
    evolver: readEvolver(row.subarray(STACK_COLUMNS.evolver)),
  };
}

function stated(probability: number, low: number, high: number): StatedProbability | null {
  return Number.isFinite(probability + low + high) ? { probability, low, high } : null;
}

/** Ties go to the earlier action: standing aside before any trade. */
function readEvolver(values: Float32Array): StackAnswer['evolver'] {
  if (!values.every((value) => Number.isFinite(value))) return null;
  const best = values.indexOf(Math.max(...values));
  const action = EVOLVER_ACTIONS[best];
  return action === undefined ? null : { action, advantage: values[best]! - values[0]! };
}
