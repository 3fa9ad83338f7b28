// How a call of the whole stack is cut into parts for the workers and put together again: markets stay whole.
import type { StackInputs, StackModels } from '../../../src-shared/contract/worker.ts';
import { err, ok } from '../../../src-shared/kernel/result.ts';
import { STACK_COLUMN_COUNT } from '../../core/learning/stack-answer.ts';
import { type Batching, partCount, sliceOf, wrongCount, type Work } from './pool-parts.ts';

export interface StackRequest extends StackInputs {
  readonly models: StackModels;
}

export interface StackReply {
  /** 2·markets × STACK_COLUMN_COUNT. */
  readonly values: Float32Array;
  /** One sentence for each model that failed. */
  readonly problems: readonly string[];
  readonly computeMs: number;
}

/** The trees must answer; a model that cannot be loaded is left out by the caller. */
export function stackWork(request: StackRequest, batching: Batching): Work<StackReply> {
  const { markets, models } = request;
  const parts = partCount(markets, batching);
  return {
    models: [models.trees],
    parts,
    requestOf: (part, id) => {
      const { fromRow, rowCount } = sliceOf(markets, part, parts);
      const cut = (matrix: Float32Array): Float32Array => {
        const width = matrix.length / Math.max(1, markets);
        return matrix.subarray(fromRow * width, (fromRow + rowCount) * width);
      };
      const { features, windows, sequences, regimes, moments } = request;
      return {
        kind: 'predict-stack',
        id,
        models,
        markets: rowCount,
        features: cut(features),
        windows: cut(windows),
        sequences: cut(sequences),
        regimes: cut(regimes),
        moments: cut(moments),
      };
    },
    join: (replies) => {
      const values = new Float32Array(markets * 2 * STACK_COLUMN_COUNT);
      const problems = new Set<string>();
      let computeMs = 0;
      for (const [part, reply] of replies.entries()) {
        const { fromRow, rowCount } = sliceOf(markets, part, parts);
        if (reply.kind !== 'predicted-stack' || reply.values.length !== rowCount * 2 * STACK_COLUMN_COUNT) return err(wrongCount(models.trees));
        values.set(reply.values, fromRow * 2 * STACK_COLUMN_COUNT);
        for (const problem of reply.problems) problems.add(problem);
        computeMs = Math.max(computeMs, reply.computeMs);
      }
      return ok({ values, problems: [...problems], computeMs });
    },
  };
}
