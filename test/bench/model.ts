// The bundled model for benchmarks, served by ONNX Runtime in this process (no process hop on either side of the comparison).
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { z } from 'zod';
import { PROJECT_ROOT } from '../support/terminal.ts';

export interface ServedModel {
  readonly description: string;
  /** `rows` is row-major, count × width. */
  predict(rows: Float32Array, count: number): Promise<void>;
  close(): Promise<void>;
}

const manifestSchema = z.object({ models: z.array(z.object({ name: z.string(), version: z.string(), file: z.string(), inputWidth: z.number() })) });

/** Opens the bundled model of the given input width; says plainly when there is none. */
export async function openModel(width: number): Promise<ServedModel> {
  const folder = join(PROJECT_ROOT, 'models');
  const manifestFile = join(folder, 'manifest.json');
  if (!existsSync(manifestFile)) throw new Error('models/manifest.json is missing; train a model with `npm run train` first.');
  const manifest = manifestSchema.parse(JSON.parse(readFileSync(manifestFile, 'utf8')));
  const model = manifest.models.find((entry) => entry.inputWidth === width);
  if (model === undefined) throw new Error(`no bundled model takes ${width} features; train one with \`npm run train\`.`);
  const session = await InferenceSession.create(join(folder, model.file), { intraOpNumThreads: 1, interOpNumThreads: 1 });
  const input = session.inputNames[0] ?? 'input';
  return {
    description: `${model.name} ${model.version}`,
    predict: async (rows, count) => {
      await session.run({ [input]: new Tensor('float32', rows, [count, width]) });
    },
    close: () => session.release(),
  };
}
