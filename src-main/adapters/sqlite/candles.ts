// The candle archive in SQLite: one compact table, so that a restart fetches only what is missing.
import BetterSqlite from 'better-sqlite3';
import { z } from 'zod';
import type { Candle, Timeframe } from '../../../src-shared/domain/candle.ts';
import { invariant } from '../../../src-shared/kernel/result.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import type { CandleArchive } from '../../core/ports.ts';
import type { Migrations, SqliteDatabase } from './database.ts';

export const CANDLE_MIGRATIONS: Migrations = [
  `CREATE TABLE series (id INTEGER PRIMARY KEY, source TEXT NOT NULL, symbol TEXT NOT NULL, timeframe TEXT NOT NULL, UNIQUE (source, symbol, timeframe)) STRICT;
   CREATE TABLE candle (
     series INTEGER NOT NULL REFERENCES series(id), open_time INTEGER NOT NULL, open REAL NOT NULL, high REAL NOT NULL, low REAL NOT NULL, close REAL NOT NULL,
     volume REAL NOT NULL, quote_volume REAL NOT NULL, trades INTEGER NOT NULL, taker_buy REAL NOT NULL, PRIMARY KEY (series, open_time)
   ) STRICT, WITHOUT ROWID;`,
];

const rowSchema = z.object({
  open_time: z.number(),
  open: z.number(),
  high: z.number(),
  low: z.number(),
  close: z.number(),
  volume: z.number(),
  quote_volume: z.number(),
  trades: z.number(),
  taker_buy: z.number(),
});

export const CANDLE_COLUMNS = 'open_time, open, high, low, close, volume, quote_volume, trades, taker_buy';

/** Throws when the row is no candle: the file was not written by this program. */
export function readCandleRow(raw: unknown): Candle {
  const row = rowSchema.parse(raw);
  const { open, high, low, close, volume, trades } = row;
  return { openTime: row.open_time as EpochMs, open, high, low, close, volume, quoteVolume: row.quote_volume, trades, takerBuyVolume: row.taker_buy };
}

/**
 * `source` keeps worlds apart: candles of a simulated market never mix with real ones.
 * A candle that cannot be written (disk full, file locked) is not kept and nothing else: analysis has it in memory, and the hole is read from the exchange
 * when the candles are needed again. `tell` hears one sentence when that begins and one when it is over.
 */
export function createCandleArchive(database: SqliteDatabase, source: string, tell: (sentence: string) => void = () => undefined): CandleArchive {
  const findSeries = database.prepare('SELECT id FROM series WHERE source = ? AND symbol = ? AND timeframe = ?');
  const makeSeries = database.prepare('INSERT INTO series (source, symbol, timeframe) VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
  const upsert = database.prepare(
    `INSERT INTO candle (series, open_time, open, high, low, close, volume, quote_volume, trades, taker_buy) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (series, open_time) DO UPDATE SET open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close, volume = excluded.volume,
       quote_volume = excluded.quote_volume, trades = excluded.trades, taker_buy = excluded.taker_buy`,
  );
  const readBefore = database.prepare(`SELECT ${CANDLE_COLUMNS} FROM candle WHERE series = ? AND open_time < ? ORDER BY open_time DESC LIMIT ?`);
  const readNewest = database.prepare('SELECT max(open_time) AS newest FROM candle WHERE series = ?');
  const known = new Map<string, number>();
  let isFailing = false;
  /** Null where nothing was stored yet. */
  const findSeriesId = (symbol: string, timeframe: Timeframe): number | null => {
    const key = `${symbol} ${timeframe}`;
    const cached = known.get(key);
    if (cached !== undefined) return cached;
    const row = z
      .object({ id: z.number() })
      .optional()
      .parse(findSeries.get(source, symbol, timeframe));
    if (row === undefined) return null;
    known.set(key, row.id);
    return row.id;
  };
  const makeSeriesId = (symbol: string, timeframe: Timeframe): number => {
    makeSeries.run(source, symbol, timeframe);
    const id = findSeriesId(symbol, timeframe);
    invariant(id !== null, `the series ${symbol} ${timeframe} was made and is not there`);
    return id;
  };
  const appendAll = database.transaction((series: number, candles: readonly Candle[]) => {
    for (const candle of candles) {
      upsert.run(
        series,
        candle.openTime,
        candle.open,
        candle.high,
        candle.low,
        candle.close,
        candle.volume,
        candle.quoteVolume,
        candle.trades,
        candle.takerBuyVolume,
      );
    }
  });
  return {
    append: (symbol, timeframe, candles) => {
      if (candles.length === 0) return;
      try {
        appendAll(findSeriesId(symbol, timeframe) ?? makeSeriesId(symbol, timeframe), candles);
        if (isFailing) tell('Closed candles are kept again.');
        isFailing = false;
      } catch (failure) {
        if (!(failure instanceof BetterSqlite.SqliteError)) throw failure;
        if (!isFailing)
          tell(`Closed candles cannot be kept (${failure.message}). Nothing else depends on it: what is missing is read from the exchange again.`);
        isFailing = true;
      }
    },
    read: ({ symbol, timeframe, limit, before }) => {
      const series = findSeriesId(symbol, timeframe);
      if (series === null) return [];
      return readBefore
        .all(series, before ?? Number.MAX_SAFE_INTEGER, limit)
        .map(readCandleRow)
        .toReversed();
    },
    newest: (symbol, timeframe) => {
      const series = findSeriesId(symbol, timeframe);
      if (series === null) return null;
      const { newest } = z.object({ newest: z.number().nullable() }).parse(readNewest.get(series));
      return newest as EpochMs | null;
    },
  };
}
