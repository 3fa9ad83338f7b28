// The candle archive: exact, overwriting, and never mixing two markets.
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createCandleArchive } from '../../../src-main/adapters/sqlite/candles.ts';
import type { SqliteDatabase } from '../../../src-main/adapters/sqlite/database.ts';
import type { Candle } from '../../../src-shared/domain/candle.ts';
import { epochMs } from '../../../src-shared/kernel/units.ts';
import { temporaryFolder } from '../../support/terminal.ts';
import { mustOpenCandles, START } from './support.ts';

const STEP_MS = 300_000;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let database: SqliteDatabase;

beforeEach(async () => {
  folder = await temporaryFolder();
  database = mustOpenCandles(join(folder.path, 'candles.sqlite'));
});
afterEach(async () => {
  database.close();
  await folder.remove();
});

const candle = (index: number, close = 100.1 + index / 3): Candle => ({
  openTime: epochMs(START + index * STEP_MS),
  open: 100.1,
  high: 1e-8 + close,
  low: 0.000012345,
  close,
  volume: 12_345_678.875,
  quoteVolume: 1.5e12,
  trades: 12 + index,
  takerBuyVolume: 1 / 3,
});
const series = (count: number): readonly Candle[] => Array.from({ length: count }, (_, index) => candle(index));
const all = { symbol: 'BTCUSDT', timeframe: '5m', limit: 1000, before: null } as const;

it('gives back the same numbers, oldest first', () => {
  const archive = createCandleArchive(database, 'live');
  archive.append('BTCUSDT', '5m', series(20).toReversed());
  expect(archive.read(all)).toEqual(series(20));
  expect(archive.newest('BTCUSDT', '5m')).toBe(candle(19).openTime);
});

it('gives the newest before a time, the time itself not included', () => {
  const archive = createCandleArchive(database, 'live');
  archive.append('BTCUSDT', '5m', series(20));
  expect(archive.read({ ...all, limit: 3 })).toEqual(series(20).slice(17));
  expect(archive.read({ ...all, limit: 3, before: candle(10).openTime })).toEqual(series(20).slice(7, 10));
});

it('L27 a corrected candle replaces the one with its open time', () => {
  const archive = createCandleArchive(database, 'live');
  archive.append('BTCUSDT', '5m', series(3));
  archive.append('BTCUSDT', '5m', [candle(2, 999)]);
  expect(archive.read(all)).toEqual([candle(0), candle(1), candle(2, 999)]);
});

it('keeps sources, symbols and timeframes apart', () => {
  const live = createCandleArchive(database, 'live');
  const simulated = createCandleArchive(database, 'simulated seed 7');
  live.append('BTCUSDT', '5m', [candle(0)]);
  expect(simulated.read(all)).toEqual([]);
  expect(simulated.newest('BTCUSDT', '5m')).toBeNull();
  simulated.append('BTCUSDT', '5m', [candle(0, 1)]);
  expect(live.read(all)).toEqual([candle(0)]);
  expect(live.read({ ...all, timeframe: '1h' })).toEqual([]);
  expect(live.read({ ...all, symbol: '币安人生USDT' })).toEqual([]);
});

it('is there after a restart', () => {
  createCandleArchive(database, 'live').append('币安人生USDT', '1h', series(5));
  database.close();
  database = mustOpenCandles(join(folder.path, 'candles.sqlite'));
  expect(createCandleArchive(database, 'live').read({ ...all, symbol: '币安人生USDT', timeframe: '1h' })).toEqual(series(5));
});

it('a full disk keeps no candle and stops nobody: it is said once, reading goes on, and keeping too when there is room', () => {
  const said: string[] = [];
  const archive = createCandleArchive(database, 'live', (sentence) => void said.push(sentence));
  archive.append('BTCUSDT', '5m', series(20));
  database.pragma(`max_page_count = ${Number(database.pragma('page_count', { simple: true }))}`);
  const many = Array.from({ length: 500 }, (_, index) => candle(index + 20));
  archive.append('BTCUSDT', '5m', many);
  archive.append('BTCUSDT', '5m', many);
  archive.append('BTCUSDT', '1h', many);
  expect(said).toEqual([
    'Closed candles cannot be kept (database or disk is full). Nothing else depends on it: what is missing is read from the exchange again.',
  ]);
  expect(archive.read(all)).toEqual(series(20));
  expect(archive.read({ ...all, timeframe: '15m' })).toEqual([]);
  expect(archive.newest('ETHUSDT', '5m')).toBeNull();
  database.pragma('max_page_count = 1073741823');
  archive.append('BTCUSDT', '5m', [candle(20)]);
  archive.append('BTCUSDT', '5m', [candle(21)]);
  expect(said.slice(1)).toEqual(['Closed candles are kept again.']);
  expect(archive.read(all)).toEqual(series(22));
});

it('what is wrong with the code is not taken for a full disk', () => {
  const archive = createCandleArchive(database, 'live', () => undefined);
  expect(() => archive.append('BTCUSDT', '5m', [{ ...candle(0), openTime: {} as never }])).toThrow();
});
