// "Re-run with the future hidden": the same backtest, once knowing only what was known at a cut, once with another future, must decide the same.
import { firstDifference, printOf } from '../../core/backtest/line-print.ts';
import { alterFuture, BAR_MS, hideFuture, type PriceHistory } from '../../core/backtest/price-history.ts';
import type { JournalRecord } from '../../core/ports.ts';
import { HistoricalRun } from './historical-run.ts';
import type { BacktestRequest, BacktestResult } from './run-types.ts';

export interface Divergence {
  readonly cut: number;
  readonly variant: 'hidden' | 'altered';
  /** Position in the journal, counted over lines before the cut. */
  readonly index: number;
  /** The line of the run that knew the future, and of the one that did not; null where one of them has no more lines. */
  readonly knowing: JournalRecord | null;
  readonly unknowing: JournalRecord | null;
}

export interface LookAheadProof {
  readonly cuts: readonly number[];
  /** Journal lines compared, all cuts and both variants together. */
  readonly compared: number;
  readonly divergence: Divergence | null;
}

export type RunBacktest = (request: BacktestRequest) => Promise<BacktestResult>;

export function runBacktest(request: BacktestRequest): Promise<BacktestResult> {
  return new HistoricalRun(request).run();
}

/** Moments spread evenly over the time of trading, on the 5m grid and off the hour. */
export function chooseCuts(from: number, to: number, count: number): readonly number[] {
  const steps = Math.floor((to - from) / BAR_MS);
  const cuts = Array.from({ length: count }, (_, index) => from + (Math.floor(((index + 1) * steps) / (count + 1)) + 1) * BAR_MS);
  return [...new Set(cuts)].filter((cut) => cut > from && cut < to);
}

/**
 * Compares every journal line before each cut. `run` is exchangeable, so that a run which does look ahead can be shown to be caught; what
 * it must not see goes through `histories` only.
 */
export async function proveNoLookAhead(request: BacktestRequest, cuts: readonly number[], run: RunBacktest = runBacktest): Promise<LookAheadProof> {
  const known = await transcribe(request, run);
  let compared = 0;
  for (const cut of cuts) {
    const before = known.prints.filter((_, index) => known.times[index]! < cut);
    for (const variant of ['hidden', 'altered'] as const) {
      const hide = (history: PriceHistory): PriceHistory => (variant === 'hidden' ? hideFuture(history, cut) : alterFuture(history, cut));
      const blind = { ...request, to: cut, histories: request.histories.map(hide) };
      const seen = await transcribe(blind, run);
      const prints = seen.prints.filter((_, index) => seen.times[index]! < cut);
      compared += prints.length;
      const index = firstDifference(before, prints);
      if (index === null) continue;
      const divergence = { cut, variant, index, knowing: await lineAt(request, { cut, index, run }), unknowing: await lineAt(blind, { cut, index, run }) };
      return { cuts, compared, divergence };
    }
  }
  return { cuts, compared, divergence: null };
}

interface Transcript {
  readonly times: readonly number[];
  readonly prints: readonly number[];
}

async function transcribe(request: BacktestRequest, run: RunBacktest): Promise<Transcript> {
  const times: number[] = [];
  const prints: number[] = [];
  await run({
    ...request,
    onRecord: (record) => {
      times.push(record.time);
      prints.push(printOf(JSON.stringify(record)));
    },
  });
  return { times, prints };
}

async function lineAt(
  request: BacktestRequest,
  wanted: { readonly cut: number; readonly index: number; readonly run: RunBacktest },
): Promise<JournalRecord | null> {
  let count = 0;
  let found: JournalRecord | null = null;
  await wanted.run({
    ...request,
    onRecord: (record) => {
      if (record.time >= wanted.cut) return;
      if (count === wanted.index) found = record;
      count += 1;
    },
  });
  return found;
}
