// Writes trained models into a folder: a new file beside the old one, then the manifest that names it; stopped anywhere, the folder is whole.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { MODEL_NAMES } from '../../src-main/core/learning/model-inputs.ts';
import type { ModelArtifact } from './artifact.ts';

const entrySchema = z.looseObject({
  name: z.string(),
  version: z.string(),
  file: z.string(),
  report: z.string().optional(),
  quantised: z.looseObject({ file: z.string() }).optional(),
});
const manifestSchema = z.looseObject({ models: z.array(entrySchema), challengers: z.array(entrySchema).optional(), previous: z.array(entrySchema).optional() });

/** Half a file never exists under its final name. */
function writeWhole(file: string, content: string | Uint8Array): void {
  writeFileSync(`${file}.tmp`, content);
  renameSync(`${file}.tmp`, file);
}

/** Replaces the models of the same names in the manifest and removes their old files. Other entries stay as they are. */
export function writeModels(folder: string, artifacts: readonly ModelArtifact[]): void {
  mkdirSync(folder, { recursive: true });
  const manifestFile = join(folder, 'manifest.json');
  const before = existsSync(manifestFile) ? manifestSchema.parse(JSON.parse(readFileSync(manifestFile, 'utf8'))) : manifestSchema.parse({ models: [] });
  const entries = artifacts.map((artifact) => {
    const { name, version, sha256, schemaHash, inputWidth, outputWidth, edge, note, trainedUntil, needs, usualError, edgeAlone } = artifact;
    const file = `${name}-${version}.onnx`;
    writeWhole(join(folder, file), artifact.bytes);
    writeWhole(join(folder, `${name}.report.json`), `${JSON.stringify(artifact.report, null, 2)}\n`);
    writeWhole(join(folder, `${name}.report.md`), artifact.reportText);
    const int8 = artifact.quantised;
    const quantised =
      int8 === null ? undefined : { file: `${name}-${version}.int8.onnx`, sha256: int8.sha256, lossFp32: int8.lossFp32, lossInt8: int8.lossInt8 };
    if (int8 !== null && quantised !== undefined) writeWhole(join(folder, quantised.file), int8.bytes);
    return {
      name,
      version,
      file,
      sha256,
      schemaHash,
      inputWidth,
      outputWidth,
      edge,
      ...(edgeAlone === true ? { edgeAlone } : {}),
      note,
      report: `${name}.report.md`,
      trainedUntil,
      needs,
      ...(usualError === undefined ? {} : { usualError }),
      ...(quantised === undefined ? {} : { quantised }),
    };
  });
  const names = new Set<string>(entries.map((entry) => entry.name));
  const models = [...before.models.filter((model) => !names.has(model.name)), ...entries].toSorted((a, b) => placeOf(a.name) - placeOf(b.name));
  writeWhole(manifestFile, `${JSON.stringify({ ...before, models }, null, 2)}\n`);
  const kept = new Set([...models, ...(before.challengers ?? []), ...(before.previous ?? [])].flatMap(filesOf));
  for (const old of before.models) {
    if (!names.has(old.name)) continue;
    for (const file of filesOf(old)) if (!kept.has(file) && basename(file) === file) rmSync(join(folder, file), { force: true });
  }
}

function filesOf(entry: { readonly file: string; readonly quantised?: { readonly file: string } | undefined }): readonly string[] {
  return entry.quantised === undefined ? [entry.file] : [entry.file, entry.quantised.file];
}

/** The trees stay first: they are the model the strategies ask. */
function placeOf(name: string): number {
  const at = (MODEL_NAMES as readonly string[]).indexOf(name);
  return at < 0 ? MODEL_NAMES.length : at;
}
