// Another checkout of this project, so that two versions are measured alternately in one process and only their ratio is believed.
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { runBacktest } from '../../src-main/hosts/backtest/run-backtest.ts';

export type RunBacktest = typeof runBacktest;

/** The backtest of the checkout in `folder`; rejects when there is none. */
export async function backtestOf(folder: string): Promise<RunBacktest> {
  const file = join(resolve(folder), 'src-main/hosts/backtest/run-backtest.ts');
  const loaded = (await import(pathToFileURL(file).href)) as { readonly runBacktest: RunBacktest };
  return loaded.runBacktest;
}
