// The networks of the product: shapes, heads and training options, in one place.
import { DISCOVERED_FEATURES, MODEL_INPUTS } from '../../src-main/core/learning/model-inputs.ts';
import { SEQUENCE_STEPS, SEQUENCE_WIDTH } from '../../src-main/core/learning/liquidity-sequence.ts';
import { MARKET_CLASSES } from '../../src-main/core/structure/regime-forecast.ts';
import { REGIME_WIDTH } from '../../src-main/core/learning/regime-sequence.ts';
import { STRUCTURE_CODE, STRUCTURE_WIDTH } from '../../src-main/core/learning/structure-window.ts';
import type { NetworkSpec } from './network.ts';
import type { TrainingOptions } from './train-network.ts';

export const DISCOVERY_WIDTH = MODEL_INPUTS['feature-discovery'].inputWidth;
/** Layer of the autoencoder whose output is the code. */
export const CODE_LAYER = 2;

export const STRUCTURE_SPEC: NetworkSpec = {
  inputWidth: STRUCTURE_WIDTH,
  trunk: [
    { kind: 'dense', units: 128, activation: 'relu' },
    { kind: 'dense', units: 64, activation: 'relu' },
    { kind: 'dense', units: STRUCTURE_CODE, activation: 'linear' },
    { kind: 'dense', units: 64, activation: 'relu' },
    { kind: 'dense', units: 128, activation: 'relu' },
  ],
  heads: [{ units: STRUCTURE_WIDTH, activation: 'linear', loss: 'squared', weight: 1 }],
};

export const DISCOVERY_SPEC: NetworkSpec = {
  inputWidth: DISCOVERY_WIDTH,
  trunk: [
    { kind: 'dense', units: 64, activation: 'relu', dropout: 0.3 },
    { kind: 'dense', units: DISCOVERED_FEATURES, activation: 'tanh', dropout: 0.2 },
  ],
  heads: [{ units: 1, activation: 'sigmoid', loss: 'logistic', weight: 1 }],
};

export const LIQUIDITY_SPEC: NetworkSpec = {
  inputWidth: SEQUENCE_WIDTH,
  trunk: [{ kind: 'lstm', steps: SEQUENCE_STEPS, units: 32 }],
  heads: [
    { units: 2, activation: 'softplus', loss: 'squared', weight: 0.2 },
    { units: 2, activation: 'sigmoid', loss: 'logistic', weight: 1 },
  ],
};

export const REGIME_SPEC: NetworkSpec = {
  inputWidth: REGIME_WIDTH,
  trunk: [
    { kind: 'dense', units: 48, activation: 'relu', dropout: 0.3 },
    { kind: 'dense', units: 16, activation: 'relu' },
  ],
  heads: [{ units: MARKET_CLASSES.length, activation: 'softmax', loss: 'softmax', weight: 1 }],
};

type NetworkName = 'structure' | 'discovery' | 'liquidity' | 'regime';

export const NETWORK_OPTIONS: Readonly<Record<NetworkName, Omit<TrainingOptions, 'seed'>>> = {
  structure: { epochs: 30, batch: 128, learningRate: 0.001, patience: 4 },
  discovery: { epochs: 20, batch: 256, learningRate: 0.0005, patience: 4 },
  liquidity: { epochs: 8, batch: 128, learningRate: 0.002, patience: 2 },
  regime: { epochs: 25, batch: 128, learningRate: 0.0005, patience: 4 },
};
