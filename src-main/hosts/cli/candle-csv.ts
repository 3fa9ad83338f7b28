// Reads candle files (CSV, also gzipped or zipped) with tolerant headers, and says exactly which row is wrong.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Candle } from '../../../src-shared/domain/candle.ts';
import type { Result } from '../../../src-shared/kernel/result.ts';
import { err, ok } from '../../../src-shared/kernel/result.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import { readZip } from '../backtest/zip.ts';

/** A sentence for the person at the terminal. */
export interface CsvProblem {
  readonly code: 'unreadable' | 'empty' | 'header' | 'row';
  readonly uiMessage: string;
}

type Field = 'openTime' | 'open' | 'high' | 'low' | 'close' | 'volume' | 'quoteVolume' | 'trades' | 'takerBuyVolume';

const NAMES: Readonly<Record<Field, readonly string[]>> = {
  openTime: ['opentime', 'opentimems', 'timestamp', 'time', 'date', 'datetime'],
  open: ['open'],
  high: ['high'],
  low: ['low'],
  close: ['close'],
  volume: ['volume', 'vol'],
  quoteVolume: ['quotevolume', 'quoteassetvolume'],
  trades: ['trades', 'numberoftrades', 'count'],
  takerBuyVolume: ['takerbuybase', 'takerbuyvolume', 'takerbuybaseassetvolume'],
};
/** Columns of the exchange's public archive, whose older files carry no header. */
const ARCHIVE_COLUMNS = 'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_base,taker_buy_quote,ignore';
const SEPARATORS = [',', ';', '\t'];
const REQUIRED: readonly Field[] = ['openTime', 'open', 'high', 'low', 'close', 'volume'];

function problem(code: CsvProblem['code'], uiMessage: string): Result<never, CsvProblem> {
  return err({ code, uiMessage });
}

/** Candles of a file in file order. Optional columns that are absent or empty read 0. */
export function readCandleCsv(path: string): Result<readonly Candle[], CsvProblem> {
  const unreadable = (why: string): Result<never, CsvProblem> =>
    problem('unreadable', `Cannot read ${path}: ${why}. Check the path and that the file is CSV, gzipped CSV, or a zip with one CSV file.`);
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) bytes = gunzipSync(bytes);
  } catch (error) {
    return unreadable(error instanceof Error ? error.message : String(error));
  }
  if (bytes.toString('latin1', 0, 2) !== 'PK') return parseCandleCsv(bytes.toString('utf8'));
  const files = readZip(bytes);
  if (!files.ok) return unreadable(files.error);
  const [only, another] = files.value.filter((file) => file.name.endsWith('.csv'));
  if (only === undefined || another !== undefined) return unreadable(`it holds ${only === undefined ? 'no' : 'more than one'} CSV file`);
  return parseCandleCsv(only.bytes.toString('utf8'));
}

/** Parses CSV text, with a header row or in the columns of the exchange's archive. Rows must be strictly increasing in time and sane in price. */
export function parseCandleCsv(text: string): Result<readonly Candle[], CsvProblem> {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const first = lines.findIndex((line) => line.trim() !== '');
  const isHeaderless = /^"?\d{9,}/.test(lines[first] ?? '');
  const header = isHeaderless ? ARCHIVE_COLUMNS : (lines[first] ?? '');
  const separator = SEPARATORS.find((candidate) => (lines[first] ?? '').includes(candidate)) ?? ',';
  const columns = findColumns(header.split(isHeaderless ? ',' : separator));
  const absent = REQUIRED.filter((field) => columns[field] === -1);
  const rows = first === -1 ? [] : lines.slice(isHeaderless ? first : first + 1);
  if (rows.every((line) => line.trim() === '')) return problem('empty', 'The file holds no candles: a header row and at least one candle are needed.');
  if (absent.length > 0)
    return problem('header', `The header lacks ${absent.join(', ')}; it needs open_time, open, high, low, close and volume. Found: ${header.trim()}`);
  const candles: Candle[] = [];
  let previous = -Infinity;
  for (const [index, line] of rows.entries()) {
    if (line.trim() === '') continue;
    const row = lines.length - rows.length + index + 1;
    const candle = parseRow(line.split(separator), columns);
    if (typeof candle === 'string') return problem('row', `Row ${row}: ${candle}`);
    if (candle.openTime <= previous)
      return problem('row', `Row ${row}: its open time does not come after the row before it; sort the file and remove duplicates.`);
    previous = candle.openTime;
    candles.push(candle);
  }
  return ok(candles);
}

function findColumns(header: readonly string[]): Readonly<Record<Field, number>> {
  const names = header.map((name) =>
    name
      .trim()
      .toLowerCase()
      .replaceAll(/[^a-z]/g, ''),
  );
  const find = (field: Field): number => names.findIndex((name) => NAMES[field].includes(name));
  return {
    openTime: find('openTime'),
    open: find('open'),
    high: find('high'),
    low: find('low'),
    close: find('close'),
    volume: find('volume'),
    quoteVolume: find('quoteVolume'),
    trades: find('trades'),
    takerBuyVolume: find('takerBuyVolume'),
  };
}

/** A candle, or what is wrong with the row. */
function parseRow(fields: readonly string[], columns: Readonly<Record<Field, number>>): Candle | string {
  const cells = fields.map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
  const required = (field: Field): number => (cells[columns[field]] === undefined || cells[columns[field]] === '' ? Number.NaN : Number(cells[columns[field]]));
  const optional = (field: Field): number =>
    columns[field] === -1 || cells[columns[field]] === undefined || cells[columns[field]] === '' ? 0 : Number(cells[columns[field]]);
  const openTime = parseTime(cells[columns.openTime] ?? '');
  if (Number.isNaN(openTime)) return `"${cells[columns.openTime] ?? ''}" is not a time; use milliseconds, seconds, microseconds or an ISO date in UTC.`;
  const candle: Candle = {
    openTime: openTime as EpochMs,
    open: required('open'),
    high: required('high'),
    low: required('low'),
    close: required('close'),
    volume: required('volume'),
    quoteVolume: optional('quoteVolume'),
    trades: optional('trades'),
    takerBuyVolume: optional('takerBuyVolume'),
  };
  const numbers = [candle.open, candle.high, candle.low, candle.close, candle.volume, candle.quoteVolume, candle.trades, candle.takerBuyVolume];
  if (!numbers.every(Number.isFinite)) return 'a price or volume is not a number.';
  if (candle.low <= 0 || candle.volume < 0) return 'prices must be positive and volume must not be negative.';
  if (candle.high < Math.max(candle.open, candle.close) || candle.low > Math.min(candle.open, candle.close))
    return 'high and low do not contain open and close.';
  return candle;
}

/** Milliseconds, seconds, microseconds, or a date; a date without a zone is UTC. */
function parseTime(written: string): number {
  const text = written.replace(/^(\d+)\.0+$/, '$1');
  if (/^\d{9,11}$/.test(text)) return Number(text) * 1000;
  if (/^\d{12,14}$/.test(text)) return Number(text);
  if (/^\d{15,17}$/.test(text)) return Number(text) / 1000;
  if (/^\d+$/.test(text) || text === '') return Number.NaN;
  const iso = text.replace(/^(\d{4})\.(\d{2})\.(\d{2})/, '$1-$2-$3').replace(' ', 'T');
  return Date.parse(/(Z|[+-]\d{2}:?\d{2})$/.test(iso) || !iso.includes('T') ? iso : `${iso}Z`);
}
