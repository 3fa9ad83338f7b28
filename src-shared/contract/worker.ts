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
  /** Several models in one round trip; a part without rows is answered without values. */
  | { readonly kind: 'predict-all'; readonly id: number; readonly parts: readonly InferencePart[] }
  /** The whole stack of models in one round trip. */
  | ({ readonly kind: 'predict-stack'; readonly id: number; readonly models: StackModels } & StackInputs)
  | { readonly kind: 'ping'; readonly id: number }
  | { readonly kind: 'stop' };

/** What the stack reads of each market. Two rows a market, long and short, where a model sees a side. */
export interface StackInputs {
  readonly markets: number;
  /** 2·markets rows of the feature schema. */
  readonly features: Float32Array;
  /** 2·markets structure windows; NaN first where there are too few candles. */
  readonly windows: Float32Array;
  /** One liquidity sequence a market; NaN first where there are too few candles. */
  readonly sequences: Float32Array;
  /** One regime sequence a market; NaN first where there are too few candles. */
  readonly regimes: Float32Array;
  /** 2·markets evolver states without what the other models say; NaN first where a side has no set-up. */
  readonly moments: Float32Array;
}

/** Name of the loaded form of each model, or null where it is not served. */
export interface StackModels {
  readonly trees: string;
  readonly structure: string | null;
  readonly discovery: string | null;
  readonly liquidity: string | null;
  readonly regime: string | null;
  readonly evolver: string | null;
  readonly ensemble: string | null;
  /** Reconstruction error the autoencoder usually has: novelty is measured from it. */
  readonly usualError: number;
}

export interface InferencePart {
  readonly model: string;
  /** Row-major, rowCount × width. */
  readonly rows: Float32Array;
  readonly rowCount: number;
  readonly width: number;
}

export type InferenceReply =
  | { readonly kind: 'loaded'; readonly models: readonly { readonly name: string; readonly version: string; readonly problem: string | null }[] }
  /** `values` is row-major, rowCount × outputWidth. */
  | { readonly kind: 'predicted'; readonly id: number; readonly values: Float32Array; readonly outputWidth: number; readonly computeMs: number }
  /** One answer for each part, in their order. */
  | {
      readonly kind: 'predicted-all';
      readonly id: number;
      readonly answers: readonly { readonly values: Float32Array; readonly outputWidth: number }[];
      readonly computeMs: number;
    }
  /** `values`: 2·markets rows of the stack's columns; NaN where a model is not served, has no input or failed. `problems`: one sentence a failure. */
  | {
      readonly kind: 'predicted-stack';
      readonly id: number;
      readonly values: Float32Array;
      readonly problems: readonly string[];
      readonly computeMs: number;
    }
  | { readonly kind: 'failed'; readonly id: number; readonly problem: string }
  | { readonly kind: 'pong'; readonly id: number; readonly memoryMb: number };

/** Where a training reads its closed 5m candles. */
export type TrainingCandles =
  | { readonly kind: 'folder'; readonly path: string }
  /** The terminal's own archive, read only; `source` is the market the candles came from. */
  | { readonly kind: 'archive'; readonly path: string; readonly source: string };

export type TrainingRequest =
  | {
      readonly kind: 'train';
      readonly id: number;
      /** Model names, or all. */
      readonly models: readonly string[] | 'all';
      readonly seed: number;
      readonly candles: TrainingCandles;
      /** The terminal's memory of feature rows and lived samples (SQLite); null without one. */
      readonly lived: string | null;
      /** Newest candles of each symbol. */
      readonly maxCandles: number;
      /** Empty folder for what is trained; nothing is written there before everything is trained. */
      readonly out: string;
      /** What serves now and until when it knew outcomes; the new trees are judged beside it. Null without one. */
      readonly champion: { readonly file: ModelFile; readonly trainedUntil: number } | null;
    }
  | { readonly kind: 'pause' | 'resume' | 'cancel'; readonly id: number }
  | { readonly kind: 'stop' };

/** The gate's answer; see core/learning/promotion. */
export interface PromotionReply {
  readonly kind: 'promote' | 'keep';
  readonly why: string | null;
  /** Trades both were judged on. */
  readonly count: number;
}

export interface TrainingEpoch {
  readonly number: number;
  /** At most; training stops early when later rows get no better. */
  readonly of: number;
  readonly trainLoss: number;
  readonly laterLoss: number;
}

export type TrainingReply =
  | {
      readonly kind: 'progress';
      readonly id: number;
      readonly stage: string;
      /** Of the stage, [0, 1]. */
      readonly fraction: number;
      /** Until the stage ends, or null while unknown. */
      readonly etaMs: number | null;
      /** Of the network being trained; null between networks. */
      readonly epoch: TrainingEpoch | null;
      readonly line: string | null;
      readonly isPaused: boolean;
      readonly memoryMb: number;
    }
  | {
      readonly kind: 'trained';
      readonly id: number;
      readonly models: readonly { readonly name: string; readonly version: string; readonly edge: boolean; readonly note: string }[];
      /** Null when the trees were not trained or nothing serves yet. */
      readonly promotion: PromotionReply | null;
    }
  | { readonly kind: 'cancelled'; readonly id: number }
  /** `problem`: one sentence. */
  | { readonly kind: 'failed'; readonly id: number; readonly problem: string };
