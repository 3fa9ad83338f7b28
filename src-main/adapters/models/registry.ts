// The bundled models: the manifest read, every file checked, and each problem said in one sentence.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { ModelFile } from '../../../src-shared/contract/worker.ts';
import type { Result } from '../../../src-shared/kernel/result.ts';
import { err, ok } from '../../../src-shared/kernel/result.ts';
import { FEATURE_SCHEMA_HASH } from '../../core/features/schema.ts';
import { isModelName, MODEL_INPUTS, type ModelInput } from '../../core/learning/model-inputs.ts';

const ADVICE = 'Restore the models folder or run `npm run train`; until then ICT rules decide alone.';

const entrySchema = z.object({
  name: z.string().min(1),
  version: z.string().min(1),
  /** A file name beside the manifest. */
  file: z.string().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  schemaHash: z.string().min(1),
  inputWidth: z.int().positive(),
  outputWidth: z.int().positive(),
  edge: z.boolean(),
  /** Whether the edge holds at moments without a set-up too. */
  edgeAlone: z.boolean().optional(),
  note: z.string(),
  report: z.string(),
  /** Outcomes known until here were learned from, epoch milliseconds. */
  trainedUntil: z.number().optional(),
  /** Models it serves beside, and only beside these versions. */
  needs: z.array(z.object({ name: z.string(), version: z.string() })).optional(),
  /** Median reconstruction error in training, of an autoencoder: novelty is measured from it. */
  usualError: z.number().positive().optional(),
  /** What the comparison with the model that served then said. */
  gate: z.object({ kind: z.enum(['promote', 'keep']), why: z.string().nullable(), count: z.number() }).optional(),
  /** The INT8 form, and the validation loss of both. */
  quantised: z.object({ file: z.string().min(1), sha256: z.string().regex(/^[0-9a-f]{64}$/), lossFp32: z.number(), lossInt8: z.number() }).optional(),
});
export const manifestSchema = z.looseObject({
  models: z.array(entrySchema),
  /** Trained, not yet better than what serves. */
  challengers: z.array(entrySchema).optional(),
  /** Served before, newest first. */
  previous: z.array(entrySchema).optional(),
});
export type ManifestEntry = z.infer<typeof entrySchema>;

export interface RegisteredModel {
  readonly file: ModelFile;
  /** Whether its report shows an edge out of sample. */
  readonly edge: boolean;
  /** Whether the edge holds at moments without a set-up too; false when left out. */
  readonly edgeAlone?: boolean;
  /** The report's verdict, one sentence. */
  readonly note: string;
  /** Whether column 0 is a win probability with its band, or the answer is plain numbers. */
  readonly output: ModelInput['output'];
  /** Of an autoencoder: its median reconstruction error in training; null where the manifest does not say. */
  readonly usualError: number | null;
  /** The INT8 form; served only if it is as good and faster on this machine. Null where there is none. */
  readonly quantised: { readonly file: ModelFile; readonly lossFp32: number; readonly lossInt8: number } | null;
}

export interface ModelRegistry {
  readonly models: readonly RegisteredModel[];
  /** One sentence for each model that cannot be used, or for the manifest itself. */
  readonly problems: readonly string[];
}

/**
 * Models of `folder` that can be served with feature schema `schemaHash`, those that read feature rows first. Models with an input of
 * their own are checked against that. Never throws: what is missing or broken is a problem.
 */
export function openModelRegistry(folder: string, schemaHash: string): ModelRegistry {
  const entries = readManifest(folder);
  if (!entries.ok) return { models: [], problems: [entries.error] };
  if (entries.value.length === 0) return { models: [], problems: [`No model is in ${folder}. ${ADVICE}`] };
  const models: RegisteredModel[] = [];
  const problems: string[] = [];
  for (const entry of entries.value) {
    const checked = checkEntry(folder, entry, schemaHash);
    if (checked.ok) models.push(checked.value);
    else problems.push(checked.error);
  }
  return withoutOrphans(models, { problems, schemaHash, entries: entries.value });
}

type Entry = ManifestEntry;

/** A model trained on the answers of others serves only beside exactly those. */
function withoutOrphans(
  models: readonly RegisteredModel[],
  found: { readonly problems: readonly string[]; readonly schemaHash: string; readonly entries: readonly Entry[] },
): ModelRegistry {
  const problems = [...found.problems];
  let kept = models;
  for (;;) {
    const orphan = kept
      .map(({ file }) => ({ file, lack: found.entries.find(({ name }) => name === file.name)?.needs?.find((need) => !isServed(kept, need)) }))
      .find(({ lack }) => lack !== undefined);
    if (orphan?.lack === undefined) break;
    const { file, lack } = orphan;
    problems.push(
      `The model ${file.name} ${file.version} was trained beside ${lack.name} ${lack.version}, which is not served. Run \`npm run train\` for both.`,
    );
    kept = kept.filter((model) => model.file !== file);
  }
  const readsFeatures = (model: RegisteredModel): number => (model.file.schemaHash === found.schemaHash ? 0 : 1);
  return { models: kept.toSorted((a, b) => readsFeatures(a) - readsFeatures(b)), problems };
}

function isServed(models: readonly RegisteredModel[], need: { readonly name: string; readonly version: string }): boolean {
  return models.some(({ file }) => file.name === need.name && file.version === need.version);
}

function readManifest(folder: string): Result<readonly Entry[], string> {
  const path = join(folder, 'manifest.json');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return err(`No models are there: ${path} cannot be read. ${ADVICE}`);
  }
  try {
    const parsed = manifestSchema.safeParse(JSON.parse(text));
    if (parsed.success) return ok(parsed.data.models);
    const issue = parsed.error.issues[0];
    return err(`The model manifest ${path} is not valid at ${issue?.path.join('.') ?? 'its top'}: ${issue?.message ?? 'unknown'}. ${ADVICE}`);
  } catch {
    return err(`The model manifest ${path} is not JSON. ${ADVICE}`);
  }
}

function checkEntry(folder: string, entry: Entry, schemaHash: string): Result<RegisteredModel, string> {
  const { name, version, sha256, inputWidth, outputWidth, edge, note } = entry;
  if (basename(entry.file) !== entry.file) return err(`The model ${name} names a file outside its folder (${entry.file}). ${ADVICE}`);
  const path = join(folder, entry.file);
  let digest: string;
  try {
    digest = createHash('sha256').update(readFileSync(path)).digest('hex');
  } catch {
    return err(`The model file ${path} is missing. ${ADVICE}`);
  }
  if (digest !== sha256) return err(`The model file ${path} is damaged: its checksum is not the manifest's. ${ADVICE}`);
  const expected = expectedSchema(name, schemaHash);
  if (entry.schemaHash !== expected)
    return err(
      `The model ${name} ${version} was trained on feature schema ${entry.schemaHash}, this program builds ${expected}. Run \`npm run train\`; until then ICT rules decide alone.`,
    );
  const file = { name, version, path, sha256, schemaHash: entry.schemaHash, inputWidth, outputWidth };
  return ok({
    file,
    edge,
    ...(entry.edgeAlone === true ? { edgeAlone: true } : {}),
    note,
    output: isModelName(name) ? MODEL_INPUTS[name].output : 'probability',
    usualError: entry.usualError ?? null,
    quantised: quantisedOf(folder, entry, file),
  });
}

/** A missing or damaged INT8 form costs nothing: fp32 serves. */
function quantisedOf(folder: string, entry: Entry, file: ModelFile): RegisteredModel['quantised'] {
  const { quantised } = entry;
  if (quantised === undefined || basename(quantised.file) !== quantised.file) return null;
  const path = join(folder, quantised.file);
  if (!existsSync(path) || createHash('sha256').update(readFileSync(path)).digest('hex') !== quantised.sha256) return null;
  return { file: { ...file, name: `${file.name}#int8`, path, sha256: quantised.sha256 }, lossFp32: quantised.lossFp32, lossInt8: quantised.lossInt8 };
}

/** Models that read feature rows must match the features built now; the others their own layout. */
function expectedSchema(name: string, schemaHash: string): string {
  if (!isModelName(name)) return schemaHash;
  const own: string = MODEL_INPUTS[name].schemaHash;
  return own === FEATURE_SCHEMA_HASH ? schemaHash : own;
}
