// The INT8 gate where models serve: measured by real workers, kept and refused, and never in the way of an answer.
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openModelRegistry, type ModelRegistry } from '../../../src-main/adapters/models/registry.ts';
import type { PoolRequest } from '../../../src-main/adapters/workers/pool-parts.ts';
import { WorkerPool } from '../../../src-main/adapters/workers/pool.ts';
import { measurePrecision } from '../../../src-main/adapters/workers/precision.ts';
import { createPredictor } from '../../../src-main/adapters/workers/predictor.ts';
import { FEATURE_SCHEMA_HASH } from '../../../src-main/core/features/schema.ts';
import { MODEL_INPUTS } from '../../../src-main/core/learning/model-inputs.ts';
import { createNodeLauncher } from '../../../src-main/hosts/node/child-worker.ts';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import { exportNetwork } from '../../../src-worker/onnx/export-network.ts';
import { exportQuantised } from '../../../src-worker/onnx/quantise.ts';
import { CODE_LAYER, STRUCTURE_SPEC } from '../../../src-worker/training/architectures.ts';
import { versionOf } from '../../../src-worker/training/artifact.ts';
import { writeModels } from '../../../src-worker/training/model-folder.ts';
import { initialWeights } from '../../../src-worker/training/network-trainer.ts';
import { createRandom } from '../../../src-worker/training/random.ts';
import { noScaling } from '../../../src-worker/training/scaling.ts';

const NAME = 'structure-autoencoder';
const ROOT = resolve(import.meta.dirname, '../../..');
const logger = { log: (): void => undefined };
const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0)) await clean();
});

/** A model with an INT8 form whose validation loss is `rise` above fp32. */
function openRegistry(rise: number): ModelRegistry & { readonly folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'precision-'));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  const { schemaHash, inputWidth, outputWidth } = MODEL_INPUTS[NAME];
  const network = { spec: STRUCTURE_SPEC, scaling: noScaling(inputWidth), parameters: initialWeights(STRUCTURE_SPEC, createRandom(2)) };
  const request = { name: NAME, schemaHash, network, columns: { kind: 'code+error', layer: CODE_LAYER } } as const;
  const bytes = exportNetwork(request);
  const int8 = exportQuantised(
    request,
    Float32Array.from({ length: 200 * inputWidth }, (_, at) => Math.sin(at)),
  );
  const quantised = { bytes: int8, sha256: createHash('sha256').update(int8).digest('hex'), lossFp32: 1, lossInt8: 1 + rise };
  writeModels(folder, [
    {
      name: NAME,
      ...versionOf(0, bytes),
      bytes,
      schemaHash,
      inputWidth,
      outputWidth,
      trainedUntil: 0,
      needs: [],
      quantised,
      edge: false,
      note: 'Note.',
      report: {},
      reportText: '',
    },
  ]);
  return { ...openModelRegistry(folder, FEATURE_SCHEMA_HASH), folder };
}

function openPool(registry: ModelRegistry): WorkerPool {
  const pool = new WorkerPool({
    launcher: createNodeLauncher(ROOT),
    logger,
    models: registry.models.flatMap(({ file, quantised }) => (quantised === null ? [file] : [file, quantised.file])),
    workers: 2,
    memoryLimitMb: 1024,
    deadlineMs: 30_000,
  });
  cleanups.push(() => pool.stop());
  return pool;
}

describe('INT8 where models serve', () => {
  it('is measured in the workers and served by what was measured; too great a loss refuses whatever the speed', async () => {
    const good = openRegistry(0.001);
    const verdict = (await measurePrecision(openPool(good), good.models)).get(NAME)!;
    expect(verdict.why).toMatch(
      verdict.precision === 'int8' ? /^Served in INT8: faster on this machine/ : /^Served in fp32: INT8 is not faster on this machine/,
    );
    const bad = openRegistry(0.006);
    expect((await measurePrecision(openPool(bad), bad.models)).get(NAME)).toMatchObject({
      precision: 'fp32',
      why: expect.stringMatching(/too much accuracy \(\+0\.60 %/) as unknown,
    });
  });

  it('several models come back from one round trip as they would one by one; all answer or none', async () => {
    const registry = openRegistry(0);
    const pool = openPool(registry);
    const { inputWidth: width } = MODEL_INPUTS[NAME];
    const requestOf = (model: string, rowCount: number): PoolRequest => ({
      model,
      rows: Float32Array.from({ length: rowCount * width }, (_, at) => Math.sin(at * 0.7)),
      rowCount,
      width,
    });
    const requests = [requestOf(NAME, 90), requestOf(`${NAME}#int8`, 3), requestOf(NAME, 0)];
    const together = await pool.runAll(requests);
    if (!together.ok) throw new Error(together.error.uiMessage);
    expect(together.value.map(({ values, outputWidth }) => values.length / outputWidth)).toEqual([90, 3, 0]);
    for (const [index, request] of requests.slice(0, 2).entries()) {
      const alone = await pool.run(request);
      if (!alone.ok) throw new Error(alone.error.uiMessage);
      expect([...together.value[index]!.values]).toEqual([...alone.value.values]);
    }
    expect(await pool.runAll([requestOf(NAME, 40), requestOf('oracle', 40)])).toMatchObject({
      ok: false,
      error: { code: 'bad_output', uiMessage: expect.stringMatching(/The model oracle is not loaded/) as unknown },
    });
    expect((await pool.run(requestOf(NAME, 33))).ok).toBe(true);
  });

  it('a damaged INT8 file costs nothing: fp32 serves without a problem', () => {
    const { folder } = openRegistry(0);
    const file = `${NAME}-${versionOf(0, readFileSync(join(folder, openModelRegistry(folder, FEATURE_SCHEMA_HASH).models[0]!.file.path.split('/').at(-1)!))).version}.int8.onnx`;
    writeFileSync(join(folder, file), 'garbage');
    const registry = openModelRegistry(folder, FEATURE_SCHEMA_HASH);
    expect(registry.problems).toEqual([]);
    expect(registry.models[0]!.quantised).toBeNull();
  });

  it('the predictor answers before, while and after the choice is made, and the note says which it is', async () => {
    const registry = openRegistry(0.001);
    const predictor = createPredictor({
      launcher: createNodeLauncher(ROOT),
      registry,
      settings: { ...defaultSettings(), maxWorkers: 1, enableQuantization: true },
      logger,
    });
    cleanups.push(() => predictor.stop());
    const { schemaHash, inputWidth, outputWidth } = MODEL_INPUTS[NAME];
    const rows = Float32Array.from({ length: 40 * inputWidth }, (_, at) => Math.cos(at));
    const ask = async (): Promise<Float32Array> => {
      const answer = await predictor.predict({
        cycle: 1,
        model: NAME,
        schemaHash,
        keys: Array.from({ length: 40 }, (_, row) => `${row}`),
        rows,
        width: inputWidth,
      });
      if (!answer.ok) throw new Error(answer.error.uiMessage);
      return answer.value.values;
    };
    const first = await ask();
    const deadline = performance.now() + 60_000;
    while (!/Served in/.test(predictor.models[0]!.note) && performance.now() < deadline) await ask();
    expect(predictor.models[0]!.note).toMatch(/^Note\. Served in (INT8|fp32)/);
    const last = await ask();
    expect(last.length).toBe(40 * outputWidth);
    last.forEach((value, at) => expect(Math.abs(value - first[at]!)).toBeLessThan(0.1));
  });
});
