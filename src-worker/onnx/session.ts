// One loaded model: its file checked, its session warmed up, its batches run.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { ModelFile } from '../../src-shared/contract/worker.ts';
import type { Result } from '../../src-shared/kernel/result.ts';
import { err, ok } from '../../src-shared/kernel/result.ts';

export interface LoadedModel {
  readonly file: ModelFile;
  /** `rows` is row-major, rowCount × inputWidth; the answer rowCount × outputWidth. Throws when ONNX Runtime does. */
  run(rows: Float32Array, rowCount: number): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Opens a model file, or says in one sentence why it cannot be used. One thread: workers are the parallelism. */
export async function openSession(file: ModelFile): Promise<Result<LoadedModel, string>> {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file.path);
  } catch {
    return err(`The model file ${file.path} cannot be read. Restore the models folder or run \`npm run train\`.`);
  }
  if (createHash('sha256').update(bytes).digest('hex') !== file.sha256) {
    return err(`The model file ${file.path} is not the one the manifest names (its checksum differs). Restore it or run \`npm run train\`.`);
  }
  try {
    const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 });
    const model = wrap(file, session);
    const values = await model.run(new Float32Array(file.inputWidth), 1);
    if (values.length === file.outputWidth) return ok(model);
    await model.close();
    return err(`The model ${file.name} answers ${values.length} values for a row, its manifest says ${file.outputWidth}. Run \`npm run train\`.`);
  } catch (failure) {
    return err(
      `The model ${file.name} cannot be opened: ${failure instanceof Error ? failure.message : String(failure)}. Restore the models folder or run \`npm run train\`.`,
    );
  }
}

function wrap(file: ModelFile, session: InferenceSession): LoadedModel {
  const input = session.inputNames[0] ?? 'rows';
  const output = session.outputNames[0] ?? 'values';
  return {
    file,
    run: async (rows, rowCount) => {
      const answer = await session.run({ [input]: new Tensor('float32', rows, [rowCount, file.inputWidth]) });
      const values = answer[output]?.data;
      if (!(values instanceof Float32Array)) throw new Error(`the output ${output} is not a float32 tensor`);
      return values;
    },
    close: () => session.release(),
  };
}
