// Champion and challenger on disk: promotion, the way back, and a folder that is whole whatever happens in between.
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ModelStore } from '../../../src-main/adapters/models/model-store.ts';
import { openModelRegistry } from '../../../src-main/adapters/models/registry.ts';
import { FEATURE_SCHEMA_HASH } from '../../../src-main/core/features/schema.ts';
import { MODEL_INPUTS, type ModelName } from '../../../src-main/core/learning/model-inputs.ts';
import type { ModelArtifact } from '../../../src-worker/training/artifact.ts';
import { writeModels } from '../../../src-worker/training/model-folder.ts';

let folder: string;
const staging: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'models-'));
});
afterEach(() => {
  for (const path of [folder, ...staging.splice(0)]) rmSync(path, { recursive: true, force: true });
});

function artifact(name: ModelName, content: string, needs: ModelArtifact['needs'] = []): ModelArtifact {
  const bytes = new TextEncoder().encode(content);
  const { schemaHash, inputWidth, outputWidth } = MODEL_INPUTS[name];
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return {
    name,
    version: content,
    bytes,
    sha256,
    schemaHash,
    inputWidth,
    outputWidth,
    trainedUntil: 5,
    needs,
    quantised: null,
    edge: false,
    note: 'No edge.',
    report: { content },
    reportText: content,
  };
}

/** A training that wrote into a folder of its own. */
function trained(...artifacts: readonly ModelArtifact[]): string {
  const path = mkdtempSync(join(tmpdir(), 'staging-'));
  staging.push(path);
  writeModels(path, artifacts);
  return path;
}

const served = (): readonly string[] => openModelRegistry(folder, FEATURE_SCHEMA_HASH).models.map(({ file }) => `${file.name} ${file.version}`);
const value = <T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string }): T => {
  if (!result.ok) throw new Error(result.error);
  return result.value;
};

describe('model store', () => {
  it('a challenger waits: the champion goes on serving until it is promoted, and one step goes back', () => {
    const store = new ModelStore(folder);
    writeModels(folder, [artifact('boosted-trees', 'v1')]);
    value(store.addChallengers(trained(artifact('boosted-trees', 'v2'))));
    expect(served()).toEqual(['boosted-trees v1']);
    expect(value(store.versionsOf('boosted-trees'))).toMatchObject({ champion: { version: 'v1' }, challenger: { version: 'v2' }, previous: [] });
    value(store.promote('boosted-trees'));
    expect(served()).toEqual(['boosted-trees v2']);
    value(store.rollBack('boosted-trees'));
    expect(served()).toEqual(['boosted-trees v1']);
    // The step back can itself be taken back.
    value(store.promote('boosted-trees'));
    expect(served()).toEqual(['boosted-trees v2']);
    expect(existsSync(join(folder, 'boosted-trees-v2.report.md'))).toBe(true);
  });

  it('keeps three versions to go back to and removes the files of older ones', () => {
    const store = new ModelStore(folder);
    for (const version of ['v1', 'v2', 'v3', 'v4', 'v5', 'v6']) {
      value(store.addChallengers(trained(artifact('boosted-trees', version))));
      value(store.promote('boosted-trees'));
    }
    expect(value(store.versionsOf('boosted-trees')).previous.map(({ version }) => version)).toEqual(['v5', 'v4', 'v3']);
    expect(
      readdirSync(folder)
        .filter((file) => file.endsWith('.onnx'))
        .toSorted(),
    ).toEqual(['v3', 'v4', 'v5', 'v6'].map((version) => `boosted-trees-${version}.onnx`));
    expect(served()).toEqual(['boosted-trees v6']);
  });

  it('a newer challenger replaces an older one, and a dismissed one is gone', () => {
    const store = new ModelStore(folder);
    writeModels(folder, [artifact('boosted-trees', 'v1')]);
    value(store.addChallengers(trained(artifact('boosted-trees', 'v2'))));
    value(store.addChallengers(trained(artifact('boosted-trees', 'v3'))));
    expect(existsSync(join(folder, 'boosted-trees-v2.onnx'))).toBe(false);
    value(store.dismiss('boosted-trees'));
    expect(readdirSync(folder).filter((file) => file.endsWith('.onnx'))).toEqual(['boosted-trees-v1.onnx']);
    expect(served()).toEqual(['boosted-trees v1']);
  });

  it('says in a sentence what cannot be done and changes nothing', () => {
    const store = new ModelStore(folder);
    writeModels(folder, [artifact('boosted-trees', 'v1')]);
    const before = readFileSync(join(folder, 'manifest.json'), 'utf8');
    expect(store.promote('boosted-trees')).toEqual({ ok: false, error: 'There is no challenger of boosted-trees to promote.' });
    expect(store.rollBack('ensemble')).toEqual({ ok: false, error: 'There is no earlier version of ensemble to go back to.' });
    expect(store.addChallengers(join(folder, 'absent')).ok).toBe(false);
    expect(readFileSync(join(folder, 'manifest.json'), 'utf8')).toBe(before);
    writeFileSync(join(folder, 'manifest.json'), '{ half');
    expect(store.versionsOf('boosted-trees').ok).toBe(false);
    expect(store.promote('boosted-trees').ok).toBe(false);
  });

  it('training into the folder of the champion keeps versions to go back to', () => {
    const store = new ModelStore(folder);
    value(store.addChallengers(trained(artifact('boosted-trees', 'v1'))));
    value(store.promote('boosted-trees'));
    value(store.addChallengers(trained(artifact('boosted-trees', 'v2'))));
    value(store.promote('boosted-trees'));
    writeModels(folder, [artifact('boosted-trees', 'v3')]);
    expect(served()).toEqual(['boosted-trees v3']);
    value(store.rollBack('boosted-trees'));
    expect(served()).toEqual(['boosted-trees v1']);
  });
});

describe('model registry with several models', () => {
  it('offers every model with an input of its own, the one that reads features first', () => {
    writeModels(folder, [artifact('regime-predictor', 'r1'), artifact('ensemble', 'e1'), artifact('boosted-trees', 'v1')]);
    const registry = openModelRegistry(folder, FEATURE_SCHEMA_HASH);
    expect(registry.problems).toEqual([]);
    expect(registry.models.map(({ file, output }) => [file.name, output])).toEqual([
      ['boosted-trees', 'probability'],
      ['regime-predictor', 'values'],
      ['ensemble', 'probability'],
    ]);
  });

  it('L20 a model trained beside others serves only beside exactly those, and whoever needs it goes too', () => {
    const needs = (name: ModelName, version: string): ModelArtifact['needs'] => [{ name, version }];
    writeModels(folder, [
      artifact('boosted-trees', 'v2'),
      artifact('structure-autoencoder', 's1'),
      artifact('feature-discovery', 'd1', needs('structure-autoencoder', 's1')),
      artifact('strategy-evolver', 'q1', needs('boosted-trees', 'v1')),
      artifact('ensemble', 'e1', needs('strategy-evolver', 'q1')),
    ]);
    const registry = openModelRegistry(folder, FEATURE_SCHEMA_HASH);
    expect(registry.models.map(({ file }) => file.name)).toEqual(['boosted-trees', 'structure-autoencoder', 'feature-discovery']);
    expect(registry.problems).toEqual([
      'The model strategy-evolver q1 was trained beside boosted-trees v1, which is not served. Run `npm run train` for both.',
      'The model ensemble e1 was trained beside strategy-evolver q1, which is not served. Run `npm run train` for both.',
    ]);
  });

  it('L20 a network of another input layout is refused', () => {
    writeModels(folder, [{ ...artifact('regime-predictor', 'r1'), schemaHash: 'regime-8x12-v0' }]);
    expect(openModelRegistry(folder, FEATURE_SCHEMA_HASH).problems[0]).toMatch(/regime-8x12-v0, this program builds regime-10x12-v2/);
  });
});
