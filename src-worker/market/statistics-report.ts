// Prints the synthetic market beside real candles: the same statistics, computed the same way, in one table.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import type { Candle } from '../../src-shared/domain/candle.ts';
import { err, ok, type Result } from '../../src-shared/kernel/result.ts';
import { HOUR_MS, MarkProcess } from './funding.ts';
import { readCandleFile, readFundingFile } from './replay.ts';
import { FIVE_MINUTES } from './source.ts';
import { crossCorrelation, measureSeries, median, returnsOf, type SeriesStatistics } from './statistics.ts';
import { createSyntheticMarket } from './synthetic.ts';

const DAYS = 90;
const DAY_MS = 86_400_000;
const BARS = DAYS * 288;
const SYNTHETIC_SYMBOLS = 14;
/** Fixed, so that the report is the same every time. */
const START = Date.UTC(2026, 0, 22);

export interface MarketReport {
  readonly series: readonly SeriesStatistics[];
  readonly crossCorrelation: number;
  readonly funding: FundingStatistics | null;
}

export interface FundingStatistics {
  readonly settlements: number;
  readonly mean: number;
  readonly deviation: number;
  /** Share of settlements at exactly the base rate of 0.01 %. */
  readonly atBase: number;
  readonly negative: number;
  /** Median distance between a rate and the average premium of its period; null where no index prices are known. */
  readonly premiumGap: number | null;
}

/** The synthetic market of a seed over 90 days. */
export function reportSynthetic(seed: number): MarketReport {
  const market = createSyntheticMarket({ seed, symbols: SYNTHETIC_SYMBOLS, liveFrom: START });
  const all = new Map<string, readonly Candle[]>();
  const rates: number[] = [];
  const gaps: number[] = [];
  for (const { symbol } of market.instruments) {
    const candles: Candle[] = [];
    const hours = market.fundingHours(symbol);
    const marks = new MarkProcess(hours);
    const first = market.firstOpenTime(symbol);
    for (let index = 0; index < BARS; index += 1) {
      const made = market.candleAt(symbol, first + index * FIVE_MINUTES);
      if (made === null) continue;
      candles.push(made.candle);
      marks.follow(made);
      if ((made.candle.openTime + FIVE_MINUTES) % (hours * HOUR_MS) !== 0) continue;
      const premium = marks.averagePremium;
      const rate = marks.settle(null);
      rates.push(rate * (8 / hours));
      gaps.push(Math.abs(rate * (8 / hours) - premium));
    }
    all.set(symbol, candles);
  }
  return { ...reportOf(all), funding: fundingOf(rates, median(gaps)) };
}

const premiumSchema = z.array(z.object({ markPrice: z.coerce.number(), indexPrice: z.coerce.number(), lastFundingRate: z.coerce.number() }));

/** Distance between rate and premium of every contract in a recorded premiumIndex answer. */
function recordedGaps(file: string): readonly number[] {
  const bytes = readFileSync(file);
  const rows = premiumSchema.safeParse(JSON.parse((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')));
  if (!rows.success) return [];
  return rows.data.filter((row) => row.indexPrice > 0).map((row) => Math.abs(row.lastFundingRate - (row.markPrice / row.indexPrice - 1)));
}

/** Real data of a folder: the newest 90 days of each 5-minute file, and the funding and premiumIndex files beside them. */
export async function reportReal(folder: string): Promise<Result<{ readonly whole: MarketReport; readonly calm: MarketReport }, string>> {
  if (!existsSync(folder)) return err(`The folder ${folder} does not exist. Give one with SYMBOL-5m.csv.gz files with --statistics.`);
  const all = new Map<string, readonly Candle[]>();
  const rates: number[] = [];
  const gaps: number[] = [];
  for (const name of readdirSync(folder, { recursive: true }).map(String).toSorted()) {
    const file = join(folder, name);
    const candleFile = /(?<symbol>[^/\\]+)-5m\.csv(?:\.gz)?$/u.exec(name)?.groups?.['symbol'];
    if (candleFile !== undefined) {
      const read = await readCandleFile(file);
      if (!read.ok) return read;
      all.set(candleFile, [...read.value.values()].slice(-BARS));
    } else if (/-funding\.csv(?:\.gz)?$/u.test(name)) {
      const read = await readFundingFile(file);
      if (!read.ok) return read;
      rates.push(...[...read.value.values()].slice(-DAYS * 3));
    } else if (/premiumIndex.*\.json(?:\.gz)?$/u.test(name)) gaps.push(...recordedGaps(file));
  }
  if (all.size === 0) return err(`${folder} holds no SYMBOL-5m.csv or SYMBOL-5m.csv.gz files.`);
  const funding = rates.length === 0 ? null : fundingOf(rates, gaps.length === 0 ? null : median(gaps));
  return ok({ whole: { ...reportOf(all), funding }, calm: { ...reportOf(withoutCrashes(all)), funding } });
}

const CRASH = 0.08;

/** Leaves out the days, for all symbols, on which any of them moved more than 8 % in five minutes: one such day decides every moment. */
function withoutCrashes(all: ReadonlyMap<string, readonly Candle[]>): ReadonlyMap<string, readonly Candle[]> {
  const dayOf = (time: number): number => Math.floor(time / DAY_MS);
  const crashed = new Set<number>();
  for (const candles of all.values()) for (const [time, move] of returnsOf(candles, FIVE_MINUTES)) if (Math.abs(move) > CRASH) crashed.add(dayOf(time));
  return new Map([...all].map(([symbol, candles]) => [symbol, candles.filter((candle) => !crashed.has(dayOf(candle.openTime)))]));
}

function reportOf(all: ReadonlyMap<string, readonly Candle[]>): Omit<MarketReport, 'funding'> {
  const returns = [...all.values()].map((candles) => returnsOf(candles, FIVE_MINUTES));
  return { series: [...all].map(([symbol, candles]) => measureSeries(symbol, candles, FIVE_MINUTES)), crossCorrelation: crossCorrelation(returns) };
}

function fundingOf(rates: readonly number[], premiumGap: number | null): FundingStatistics {
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  const deviation = Math.sqrt(rates.reduce((sum, rate) => sum + (rate - mean) ** 2, 0) / rates.length);
  const share = (test: (rate: number) => boolean): number => rates.filter(test).length / rates.length;
  return {
    settlements: rates.length,
    mean,
    deviation,
    atBase: share((rate) => Math.abs(rate - 0.0001) < 1e-9),
    negative: share((rate) => rate < 0),
    premiumGap,
  };
}

const COLUMNS: readonly (readonly [string, (row: SeriesStatistics) => number, number])[] = [
  ['vol bps', (row) => row.volatilityBps, 1],
  ['kurtosis', (row) => row.excessKurtosis, 1],
  ['trimmed', (row) => row.trimmedKurtosis, 1],
  ['>4σ ‰', (row) => row.beyondFourSigma, 1],
  ['acf r', (row) => row.returnMemory, 3],
  ['|r| 5m', (row) => row.volatilityMemory[0], 2],
  ['|r| 1h', (row) => row.volatilityMemory[1], 2],
  ['|r| 1d', (row) => row.volatilityMemory[2], 2],
  ['vol~range', (row) => row.volumeRange, 2],
  ['hours', (row) => row.seasonality, 2],
];

/** Lines of a table: each symbol, the medians, and the whole-market numbers. */
export function formatReport(title: string, report: MarketReport): readonly string[] {
  const cells = (values: readonly string[]): string => values.map((value) => value.padStart(10)).join('');
  const lines = [title, `${'symbol'.padEnd(14)}${cells(COLUMNS.map(([name]) => name))}`];
  for (const row of report.series) lines.push(`${row.symbol.padEnd(14)}${cells(COLUMNS.map(([, read, digits]) => read(row).toFixed(digits)))}`);
  lines.push(`${'median'.padEnd(14)}${cells(COLUMNS.map(([, read, digits]) => median(report.series.map(read)).toFixed(digits)))}`);
  lines.push(`cross-correlation of returns, mean over pairs: ${report.crossCorrelation.toFixed(2)}`);
  const { funding } = report;
  if (funding === null) return [...lines, 'funding: no files'];
  const gap = funding.premiumGap === null ? 'no index prices in the files' : `${(funding.premiumGap * 10_000).toFixed(2)} bps`;
  lines.push(
    `funding per 8 h: mean ${(funding.mean * 10_000).toFixed(3)} bps, deviation ${(funding.deviation * 10_000).toFixed(3)} bps, ` +
      `${(funding.atBase * 100).toFixed(0)} % at 0.01 %, ${(funding.negative * 100).toFixed(0)} % negative (${funding.settlements} settlements)`,
    `gap between funding and average premium, median: ${gap}`,
  );
  return lines;
}
