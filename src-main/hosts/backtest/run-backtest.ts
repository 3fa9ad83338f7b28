// Runs a backtest in this process, with SHA-256 as the print of what it did.
import { createHash } from 'node:crypto';
import { HistoricalRun } from '../../core/backtest/historical-run.ts';
import type { BacktestRequest, BacktestResult, RunPrint } from '../../core/backtest/run-types.ts';

/** Characters that are gathered before they are hashed: a call for every journal line costs more than hashing it. */
const GATHERED = 65_536;

export function runBacktest(request: BacktestRequest): Promise<BacktestResult> {
  return new HistoricalRun(request, createPrint()).run();
}

function createPrint(): RunPrint {
  const hash = createHash('sha256');
  let text = '';
  return {
    add: (line) => {
      text += line;
      if (text.length < GATHERED) return;
      hash.update(text);
      text = '';
    },
    finish: () => hash.update(text).digest('hex'),
  };
}
