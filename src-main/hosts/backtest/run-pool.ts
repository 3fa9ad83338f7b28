// Independent backtests side by side in threads. One account is one run and stays on one core; only runs with accounts of their own are spread.
import { Worker } from 'node:worker_threads';
import type { PriceHistory } from '../../core/backtest/price-history.ts';
import type { BacktestRequest, BacktestResult } from '../../core/backtest/run-types.ts';
import { sequentially, type NoteShare, type SweepTools } from '../../core/backtest/sweep.ts';
import { projectRoot } from '../build-stamp.ts';
import { threadEntry } from '../thread-worker.ts';
import { runBacktest } from './run-backtest.ts';

/** A request that can cross into a thread: data only. */
type PlainRequest = Omit<BacktestRequest, 'predictor' | 'onRecord' | 'onAnalysis' | 'onProgress'>;

export interface ThreadTask {
  readonly index: number;
  readonly request: PlainRequest;
}

export type ThreadAnswer =
  | { readonly kind: 'progress'; readonly index: number; readonly share: number }
  | { readonly kind: 'done'; readonly index: number; readonly result: BacktestResult };

/** The tools of a sweep or a walk-forward: threads where there is more than one job to give, else this thread. */
export function runTools(jobs: number, { predictor }: Pick<BacktestRequest, 'predictor'>, note: NoteShare): SweepTools {
  return { runAll: jobs === 1 || predictor !== null ? sequentially(runBacktest, note) : spreadOver(jobs, note) };
}

/**
 * Runs requests in up to `jobs` threads; the answers come in the order of the requests, whichever thread ends first. Requests that ask
 * models cannot be spread: a predictor belongs to its thread. What one of them throws ends all.
 */
export function spreadOver(jobs: number, note: NoteShare = () => undefined): SweepTools['runAll'] {
  return async (requests) => {
    const shared = new Map<PriceHistory, PriceHistory>();
    const share = (history: PriceHistory): PriceHistory => {
      const known = shared.get(history) ?? shareHistory(history);
      shared.set(history, known);
      return known;
    };
    const queue = requests.map(
      ({ predictor: _predictor, onRecord: _onRecord, onAnalysis: _onAnalysis, onProgress: _onProgress, ...request }, index): ThreadTask => ({
        index,
        request: { ...request, histories: request.histories.map(share) },
      }),
    );
    const results: BacktestResult[] = [];
    const heed = (answer: ThreadAnswer): void => {
      note(requests[answer.index]!, answer.kind === 'done' ? 1 : answer.share);
      if (answer.kind === 'done') results[answer.index] = answer.result;
    };
    const entry = threadEntry(projectRoot(), 'backtest-runs');
    const threads = Array.from({ length: Math.min(jobs, requests.length) }, () => new Worker(entry));
    try {
      await Promise.all(threads.map((thread) => work(thread, queue, heed)));
    } finally {
      await Promise.all(threads.map((thread) => thread.terminate()));
    }
    return results;
  };
}

function work(thread: Worker, queue: ThreadTask[], heed: (answer: ThreadAnswer) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const next = (): void => {
      const task = queue.shift();
      if (task === undefined) resolve();
      else thread.postMessage(task);
    };
    thread.on('message', (answer: ThreadAnswer) => {
      heed(answer);
      if (answer.kind === 'done') next();
    });
    thread.on('error', reject);
    thread.on('exit', () => reject(new Error('a backtest thread ended before its run')));
    next();
  });
}

/** The same columns in memory that threads share, so that candles are held once however many runs there are. */
function shareHistory(history: PriceHistory): PriceHistory {
  const share = (column: Float64Array): Float64Array => {
    const copy = new Float64Array(new SharedArrayBuffer(column.byteLength));
    copy.set(column);
    return copy;
  };
  const { instrument, funding } = history;
  return {
    instrument,
    openTime: share(history.openTime),
    open: share(history.open),
    high: share(history.high),
    low: share(history.low),
    close: share(history.close),
    volume: share(history.volume),
    quoteVolume: share(history.quoteVolume),
    trades: share(history.trades),
    takerBuyVolume: share(history.takerBuyVolume),
    funding: funding === null ? null : { times: share(funding.times), ratesE8: share(funding.ratesE8) },
  };
}
