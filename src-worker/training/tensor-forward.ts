// The network as TensorFlow.js operations: the forward pass that gradients are taken of, and the loss.
import * as tf from '@tensorflow/tfjs-core';
import type { Activation, HeadSpec, LayerSpec, NetworkSpec } from './network.ts';

export interface ForwardRequest {
  readonly spec: NetworkSpec;
  /** Kernel and bias of each layer, then of each head. */
  readonly variables: readonly tf.Tensor[];
  /** Scaled rows, n × inputWidth. */
  readonly rows: tf.Tensor2D;
  /** Dropout masks by trunk layer; none when judging. */
  readonly masks: ReadonlyMap<number, tf.Tensor2D>;
}

/** Values of each head before its activation. */
export function forwardHeads({ spec, variables, rows, masks }: ForwardRequest): readonly tf.Tensor2D[] {
  let current: tf.Tensor2D = rows;
  let width = spec.inputWidth;
  spec.trunk.forEach((layer, index) => {
    const [kernel, bias] = pair(variables, index);
    current =
      layer.kind === 'dense' ? applyActivation(tf.add(tf.matMul(current, kernel), bias), layer.activation) : runLstm(current, width, { layer, kernel, bias });
    const mask = masks.get(index);
    if (mask !== undefined) current = tf.mul(current, mask);
    width = layer.units;
  });
  return spec.heads.map((_, index) => {
    const [kernel, bias] = pair(variables, spec.trunk.length + index);
    return tf.add<tf.Tensor2D>(tf.matMul(current, kernel), bias);
  });
}

function pair(variables: readonly tf.Tensor[], layer: number): readonly [tf.Tensor2D, tf.Tensor1D] {
  const [kernel, bias] = [variables[layer * 2], variables[layer * 2 + 1]];
  if (kernel === undefined || bias === undefined) throw new Error(`broken invariant: layer ${layer} has no variables`);
  return [kernel as tf.Tensor2D, bias as tf.Tensor1D];
}

/** The activation as an operation. */
export function applyActivation(values: tf.Tensor2D, activation: Activation): tf.Tensor2D {
  switch (activation) {
    case 'linear':
      return values;
    case 'relu':
      return tf.relu(values);
    case 'tanh':
      return tf.tanh(values);
    case 'sigmoid':
      return tf.sigmoid(values);
    case 'softplus':
      return tf.softplus(values);
    case 'softmax':
      return tf.softmax(values);
    default:
      return activation satisfies never;
  }
}

function runLstm(
  rows: tf.Tensor2D,
  width: number,
  weights: { readonly layer: Extract<LayerSpec, { kind: 'lstm' }>; readonly kernel: tf.Tensor2D; readonly bias: tf.Tensor1D },
): tf.Tensor2D {
  const { layer, kernel, bias } = weights;
  const { steps, units } = layer;
  const count = rows.shape[0];
  const inputs = width / steps;
  let hidden: tf.Tensor2D = tf.zeros([count, units]);
  let cell: tf.Tensor2D = tf.zeros([count, units]);
  for (let step = 0; step < steps; step += 1) {
    const now = tf.slice(rows, [0, step * inputs], [count, inputs]);
    const gates = tf.add<tf.Tensor2D>(tf.matMul(tf.concat([now, hidden], 1), kernel), bias);
    const [input, output, forget, candidate] = tf.split(gates, 4, 1) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
    cell = tf.add(tf.mul(tf.sigmoid(forget), cell), tf.mul(tf.sigmoid(input), tf.tanh(candidate)));
    hidden = tf.mul(tf.sigmoid(output), tf.tanh(cell));
  }
  return hidden;
}

export interface LossRequest {
  readonly heads: readonly HeadSpec[];
  /** Values of each head before its activation. */
  readonly values: readonly tf.Tensor2D[];
  /** n × all head units. */
  readonly targets: tf.Tensor2D;
  /** 0 where there is no target, else the weight of the row. Same shape. */
  readonly weights: tf.Tensor2D;
}

/** Weighted sum of the heads' losses, a scalar: mean over the targets that exist. */
export function lossOf({ heads, values, targets, weights }: LossRequest): tf.Scalar {
  let offset = 0;
  const parts = heads.map((head, index) => {
    const value = values[index] as tf.Tensor2D;
    const count = value.shape[0];
    const target = tf.slice(targets, [0, offset], [count, head.units]);
    const weight = tf.slice(weights, [0, offset], [count, head.units]);
    offset += head.units;
    const total = tf.maximum(tf.sum(weight), 1e-6);
    return tf.mul(tf.div(tf.sum(tf.mul(weight, lossByElement(head, value, target))), total), head.weight);
  });
  return tf.addN(parts) as tf.Scalar;
}

function lossByElement(head: HeadSpec, value: tf.Tensor2D, target: tf.Tensor2D): tf.Tensor2D {
  switch (head.loss) {
    case 'squared':
      return tf.square(tf.sub(applyActivation(value, head.activation), target));
    case 'logistic':
      // ln(1 + e^z) − z·y: the log loss of sigmoid(z), without overflow.
      return tf.sub(tf.softplus(value), tf.mul(value, target));
    case 'softmax':
      return tf.mul(tf.neg(tf.logSoftmax(value)), target);
    default:
      return head.loss satisfies never;
  }
}
