// Entry of a thread that runs independent backtests, one after the other, as they come in.
import { parentPort } from 'node:worker_threads';
import { runBacktest } from './run-backtest.ts';
import type { ThreadAnswer, ThreadTask } from './run-pool.ts';

parentPort?.on('message', ({ index, request }: ThreadTask) => {
  void runBacktest({ ...request, predictor: null }).then((result) => parentPort?.postMessage({ index, result } satisfies ThreadAnswer));
});
