// A small network as plain arrays: dense layers and one LSTM, several heads, and how a row runs through it.
import { sigmoid } from './tree.ts';

export type Activation = 'linear' | 'relu' | 'tanh' | 'sigmoid' | 'softplus' | 'softmax';

export type LayerSpec =
  | {
      readonly kind: 'dense';
      readonly units: number;
      readonly activation: Activation;
      /** Share of the outputs silenced in training; never when serving. */
      readonly dropout?: number;
    }
  /** The row is `steps` × (width / steps), oldest first; the output is the last hidden state. Only as the first layer. */
  | { readonly kind: 'lstm'; readonly steps: number; readonly units: number };

export interface HeadSpec {
  readonly units: number;
  readonly activation: Activation;
  readonly loss: 'squared' | 'logistic' | 'softmax';
  /** Share in the total loss. */
  readonly weight: number;
}

export interface NetworkSpec {
  readonly inputWidth: number;
  readonly trunk: readonly LayerSpec[];
  readonly heads: readonly HeadSpec[];
}

/** x' = (x − centre) × scale, clipped to ± limit: the median and 1 / IQR of the training rows. */
export interface Scaling {
  readonly centre: Float32Array;
  readonly scale: Float32Array;
  readonly limit: number;
}

export interface Parameter {
  readonly shape: readonly [number, number] | readonly [number];
  readonly values: Float32Array;
}

/** Parameters: kernel and bias of each trunk layer, then of each head. An LSTM kernel is (inputs + units) × 4 units, gates in the order i, o, f, c. */
export interface Network {
  readonly spec: NetworkSpec;
  readonly scaling: Scaling;
  readonly parameters: readonly Parameter[];
}

/** Columns of the concatenated heads. */
export function headWidth(spec: NetworkSpec): number {
  return spec.heads.reduce((sum, head) => sum + head.units, 0);
}

/** Inputs and outputs of each kernel, in the order of the parameters. */
export function kernelShapes(spec: NetworkSpec): readonly (readonly [number, number])[] {
  const shapes: [number, number][] = [];
  let width = spec.inputWidth;
  for (const layer of spec.trunk) {
    shapes.push(layer.kind === 'dense' ? [width, layer.units] : [width / layer.steps + layer.units, 4 * layer.units]);
    width = layer.units;
  }
  for (const head of spec.heads) shapes.push([width, head.units]);
  return shapes;
}

export interface Activations {
  /** Output of each trunk layer, row-major. */
  readonly trunk: readonly Float32Array[];
  /** Concatenated heads, row-major. */
  readonly heads: Float32Array;
}

/** Runs rows through the network in plain JavaScript: the reference that training and serving are compared with. */
export function runNetwork(network: Network, rows: Float32Array, rowCount: number): Activations {
  const { spec, parameters } = network;
  let current = scaleRows(network, rows, rowCount);
  let width = spec.inputWidth;
  const trunk: Float32Array[] = [];
  spec.trunk.forEach((layer, index) => {
    const [kernel, bias] = weightsOf(parameters, index);
    current =
      layer.kind === 'dense'
        ? activate(multiply({ rows: current, width, kernel, bias, units: layer.units }), layer.units, layer.activation)
        : runLstm({ rows: current, width, kernel, bias, units: layer.units, steps: layer.steps });
    width = layer.units;
    trunk.push(current);
  });
  const total = headWidth(spec);
  const heads = new Float32Array(rowCount * total);
  let offset = 0;
  spec.heads.forEach((head, index) => {
    const [kernel, bias] = weightsOf(parameters, spec.trunk.length + index);
    const values = activate(multiply({ rows: current, width, kernel, bias, units: head.units }), head.units, head.activation);
    for (let row = 0; row < rowCount; row += 1) heads.set(values.subarray(row * head.units, (row + 1) * head.units), row * total + offset);
    offset += head.units;
  });
  return { trunk, heads };
}

function weightsOf(parameters: readonly Parameter[], layer: number): readonly [Float32Array, Float32Array] {
  const [kernel, bias] = [parameters[layer * 2], parameters[layer * 2 + 1]];
  if (kernel === undefined || bias === undefined) throw new Error(`broken invariant: layer ${layer} has no parameters`);
  return [kernel.values, bias.values];
}

function scaleRows(network: Network, rows: Float32Array, rowCount: number): Float32Array {
  const { centre, scale, limit } = network.scaling;
  const width = network.spec.inputWidth;
  const scaled = new Float32Array(rowCount * width);
  for (let at = 0; at < scaled.length; at += 1) {
    const column = at % width;
    scaled[at] = Math.max(-limit, Math.min(limit, (rows[at]! - centre[column]!) * scale[column]!));
  }
  return scaled;
}

interface Product {
  readonly rows: Float32Array;
  readonly width: number;
  readonly kernel: Float32Array;
  readonly bias: Float32Array;
  readonly units: number;
}

function multiply({ rows, width, kernel, bias, units }: Product): Float32Array {
  const rowCount = rows.length / width;
  const out = new Float32Array(rowCount * units);
  const sums = new Float64Array(units);
  for (let row = 0; row < rowCount; row += 1) {
    sums.set(bias);
    for (let input = 0; input < width; input += 1) {
      const value = rows[row * width + input]!;
      if (value === 0) continue;
      const base = input * units;
      for (let unit = 0; unit < units; unit += 1) sums[unit]! += value * kernel[base + unit]!;
    }
    out.set(sums, row * units);
  }
  return out;
}

function activate(values: Float32Array, units: number, activation: Activation): Float32Array {
  switch (activation) {
    case 'linear':
      return values;
    case 'relu':
      return values.map((value) => Math.max(0, value));
    case 'tanh':
      return values.map((value) => Math.tanh(value));
    case 'sigmoid':
      return values.map((value) => sigmoid(value));
    case 'softplus':
      return values.map((value) => Math.max(0, value) + Math.log1p(Math.exp(-Math.abs(value))));
    case 'softmax': {
      const out = new Float32Array(values.length);
      for (let at = 0; at < values.length; at += units) {
        const row = values.subarray(at, at + units);
        const top = Math.max(...row);
        const powers = row.map((value) => Math.exp(value - top));
        const total = powers.reduce((sum, value) => sum + value, 0);
        powers.forEach((value, unit) => (out[at + unit] = value / total));
      }
      return out;
    }
    default:
      return activation satisfies never;
  }
}

function runLstm(layer: Product & { readonly steps: number }): Float32Array {
  const { rows, width, kernel, bias, units, steps } = layer;
  const rowCount = rows.length / width;
  const inputs = width / steps;
  const joined = new Float32Array(rowCount * (inputs + units));
  const cell = new Float64Array(rowCount * units);
  for (let step = 0; step < steps; step += 1) {
    for (let row = 0; row < rowCount; row += 1) {
      for (let input = 0; input < inputs; input += 1) joined[row * (inputs + units) + input] = rows[row * width + step * inputs + input]!;
    }
    const gates = multiply({ rows: joined, width: inputs + units, kernel, bias, units: 4 * units });
    for (let row = 0; row < rowCount; row += 1) {
      for (let unit = 0; unit < units; unit += 1) {
        const base = row * 4 * units + unit;
        const at = row * units + unit;
        cell[at] = sigmoid(gates[base + 2 * units]!) * cell[at]! + sigmoid(gates[base]!) * Math.tanh(gates[base + 3 * units]!);
        joined[row * (inputs + units) + inputs + unit] = sigmoid(gates[base + units]!) * Math.tanh(cell[at]);
      }
    }
  }
  const hidden = new Float32Array(rowCount * units);
  for (let row = 0; row < rowCount; row += 1) {
    hidden.set(joined.subarray(row * (inputs + units) + inputs, (row + 1) * (inputs + units)), row * units);
  }
  return hidden;
}
