// A missing, damaged or foreign model is one sentence with a next step, never a crash.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openModelRegistry } from '../../../src-main/adapters/models/registry.ts';
import { readProfiles } from '../../../src-main/adapters/models/profiles.ts';
import { FEATURE_SCHEMA_HASH, FEATURES } from '../../../src-main/core/features/schema.ts';
import { MODEL_INPUTS, MODEL_NAMES, type ModelName } from '../../../src-main/core/learning/model-inputs.ts';
import { createModelFolder, MODEL_WIDTH, SCHEMA_HASH, type ModelFolder } from '../../support/models.ts';

let models: ModelFolder;
beforeEach(() => {
  models = createModelFolder();
});
afterEach(() => models.remove());

function theProblem(schemaHash = SCHEMA_HASH): string {
  const registry = openModelRegistry(models.folder, schemaHash);
  expect(registry.models).toEqual([]);
  expect(registry.problems).toHaveLength(1);
  return registry.problems[0]!;
}

describe('model registry', () => {
  it('offers a sound model with its file, verdict and shape', () => {
    const registry = openModelRegistry(models.folder, SCHEMA_HASH);
    expect(registry.problems).toEqual([]);
    expect(registry.models.map(({ file, edge, note }) => ({ name: file.name, path: file.path, width: file.inputWidth, edge, note }))).toEqual([
      { name: 'planted', path: models.modelPath, width: MODEL_WIDTH, edge: false, note: 'No edge out of sample.' },
    ]);
  });

  it('says what is wrong and what to do for every broken folder', () => {
    writeFileSync(models.modelPath, 'garbage');
    expect(theProblem()).toMatch(/planted\.onnx is damaged: .*npm run train/);
    rmSync(models.modelPath);
    expect(theProblem()).toMatch(/planted\.onnx is missing\. .*npm run train/);
    models.writeManifest({ file: join('..', 'planted.onnx') });
    expect(theProblem()).toMatch(/outside its folder/);
    models.writeManifest({ inputWidth: -1 });
    expect(theProblem()).toMatch(/not valid at models\.0\.inputWidth/);
    writeFileSync(models.manifestPath, '{ half');
    expect(theProblem()).toMatch(/manifest\.json is not JSON/);
    rmSync(models.manifestPath);
    expect(theProblem()).toMatch(/No models are there: .*cannot be read/);
  });

  it('L20 refuses a model trained on another feature schema', () => {
    expect(theProblem('another')).toMatch(/trained on feature schema 00112233aabbccdd, this program builds another\. Run `npm run train`/);
  });

  it('the bundled trees say how their features lay in training; other models say that they do not', () => {
    const folder = join(import.meta.dirname, '../../../models');
    const profiles = readProfiles(folder, 'boosted-trees');
    if (!profiles.ok) throw new Error(profiles.error);
    expect(profiles.value.names).toEqual(FEATURES.map(({ group, name }) => `${group}.${name}`));
    for (const { shares } of profiles.value.profiles) expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
    expect(readProfiles(folder, 'ensemble')).toMatchObject({ ok: false, error: expect.stringMatching(/holds no feature profiles/) as unknown });
    expect(readProfiles(models.folder, 'oracle')).toMatchObject({ ok: false, error: expect.stringMatching(/No model named oracle/) as unknown });
  });

  it('L20 every bundled model was trained on exactly the inputs the program builds', () => {
    const registry = openModelRegistry(join(import.meta.dirname, '../../../models'), FEATURE_SCHEMA_HASH);
    expect(registry.problems).toEqual([]);
    expect(registry.models.map(({ file }) => file.name)).toEqual(MODEL_NAMES);
    for (const { file } of registry.models) {
      const { schemaHash, inputWidth, outputWidth } = file;
      expect(MODEL_INPUTS[file.name as ModelName]).toMatchObject({ schemaHash, inputWidth, outputWidth });
    }
  });
});
