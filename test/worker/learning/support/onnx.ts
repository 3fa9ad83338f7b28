// Runs an exported model in ONNX Runtime, as the workers do.
import { InferenceSession, Tensor } from 'onnxruntime-node';

/** Row-major output values of row-major rows. */
export async function runOnnx(bytes: Uint8Array, rows: Float32Array, width: number): Promise<Float32Array> {
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 });
  const answer = await session.run({ rows: new Tensor('float32', rows, [rows.length / width, width]) });
  await session.release();
  return answer['values']!.data as Float32Array;
}

export function largestGap(one: ArrayLike<number>, other: ArrayLike<number>): number {
  if (one.length !== other.length) return Infinity;
  let largest = 0;
  for (let at = 0; at < one.length; at += 1) {
    const gap = Math.abs(one[at]! - other[at]!);
    if (!(gap <= largest)) largest = gap;
  }
  return largest;
}
