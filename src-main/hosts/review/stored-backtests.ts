// Backtests that were run from the panel: each is kept as its report in one file and reviewed like a session.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SessionDetail, SessionNote, SessionRow } from '../../../src-shared/contract/review.ts';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import { iso } from '../../core/backtest/moment.ts';
import { describeCombination } from '../../core/backtest/parameter-grid.ts';
import type { BacktestReport } from '../../core/backtest/report.ts';
import { drawableSummary, orNull } from '../../core/review/figures.ts';
import { changedOf, thinned } from './session-detail.ts';

const NAME = /^[\w.-]{1,60}$/u;

function folderOf(dataDir: string): string {
  return join(dataDir, 'backtests');
}

/** Keeps a report under the moment it was made; gives the key. Numbers JSON cannot carry become null. */
export function keepBacktest(dataDir: string, report: BacktestReport, now: number): string {
  const name = new Date(now).toISOString().slice(0, 23).replaceAll(':', '-');
  mkdirSync(folderOf(dataDir), { recursive: true });
  writeFileSync(join(folderOf(dataDir), `${name}.json`), JSON.stringify(report));
  return `backtest:${name}`;
}

export function backtestNames(dataDir: string): readonly string[] {
  if (!existsSync(folderOf(dataDir))) return [];
  return readdirSync(folderOf(dataDir))
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -5))
    .toSorted()
    .toReversed();
}

/** A stored report. What was not a number when it was written comes back as null. */
export function readBacktest(dataDir: string, key: string): Result<BacktestReport, string> {
  const name = key.slice('backtest:'.length);
  if (!key.startsWith('backtest:') || !NAME.test(name)) return err(`${key} is no backtest.`);
  try {
    return ok(JSON.parse(readFileSync(join(folderOf(dataDir), `${name}.json`), 'utf8')) as BacktestReport);
  } catch (failure) {
    return err(`The backtest ${name} cannot be read (${failure instanceof Error ? failure.message : String(failure)}).`);
  }
}

export function removeBacktest(dataDir: string, key: string): Result<null, string> {
  const known = readBacktest(dataDir, key);
  if (!known.ok) return known;
  rmSync(join(folderOf(dataDir), `${key.slice('backtest:'.length)}.json`));
  return ok(null);
}

export function backtestRow(key: string, report: BacktestReport, notes: readonly SessionNote[]): SessionRow {
  const own = notes.find((note) => note.trade === null);
  return {
    key,
    origin: 'own',
    mode: 'backtest',
    strategy: report.strategy,
    version: '',
    startedAt: report.from,
    endedAt: report.to,
    endedWhy: report.wasCancelled ? 'cancelled' : null,
    lines: report.counters.records,
    trades: report.trades.length,
    net: report.wallet - report.deposit,
    tags: [...new Set(notes.flatMap((note) => note.tags))],
    note: own?.text ?? '',
    recordingBytes: null,
  };
}

export function backtestDetail(row: SessionRow, report: BacktestReport, notes: readonly SessionNote[]): SessionDetail {
  const { summary, sweep } = report;
  return {
    row,
    settings: { ...report.changedSettings, strategyMode: report.strategy },
    changedSettings: changedOf(report.changedSettings),
    models: report.models ?? [],
    candles: report.sources.map(({ symbol }) => symbol).join(', '),
    opening: report.deposit,
    ...drawableSummary(summary),
    equity: { ...thinned(report.equity), isExact: true },
    trades: report.trades.map((trade) => ({ ...trade, netR: orNull(trade.netR), maxR: orNull(trade.maxR), minR: orNull(trade.minR) })),
    overrides: { verdict: '', overrides: 0, helped: 0, hurt: 0, rows: [], waiting: 0 },
    notes,
    warnings: report.warnings,
    hash: report.hash,
    sensitivity: Object.fromEntries(
      Object.entries(sweep?.sensitivity ?? {}).map(([name, values]) => [
        name,
        values.map(({ value, meanSharpe }) => ({ value: String(value), meanSharpe: orNull(meanSharpe) })),
      ]),
    ),
    findings: findingsOf(report),
  };
}

/** Sentences that forbid to trust a result: books that do not agree to the last unit, a look-ahead. */
export function alarmsOf({ accounting, proof }: Pick<BacktestReport, 'accounting' | 'proof'>): readonly string[] {
  const isClean = accounting.agrees && accounting.tradesAgree;
  const divergence = proof?.divergence ?? null;
  return [
    ...(isClean ? [] : ['THE BOOKS DO NOT AGREE; do not trust these numbers.']),
    ...(divergence === null
      ? []
      : [
          `LOOK-AHEAD: with another future after ${iso(divergence.cut)} this differs first: ${divergence.knowing?.summary ?? 'nothing'} / ${divergence.unknowing?.summary ?? 'nothing'}.`,
        ]),
  ];
}

function findingsOf(report: BacktestReport): readonly string[] {
  const { accounting, proof, sweep, walkForward, speed } = report;
  const percent = (share: number): string => (Number.isFinite(share) ? `${(share * 100).toFixed(0)} %` : '–');
  return [
    ...alarmsOf(report),
    ...(accounting.agrees && accounting.tradesAgree ? ['The wallet equals fills, fees and funding to the last unit.'] : []),
    ...(proof === null || proof.divergence !== null ? [] : [`No look-ahead: ${proof.compared} judgements and journal lines are the same without the future.`]),
    ...(sweep === null
      ? []
      : [
          `${sweep.trials.length} combinations tried to ${iso(sweep.trainTo)}; chosen: ${describeCombination(sweep.trials[sweep.chosen]?.combination ?? {})}. Probability that its ratio is real after all trials (deflated Sharpe): ${percent(sweep.deflatedSharpe)}; probability of overfitting: ${percent(sweep.overfitting.probability)}.`,
          `Out of sample: ${sweep.outOfSample.trades} trades, net ${sweep.outOfSample.net.toFixed(2)} USDT.`,
        ]),
    ...(walkForward === null
      ? []
      : [
          `Walk-forward over ${walkForward.folds.length} folds: ${walkForward.summary.statistics.trades} trades, net ${walkForward.summary.statistics.net.toFixed(2)} USDT, efficiency ${(walkForward.efficiency ?? Number.NaN).toFixed(2)}.`,
        ]),
    `${speed.candles} candles in ${speed.wallSeconds.toFixed(1)} s, ${speed.candlesPerCpuSecond} per processor second.`,
  ];
}
