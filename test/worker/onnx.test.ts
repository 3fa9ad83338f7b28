// The exporter against ONNX Runtime (same numbers) and against an independent protobuf decoder (same file).
import protobuf from 'protobufjs';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { exportEnsemble } from '../../src-worker/onnx/export.ts';
import { fitBoosting } from '../../src-worker/training/gbdt.ts';
import { createRandom } from '../../src-worker/training/random.ts';
import { calibrate, predictMargins } from '../../src-worker/training/tree.ts';
import type { Ensemble } from '../../src-worker/training/tree.ts';
import { PLANTED_PARAMETERS, plantedRows } from './support/planted.ts';

const CALIBRATION = { slope: 1.3, intercept: -0.2 };
const BAND = 0.07;

async function runOnnx(bytes: Uint8Array, rows: Float32Array, width: number): Promise<Float32Array> {
  const session = await InferenceSession.create(Buffer.from(bytes), { intraOpNumThreads: 1 });
  const answer = await session.run({ rows: new Tensor('float32', rows, [rows.length / width, width]) });
  await session.release();
  return answer['values']!.data as Float32Array;
}

function exportOf(ensemble: Ensemble): Uint8Array {
  return exportEnsemble({ name: 'planted', schemaHash: 'abc', ensemble, calibration: CALIBRATION, bandHalfWidth: BAND });
}

function largestDifference(ensemble: Ensemble, rows: Float32Array, values: Float32Array): number {
  const margins = predictMargins(ensemble, rows, rows.length / ensemble.width);
  let largest = 0;
  margins.forEach((margin, row) => {
    const probability = calibrate(margin, CALIBRATION);
    const expected = [probability, Math.max(0, probability - BAND), Math.min(1, probability + BAND)];
    expected.forEach((value, column) => (largest = Math.max(largest, Math.abs(value - values[row * 3 + column]!))));
  });
  return largest;
}

describe('ONNX export', () => {
  const train = plantedRows({ count: 1500, width: 9, seed: 3, missingShare: 0.1 });
  const { ensemble } = fitBoosting({ train, stopping: null, parameters: { ...PLANTED_PARAMETERS, trees: 120, depth: 6 } });

  it('agrees with ONNX Runtime to 1e-5 on rows it has and has not seen, missing values included', async () => {
    const fresh = plantedRows({ count: 3000, width: 9, seed: 44, missingShare: 0.2 });
    const bytes = exportOf(ensemble);
    expect(largestDifference(ensemble, train.rows, await runOnnx(bytes, train.rows, 9))).toBeLessThan(1e-5);
    expect(largestDifference(ensemble, fresh.rows, await runOnnx(bytes, fresh.rows, 9))).toBeLessThan(1e-5);
  });

  it('agrees on values exactly at thresholds and one float32 step beside them', async () => {
    const random = createRandom(5);
    const rows: number[] = [];
    const step = new Float32Array(1);
    const bits = new Int32Array(step.buffer);
    for (const tree of ensemble.trees) {
      tree.left.forEach((left, node) => {
        if (left < 0) return;
        for (const offset of [-1, 0, 1]) {
          const row = Array.from({ length: 9 }, () => random() * 2 - 1);
          step[0] = tree.threshold[node]!;
          bits[0] = bits[0]! + offset;
          row[tree.feature[node]!] = step[0]!;
          rows.push(...row);
        }
      });
    }
    const matrix = Float32Array.from(rows);
    expect(matrix.length).toBeGreaterThan(9 * 1000);
    expect(largestDifference(ensemble, matrix, await runOnnx(exportOf(ensemble), matrix, 9))).toBeLessThan(1e-5);
  });

  it('writes the same bytes twice, and a protobuf decoder reads the tree nodes back', () => {
    const bytes = exportOf(ensemble);
    expect(Buffer.compare(Buffer.from(bytes), Buffer.from(exportOf(ensemble)))).toBe(0);
    const root = protobuf.parse(
      `
      syntax = "proto2";
      message Model { optional int64 ir_version = 1; optional Graph graph = 7; repeated Opset opset_import = 8; repeated Entry metadata_props = 14; }
      message Opset { optional string domain = 1; optional int64 version = 2; }
      message Entry { optional string key = 1; optional string value = 2; }
      message Graph { repeated Node node = 1; optional string name = 2; }
      message Node { repeated string input = 1; repeated string output = 2; optional string op_type = 4; repeated Attribute attribute = 5; optional string domain = 7; }
      message Attribute { optional string name = 1; repeated float floats = 7; repeated int64 ints = 8; repeated bytes strings = 9; }
    `,
      { keepCase: true },
    ).root;
    const decoded = root.lookupType('Model').toObject(root.lookupType('Model').decode(bytes), { longs: Number }) as {
      readonly graph: {
        readonly node: readonly {
          readonly op_type: string;
          readonly attribute?: readonly { readonly name: string; readonly floats?: readonly number[]; readonly ints?: readonly number[] }[];
        }[];
      };
      readonly metadata_props: readonly { readonly key: string; readonly value: string }[];
    };
    expect(decoded.graph.node.map((node) => node.op_type)).toEqual(['TreeEnsembleRegressor', 'Mul', 'Add', 'Sigmoid', 'Sub', 'Clip', 'Add', 'Clip', 'Concat']);
    const thresholds = decoded.graph.node[0]!.attribute!.find((attribute) => attribute.name === 'nodes_values')!.floats!;
    expect(thresholds).toEqual(ensemble.trees.flatMap((tree) => tree.threshold));
    expect(decoded.metadata_props).toEqual([{ key: 'schema_hash', value: 'abc' }]);
  });

  it('serves a single-leaf ensemble', async () => {
    const leaf: Ensemble = { width: 2, base: 0.25, trees: [{ feature: [0], threshold: [0], missingLeft: [false], left: [-1], right: [-1], value: [0.5] }] };
    const rows = Float32Array.from([1, 2, 3, Number.NaN]);
    expect(largestDifference(leaf, rows, await runOnnx(exportOf(leaf), rows, 2))).toBeLessThan(1e-6);
  });
});
