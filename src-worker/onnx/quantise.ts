// INT8: weights of dense layers and of the LSTM as bytes with one scale for each output, products computed in integers.
import { runNetwork, type Network } from '../training/network.ts';
import type { NetworkExport } from './export-network.ts';
import { networkGraph } from './export-network.ts';
import type { Graph, GraphNode, GraphTensor } from './graph.ts';
import { encodeModel } from './graph.ts';

const LARGEST = 127;
const BYTE_LEVELS = 255;
const FLOAT = 1;
/** Rows that show how far the values between layers reach. */
const CALIBRATION_ROWS = 2000;

/** Smallest and largest value that goes into a product. */
interface Range {
  readonly low: number;
  readonly high: number;
}

/** The bytes of the INT8 form of a network; `rows` are row-major training rows. Same network and rows, same bytes. */
export function exportQuantised(request: NetworkExport, rows: Float32Array): Uint8Array {
  return encodeModel(quantiseGraph(networkGraph(request), rangesOf(request.network, rows)));
}

/** By name of the kernel. Zero is always inside, so that it is exact. */
function rangesOf(network: Network, rows: Float32Array): ReadonlyMap<string, Range> {
  const { spec, scaling } = network;
  const width = spec.inputWidth;
  const step = Math.max(1, Math.floor(rows.length / width / CALIBRATION_ROWS));
  const some = rows.filter((_, at) => Math.floor(at / width) % step === 0);
  const scaled = some.map((value, at) => Math.max(-scaling.limit, Math.min(scaling.limit, (value - scaling.centre[at % width]!) * scaling.scale[at % width]!)));
  const { trunk } = runNetwork(network, some, some.length / width);
  const rangeOf = (values: Float32Array): Range => {
    let low = 0;
    let high = 0;
    for (const value of values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    return { low, high };
  };
  const inputs = [scaled, ...trunk].map(rangeOf);
  const last = inputs.at(-1)!;
  return new Map([
    ...spec.trunk.map((_, index) => [`layer${index}.kernel`, inputs[index]!] as const),
    ...spec.heads.map((_, index) => [`head${index}.kernel`, last] as const),
  ]);
}

/**
 * Dense products: the input is quantised with a range fixed in training (so that a row's answer never hangs on its neighbours in the
 * batch), the product is taken in integers and scaled back. LSTM: the weights are stored as bytes and unpacked once at load; ONNX has
 * no integer LSTM of its own.
 */
function quantiseGraph(graph: Graph, ranges: ReadonlyMap<string, Range>): Graph {
  const tensors: GraphTensor[] = [];
  const nodes: GraphNode[] = [];
  const kernels = new Map((graph.tensors ?? []).map((tensor) => [tensor.name, tensor]));
  const packed = new Set<string>();
  for (const node of graph.nodes) {
    const kernel = kernels.get(node.inputs[1] ?? '');
    const range = ranges.get(kernel?.name ?? '');
    if (node.operator === 'MatMul' && kernel !== undefined && range !== undefined && kernel.values instanceof Float32Array) {
      const product = integerProduct(node, packColumns(kernel.name, kernel.values, kernel.shape), range);
      packed.add(kernel.name);
      tensors.push(...product.tensors);
      nodes.push(...product.nodes);
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

function integerProduct(
  node: GraphNode,
  kernel: Packed,
  { low, high }: Range,
): { readonly nodes: readonly GraphNode[]; readonly tensors: readonly GraphTensor[] } {
  const name = node.output;
  const step = Math.fround(high > low ? (high - low) / BYTE_LEVELS : 1);
  const zero = Math.max(0, Math.min(BYTE_LEVELS, Math.round(-low / step)));
  const factors = (kernel.scales.values as Float32Array).map((scale) => scale * step);
  const tensors: readonly GraphTensor[] = [
    kernel.bytes,
    { name: `${name}.step`, shape: [], values: Float32Array.of(step) },
    { name: `${name}.zero`, shape: [], values: Uint8Array.of(zero) },
    { name: `${name}.factors`, shape: kernel.scales.shape, values: factors },
  ];
  const nodes: readonly GraphNode[] = [
    { operator: 'QuantizeLinear', inputs: [node.inputs[0] ?? '', `${name}.step`, `${name}.zero`], output: `${name}.bytes` },
    { operator: 'MatMulInteger', inputs: [`${name}.bytes`, kernel.bytes.name, `${name}.zero`], output: `${name}.sum` },
    { operator: 'Cast', inputs: [`${name}.sum`], output: `${name}.float`, attributes: [{ kind: 'integer', name: 'to', value: FLOAT }] },
    { operator: 'Mul', inputs: [`${name}.float`, `${name}.factors`], output: name },
  ];
  return { nodes, tensors };
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
