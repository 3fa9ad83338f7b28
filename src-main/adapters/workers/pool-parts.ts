// How a call is cut into parts for the workers and put together again: pure arithmetic over rows.
import type { InferencePart } from '../../../src-shared/contract/worker.ts';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import type { PredictionFailure } from '../../core/ports.ts';

/** Fewer rows than this are not worth a second worker. */
export const MIN_BATCH_ROWS = 32;

export type PoolRequest = InferencePart;

export interface PoolAnswer {
  readonly values: Float32Array;
  readonly outputWidth: number;
  /** Longest computation of the parts, in the workers. */
  readonly computeMs: number;
}

/** Rows of one request that a part holds. */
export interface Slice {
  readonly fromRow: number;
  readonly rowCount: number;
}

/** What a worker answered: one entry for each request of the call. */
export interface PartAnswer {
  readonly answers: readonly { readonly values: Float32Array; readonly outputWidth: number }[];
  readonly computeMs: number;
}

/** One list of slices for each worker that helps, one slice for each request. */
export function splitRows(requests: readonly PoolRequest[], workers: number): readonly (readonly Slice[])[] {
  const most = requests.reduce((rows, { rowCount }) => Math.max(rows, rowCount), 0);
  const parts = Math.max(1, Math.min(workers, Math.floor(most / MIN_BATCH_ROWS)));
  return Array.from({ length: parts }, (_, index) =>
    requests.map(({ rowCount }) => {
      const fromRow = Math.floor((index * rowCount) / parts);
      return { fromRow, rowCount: Math.floor(((index + 1) * rowCount) / parts) - fromRow };
    }),
  );
}

/** The rows of a part, without a copy. */
export function sliceRequests(requests: readonly PoolRequest[], slices: readonly Slice[]): readonly InferencePart[] {
  return requests.flatMap(({ model, rows, width }, index) => {
    const slice = slices[index];
    if (slice === undefined) return [];
    const { fromRow, rowCount } = slice;
    return [{ model, rows: rows.subarray(fromRow * width, (fromRow + rowCount) * width), rowCount, width }];
  });
}

/** The answers of all parts in the order of the rows. */
export function joinAnswers(
  requests: readonly PoolRequest[],
  parts: readonly { readonly slices: readonly Slice[]; readonly answer: PartAnswer | null }[],
): Result<readonly PoolAnswer[], PredictionFailure> {
  const computeMs = parts.reduce((longest, { answer }) => Math.max(longest, answer?.computeMs ?? 0), 0);
  const joined: PoolAnswer[] = [];
  for (const [index, request] of requests.entries()) {
    const outputWidth = parts[0]?.answer?.answers[index]?.outputWidth ?? 0;
    const values = new Float32Array(request.rowCount * outputWidth);
    for (const { slices, answer } of parts) {
      const own = answer?.answers[index];
      const slice = slices[index];
      if (own === undefined || slice === undefined || own.values.length !== slice.rowCount * outputWidth) return err(wrongCount(request.model));
      values.set(own.values, slice.fromRow * outputWidth);
    }
    joined.push({ values, outputWidth, computeMs });
  }
  return ok(joined);
}

export function wrongCount(model: string): PredictionFailure {
  return { code: 'bad_output', uiMessage: `The model ${model} answered another number of values than asked for; ICT rules decide this cycle alone.` };
}
