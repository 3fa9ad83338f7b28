// Networks: what TensorFlow.js computes, what plain JavaScript computes and what ONNX Runtime computes are one thing; gradients are right; runs repeat.
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { exportNetwork, outputWidthOf, type NetworkExport } from '../../../src-worker/onnx/export-network.ts';
import { runNetwork, type LayerSpec, type Network, type NetworkSpec } from '../../../src-worker/training/network.ts';
import { createRandom } from '../../../src-worker/training/random.ts';
import { fitScaling } from '../../../src-worker/training/scaling.ts';
import { applyActivation, forwardHeads, lossOf } from '../../../src-worker/training/tensor-forward.ts';
import { startTensorflow } from '../../../src-worker/training/tensorflow.ts';
import { initialWeights } from '../../../src-worker/training/network-trainer.ts';
import { trainNetwork } from '../../../src-worker/training/train-network.ts';
import { largestGap, runOnnx } from './support/onnx.ts';

const COUNT = 100;

function randomRows(count: number, width: number, seed: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: count * width }, () => random() * 4 - 2);
}

function untrained(spec: NetworkSpec, seed: number): Network {
  const random = createRandom(seed);
  const parameters = initialWeights(spec, random).map((parameter) =>
    parameter.shape.length === 1 ? { ...parameter, values: parameter.values.map(() => random() * 0.4 - 0.2) } : parameter,
  );
  return { spec, scaling: fitScaling(randomRows(500, spec.inputWidth, seed + 1), spec.inputWidth), parameters };
}

const dense = (units: number, activation: 'relu' | 'tanh' | 'linear'): LayerSpec => ({ kind: 'dense', units, activation });
/** The architectures of the product, at their real sizes. */
const CASES: readonly (readonly [string, NetworkSpec, NetworkExport['columns']])[] = [
  [
    'structure autoencoder',
    {
      inputWidth: 320,
      trunk: [dense(128, 'relu'), dense(64, 'relu'), dense(16, 'linear'), dense(64, 'relu'), dense(128, 'relu')],
      heads: [{ units: 320, activation: 'linear', loss: 'squared', weight: 1 }],
    },
    { kind: 'code+error', layer: 2 },
  ],
  [
    'feature discovery',
    { inputWidth: 80, trunk: [dense(64, 'relu'), dense(32, 'tanh')], heads: [{ units: 1, activation: 'sigmoid', loss: 'logistic', weight: 1 }] },
    { kind: 'trunk+heads' },
  ],
  [
    'liquidity predictor',
    {
      inputWidth: 48 * 8,
      trunk: [{ kind: 'lstm', steps: 48, units: 32 }],
      heads: [
        { units: 2, activation: 'softplus', loss: 'squared', weight: 1 },
        { units: 2, activation: 'sigmoid', loss: 'logistic', weight: 1 },
      ],
    },
    { kind: 'heads' },
  ],
  [
    'regime predictor',
    { inputWidth: 120, trunk: [dense(32, 'relu')], heads: [{ units: 3, activation: 'softmax', loss: 'softmax', weight: 1 }] },
    { kind: 'heads' },
  ],
];

beforeAll(async () => {
  expect(await startTensorflow()).toBe('wasm');
});

describe.each(CASES)('%s', (_, spec, columns) => {
  const network = untrained(spec, 7);
  const rows = randomRows(COUNT, spec.inputWidth, 3);
  const reference = runNetwork(network, rows, COUNT);

  it('answers the same from ONNX Runtime as from the trainer, to 1e-5, also row by row', async () => {
    const bytes = exportNetwork({ name: 'case', schemaHash: 'abc', network, columns });
    const values = await runOnnx(bytes, rows, spec.inputWidth);
    const width = outputWidthOf({ network, columns });
    expect(values.length).toBe(COUNT * width);
    expect(largestGap(values, expectedColumns(network, columns, reference))).toBeLessThan(1e-5);
    const single = await runOnnx(bytes, rows.subarray(0, spec.inputWidth), spec.inputWidth);
    expect(largestGap(single, values.subarray(0, width))).toBeLessThan(1e-5);
    expect(Buffer.compare(Buffer.from(bytes), Buffer.from(exportNetwork({ name: 'case', schemaHash: 'abc', network, columns })))).toBe(0);
  });

  it('answers the same from TensorFlow.js as from plain JavaScript', () => {
    const { centre, scale, limit } = network.scaling;
    const scaled = rows.map((value, at) => Math.max(-limit, Math.min(limit, (value - centre[at % spec.inputWidth]!) * scale[at % spec.inputWidth]!)));
    const values = tf.tidy(() => {
      const variables = network.parameters.map((parameter) => tf.tensor(parameter.values, [...parameter.shape]));
      const heads = forwardHeads({ spec, variables, rows: tf.tensor2d(scaled, [COUNT, spec.inputWidth]), masks: new Map() });
      return tf
        .concat(
          heads.map((head, index) => applyActivation(head, spec.heads[index]!.activation)),
          1,
        )
        .dataSync() as Float32Array;
    });
    expect(largestGap(values, reference.heads)).toBeLessThan(1e-5);
  });
});

function expectedColumns(network: Network, columns: NetworkExport['columns'], reference: ReturnType<typeof runNetwork>): Float32Array {
  if (columns.kind === 'heads') return reference.heads;
  const width = outputWidthOf({ network, columns });
  const left = reference.trunk[columns.kind === 'trunk+heads' ? network.spec.trunk.length - 1 : columns.layer]!;
  const leftWidth = left.length / COUNT;
  const { inputWidth } = network.spec;
  const { centre, scale, limit } = network.scaling;
  const rows = randomRows(COUNT, inputWidth, 3);
  const out = new Float32Array(COUNT * width);
  for (let row = 0; row < COUNT; row += 1) {
    out.set(left.subarray(row * leftWidth, (row + 1) * leftWidth), row * width);
    if (columns.kind === 'trunk+heads') out[row * width + leftWidth] = reference.heads[row]!;
    else {
      let error = 0;
      for (let at = 0; at < inputWidth; at += 1) {
        const scaled = Math.max(-limit, Math.min(limit, (rows[row * inputWidth + at]! - centre[at]!) * scale[at]!));
        error += (reference.heads[row * inputWidth + at]! - scaled) ** 2 / inputWidth;
      }
      out[row * width + leftWidth] = error;
    }
  }
  return out;
}

describe('training', () => {
  const SMALL: NetworkSpec = {
    inputWidth: 12,
    trunk: [{ kind: 'lstm', steps: 4, units: 5 }, dense(6, 'tanh')],
    heads: [
      { units: 1, activation: 'softplus', loss: 'squared', weight: 0.7 },
      { units: 2, activation: 'sigmoid', loss: 'logistic', weight: 1 },
      { units: 3, activation: 'softmax', loss: 'softmax', weight: 0.5 },
    ],
  };

  it('takes the gradients that small steps measure, through LSTM, dense layers and every loss', () => {
    const parameters = initialWeights(SMALL, createRandom(5));
    const rows = tf.tensor2d(randomRows(6, 12, 1), [6, 12]);
    const targets = tf.tensor2d(
      Float32Array.from({ length: 36 }, (_, at) => [0.5, 1, 0, 1, 0, 0][at % 6]!),
      [6, 6],
    );
    const weights = tf.ones<tf.Rank.R2>([6, 6]);
    const variables = parameters.map((parameter) => tf.variable(tf.tensor(parameter.values, [...parameter.shape])));
    const loss = (): tf.Scalar => lossOf({ heads: SMALL.heads, values: forwardHeads({ spec: SMALL, variables, rows, masks: new Map() }), targets, weights });
    const { grads } = tf.variableGrads(loss);
    const step = 1e-2;
    for (const [index, parameter] of parameters.entries()) {
      const variable = variables[index]!;
      const gradient = grads[variable.name]!.dataSync();
      for (const at of [0, Math.floor(parameter.values.length / 2), parameter.values.length - 1]) {
        const lossAt = (offset: number): number => {
          variable.assign(tf.tensor(parameter.values.with(at, parameter.values[at]! + offset), [...parameter.shape]));
          return loss().dataSync()[0]!;
        };
        const measured = (lossAt(step) - lossAt(-step)) / (2 * step);
        variable.assign(tf.tensor(parameter.values, [...parameter.shape]));
        expect(Math.abs(measured - gradient[at]!)).toBeLessThan(2e-3 + 0.02 * Math.abs(measured));
      }
    }
  });

  it('learns a planted rule in a sequence, says nothing in noise, and gives the same weights twice', async () => {
    const make = (count: number, seed: number, isNoise: boolean): { readonly rows: Float32Array; readonly targets: Float32Array } => {
      const rows = randomRows(count, 12, seed);
      const random = createRandom(seed + 50);
      // Whether the first value of the second step is above the first value of the last.
      return {
        rows,
        targets: Float32Array.from({ length: count }, (_, row) => (isNoise ? Number(random() < 0.5) : Number(rows[row * 12 + 3]! > rows[row * 12 + 9]!))),
      };
    };
    const spec: NetworkSpec = {
      inputWidth: 12,
      trunk: [{ kind: 'lstm', steps: 4, units: 8 }],
      heads: [{ units: 1, activation: 'sigmoid', loss: 'logistic', weight: 1 }],
    };
    const fit = (isNoise: boolean): ReturnType<typeof trainNetwork> => {
      const train = make(1200, 1, isNoise);
      return trainNetwork({
        spec,
        scaling: fitScaling(train.rows, 12),
        train,
        validation: make(400, 2, isNoise),
        options: { epochs: 14, batch: 64, learningRate: 0.02, patience: 3, seed: 9 },
      });
    };
    const found = await fit(false);
    expect(found.validationLoss).toBeLessThan(0.25);
    const again = await fit(false);
    expect(again.network.parameters).toEqual(found.network.parameters);
    expect((await fit(true)).validationLoss).toBeGreaterThan(0.68);
  });

  it('stops between batches when it may not go on', async () => {
    const rows = randomRows(300, 12, 1);
    let asked = 0;
    const result = await trainNetwork({
      spec: SMALL,
      scaling: fitScaling(rows, 12),
      train: { rows, targets: new Float32Array(300 * 6) },
      validation: { rows, targets: new Float32Array(300 * 6) },
      options: { epochs: 50, batch: 32, learningRate: 0.01, patience: 50, seed: 1 },
      mayGoOn: () => Promise.resolve((asked += 1) < 4),
    });
    expect({ isCancelled: result.isCancelled, asked, epochs: result.epochs }).toEqual({ isCancelled: true, asked: 4, epochs: 1 });
  });
});
