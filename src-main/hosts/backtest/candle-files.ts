// Finds and reads the candle and funding files of a folder: plain, gzipped, or zipped as in the exchange's public archive, daily or monthly.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Candle } from '../../../src-shared/domain/candle.ts';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import type { FundingHistory } from '../../core/backtest/price-history.ts';
import { parseCandleCsv } from '../cli/candle-csv.ts';
import { readZip } from './zip.ts';

/** `BTCUSDT-5m.csv.gz`, `BTCUSDT-5m-2025-01.zip`, `BTCUSDT-5m-2025-01-31.csv`. */
const CANDLE_FILE = /^(?<symbol>[^-]+)-5m(?:-\d{4}-\d{2}(?:-\d{2})?)?\.(?:csv|csv\.gz|zip)$/u;
/** `BTCUSDT-funding.csv.gz`, `BTCUSDT-fundingRate-2025-01.zip`. */
const FUNDING_FILE = /^(?<symbol>[^-]+)-funding(?:Rate)?(?:-\d{4}-\d{2})?\.(?:csv|csv\.gz|zip)$/u;
/** Archive files of spot markets count microseconds from 2025 on. */
const MICROSECONDS = /^"?\d{16},/m;

export interface FileIndex {
  /** Paths by symbol, in the order of their names. */
  readonly candles: ReadonlyMap<string, readonly string[]>;
  readonly funding: ReadonlyMap<string, readonly string[]>;
}

/** Looks through a folder and its sub-folders. */
export function indexFolder(folder: string): Result<FileIndex, string> {
  if (!existsSync(folder)) return err(`The folder ${folder} does not exist. Name the folder of the candle files with --data.`);
  if (!statSync(folder).isDirectory()) return err(`${folder} is a file. Name the folder it lies in with --data, and its symbol with --symbols.`);
  const candles = new Map<string, string[]>();
  const funding = new Map<string, string[]>();
  for (const path of filesOf(folder)) {
    const name = basename(path);
    const candleSymbol = CANDLE_FILE.exec(name)?.groups?.['symbol'];
    const fundingSymbol = FUNDING_FILE.exec(name)?.groups?.['symbol'];
    if (candleSymbol !== undefined) put(candles, candleSymbol, path);
    else if (fundingSymbol !== undefined) put(funding, fundingSymbol, path);
  }
  return ok({ candles, funding });
}

function put(index: Map<string, string[]>, symbol: string, path: string): void {
  const known = index.get(symbol);
  if (known === undefined) index.set(symbol, [path]);
  else known.push(path);
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? filesOf(join(folder, entry.name)) : [join(folder, entry.name)]));
}

/** Candles of several files of one symbol as one list; where two files hold the same candle the first one counts. */
export function readCandleFiles(paths: readonly string[]): Result<readonly Candle[], string> {
  const lists: (readonly Candle[])[] = [];
  for (const path of paths) {
    const texts = readTexts(path);
    if (!texts.ok) return err(`${path}: ${texts.error}.`);
    for (const text of texts.value) {
      if (MICROSECONDS.test(text)) return err(`${path} counts time in microseconds, as the spot archive does; futures candles are needed.`);
      const parsed = parseCandleCsv(text);
      if (!parsed.ok) return err(`${path}: ${parsed.error.uiMessage}`);
      lists.push(parsed.value);
    }
  }
  const [only] = lists;
  if (lists.length === 1 && only !== undefined) return ok(only);
  const byTime = new Map<number, Candle>();
  for (const candle of lists.flat()) if (!byTime.has(candle.openTime)) byTime.set(candle.openTime, candle);
  return ok([...byTime.values()].toSorted((a, b) => a.openTime - b.openTime));
}

/** Funding rates of one symbol: `funding_time_ms,rate`, or the archive's `calc_time,funding_interval_hours,last_funding_rate`. */
export function readFundingFiles(paths: readonly string[]): Result<FundingHistory, string> {
  const rates = new Map<number, number>();
  for (const path of paths) {
    const texts = readTexts(path);
    if (!texts.ok) return err(`${path}: ${texts.error}.`);
    for (const line of texts.value.flatMap((text) => text.split(/\r?\n/))) {
      if (line === '' || /^[a-z]/i.test(line)) continue;
      const cells = line.split(',');
      const time = Number(cells[0]);
      const rate = Number(cells.at(-1));
      if (!Number.isSafeInteger(time) || !Number.isFinite(rate)) return err(`${path} holds a line that is no funding rate: ${line.slice(0, 60)}`);
      rates.set(time, Math.round(rate * 1e8));
    }
  }
  const sorted = [...rates].toSorted((a, b) => a[0] - b[0]);
  return ok({ times: Float64Array.from(sorted, ([time]) => time), ratesE8: Float64Array.from(sorted, ([, rate]) => rate) });
}

function readTexts(path: string): Result<readonly string[], string> {
  try {
    const bytes = readFileSync(path);
    if (bytes.readUInt16BE(0) === 0x1f8b) return ok([gunzipSync(bytes).toString('utf8')]);
    if (bytes.readUInt16BE(0) !== 0x504b) return ok([bytes.toString('utf8')]);
    const files = readZip(bytes);
    return files.ok ? ok(files.value.filter((file) => file.name.endsWith('.csv')).map((file) => file.bytes.toString('utf8'))) : files;
  } catch (failure) {
    return err(`it cannot be read (${failure instanceof Error ? failure.message : String(failure)})`);
  }
}
