// Replays data files: real markets through the local venue, with their recorded funding where it is at hand.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Candle } from '../../src-shared/domain/candle.ts';
import { epochMs } from '../../src-shared/kernel/units.ts';
import { err, ok, type Result } from '../../src-shared/kernel/result.ts';
import { dataLines } from './data-lines.ts';
import { HOUR_MS, USUAL_HOURS } from './funding.ts';
import { deriveInstrument } from './instruments.ts';
import { pathOverMinutes } from './replay-path.ts';
import { FIVE_MINUTES, type MarketSource } from './source.ts';

/** `BTCUSDT-5m.csv`, `BTCUSDT-5m.csv.gz`, `BTCUSDT-5m-2025-01.zip`, the same with 1m, and `BTCUSDT-funding.csv.gz`. */
const FILE_NAME = /^(?<symbol>.+?)-(?<kind>5m|1m|funding|fundingRate)(?:-\d{4}-\d{2}(?:-\d{2})?)?\.(?:csv|csv\.gz|zip)$/u;
const HISTORY_BARS = 6300;
const MINIMUM_LIVE_BARS = 288;

type Candles = ReadonlyMap<number, Candle>;

interface ReplaySeries {
  readonly symbol: string;
  readonly candles: Candles;
  readonly minutes: Candles;
  readonly fundings: ReadonlyMap<number, number>;
  readonly first: number;
  readonly last: number;
  readonly lastPrice: number;
}

export interface ReplayOptions {
  readonly folder: string;
  /** Simulated time at which trading begins, or null for the first moment at which most symbols have enough history. */
  readonly from: number | null;
}

/** Reads every candle and funding file of the folder and its sub-folders. */
export async function openReplay(options: ReplayOptions): Promise<Result<MarketSource, string>> {
  if (!existsSync(options.folder) || !statSync(options.folder).isDirectory())
    return err(`The replay folder ${options.folder} does not exist. Give the folder that holds the candle files with --replay.`);
  const files = findFiles(options.folder);
  const symbols = [...new Set(files.filter((file) => file.kind === '5m').map((file) => file.symbol))];
  if (symbols.length === 0) return err(`${options.folder} holds no 5-minute candle files (SYMBOL-5m.csv, SYMBOL-5m.csv.gz or SYMBOL-5m-2025-01.zip).`);
  const series: ReplaySeries[] = [];
  for (const symbol of symbols) {
    const read = await readSeries(
      symbol,
      files.filter((file) => file.symbol === symbol),
    );
    if (!read.ok) return read;
    if (read.value !== null) series.push(read.value);
  }
  const liveFrom = options.from === null ? chooseStart(series) : Math.floor(options.from / FIVE_MINUTES) * FIVE_MINUTES;
  const used = series.filter((entry) => entry.first < liveFrom && entry.last > liveFrom);
  if (used.length === 0) return err(`No file of ${options.folder} has candles around ${new Date(liveFrom).toISOString()}; choose another --from.`);
  return ok(sourceOf(used, liveFrom));
}

function sourceOf(used: readonly ReplaySeries[], liveFrom: number): MarketSource {
  const volumes = new Map(used.map((entry) => [entry.symbol, dayVolume(entry, liveFrom)]));
  const ranked = used.toSorted((a, b) => (volumes.get(b.symbol) ?? 0) - (volumes.get(a.symbol) ?? 0));
  const bySymbol = new Map(ranked.map((entry) => [entry.symbol, entry]));
  return {
    identity: `replay-${new Date(liveFrom).toISOString().slice(0, 16)}`,
    instruments: ranked.map((entry, rank) => deriveInstrument(entry.symbol, entry.lastPrice, rank)),
    liveFrom,
    liveUntil: Math.max(...used.map((entry) => entry.last)) + FIVE_MINUTES,
    firstOpenTime: (symbol) => Math.max(bySymbol.get(symbol)?.first ?? liveFrom, liveFrom - HISTORY_BARS * FIVE_MINUTES),
    fundingHours: (symbol) => intervalOf(bySymbol.get(symbol)?.fundings ?? new Map()),
    fundingAt: (symbol, settlement) => bySymbol.get(symbol)?.fundings.get(settlement) ?? null,
    candleAt: (symbol, openTime) => {
      const entry = bySymbol.get(symbol);
      const candle = entry?.candles.get(openTime);
      return entry === undefined || candle === undefined ? null : pathOverMinutes(candle, (minute) => entry.minutes.get(minute));
    },
  };
}

/** Hours between the newest recorded settlements; eight when there are none. */
function intervalOf(fundings: ReadonlyMap<number, number>): number {
  const [before, last] = [...fundings.keys()].toSorted((a, b) => a - b).slice(-2);
  const hours = before === undefined || last === undefined ? USUAL_HOURS : (last - before) / HOUR_MS;
  return hours === 1 || hours === 2 || hours === 4 ? hours : USUAL_HOURS;
}

interface DataFile {
  readonly symbol: string;
  readonly kind: string;
  readonly path: string;
}

function findFiles(folder: string): readonly DataFile[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return findFiles(path);
    const name = FILE_NAME.exec(entry.name)?.groups;
    return name === undefined ? [] : [{ symbol: name['symbol'] ?? '', kind: name['kind'] ?? '', path }];
  });
}

async function readSeries(symbol: string, files: readonly DataFile[]): Promise<Result<ReplaySeries | null, string>> {
  const candles = new Map<number, Candle>();
  const minutes = new Map<number, Candle>();
  const fundings = new Map<number, number>();
  for (const file of files.toSorted((a, b) => a.path.localeCompare(b.path))) {
    if (file.kind.startsWith('funding')) {
      const read = await readFundingFile(file.path);
      if (!read.ok) return read;
      for (const [time, rate] of read.value) fundings.set(time, rate);
      continue;
    }
    const read = await readCandleFile(file.path);
    if (!read.ok) return read;
    const target = file.kind === '5m' ? candles : minutes;
    for (const [time, candle] of read.value) target.set(time, candle);
  }
  const times = [...candles.keys()].toSorted((a, b) => a - b);
  const [first] = times;
  const last = times.at(-1);
  if (first === undefined || last === undefined) return ok(null);
  return ok({ symbol, candles, minutes, fundings, first, last, lastPrice: candles.get(last)?.close ?? 1 });
}

/** Candles of one file by open time; the first wrong line is named. Extra columns are ignored, missing ones estimated. */
export async function readCandleFile(path: string): Promise<Result<Candles, string>> {
  const candles = new Map<number, Candle>();
  let number = 0;
  try {
    for await (const line of dataLines(path)) {
      number += 1;
      if (line === '' || /^[a-z_]/i.test(line)) continue;
      const candle = readCandleLine(line);
      if (candle === null) return err(`${path} line ${number} is not a candle: ${line.slice(0, 80)}`);
      candles.set(candle.openTime, candle);
    }
  } catch (failure) {
    return err(`${path} cannot be read (${failure instanceof Error ? failure.message : String(failure)}).`);
  }
  return ok(candles);
}

/** Our column order, or the archive's, which has the close time in seventh place. */
function readCandleLine(line: string): Candle | null {
  const fields = line.split(',');
  const isArchive = fields.length >= 12;
  const [time = '', open = '', high = '', low = '', close = '', volume = ''] = fields;
  const [quote = '', trades = '', taker = ''] = fields.slice(isArchive ? 7 : 6);
  const values = [open, high, low, close, volume].map(Number);
  const openTime = Number(time);
  if (!Number.isSafeInteger(openTime) || values.some((value) => !Number.isFinite(value)) || [open, high, low, close].includes('')) return null;
  const [o = 0, h = 0, l = 0, c = 0, v = 0] = values;
  return {
    openTime: epochMs(openTime),
    open: o,
    high: h,
    low: l,
    close: c,
    volume: v,
    quoteVolume: quote === '' ? v * ((o + h + l + c) / 4) : Number(quote),
    trades: trades === '' ? 0 : Number(trades),
    takerBuyVolume: taker === '' ? v / 2 : Number(taker),
  };
}

/** Rates by settlement time; the recorded jitter of seconds is rounded away. */
export async function readFundingFile(path: string): Promise<Result<ReadonlyMap<number, number>, string>> {
  const rates = new Map<number, number>();
  try {
    for await (const line of dataLines(path)) {
      if (line === '' || /^[a-z_]/i.test(line)) continue;
      const fields = line.split(',');
      const time = Number(fields[0]);
      const rate = Number(fields.at(-1));
      if (!Number.isFinite(time) || !Number.isFinite(rate)) return err(`${path} has a line that is not a funding rate: ${line.slice(0, 80)}`);
      const settlement = Math.round(time / 60_000) * 60_000;
      if (settlement % HOUR_MS === 0) rates.set(settlement, rate);
    }
  } catch (failure) {
    return err(`${path} cannot be read (${failure instanceof Error ? failure.message : String(failure)}).`);
  }
  return ok(rates);
}

/** The first day at which the most symbols have 21 days of history and at least a day to go. */
function chooseStart(series: readonly ReplaySeries[]): number {
  const candidates = [...new Set(series.map((entry) => Math.ceil((entry.first + HISTORY_BARS * FIVE_MINUTES) / 86_400_000) * 86_400_000))].toSorted(
    (a, b) => a - b,
  );
  const score = (time: number): number =>
    series.filter((entry) => entry.first + HISTORY_BARS * FIVE_MINUTES <= time && entry.last >= time + MINIMUM_LIVE_BARS * FIVE_MINUTES).length;
  const best = candidates.reduce((top, time) => Math.max(top, score(time)), 0);
  return candidates.find((time) => score(time) === best) ?? Math.min(...series.map((entry) => entry.last)) - MINIMUM_LIVE_BARS * FIVE_MINUTES;
}

function dayVolume(series: ReplaySeries, until: number): number {
  let sum = 0;
  for (let time = until - 288 * FIVE_MINUTES; time < until; time += FIVE_MINUTES) sum += series.candles.get(time)?.quoteVolume ?? 0;
  return sum;
}
