// Entry of a thread that runs independent backtests, one after the other, as they come in.
import { parentPort } from 'node:worker_threads';
import { runBacktest } from './run-backtest.ts';
import type { ThreadAnswer, ThreadTask } from './run-pool.ts';

function answer(message: ThreadAnswer): void {
  parentPort?.postMessage(message);
}

parentPort?.on('message', ({ index, request }: ThreadTask) => {
  const onProgress = (share: number): boolean => {
    answer({ kind: 'progress', index, share });
    return false;
  };
  // What it throws ends the thread, and its owner hears of it.
  void runBacktest({ ...request, predictor: null, onProgress }).then((result) => answer({ kind: 'done', index, result }));
});
