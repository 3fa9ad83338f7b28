// Reads the candle archive, also while the terminal writes to it; changes nothing.
import { existsSync } from 'node:fs';
import BetterSqlite from 'better-sqlite3';
import { z } from 'zod';
import { TIMEFRAMES, type Candle, type Timeframe } from '../../../src-shared/domain/candle.ts';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import { CANDLE_COLUMNS, readCandleRow } from './candles.ts';

export interface CandleSpan {
  /** Open times: first inclusive, last exclusive. */
  readonly from: number;
  readonly to: number;
}

export interface CandleReader {
  /** The market with most 5m candles in that time, or null without any. */
  busiestSource(span: CandleSpan): string | null;
  /** Symbols of a market that have 5m candles in that time. */
  symbols(source: string, span: CandleSpan): readonly string[];
  /** Oldest first. */
  read(series: { readonly source: string; readonly symbol: string; readonly timeframe: Timeframe }, span: CandleSpan): readonly Candle[];
  close(): void;
}

const seriesSchema = z.object({ id: z.number(), source: z.string(), symbol: z.string(), timeframe: z.enum(TIMEFRAMES) });
const countSchema = z.object({ count: z.number() });

/** Opens a candle archive for reading only. */
export function openCandleReader(file: string): Result<CandleReader, string> {
  if (!existsSync(file)) return err(`The candle archive ${file} does not exist.`);
  try {
    return ok(readerOf(new BetterSqlite(file, { readonly: true })));
  } catch (failure) {
    return err(`${file} cannot be read as a candle archive (${failure instanceof Error ? failure.message : String(failure)}).`);
  }
}

function readerOf(database: BetterSqlite.Database): CandleReader {
  const series = database
    .prepare('SELECT id, source, symbol, timeframe FROM series ORDER BY symbol')
    .all()
    .map((row) => seriesSchema.parse(row));
  const count = database.prepare('SELECT count(*) AS count FROM candle WHERE series = ? AND open_time >= ? AND open_time < ?');
  const rows = database.prepare(`SELECT ${CANDLE_COLUMNS} FROM candle WHERE series = ? AND open_time >= ? AND open_time < ? ORDER BY open_time`);
  const counted = ({ from, to }: CandleSpan): readonly { readonly source: string; readonly symbol: string; readonly count: number }[] =>
    series
      .filter((entry) => entry.timeframe === '5m')
      .map(({ id, source, symbol }) => ({ source, symbol, count: countSchema.parse(count.get(id, from, to)).count }))
      .filter((entry) => entry.count > 0);
  return {
    busiestSource: (span) => counted(span).toSorted((a, b) => b.count - a.count)[0]?.source ?? null,
    symbols: (source, span) => counted(span).flatMap((entry) => (entry.source === source ? [entry.symbol] : [])),
    read: ({ source, symbol, timeframe }, { from, to }) => {
      const found = series.find((entry) => entry.source === source && entry.symbol === symbol && entry.timeframe === timeframe);
      return found === undefined ? [] : rows.all(found.id, from, to).map(readCandleRow);
    },
    close: () => database.close(),
  };
}
