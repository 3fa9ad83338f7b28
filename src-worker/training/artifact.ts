// What a training leaves behind: the model's bytes, what the manifest says of it, and its report.
import { createHash } from 'node:crypto';
import type { ModelName } from '../../src-main/core/learning/model-inputs.ts';

export interface ModelArtifact {
  readonly name: ModelName;
  readonly version: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
  readonly schemaHash: string;
  readonly inputWidth: number;
  readonly outputWidth: number;
  /** Outcomes known until here were learned from, epoch milliseconds. */
  readonly trainedUntil: number;
  /** Models whose answers it was trained on; it serves only beside exactly these. */
  readonly needs: readonly { readonly name: ModelName; readonly version: string }[];
  /** Of the autoencoder: median reconstruction error in training; novelty is measured from it. */
  readonly usualError?: number;
  /** The INT8 form and what it costs on validation rows; null where there is none. */
  readonly quantised: { readonly bytes: Uint8Array; readonly sha256: string; readonly lossFp32: number; readonly lossInt8: number } | null;
  /** Whether it has shown an edge (or, for what predicts no trade, skill) out of sample. */
  readonly edge: boolean;
  /** Whether the edge holds at moments without a set-up too; the self-learning mode asks for it. */
  readonly edgeAlone?: boolean;
  /** The verdict, one sentence. */
  readonly note: string;
  readonly report: unknown;
  readonly reportText: string;
}

/** Version: the day until which outcomes were known, and the first digits of the content. */
export function versionOf(trainedUntil: number, bytes: Uint8Array): { readonly version: string; readonly sha256: string } {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { version: `${new Date(trainedUntil).toISOString().slice(0, 10).replaceAll('-', '')}-${sha256.slice(0, 8)}`, sha256 };
}
