// How a call is cut into parts for the workers and put together again: pure arithmetic over rows.
import type { InferencePart, InferenceReply, InferenceRequest } from '../../../src-shared/contract/worker.ts';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import type { PredictionFailure } from '../../core/ports.ts';

/** How calls are cut. */
export interface Batching {
  readonly workers: number;
  /** Fewer rows than this are not worth a second worker. */
  readonly leastRows: number;
  /** False asks for every row or market by itself. */
  readonly isOn: boolean;
}

export type PoolRequest = InferencePart;

export interface PoolAnswer {
  readonly values: Float32Array;
  readonly outputWidth: number;
  /** Longest computation of the parts, in the workers. */
  readonly computeMs: number;
}

/** What a worker can be given to compute, and what it answers. */
export type ComputeRequest = Extract<InferenceRequest, { kind: 'predict' | 'predict-all' | 'predict-stack' }>;
export type ComputeReply = Extract<InferenceReply, { kind: 'predicted' | 'predicted-all' | 'predicted-stack' }>;

/** One call of the pool, cut into parts for the workers. */
export interface Work<T> {
  /** Names of the models it needs; one that no worker can load fails the call. */
  readonly models: readonly string[];
  readonly parts: number;
  readonly requestOf: (part: number, id: number) => ComputeRequest;
  /** The replies in the order of the parts. */
  readonly join: (replies: readonly ComputeReply[]) => Result<T, PredictionFailure>;
}

/** Rows of one request that a part holds. */
interface Slice {
  readonly fromRow: number;
  readonly rowCount: number;
}

/** Parts that are worth a worker each. */
export function partCount(rows: number, { workers, leastRows, isOn }: Batching): number {
  return Math.max(1, isOn ? Math.min(workers, Math.floor(rows / leastRows)) : rows);
}

export function sliceOf(rowCount: number, part: number, parts: number): Slice {
  const fromRow = Math.floor((part * rowCount) / parts);
  return { fromRow, rowCount: Math.floor(((part + 1) * rowCount) / parts) - fromRow };
}

/** Several models in one round trip a worker: each gets its share of the rows of all of them. All answer, or none. */
export function workOf(requests: readonly PoolRequest[], batching: Batching): Work<readonly PoolAnswer[]> {
  const parts = partCount(
    requests.reduce((rows, { rowCount }) => Math.max(rows, rowCount), 0),
    batching,
  );
  const requestOf = (part: number, id: number): ComputeRequest => {
    const given = requests.map(({ model, rows, rowCount, width }): InferencePart => {
      const slice = sliceOf(rowCount, part, parts);
      return { model, rows: rows.subarray(slice.fromRow * width, (slice.fromRow + slice.rowCount) * width), rowCount: slice.rowCount, width };
    });
    const [only] = given;
    return given.length === 1 && only !== undefined ? { kind: 'predict', id, ...only } : { kind: 'predict-all', id, parts: given };
  };
  return { models: requests.map(({ model }) => model), parts, requestOf, join: (replies) => joinAnswers(requests, replies) };
}

/** The answers of all parts in the order of the rows. */
function joinAnswers(requests: readonly PoolRequest[], replies: readonly ComputeReply[]): Result<readonly PoolAnswer[], PredictionFailure> {
  const computeMs = replies.reduce((longest, reply) => Math.max(longest, reply.computeMs), 0);
  const answersOf = replies.map((reply) => (reply.kind === 'predicted-all' ? reply.answers : reply.kind === 'predicted' ? [reply] : []));
  const joined: PoolAnswer[] = [];
  for (const [index, request] of requests.entries()) {
    const outputWidth = answersOf[0]?.[index]?.outputWidth ?? 0;
    const values = new Float32Array(request.rowCount * outputWidth);
    for (const [part, answers] of answersOf.entries()) {
      const own = answers[index];
      const slice = sliceOf(request.rowCount, part, replies.length);
      if (own === undefined || own.values.length !== slice.rowCount * outputWidth) return err(wrongCount(request.model));
      values.set(own.values, slice.fromRow * outputWidth);
    }
    joined.push({ values, outputWidth, computeMs });
  }
  return ok(joined);
}

export function wrongCount(model: string): PredictionFailure {
  return { code: 'bad_output', uiMessage: `The model ${model} answered another number of values than asked for; ICT rules decide this cycle alone.` };
}
