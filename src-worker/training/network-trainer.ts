// A network under training: its variables, one optimiser step at a time, and what it would say now.
import * as tf from '@tensorflow/tfjs-core';
import { headWidth, kernelShapes, type Network, type NetworkSpec, type Parameter, type Scaling } from './network.ts';
import { applyActivation, forwardHeads, lossOf } from './tensor-forward.ts';
import { startTensorflow } from './tensorflow.ts';

export interface NetworkRows {
  /** Row-major, unscaled. */
  readonly rows: Float32Array;
  /** Row-major, as wide as the heads together; NaN where there is no target. */
  readonly targets: Float32Array;
  /** Weight of each row; 1 when left out. */
  readonly weights?: Float64Array;
}

export interface PreparedRows {
  readonly count: number;
  /** Scaled. */
  readonly rows: Float32Array;
  readonly targets: Float32Array;
  /** As wide as the targets; 0 where there is none. */
  readonly weights: Float32Array;
}

export interface TrainerRequest {
  readonly spec: NetworkSpec;
  readonly scaling: Scaling;
  readonly learningRate: number;
  readonly random: () => number;
}

const JUDGE_ROWS = 1024;

/** Owns TensorFlow.js variables until `dispose`. */
export class NetworkTrainer {
  readonly #request: TrainerRequest;
  readonly #variables: readonly tf.Variable[];
  readonly #optimiser: tf.Optimizer;

  private constructor(request: TrainerRequest) {
    this.#request = request;
    this.#variables = initialWeights(request.spec, request.random).map(({ shape, values }) => tf.tidy(() => tf.variable(tf.tensor(values, [...shape]))));
    this.#optimiser = tf.train.adam(request.learningRate);
  }

  static async start(request: TrainerRequest): Promise<NetworkTrainer> {
    await startTensorflow();
    return new NetworkTrainer(request);
  }

  /** One step on the rows named by `indices`; returns their loss before it. */
  step(prepared: PreparedRows, indices: Int32Array): number {
    const { spec, random } = this.#request;
    const variables = this.#variables;
    const batch = gather(prepared, indices, spec);
    const masks = new Map<number, tf.Tensor2D>();
    spec.trunk.forEach((layer, index) => {
      if (layer.kind !== 'dense' || layer.dropout === undefined) return;
      const keep = 1 - layer.dropout;
      const values = Float32Array.from({ length: indices.length * layer.units }, () => (random() < keep ? 1 / keep : 0));
      masks.set(index, tf.tensor2d(values, [indices.length, layer.units]));
    });
    const loss = this.#optimiser.minimize(
      () => tf.tidy(() => lossOf({ ...batch, heads: spec.heads, values: forwardHeads({ spec, variables, rows: batch.rows, masks }) })),
      true,
    );
    const value = loss?.dataSync()[0] ?? Number.NaN;
    tf.dispose([batch.rows, batch.targets, batch.weights, ...masks.values(), ...(loss === null ? [] : [loss])]);
    return value;
  }

  /** Loss without dropout. */
  judge(prepared: PreparedRows): number {
    const { spec } = this.#request;
    const all = Int32Array.from({ length: prepared.count }, (_, index) => index);
    let total = 0;
    for (let from = 0; from < prepared.count; from += JUDGE_ROWS) {
      const indices = all.subarray(from, from + JUDGE_ROWS);
      const batch = gather(prepared, indices, spec);
      const heads = (): readonly tf.Tensor2D[] => forwardHeads({ spec, variables: this.#variables, rows: batch.rows, masks: new Map() });
      total += tf.tidy(() => lossOf({ ...batch, heads: spec.heads, values: heads() }).dataSync()[0] ?? Number.NaN) * indices.length;
      tf.dispose([batch.rows, batch.targets, batch.weights]);
    }
    return total / prepared.count;
  }

  /** Concatenated heads for scaled, row-major rows. */
  answer(rows: Float32Array): Float32Array {
    const { spec } = this.#request;
    return tf.tidy(() => {
      const heads = forwardHeads({
        spec,
        variables: this.#variables,
        rows: tf.tensor2d(rows, [rows.length / spec.inputWidth, spec.inputWidth]),
        masks: new Map(),
      });
      const outputs = heads.map((head, index) => applyActivation(head, spec.heads[index]?.activation ?? 'linear'));
      return Float32Array.from((outputs.length === 1 ? outputs[0]! : tf.concat(outputs, 1)).dataSync());
    });
  }

  /** A copy of the weights as they are now. */
  network(): Network {
    const { spec, scaling } = this.#request;
    const shapes = kernelShapes(spec);
    const parameters = this.#variables.map((variable, index): Parameter => {
      const [inputs, outputs] = shapes[index >> 1] as readonly [number, number];
      return { shape: index % 2 === 0 ? [inputs, outputs] : [outputs], values: Float32Array.from(variable.dataSync()) };
    });
    return { spec, scaling, parameters };
  }

  /** Takes over the weights of a network of the same shape. */
  load(network: Network): void {
    network.parameters.forEach(({ shape, values }, index) => tf.tidy(() => this.#variables[index]!.assign(tf.tensor(values, [...shape]))));
  }

  dispose(): void {
    for (const variable of this.#variables) variable.dispose();
    this.#optimiser.dispose();
  }
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

/** Scales rows and turns missing targets into weight 0. */
export function prepareRows(given: NetworkRows, spec: NetworkSpec, scaling: Scaling): PreparedRows {
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

function gather(prepared: PreparedRows, indices: Int32Array, spec: NetworkSpec): Batch {
  const take = (values: Float32Array, width: number): tf.Tensor2D => {
    const out = new Float32Array(indices.length * width);
    indices.forEach((index, at) => out.set(values.subarray(index * width, (index + 1) * width), at * width));
    return tf.tensor2d(out, [indices.length, width]);
  };
  const width = headWidth(spec);
  return { rows: take(prepared.rows, spec.inputWidth), targets: take(prepared.targets, width), weights: take(prepared.weights, width) };
}
