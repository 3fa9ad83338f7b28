// Which form of a model serves on this machine: fp32 and INT8 measured side by side in the workers, once they are ready.
import { choosePrecision, type PrecisionVerdict } from '../../core/learning/precision.ts';
import type { RegisteredModel } from '../models/registry.ts';
import type { WorkerPool } from './pool.ts';

const ROWS = 64;
const WARM_UP = 3;
const RUNS = 15;
const READY_TIMEOUT_MS = 30_000;

/** Models that have an INT8 form, with the verdict; one that could not be measured serves in fp32. Never throws. */
export async function measurePrecision(pool: WorkerPool, models: readonly RegisteredModel[]): Promise<ReadonlyMap<string, PrecisionVerdict>> {
  const verdicts = new Map<string, PrecisionVerdict>();
  const candidates = models.filter((model) => model.quantised !== null);
  if (candidates.length === 0 || !(await pool.whenReady(READY_TIMEOUT_MS))) return verdicts;
  for (const model of candidates) {
    const { file, quantised } = model;
    if (quantised === null) continue;
    const rows = Float32Array.from({ length: ROWS * file.inputWidth }, (_, at) => Math.sin(at));
    const timeOf = async (name: string): Promise<number> => {
      const answer = await pool.run({ model: name, rows, rowCount: ROWS, width: file.inputWidth });
      return answer.ok ? answer.value.computeMs : Number.NaN;
    };
    const [fp32, int8]: [number[], number[]] = [[], []];
    // By turns, so that a busy moment of the machine falls on both.
    for (let run = 0; run < WARM_UP + RUNS; run += 1) {
      const [one, other] = [await timeOf(file.name), await timeOf(quantised.file.name)];
      if (run < WARM_UP) continue;
      fp32.push(one);
      int8.push(other);
    }
    verdicts.set(
      file.name,
      choosePrecision({ lossFp32: quantised.lossFp32, lossInt8: quantised.lossInt8, millisecondsFp32: median(fp32), millisecondsInt8: median(int8) }),
    );
  }
  return verdicts;
}

/** NaN when any value is missing. */
function median(values: readonly number[]): number {
  if (values.some((value) => Number.isNaN(value))) return Number.NaN;
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
