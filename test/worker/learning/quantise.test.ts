// INT8: close to fp32 where weights are tame, smaller, and the gate keeps or refuses it for either reason.
import { describe, expect, it } from 'vitest';
import { choosePrecision } from '../../../src-main/core/learning/precision.ts';
import { exportNetwork, type NetworkExport } from '../../../src-worker/onnx/export-network.ts';
import { exportQuantised } from '../../../src-worker/onnx/quantise.ts';
import { DISCOVERY_SPEC, LIQUIDITY_SPEC, REGIME_SPEC, STRUCTURE_SPEC } from '../../../src-worker/training/architectures.ts';
import { initialWeights } from '../../../src-worker/training/network-trainer.ts';
import type { Network, NetworkSpec } from '../../../src-worker/training/network.ts';
import { createRandom } from '../../../src-worker/training/random.ts';
import { noScaling } from '../../../src-worker/training/scaling.ts';
import { largestGap, runOnnx } from './support/onnx.ts';

const network = (spec: NetworkSpec): Network => ({ spec, scaling: noScaling(spec.inputWidth), parameters: initialWeights(spec, createRandom(5)) });
const rowsOf = (width: number): Float32Array => {
  const random = createRandom(9);
  return Float32Array.from({ length: 64 * width }, () => random() * 2 - 1);
};

describe('INT8 export', () => {
  it.each([
    ['structure autoencoder', STRUCTURE_SPEC, { kind: 'code+error', layer: 2 }],
    ['feature discovery', DISCOVERY_SPEC, { kind: 'trunk+heads' }],
    ['liquidity predictor', LIQUIDITY_SPEC, { kind: 'heads' }],
    ['regime predictor', REGIME_SPEC, { kind: 'heads' }],
  ] as const)('%s: runs in ONNX Runtime within a few hundredths of fp32, from a smaller file', async (name, spec, columns) => {
    const request: NetworkExport = { name, schemaHash: 'abc', network: network(spec), columns };
    const rows = rowsOf(spec.inputWidth);
    const [plain, quantised] = [exportNetwork(request), exportQuantised(request, rows)];
    expect(quantised.length).toBeLessThan(plain.length * 0.6);
    const [expected, values] = [await runOnnx(plain, rows, spec.inputWidth), await runOnnx(quantised, rows, spec.inputWidth)];
    const squares = (list: Float32Array): number => list.reduce((sum, value) => sum + value * value, 0);
    const gaps = values.map((value, at) => value - expected[at]!);
    const relative = Math.sqrt(squares(gaps) / squares(expected));
    expect(relative).toBeLessThan(0.04);
    expect(relative).toBeGreaterThan(0);
    // A row answers the same alone as beside others.
    const width = values.length / 64;
    const alone = await runOnnx(quantised, rows.slice(5 * spec.inputWidth, 6 * spec.inputWidth), spec.inputWidth);
    expect(largestGap(alone, values.subarray(5 * width, 6 * width))).toBeLessThan(1e-6);
  });

  it('one scale for each output: a column of giants does not blur its neighbours', async () => {
    const spec: NetworkSpec = { inputWidth: 8, trunk: [], heads: [{ units: 2, activation: 'linear', loss: 'squared', weight: 1 }] };
    const kernel = Float32Array.from({ length: 16 }, (_, at) => (at % 2 === 0 ? 1000 : 0.01) * Math.sin(at + 1));
    const wild: Network = {
      spec,
      scaling: noScaling(8),
      parameters: [
        { shape: [8, 2], values: kernel },
        { shape: [2], values: new Float32Array(2) },
      ],
    };
    const request: NetworkExport = { name: 'wild', schemaHash: 'abc', network: wild, columns: { kind: 'heads' } };
    const rows = rowsOf(8);
    const [expected, values] = [await runOnnx(exportNetwork(request), rows, 8), await runOnnx(exportQuantised(request, rows), rows, 8)];
    for (let row = 0; row < 64; row += 1) expect(Math.abs(values[row * 2 + 1]! - expected[row * 2 + 1]!)).toBeLessThan(0.0005);
  });
});

describe('INT8 gate', () => {
  const measures = { lossFp32: 0.5, lossInt8: 0.501, millisecondsFp32: 2, millisecondsInt8: 1 };

  it('keeps INT8 when it is as good and faster', () => {
    expect(choosePrecision(measures)).toEqual({
      precision: 'int8',
      why: 'Served in INT8: faster on this machine (1.000 ms against 2.000 ms a batch) at +0.20 % validation loss.',
    });
  });

  it('refuses a loss of half a percent, whatever the speed', () => {
    expect(choosePrecision({ ...measures, lossInt8: 0.503 })).toMatchObject({
      precision: 'fp32',
      why: expect.stringMatching(/too much accuracy \(\+0\.60 %/) as unknown,
    });
  });

  it('refuses what is not faster on this machine, however accurate', () => {
    expect(choosePrecision({ ...measures, millisecondsInt8: 1.92 }).precision).toBe('fp32');
    expect(choosePrecision({ ...measures, lossInt8: 0.4, millisecondsInt8: 2 })).toMatchObject({
      precision: 'fp32',
      why: expect.stringMatching(/not faster on this machine/) as unknown,
    });
  });

  it('a measurement that failed refuses', () => {
    expect(choosePrecision({ ...measures, lossInt8: Number.NaN }).precision).toBe('fp32');
    expect(choosePrecision({ ...measures, millisecondsInt8: Number.NaN }).precision).toBe('fp32');
  });
});
