// Independent backtests side by side in threads. One account is one run and stays on one core; only runs with accounts of their own are spread.
import { Worker } from 'node:worker_threads';
import type { PriceHistory } from '../../core/backtest/price-history.ts';
import type { BacktestRequest, BacktestResult } from '../../core/backtest/run-types.ts';
import type { SweepTools } from '../../core/backtest/sweep.ts';

/** A request that can cross into a thread: data only. */
type PlainRequest = Omit<BacktestRequest, 'predictor' | 'onRecord' | 'onAnalysis' | 'onProgress'>;

export interface ThreadTask {
  readonly index: number;
  readonly request: PlainRequest;
}

export interface ThreadAnswer {
  readonly index: number;
  readonly result: BacktestResult;
}

/**
 * Runs requests in up to `jobs` threads; the answers come in the order of the requests, whichever thread ends first. Requests that ask
 * models cannot be spread: a predictor belongs to its thread.
 */
export function spreadOver(jobs: number): SweepTools['runAll'] {
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
    await Promise.all(Array.from({ length: Math.min(jobs, requests.length) }, () => work(queue, results)));
    return results;
  };
}

async function work(queue: ThreadTask[], results: BacktestResult[]): Promise<void> {
  const thread = new Worker(new URL('./run-thread.ts', import.meta.url));
  try {
    await new Promise<void>((resolve, reject) => {
      const next = (): void => {
        const task = queue.shift();
        if (task === undefined) resolve();
        else thread.postMessage(task);
      };
      thread.on('message', ({ index, result }: ThreadAnswer) => {
        results[index] = result;
        next();
      });
      thread.on('error', reject);
      thread.on('exit', () => reject(new Error('a backtest thread ended before its run')));
      next();
    });
  } finally {
    thread.removeAllListeners('exit');
    await thread.terminate();
  }
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
