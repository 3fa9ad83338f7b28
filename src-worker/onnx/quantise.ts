// INT8: weights of dense layers and of the LSTM as bytes with one scale for each output, products computed in integers.
import type { NetworkExport } from './export-network.ts';
import { networkGraph } from './export-network.ts';
import type { Graph, GraphNode, GraphTensor } from './graph.ts';
import { encodeModel } from './graph.ts';

const LARGEST = 127;
const FLOAT = 1;

/** The bytes of the INT8 form of a network. Same network, same bytes. */
export function exportQuantised(request: NetworkExport): Uint8Array {
  return encodeModel(quantiseGraph(networkGraph(request)));
}

/**
 * Dense products: the input is quantised as it comes (its range differs row by row), the product is taken in integers and scaled back.
 * LSTM: the weights are stored as bytes and unpacked once at load; ONNX has no integer LSTM of its own.
 */
export function quantiseGraph(graph: Graph): Graph {
  const tensors: GraphTensor[] = [];
  const nodes: GraphNode[] = [];
  const kernels = new Map((graph.tensors ?? []).map((tensor) => [tensor.name, tensor]));
  const packed = new Set<string>();
  for (const node of graph.nodes) {
    const kernel = kernels.get(node.inputs[1] ?? '');
    if (node.operator === 'MatMul' && kernel !== undefined && kernel.values instanceof Float32Array) {
      const { bytes, scales } = packColumns(kernel.name, kernel.values, kernel.shape);
      packed.add(kernel.name);
      tensors.push(bytes, scales);
      nodes.push(...integerProduct(node, { bytes: bytes.name, scales: scales.name }));
      continue;
    }
    if (node.operator === 'LSTM') {
      for (const name of node.inputs.slice(1, 3)) {
        const weights = kernels.get(name);
        if (weights === undefined || !(weights.values instanceof Float32Array)) continue;
        const { bytes, scales } = packRows(name, weights.values, weights.shape);
        packed.add(name);
        tensors.push(bytes, scales);
        nodes.push({
          operator: 'DequantizeLinear',
          inputs: [bytes.name, scales.name],
          output: name,
          attributes: [{ kind: 'integer', name: 'axis', value: 1 }],
        });
      }
    }
    nodes.push(node);
  }
  return { ...graph, nodes, tensors: [...(graph.tensors ?? []).filter((tensor) => !packed.has(tensor.name)), ...tensors] };
}

function integerProduct(node: GraphNode, packed: { readonly bytes: string; readonly scales: string }): readonly GraphNode[] {
  const name = node.output;
  const input = node.inputs[0] ?? '';
  return [
    { operator: 'DynamicQuantizeLinear', inputs: [input], output: `${name}.bytes`, moreOutputs: [`${name}.scale`, `${name}.zero`] },
    { operator: 'MatMulInteger', inputs: [`${name}.bytes`, packed.bytes, `${name}.zero`], output: `${name}.sum` },
    { operator: 'Cast', inputs: [`${name}.sum`], output: `${name}.float`, attributes: [{ kind: 'integer', name: 'to', value: FLOAT }] },
    { operator: 'Mul', inputs: [`${name}.scale`, packed.scales], output: `${name}.scales` },
    { operator: 'Mul', inputs: [`${name}.float`, `${name}.scales`], output: name },
  ];
}

interface Packed {
  readonly bytes: GraphTensor;
  readonly scales: GraphTensor;
}

/** A kernel of inputs × outputs: one scale a column. */
function packColumns(name: string, values: Float32Array, shape: readonly number[]): Packed {
  const columns = shape[1] ?? 1;
  return pack({ name, values, shape, groups: columns, groupOf: (at) => at % columns });
}

/** LSTM weights of 1 × gates × inputs: one scale a gate. */
function packRows(name: string, values: Float32Array, shape: readonly number[]): Packed {
  const inputs = shape[2] ?? 1;
  return pack({ name, values, shape, groups: shape[1] ?? 1, groupOf: (at) => Math.floor(at / inputs) });
}

function pack(given: {
  readonly name: string;
  readonly values: Float32Array;
  readonly shape: readonly number[];
  readonly groups: number;
  readonly groupOf: (at: number) => number;
}): Packed {
  const { name, values, shape, groups, groupOf } = given;
  const scales = new Float32Array(groups);
  values.forEach((value, at) => (scales[groupOf(at)] = Math.max(scales[groupOf(at)]!, Math.abs(value))));
  scales.forEach((largest, group) => (scales[group] = largest > 0 ? largest / LARGEST : 1));
  const bytes = Int8Array.from(values, (value, at) => Math.max(-LARGEST, Math.min(LARGEST, Math.round(value / scales[groupOf(at)]!))));
  return { bytes: { name: `${name}.int8`, shape, values: bytes }, scales: { name: `${name}.scales`, shape: [groups], values: scales } };
}
