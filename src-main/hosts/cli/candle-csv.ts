// Reads candle files (CSV, also gzipped) with tolerant headers, and says exactly which row is wrong.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Candle } from '../../../src-shared/domain/candle.ts';
import type { Result } from '../../../src-shared/kernel/result.ts';
import { err, ok } from '../../../src-shared/kernel/result.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';

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
const REQUIRED: readonly Field[] = ['openTime', 'open', 'high', 'low', 'close', 'volume'];

function problem(code: CsvProblem['code'], uiMessage: string): Result<never, CsvProblem> {
  return err({ code, uiMessage });
}

/** Candles of a file in file order. Optional columns that are absent or empty read 0. */
export function readCandleCsv(path: string): Result<readonly Candle[], CsvProblem> {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) bytes = gunzipSync(bytes);
  } catch (error) {
    return problem(
      'unreadable',
      `Cannot read ${path}: ${error instanceof Error ? error.message : String(error)}. Check the path and that the file is CSV or gzipped CSV.`,
    );
  }
  return parseCandleCsv(bytes.toString('utf8'));
}

/** Parses CSV text with a header row. Rows must be strictly increasing in time and sane in price. */
export function parseCandleCsv(text: string): Result<readonly Candle[], CsvProblem> {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
  const header = lines[0];
  if (header === undefined || lines.length < 2) return problem('empty', 'The file holds no candles: a header row and at least one candle are needed.');
  const columns = findColumns(header);
  const absent = REQUIRED.filter((field) => columns[field] === -1);
  if (absent.length > 0)
    return problem('header', `The header lacks ${absent.join(', ')}; it needs open_time, open, high, low, close and volume. Found: ${header.trim()}`);
  const candles: Candle[] = [];
  let previous = -Infinity;
  for (let index = 1; index < lines.length; index += 1) {
    const candle = parseRow(lines[index]!, columns);
    if (typeof candle === 'string') return problem('row', `Row ${index + 1}: ${candle}`);
    if (candle.openTime <= previous)
      return problem('row', `Row ${index + 1}: its open time does not come after the row before it; sort the file and remove duplicates.`);
    previous = candle.openTime;
    candles.push(candle);
  }
  return ok(candles);
}

function findColumns(header: string): Readonly<Record<Field, number>> {
  const names = header.split(',').map((name) =>
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
function parseRow(line: string, columns: Readonly<Record<Field, number>>): Candle | string {
  const cells = line.split(',').map((cell) => cell.trim());
  const required = (field: Field): number => (cells[columns[field]] === undefined || cells[columns[field]] === '' ? Number.NaN : Number(cells[columns[field]]));
  const optional = (field: Field): number =>
    columns[field] === -1 || cells[columns[field]] === undefined || cells[columns[field]] === '' ? 0 : Number(cells[columns[field]]);
  const openTime = parseTime(cells[columns.openTime] ?? '');
  if (Number.isNaN(openTime)) return `"${cells[columns.openTime] ?? ''}" is not a time; use milliseconds, seconds or an ISO date in UTC.`;
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

/** Milliseconds, seconds, or a date; a date without a zone is UTC. */
function parseTime(text: string): number {
  if (/^\d{9,11}$/.test(text)) return Number(text) * 1000;
  if (/^\d{12,14}$/.test(text)) return Number(text);
  if (/^\d+$/.test(text) || text === '') return Number.NaN;
  const iso = text.replace(/^(\d{4})\.(\d{2})\.(\d{2})/, '$1-$2-$3').replace(' ', 'T');
  return Date.parse(/(Z|[+-]\d{2}:?\d{2})$/.test(iso) || !iso.includes('T') ? iso : `${iso}Z`);
}
