// Turns a trained network into an ONNX model: scaling, dense layers, LSTM, heads, and the columns its user asks for.
import { kernelShapes, headWidth, type Activation, type Network } from '../training/network.ts';
import type { Graph, GraphNode, GraphTensor } from './graph.ts';
import { encodeModel } from './graph.ts';

export interface NetworkExport {
  readonly name: string;
  readonly schemaHash: string;
  readonly network: Network;
  /** `heads`: the heads; `trunk+heads`: the last trunk layer before them; `code+error`: a trunk layer, then the mean squared error of head 0 against the scaled row. */
  readonly columns: { readonly kind: 'heads' } | { readonly kind: 'trunk+heads' } | { readonly kind: 'code+error'; readonly layer: number };
}

const OPERATOR: Readonly<Record<Exclude<Activation, 'linear'>, string>> = {
  relu: 'Relu',
  tanh: 'Tanh',
  sigmoid: 'Sigmoid',
  softplus: 'Softplus',
  softmax: 'Softmax',
};

/** The bytes of the .onnx file: rows [n × inputWidth] → values [n × outputWidthOf]. */
export function exportNetwork(request: NetworkExport): Uint8Array {
  return encodeModel(networkGraph(request));
}

/** Columns of the exported model's output. */
export function outputWidthOf({ network, columns }: Pick<NetworkExport, 'network' | 'columns'>): number {
  const { spec } = network;
  switch (columns.kind) {
    case 'heads':
      return headWidth(spec);
    case 'trunk+heads':
      return (spec.trunk.at(-1)?.units ?? 0) + headWidth(spec);
    case 'code+error':
      return (spec.trunk[columns.layer]?.units ?? 0) + 1;
    default:
      return columns satisfies never;
  }
}

/** The graph before encoding; the quantiser rewrites its matrix products. */
export function networkGraph(request: NetworkExport): Graph {
  const { network, columns } = request;
  const { spec, scaling } = network;
  const builder = new Builder();
  const width = spec.inputWidth;
  const floats = (name: string, values: Float32Array): string => builder.tensor({ name, shape: [values.length], values });
  const centred = builder.node('Sub', ['rows', floats('centre', scaling.centre)], 'centred');
  const wide = builder.node('Mul', [centred, floats('scale', scaling.scale)], 'wide');
  const scaled = builder.node('Clip', [wide, 'lowest', 'highest'], 'scaled');
  const shapes = kernelShapes(spec);
  let current = scaled;
  const trunk = spec.trunk.map((layer, index) => {
    const kernel = network.parameters[index * 2]!.values;
    const bias = network.parameters[index * 2 + 1]!.values;
    current =
      layer.kind === 'dense'
        ? builder.dense({ name: `layer${index}`, input: current, kernel, bias, shape: shapes[index]!, activation: layer.activation })
        : builder.lstm({ name: `layer${index}`, input: current, kernel, bias, steps: layer.steps, inputs: width / layer.steps, units: layer.units });
    return current;
  });
  const heads = spec.heads.map((head, index) => {
    const at = spec.trunk.length + index;
    const kernel = network.parameters[at * 2]!.values;
    const bias = network.parameters[at * 2 + 1]!.values;
    return builder.dense({ name: `head${index}`, input: current, kernel, bias, shape: shapes[at]!, activation: head.activation });
  });
  const parts =
    columns.kind === 'heads' ? heads : columns.kind === 'trunk+heads' ? [current, ...heads] : [trunk[columns.layer]!, builder.error(heads[0]!, scaled)];
  builder.node('Concat', parts, 'values', [{ kind: 'integer', name: 'axis', value: 1 }]);
  return {
    name: request.name,
    input: { name: 'rows', width },
    output: { name: 'values', width: outputWidthOf(request) },
    constants: [
      ['lowest', -scaling.limit],
      ['highest', scaling.limit],
    ],
    tensors: builder.tensors,
    nodes: builder.nodes,
    metadata: [['schema_hash', request.schemaHash]],
  };
}

interface Weights {
  readonly name: string;
  readonly input: string;
  readonly kernel: Float32Array;
  readonly bias: Float32Array;
}

class Builder {
  readonly nodes: GraphNode[] = [];
  readonly tensors: GraphTensor[] = [];

  tensor(tensor: GraphTensor): string {
    this.tensors.push(tensor);
    return tensor.name;
  }

  node(operator: string, inputs: readonly string[], output: string, attributes: NonNullable<GraphNode['attributes']> = []): string {
    this.nodes.push({ operator, inputs, output, attributes });
    return output;
  }

  dense({ name, input, kernel, bias, shape, activation }: Weights & { readonly shape: readonly [number, number]; readonly activation: Activation }): string {
    const product = this.node('MatMul', [input, this.tensor({ name: `${name}.kernel`, shape, values: kernel })], `${name}.product`);
    const sum = this.node('Add', [product, this.tensor({ name: `${name}.bias`, shape: [bias.length], values: bias })], `${name}.sum`);
    return activation === 'linear' ? sum : this.node(OPERATOR[activation], [sum], `${name}.out`);
  }

  /** ONNX keeps W (4·units × inputs), R (4·units × units) and both biases apart; gates i, o, f, c in both worlds. */
  lstm({ name, input, kernel, bias, steps, inputs, units }: Weights & { readonly steps: number; readonly inputs: number; readonly units: number }): string {
    const gates = 4 * units;
    const fromInput = new Float32Array(gates * inputs);
    const fromHidden = new Float32Array(gates * units);
    for (let gate = 0; gate < gates; gate += 1) {
      for (let at = 0; at < inputs; at += 1) fromInput[gate * inputs + at] = kernel[at * gates + gate]!;
      for (let at = 0; at < units; at += 1) fromHidden[gate * units + at] = kernel[(inputs + at) * gates + gate]!;
    }
    const biases = new Float32Array(2 * gates);
    biases.set(bias);
    const shaped = this.node(
      'Reshape',
      [input, this.tensor({ name: `${name}.steps`, shape: [3], values: BigInt64Array.from([0n, BigInt(steps), BigInt(inputs)]) })],
      `${name}.shaped`,
    );
    const sequence = this.node('Transpose', [shaped], `${name}.sequence`, [{ kind: 'integers', name: 'perm', values: [1, 0, 2] }]);
    const weights = [
      this.tensor({ name: `${name}.w`, shape: [1, gates, inputs], values: fromInput }),
      this.tensor({ name: `${name}.r`, shape: [1, gates, units], values: fromHidden }),
      this.tensor({ name: `${name}.b`, shape: [1, 2 * gates], values: biases }),
    ];
    this.nodes.push({
      operator: 'LSTM',
      inputs: [sequence, ...weights],
      output: '',
      moreOutputs: [`${name}.last`],
      attributes: [{ kind: 'integer', name: 'hidden_size', value: units }],
    });
    return this.node(
      'Reshape',
      [`${name}.last`, this.tensor({ name: `${name}.flat`, shape: [2], values: BigInt64Array.from([-1n, BigInt(units)]) })],
      `${name}.out`,
    );
  }

  error(head: string, scaled: string): string {
    const difference = this.node('Sub', [head, scaled], 'difference');
    const square = this.node('Mul', [difference, difference], 'square');
    return this.node('ReduceMean', [square], 'error', [{ kind: 'integers', name: 'axes', values: [1] }]);
  }
}
