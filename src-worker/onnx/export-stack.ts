// The ensemble as an ONNX model: members' opinions → margin → calibrated probability and a band that widens where members disagree.
import { STACK_WIDTH } from '../../src-main/core/learning/stack-row.ts';
import type { Stack } from '../training/stack.ts';
import type { Calibration } from '../training/tree.ts';
import { calibrationNodes, OUTPUT_WIDTH } from './export.ts';
import { encodeModel } from './graph.ts';

/** Share of the distance between the trees' and the ensemble's probability that widens the band. */
export const DISAGREEMENT_SHARE = 0.5;

export interface StackExport {
  readonly name: string;
  readonly schemaHash: string;
  readonly stack: Stack;
  readonly calibration: Calibration;
  /** Conformal half width, [0, 0.5]. */
  readonly bandHalfWidth: number;
}

/** Column 0 of the row is the log odds of the boosted trees. Output: probability, low, high. */
export function exportStack(request: StackExport): Uint8Array {
  const { stack, calibration, bandHalfWidth } = request;
  const mapped = calibrationNodes(calibration);
  return encodeModel({
    name: request.name,
    input: { name: 'rows', width: STACK_WIDTH },
    output: { name: 'values', width: OUTPUT_WIDTH },
    constants: [
      ...mapped.constants,
      ['stack_intercept', stack.intercept],
      ['half_width', bandHalfWidth],
      ['share', DISAGREEMENT_SHARE],
      ['zero', 0],
      ['one', 1],
    ],
    tensors: [
      ...mapped.tensors,
      { name: 'weights', shape: [STACK_WIDTH, 1], values: Float32Array.from(stack.weights) },
      { name: 'first', shape: [STACK_WIDTH, 1], values: Float32Array.from({ length: STACK_WIDTH }, (_, at) => (at === 0 ? 1 : 0)) },
    ],
    nodes: [
      { operator: 'MatMul', inputs: ['rows', 'weights'], output: 'weighted' },
      { operator: 'Add', inputs: ['weighted', 'stack_intercept'], output: 'margin' },
      ...mapped.nodes,
      { operator: 'MatMul', inputs: ['rows', 'first'], output: 'trees_log_odds' },
      { operator: 'Sigmoid', inputs: ['trees_log_odds'], output: 'trees' },
      { operator: 'Sub', inputs: ['probability', 'trees'], output: 'signed_gap' },
      { operator: 'Abs', inputs: ['signed_gap'], output: 'gap' },
      { operator: 'Mul', inputs: ['gap', 'share'], output: 'spread' },
      { operator: 'Add', inputs: ['spread', 'half_width'], output: 'width_here' },
      { operator: 'Sub', inputs: ['probability', 'width_here'], output: 'below' },
      { operator: 'Clip', inputs: ['below', 'zero', 'one'], output: 'low' },
      { operator: 'Add', inputs: ['probability', 'width_here'], output: 'above' },
      { operator: 'Clip', inputs: ['above', 'zero', 'one'], output: 'high' },
      { operator: 'Concat', inputs: ['probability', 'low', 'high'], output: 'values', attributes: [{ kind: 'integer', name: 'axis', value: 1 }] },
    ],
    metadata: [['schema_hash', request.schemaHash]],
  });
}
