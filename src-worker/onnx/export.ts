// Turns a trained ensemble into an ONNX model whose output is the calibrated win probability and its band.
import type { Calibration, Ensemble } from '../training/tree.ts';
import type { Attribute, Graph } from './graph.ts';
import { encodeModel, ML_DOMAIN } from './graph.ts';

export interface ExportRequest {
  readonly name: string;
  readonly schemaHash: string;
  readonly ensemble: Ensemble;
  readonly calibration: Calibration;
  /** Half width of the band around the probability, [0, 1]. */
  readonly bandHalfWidth: number;
}

/** Columns of the output: probability, low, high. */
export const OUTPUT_WIDTH = 3;

/**
 * rows [n × width] → TreeEnsembleRegressor → margin → slope·margin + intercept → Sigmoid (or the isotonic chain) → p, and p ± half width clipped to [0, 1].
 * Missing values (NaN) follow each node's learned direction.
 */
export function exportEnsemble(request: ExportRequest): Uint8Array {
  const { ensemble, calibration } = request;
  const mapped = calibrationNodes(calibration);
  return encodeModel({
    name: request.name,
    input: { name: 'rows', width: ensemble.width },
    output: { name: 'values', width: OUTPUT_WIDTH },
    constants: [...mapped.constants, ['half_width', request.bandHalfWidth], ['zero', 0], ['one', 1]],
    tensors: mapped.tensors,
    nodes: [
      { operator: 'TreeEnsembleRegressor', domain: ML_DOMAIN, inputs: ['rows'], output: 'margin', attributes: treeAttributes(ensemble) },
      ...mapped.nodes,
      { operator: 'Sub', inputs: ['probability', 'half_width'], output: 'below' },
      { operator: 'Clip', inputs: ['below', 'zero', 'one'], output: 'low' },
      { operator: 'Add', inputs: ['probability', 'half_width'], output: 'above' },
      { operator: 'Clip', inputs: ['above', 'zero', 'one'], output: 'high' },
      { operator: 'Concat', inputs: ['probability', 'low', 'high'], output: 'values', attributes: [{ kind: 'integer', name: 'axis', value: 1 }] },
    ],
    metadata: [['schema_hash', request.schemaHash]],
  });
}

/** From `margin` [n × 1] to `probability` [n × 1]. */
export function calibrationNodes(calibration: Calibration): Required<Pick<Graph, 'nodes' | 'tensors' | 'constants'>> {
  const { isotonic } = calibration;
  if (isotonic === undefined || isotonic.from.length === 0)
    return {
      constants: [
        ['slope', isotonic === undefined ? calibration.slope : 0],
        ['intercept', isotonic === undefined ? calibration.intercept : Math.log(isotonic.base / (1 - isotonic.base))],
      ],
      tensors: [],
      nodes: [
        { operator: 'Mul', inputs: ['margin', 'slope'], output: 'scaled' },
        { operator: 'Add', inputs: ['scaled', 'intercept'], output: 'log_odds' },
        { operator: 'Sigmoid', inputs: ['log_odds'], output: 'probability' },
      ],
    };
  const pieces = isotonic.from.length;
  return {
    constants: [['base', isotonic.base]],
    tensors: [
      { name: 'from', shape: [1, pieces], values: Float32Array.from(isotonic.from) },
      { name: 'width', shape: [1, pieces], values: Float32Array.from(isotonic.width) },
      { name: 'rise', shape: [pieces, 1], values: Float32Array.from(isotonic.rise) },
    ],
    nodes: [
      { operator: 'Sub', inputs: ['margin', 'from'], output: 'past' },
      { operator: 'Div', inputs: ['past', 'width'], output: 'part' },
      { operator: 'Clip', inputs: ['part', 'zero', 'one'], output: 'clipped' },
      { operator: 'MatMul', inputs: ['clipped', 'rise'], output: 'risen' },
      { operator: 'Add', inputs: ['risen', 'base'], output: 'probability' },
    ],
  };
}

function treeAttributes(ensemble: Ensemble): readonly Attribute[] {
  const tree: number[] = [];
  const node: number[] = [];
  const feature: number[] = [];
  const threshold: number[] = [];
  const missingLeft: number[] = [];
  const left: number[] = [];
  const right: number[] = [];
  const mode: string[] = [];
  const leafTree: number[] = [];
  const leafNode: number[] = [];
  const leafValue: number[] = [];
  ensemble.trees.forEach((current, treeIndex) => {
    current.left.forEach((leftChild, nodeIndex) => {
      const isLeaf = leftChild < 0;
      tree.push(treeIndex);
      node.push(nodeIndex);
      feature.push(isLeaf ? 0 : current.feature[nodeIndex]!);
      threshold.push(isLeaf ? 0 : current.threshold[nodeIndex]!);
      missingLeft.push(!isLeaf && current.missingLeft[nodeIndex]! ? 1 : 0);
      left.push(isLeaf ? 0 : leftChild);
      right.push(isLeaf ? 0 : current.right[nodeIndex]!);
      mode.push(isLeaf ? 'LEAF' : 'BRANCH_LEQ');
      if (!isLeaf) return;
      leafTree.push(treeIndex);
      leafNode.push(nodeIndex);
      leafValue.push(current.value[nodeIndex]!);
    });
  });
  return [
    { kind: 'text', name: 'aggregate_function', value: 'SUM' },
    { kind: 'text', name: 'post_transform', value: 'NONE' },
    { kind: 'integer', name: 'n_targets', value: 1 },
    { kind: 'floats', name: 'base_values', values: [ensemble.base] },
    { kind: 'integers', name: 'nodes_treeids', values: tree },
    { kind: 'integers', name: 'nodes_nodeids', values: node },
    { kind: 'integers', name: 'nodes_featureids', values: feature },
    { kind: 'floats', name: 'nodes_values', values: threshold },
    { kind: 'texts', name: 'nodes_modes', values: mode },
    { kind: 'integers', name: 'nodes_truenodeids', values: left },
    { kind: 'integers', name: 'nodes_falsenodeids', values: right },
    { kind: 'integers', name: 'nodes_missing_value_tracks_true', values: missingLeft },
    { kind: 'integers', name: 'target_treeids', values: leafTree },
    { kind: 'integers', name: 'target_nodeids', values: leafNode },
    { kind: 'integers', name: 'target_ids', values: leafNode.map(() => 0) },
    { kind: 'floats', name: 'target_weights', values: leafValue },
  ];
}
