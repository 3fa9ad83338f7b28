// The INT8 form of a trained network and its validation loss beside fp32, both through ONNX Runtime as they would serve.
import { createHash } from 'node:crypto';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { exportNetwork, outputWidthOf, type NetworkExport } from '../onnx/export-network.ts';
import { exportQuantised } from '../onnx/quantise.ts';
import type { ModelArtifact } from './artifact.ts';
import { logLossOf } from './member-report.ts';
import { headWidth } from './network.ts';

interface Validation {
  readonly rows: Float32Array;
  /** As wide as the heads; NaN where there is no target. */
  readonly targets: Float32Array;
}

/** `calibration` are training rows. Deterministic: the speed side of the gate is measured where the model serves. */
export async function quantise(request: NetworkExport, calibration: Float32Array, validation: Validation): Promise<NonNullable<ModelArtifact['quantised']>> {
  const bytes = exportQuantised(request, calibration);
  return {
    bytes,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    lossFp32: await lossOf(exportNetwork(request), request, validation),
    lossInt8: await lossOf(bytes, request, validation),
  };
}

async function lossOf(bytes: Uint8Array, request: NetworkExport, { rows, targets }: Validation): Promise<number> {
  const { spec } = request.network;
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 });
  const answer = await session.run({ rows: new Tensor('float32', rows, [rows.length / spec.inputWidth, spec.inputWidth]) });
  const values = answer['values']?.data;
  await session.release();
  if (!(values instanceof Float32Array)) throw new Error('broken invariant: a network answers float32');
  const width = outputWidthOf(request);
  // The last column of an autoencoder's answer is its loss already.
  if (request.columns.kind === 'code+error') return meanOf(values.filter((_, at) => at % width === width - 1));
  const heads = headWidth(spec);
  const losses: number[] = [];
  for (let row = 0; row < targets.length / heads; row += 1) {
    let column = 0;
    for (const head of spec.heads) {
      for (let unit = 0; unit < head.units; unit += 1, column += 1) {
        const target = targets[row * heads + column]!;
        const value = values[row * width + (width - heads) + column]!;
        if (Number.isNaN(target) || (head.loss === 'softmax' && target === 0)) continue;
        losses.push(head.weight * (head.loss === 'squared' ? (value - target) ** 2 : logLossOf(value, target)));
      }
    }
  }
  return meanOf(losses);
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < values.length; at += 1) sum += values[at]!;
  return sum / Math.max(1, values.length);
}
