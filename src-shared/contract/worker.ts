// Messages between the engine and its worker processes. Workers know tensors, never candles. Structured clone carries typed arrays.

export interface ModelFile {
  readonly name: string;
  readonly version: string;
  /** Absolute path of the .onnx file. */
  readonly path: string;
  readonly sha256: string;
  /** Hash of the feature schema the model was trained on. */
  readonly schemaHash: string;
  /** Columns of one input row. */
  readonly inputWidth: number;
  readonly outputWidth: number;
}

export type InferenceRequest =
  | { readonly kind: 'load'; readonly models: readonly ModelFile[] }
  /** `rows` is row-major, rowCount × width. */
  | { readonly kind: 'predict'; readonly id: number; readonly model: string; readonly rows: Float32Array; readonly rowCount: number; readonly width: number }
  | { readonly kind: 'ping'; readonly id: number }
  | { readonly kind: 'stop' };

export type InferenceReply =
  | { readonly kind: 'loaded'; readonly models: readonly { readonly name: string; readonly version: string; readonly problem: string | null }[] }
  /** `values` is row-major, rowCount × outputWidth. */
  | { readonly kind: 'predicted'; readonly id: number; readonly values: Float32Array; readonly outputWidth: number; readonly computeMs: number }
  | { readonly kind: 'failed'; readonly id: number; readonly problem: string }
  | { readonly kind: 'pong'; readonly id: number; readonly memoryMb: number };
