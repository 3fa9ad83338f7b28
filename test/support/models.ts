// A model folder on disk for tests: planted rows, real trees, a real ONNX file and its manifest.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportEnsemble, OUTPUT_WIDTH } from '../../src-worker/onnx/export.ts';
import { fitBoosting } from '../../src-worker/training/gbdt.ts';
import { calibrate, predictMargins, type Ensemble } from '../../src-worker/training/tree.ts';
import { PLANTED_PARAMETERS, plantedRows } from '../worker/support/planted.ts';

export const SCHEMA_HASH = '00112233aabbccdd';
export const MODEL_WIDTH = 16;
const CALIBRATION = { slope: 1, intercept: 0 };
const BAND = 0.05;

export interface ModelFolder {
  readonly folder: string;
  readonly modelPath: string;
  readonly manifestPath: string;
  readonly manifest: { readonly models: readonly Readonly<Record<string, unknown>>[] };
  /** Probabilities the trainer itself gives. */
  expected(rows: Float32Array): Float32Array;
  writeManifest(change: Readonly<Record<string, unknown>>): void;
  remove(): void;
}

/** Trains and writes a small model. `copies` repeats its trees to make it slower without making it larger on the wire. */
export function createModelFolder(copies = 1): ModelFolder {
  const folder = mkdtempSync(join(tmpdir(), 'models-'));
  const fitted = fitBoosting({
    train: plantedRows({ count: 2000, width: MODEL_WIDTH, seed: 5 }),
    stopping: null,
    parameters: { ...PLANTED_PARAMETERS, trees: 60, depth: 5 },
  }).ensemble;
  const ensemble: Ensemble = {
    ...fitted,
    trees: Array.from({ length: copies }, () =>
      fitted.trees.map((tree) => ({ ...tree, value: tree.value.map((value) => Math.fround(value / copies)) })),
    ).flat(),
  };
  const bytes = exportEnsemble({ name: 'planted', schemaHash: SCHEMA_HASH, ensemble, calibration: CALIBRATION, bandHalfWidth: BAND });
  const modelPath = join(folder, 'planted.onnx');
  const manifestPath = join(folder, 'manifest.json');
  const entry = {
    name: 'planted',
    version: 'v1',
    file: 'planted.onnx',
    sha256: createHash('sha256').update(bytes).digest('hex'),
    schemaHash: SCHEMA_HASH,
    inputWidth: MODEL_WIDTH,
    outputWidth: OUTPUT_WIDTH,
    edge: false,
    note: 'No edge out of sample.',
    report: 'planted.report.md',
  };
  writeFileSync(modelPath, bytes);
  const manifest = { models: [entry] };
  writeFileSync(manifestPath, JSON.stringify(manifest));
  return {
    folder,
    modelPath,
    manifestPath,
    manifest,
    expected: (rows) => Float32Array.from(predictMargins(fitted, rows, rows.length / MODEL_WIDTH), (margin) => calibrate(margin, CALIBRATION)),
    writeManifest: (change) => writeFileSync(manifestPath, JSON.stringify({ models: [{ ...entry, ...change }] })),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
