// The models of the product by name: what a row of each is, and what its answer means. A model of another layout is refused.
import { FEATURE_COUNT, FEATURE_SCHEMA_HASH } from '../features/schema.ts';
import { EVOLVER_ACTIONS, EVOLVER_SCHEMA, EVOLVER_STATE_WIDTH } from './evolver-policy.ts';
import { LIQUIDITY_OUTPUTS, SEQUENCE_SCHEMA, SEQUENCE_WIDTH } from './liquidity-sequence.ts';
import { MARKET_CLASSES } from '../structure/regime-forecast.ts';
import { REGIME_SCHEMA, REGIME_WIDTH } from './regime-sequence.ts';
import { STACK_SCHEMA, STACK_WIDTH } from './stack-row.ts';
import { STRUCTURE_CODE, STRUCTURE_SCHEMA, STRUCTURE_WIDTH } from './structure-window.ts';

export interface ModelInput {
  readonly schemaHash: string;
  readonly inputWidth: number;
  readonly outputWidth: number;
  /** `probability`: column 0 is P(win), columns 1 and 2 its band. `values`: finite numbers. */
  readonly output: 'probability' | 'values';
}

/** Features the discovery network gives beside its probability. */
export const DISCOVERED_FEATURES = 32;

export const MODEL_INPUTS = {
  'boosted-trees': { schemaHash: FEATURE_SCHEMA_HASH, inputWidth: FEATURE_COUNT, outputWidth: 3, output: 'probability' },
  /** 16 numbers, then the error of the reconstruction. */
  'structure-autoencoder': { schemaHash: STRUCTURE_SCHEMA, inputWidth: STRUCTURE_WIDTH, outputWidth: STRUCTURE_CODE + 1, output: 'values' },
  /** 32 features, then P(moves the side's way within the hour). */
  'feature-discovery': {
    schemaHash: `${FEATURE_SCHEMA_HASH}+${STRUCTURE_SCHEMA}`,
    inputWidth: FEATURE_COUNT + STRUCTURE_CODE,
    outputWidth: DISCOVERED_FEATURES + 1,
    output: 'values',
  },
  'liquidity-predictor': { schemaHash: SEQUENCE_SCHEMA, inputWidth: SEQUENCE_WIDTH, outputWidth: LIQUIDITY_OUTPUTS.length, output: 'values' },
  'regime-predictor': { schemaHash: REGIME_SCHEMA, inputWidth: REGIME_WIDTH, outputWidth: MARKET_CLASSES.length, output: 'values' },
  'strategy-evolver': { schemaHash: EVOLVER_SCHEMA, inputWidth: EVOLVER_STATE_WIDTH, outputWidth: EVOLVER_ACTIONS.length, output: 'values' },
  ensemble: { schemaHash: STACK_SCHEMA, inputWidth: STACK_WIDTH, outputWidth: 3, output: 'probability' },
} as const satisfies Record<string, ModelInput>;

export type ModelName = keyof typeof MODEL_INPUTS;

export const MODEL_NAMES = Object.keys(MODEL_INPUTS) as readonly ModelName[];

export function isModelName(text: string): text is ModelName {
  return Object.hasOwn(MODEL_INPUTS, text);
}
