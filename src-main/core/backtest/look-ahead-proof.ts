// "Re-run with the future hidden": the same backtest, once knowing only what was known at a cut, once with another future, must decide the same.
import { firstDifference, printOf } from './line-print.ts';
import { alterFuture, BAR_MS, hideFuture, type PriceHistory } from './price-history.ts';
import type { BacktestRequest, BacktestResult } from './run-types.ts';

/** One line of what a run did: of its journal, or of what it thought of a symbol. */
export interface TranscriptLine {
  readonly time: number;
  readonly summary: string;
  readonly data: unknown;
}

export interface Divergence {
  readonly cut: number;
  readonly variant: 'hidden' | 'altered';
  /** Position in the transcript, counted over lines up to the cut. */
  readonly index: number;
  /** The line of the run that knew the future, and of the one that did not; null where one of them has no more lines. */
  readonly knowing: TranscriptLine | null;
  readonly unknowing: TranscriptLine | null;
}

export interface LookAheadProof {
  readonly cuts: readonly number[];
  /** Lines compared, all cuts and both variants together. */
  readonly compared: number;
  readonly divergence: Divergence | null;
}

export type RunBacktest = (request: BacktestRequest) => Promise<BacktestResult>;

/** Moments spread evenly over the time of trading, on the 5m grid and off the hour. */
export function chooseCuts(from: number, to: number, count: number): readonly number[] {
  const steps = Math.floor((to - from) / BAR_MS);
  const cuts = Array.from({ length: count }, (_, index) => from + (Math.floor(((index + 1) * steps) / (count + 1)) + 1) * BAR_MS);
  return [...new Set(cuts)].filter((cut) => cut > from && cut < to);
}

/**
 * Compares every journal line and every judgement of every symbol up to and with each cut. At the cut the run knows closed candles and the
 * first price after them, nothing else, so a look ahead by a single candle shows. `run` is exchangeable, so that a run which does look
 * ahead can be shown to be caught; what it must not see goes through `histories` only.
 */
export async function proveNoLookAhead(asked: BacktestRequest, cuts: readonly number[], run: RunBacktest): Promise<LookAheadProof> {
  // Without a delay: at the cut only the first price is known, and a later one would be the future.
  const request = { ...asked, costs: { ...asked.costs, delayMs: 0 } };
  const known = await transcribe(request, run);
  let compared = 0;
  for (const cut of cuts) {
    const before = upTo(known, cut);
    for (const variant of ['hidden', 'altered'] as const) {
      const hide = (history: PriceHistory): PriceHistory => (variant === 'hidden' ? hideFuture(history, cut) : alterFuture(history, cut));
      const blind = { ...request, to: cut + BAR_MS, histories: request.histories.map(hide) };
      const prints = upTo(await transcribe(blind, run), cut);
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

function upTo({ times, prints }: Transcript, cut: number): readonly number[] {
  return prints.filter((_, index) => times[index]! <= cut);
}

async function follow(request: BacktestRequest, run: RunBacktest, onLine: (line: TranscriptLine) => void): Promise<void> {
  await run({
    ...request,
    onRecord: (record) => onLine({ time: record.time, summary: record.summary, data: record }),
    onAnalysis: (analysis, time) => {
      for (const entry of analysis) onLine({ time, summary: `${entry.symbol}: ${entry.stopCode ?? 'signal'}`, data: entry });
    },
  });
}

async function transcribe(request: BacktestRequest, run: RunBacktest): Promise<Transcript> {
  const times: number[] = [];
  const prints: number[] = [];
  await follow(request, run, (line) => {
    times.push(line.time);
    prints.push(printOf(JSON.stringify(line.data)));
  });
  return { times, prints };
}

async function lineAt(
  request: BacktestRequest,
  wanted: { readonly cut: number; readonly index: number; readonly run: RunBacktest },
): Promise<TranscriptLine | null> {
  let count = 0;
  let found: TranscriptLine | null = null;
  await follow(request, wanted.run, (line) => {
    if (line.time > wanted.cut) return;
    if (count === wanted.index) found = line;
    count += 1;
  });
  return found;
}
