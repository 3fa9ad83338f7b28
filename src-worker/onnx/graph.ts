// The ONNX messages an exported model is made of, by their field numbers. Source: onnx.proto (IR version 8) of the ONNX specification.
import { MessageWriter } from './protobuf.ts';

const IR_VERSION = 8;
const ONNX_OPSET = 17;
const ML_OPSET = 3;
const ELEMENT = { float: 1, uint8: 2, int8: 3, int64: 7 } as const;
const ELEMENT_FLOAT = ELEMENT.float;

/** Domain of the classical operators such as TreeEnsembleRegressor. */
export const ML_DOMAIN = 'ai.onnx.ml';

const ATTRIBUTE_TYPE = { integer: 2, text: 3, floats: 6, integers: 7, texts: 8 } as const;

export type Attribute =
  | { readonly kind: 'integer'; readonly name: string; readonly value: number }
  | { readonly kind: 'text'; readonly name: string; readonly value: string }
  | { readonly kind: 'floats'; readonly name: string; readonly values: readonly number[] }
  | { readonly kind: 'integers'; readonly name: string; readonly values: readonly number[] }
  | { readonly kind: 'texts'; readonly name: string; readonly values: readonly string[] };

export interface GraphNode {
  readonly operator: string;
  readonly domain?: string;
  /** An empty name is an optional input left out. */
  readonly inputs: readonly string[];
  readonly output: string;
  /** Outputs after the first, in order; an empty name is one left out. */
  readonly moreOutputs?: readonly string[];
  readonly attributes?: readonly Attribute[];
}

/** A constant tensor, row-major. */
export interface GraphTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array | Int8Array | Uint8Array | BigInt64Array;
}

export interface Graph {
  readonly name: string;
  readonly nodes: readonly GraphNode[];
  /** Scalars by name. */
  readonly constants: readonly (readonly [string, number])[];
  readonly tensors?: readonly GraphTensor[];
  /** Row-major float matrices with any number of rows. */
  readonly input: { readonly name: string; readonly width: number };
  readonly output: { readonly name: string; readonly width: number };
  readonly metadata: readonly (readonly [string, string])[];
}

/** The bytes of an .onnx file. Equal graphs give equal bytes. */
export function encodeModel(graph: Graph): Uint8Array {
  const body = new MessageWriter();
  for (const node of graph.nodes) body.message(1, encodeNode(node));
  body.text(2, graph.name);
  for (const [name, value] of graph.constants) body.message(5, new MessageWriter().integer(2, ELEMENT_FLOAT).floats(4, [value]).text(8, name));
  for (const tensor of graph.tensors ?? []) body.message(5, encodeTensor(tensor));
  body.message(11, encodeMatrix(graph.input));
  body.message(12, encodeMatrix(graph.output));
  const model = new MessageWriter().integer(1, IR_VERSION).text(2, 'perpetual-terminal').message(7, body);
  model.message(8, new MessageWriter().text(1, '').integer(2, ONNX_OPSET));
  model.message(8, new MessageWriter().text(1, ML_DOMAIN).integer(2, ML_OPSET));
  for (const [key, value] of graph.metadata) model.message(14, new MessageWriter().text(1, key).text(2, value));
  return model.finish();
}

function encodeNode(node: GraphNode): MessageWriter {
  const message = new MessageWriter();
  for (const input of node.inputs) message.text(1, input);
  message.text(2, node.output);
  for (const output of node.moreOutputs ?? []) message.text(2, output);
  message.text(3, node.output).text(4, node.operator);
  for (const attribute of node.attributes ?? []) message.message(5, encodeAttribute(attribute));
  if (node.domain !== undefined) message.text(7, node.domain);
  return message;
}

function encodeAttribute(attribute: Attribute): MessageWriter {
  const message = new MessageWriter().text(1, attribute.name);
  switch (attribute.kind) {
    case 'integer':
      message.integer(3, attribute.value);
      break;
    case 'text':
      message.text(4, attribute.value);
      break;
    case 'floats':
      message.floats(7, attribute.values);
      break;
    case 'integers':
      message.integers(8, attribute.values);
      break;
    case 'texts':
      for (const value of attribute.values) message.text(9, value);
      break;
    default:
      attribute satisfies never;
  }
  return message.integer(20, ATTRIBUTE_TYPE[attribute.kind]);
}

/** Little-endian raw data, as every machine Node runs on stores it. */
function encodeTensor({ name, shape, values }: GraphTensor): MessageWriter {
  const element = elementOf(values);
  const message = new MessageWriter();
  for (const size of shape) message.integer(1, size);
  return message
    .integer(2, element)
    .text(8, name)
    .bytes(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

function elementOf(values: GraphTensor['values']): number {
  if (values instanceof Float32Array) return ELEMENT.float;
  if (values instanceof Int8Array) return ELEMENT.int8;
  return values instanceof Uint8Array ? ELEMENT.uint8 : ELEMENT.int64;
}

function encodeMatrix(matrix: { readonly name: string; readonly width: number }): MessageWriter {
  const rows = new MessageWriter().text(2, 'rows');
  const columns = new MessageWriter().integer(1, matrix.width);
  const shape = new MessageWriter().message(1, rows).message(1, columns);
  const tensor = new MessageWriter().integer(1, ELEMENT_FLOAT).message(2, shape);
  return new MessageWriter().text(1, matrix.name).message(2, new MessageWriter().message(1, tensor));
}
