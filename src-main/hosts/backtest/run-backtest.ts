// Runs a backtest in this process, with SHA-256 as the print of what it did.
import { createHash } from 'node:crypto';
import { HistoricalRun } from '../../core/backtest/historical-run.ts';
import type { BacktestRequest, BacktestResult } from '../../core/backtest/run-types.ts';

export function runBacktest(request: BacktestRequest): Promise<BacktestResult> {
  const hash = createHash('sha256');
  return new HistoricalRun(request, { add: (text) => void hash.update(text), finish: () => hash.digest('hex') }).run();
}
