// Trains a network with Adam on shuffled batches, keeps the weights that were best on later rows, and can be stopped between batches.
import * as tf from '@tensorflow/tfjs-core';
import { headWidth, kernelShapes, type Network, type NetworkSpec, type Parameter, type Scaling } from './network.ts';
import { createRandom, shuffle } from './random.ts';
import { forwardHeads, lossOf } from './tensor-forward.ts';
import { startTensorflow } from './tensorflow.ts';

export interface NetworkRows {
  /** Row-major, unscaled. */
  readonly rows: Float32Array;
  /** Row-major, as wide as the heads together; NaN where there is no target. */
  readonly targets: Float32Array;
  /** Weight of each row; 1 when left out. */
  readonly weights?: Float64Array;
}

export interface TrainingOptions {
  readonly epochs: number;
  readonly batch: number;
  readonly learningRate: number;
  /** Stop after this many epochs without a better validation loss. */
  readonly patience: number;
  readonly seed: number;
}

export interface EpochProgress {
  readonly epoch: number;
  readonly epochs: number;
  readonly trainLoss: number;
  readonly validationLoss: number;
}

export interface NetworkTraining {
  readonly spec: NetworkSpec;
  readonly scaling: Scaling;
  readonly train: NetworkRows;
  /** Later rows that decide when to stop; never part of a later score. */
  readonly validation: NetworkRows;
  readonly options: TrainingOptions;
  readonly onEpoch?: (progress: EpochProgress) => void;
  /** Awaited between batches; false ends the training with the best weights so far. */
  readonly mayGoOn?: () => Promise<boolean>;
}

export interface TrainedNetwork {
  readonly network: Network;
  readonly validationLoss: number;
  readonly epochs: number;
  readonly isCancelled: boolean;
}

const JUDGE_ROWS = 1024;

/** Same rows and seed, same weights. Rows are scaled as `scaling` says; the network that comes back holds it. */
export async function trainNetwork(training: NetworkTraining): Promise<TrainedNetwork> {
  await startTensorflow();
  const { spec, scaling, options } = training;
  const random = createRandom(options.seed);
  const variables = initialWeights(spec, random).map(({ shape, values }) => tf.variable(tf.tensor(values, [...shape])));
  const optimiser = tf.train.adam(options.learningRate);
  const rows = prepare(training.train, spec, scaling);
  const validation = prepare(training.validation, spec, scaling);
  const order = Int32Array.from({ length: rows.count }, (_, index) => index);
  let best = read(variables, spec);
  let bestLoss = Infinity;
  let sinceBest = 0;
  let epoch = 0;
  let isCancelled = false;
  try {
    while (epoch < options.epochs && sinceBest < options.patience && !isCancelled) {
      epoch += 1;
      shuffle(order, random);
      let total = 0;
      let batches = 0;
      for (let from = 0; from < order.length; from += options.batch) {
        total += step({ spec, variables, optimiser, random, batch: gather(rows, order.subarray(from, from + options.batch), spec) });
        batches += 1;
        if (training.mayGoOn !== undefined && !(await training.mayGoOn())) {
          isCancelled = true;
          break;
        }
      }
      const loss = judge(spec, variables, validation);
      if (loss < bestLoss - 1e-7) {
        bestLoss = loss;
        best = read(variables, spec);
        sinceBest = 0;
      } else sinceBest += 1;
      training.onEpoch?.({ epoch, epochs: options.epochs, trainLoss: total / batches, validationLoss: loss });
    }
  } finally {
    for (const variable of variables) variable.dispose();
    optimiser.dispose();
  }
  return { network: { spec, scaling, parameters: best }, validationLoss: bestLoss, epochs: epoch, isCancelled };
}

/** Glorot-uniform kernels and zero biases; the forget gates start open. Source: Glorot & Bengio 2010; Jozefowicz et al. 2015. */
export function initialWeights(spec: NetworkSpec, random: () => number): readonly Parameter[] {
  return kernelShapes(spec).flatMap(([inputs, outputs], index): readonly Parameter[] => {
    const layer = spec.trunk[index];
    const fanOut = layer?.kind === 'lstm' ? layer.units : outputs;
    const limit = Math.sqrt(6 / (inputs + fanOut));
    const kernel = Float32Array.from({ length: inputs * outputs }, () => (random() * 2 - 1) * limit);
    const bias = new Float32Array(outputs);
    if (layer?.kind === 'lstm') bias.fill(1, 2 * layer.units, 3 * layer.units);
    return [
      { shape: [inputs, outputs], values: kernel },
      { shape: [outputs], values: bias },
    ];
  });
}

interface Prepared {
  readonly count: number;
  readonly rows: Float32Array;
  readonly targets: Float32Array;
  /** 0 where there is no target. */
  readonly weights: Float32Array;
}

function prepare(given: NetworkRows, spec: NetworkSpec, scaling: Scaling): Prepared {
  const { inputWidth } = spec;
  const width = headWidth(spec);
  const count = given.targets.length / width;
  const rows = new Float32Array(given.rows.length);
  for (let at = 0; at < rows.length; at += 1) {
    const column = at % inputWidth;
    rows[at] = Math.max(-scaling.limit, Math.min(scaling.limit, (given.rows[at]! - scaling.centre[column]!) * scaling.scale[column]!));
  }
  const weights = given.targets.map((target, at) => (Number.isNaN(target) ? 0 : (given.weights?.[Math.floor(at / width)] ?? 1)));
  return { count, rows, targets: given.targets.map((target) => (Number.isNaN(target) ? 0 : target)), weights };
}

interface Batch {
  readonly rows: tf.Tensor2D;
  readonly targets: tf.Tensor2D;
  readonly weights: tf.Tensor2D;
}

function gather(prepared: Prepared, indices: Int32Array, spec: NetworkSpec): Batch {
  const take = (values: Float32Array, width: number): tf.Tensor2D => {
    const out = new Float32Array(indices.length * width);
    indices.forEach((index, at) => out.set(values.subarray(index * width, (index + 1) * width), at * width));
    return tf.tensor2d(out, [indices.length, width]);
  };
  const width = headWidth(spec);
  return { rows: take(prepared.rows, spec.inputWidth), targets: take(prepared.targets, width), weights: take(prepared.weights, width) };
}

function step(given: {
  readonly spec: NetworkSpec;
  readonly variables: readonly tf.Variable[];
  readonly optimiser: tf.Optimizer;
  readonly random: () => number;
  readonly batch: Batch;
}): number {
  const { spec, variables, optimiser, random, batch } = given;
  const masks = new Map<number, tf.Tensor2D>();
  spec.trunk.forEach((layer, index) => {
    if (layer.kind !== 'dense' || layer.dropout === undefined) return;
    const keep = 1 - layer.dropout;
    const values = Float32Array.from({ length: batch.rows.shape[0] * layer.units }, () => (random() < keep ? 1 / keep : 0));
    masks.set(index, tf.tensor2d(values, [batch.rows.shape[0], layer.units]));
  });
  const loss = optimiser.minimize(
    () => tf.tidy(() => lossOf({ ...batch, heads: spec.heads, values: forwardHeads({ spec, variables, rows: batch.rows, masks }) })),
    true,
  );
  const value = loss?.dataSync()[0] ?? Number.NaN;
  tf.dispose([batch.rows, batch.targets, batch.weights, ...masks.values(), ...(loss === null ? [] : [loss])]);
  return value;
}

function judge(spec: NetworkSpec, variables: readonly tf.Variable[], prepared: Prepared): number {
  let total = 0;
  const all = Int32Array.from({ length: prepared.count }, (_, index) => index);
  for (let from = 0; from < prepared.count; from += JUDGE_ROWS) {
    const indices = all.subarray(from, from + JUDGE_ROWS);
    const batch = gather(prepared, indices, spec);
    const loss = tf.tidy(
      () => lossOf({ ...batch, heads: spec.heads, values: forwardHeads({ spec, variables, rows: batch.rows, masks: new Map() }) }).dataSync()[0] ?? Number.NaN,
    );
    tf.dispose([batch.rows, batch.targets, batch.weights]);
    total += loss * indices.length;
  }
  return total / prepared.count;
}

function read(variables: readonly tf.Variable[], spec: NetworkSpec): readonly Parameter[] {
  const shapes = kernelShapes(spec);
  return variables.map((variable, index) => {
    const [inputs, outputs] = shapes[index >> 1] as readonly [number, number];
    return { shape: index % 2 === 0 ? ([inputs, outputs] as const) : ([outputs] as const), values: Float32Array.from(variable.dataSync()) };
  });
}
