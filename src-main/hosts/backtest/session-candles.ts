// The candles a recorded session saw: from its own archive, or from candle files of the same time.
import { existsSync } from 'node:fs';
import BetterSqlite from 'better-sqlite3';
import { z } from 'zod';
import { TIMEFRAMES, timeframeMs, type Candle, type Timeframe } from '../../../src-shared/domain/candle.ts';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import { epochMs } from '../../../src-shared/kernel/units.ts';
import { deriveInstrument } from '../../core/backtest/derived-instrument.ts';
import { candleOf, historyOf, type PriceHistory } from '../../core/backtest/price-history.ts';
import type { WarmUpPages } from '../../core/backtest/run-types.ts';
import { bucketsOf } from '../../core/backtest/symbol-clock.ts';

/** Closed candles of each timeframe that the terminal asks for when it connects. */
const PAGE = 499;

export interface SessionCandles {
  readonly histories: readonly PriceHistory[];
  readonly pages: ReadonlyMap<string, WarmUpPages>;
}

interface Time {
  readonly from: number;
  readonly to: number;
}

const seriesSchema = z.object({ id: z.number(), source: z.string(), symbol: z.string(), timeframe: z.enum(TIMEFRAMES) });
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

/** The candle archive beside a journal, opened for reading only. Where it holds several markets, the one with 5m candles of that time counts. */
export function readSessionArchive(file: string, time: Time): Result<SessionCandles, string> {
  if (!existsSync(file)) return err(`The candle archive ${file} does not exist.`);
  try {
    const database = new BetterSqlite(file, { readonly: true });
    try {
      return readArchive(database, file, time);
    } finally {
      database.close();
    }
  } catch (failure) {
    return err(`${file} cannot be read as a candle archive (${failure instanceof Error ? failure.message : String(failure)}).`);
  }
}

function readArchive(database: BetterSqlite.Database, file: string, { from, to }: Time): Result<SessionCandles, string> {
  const series = database
    .prepare('SELECT id, source, symbol, timeframe FROM series ORDER BY symbol')
    .all()
    .map((row) => seriesSchema.parse(row));
  const count = database.prepare('SELECT count(*) AS count FROM candle WHERE series = ? AND open_time >= ? AND open_time < ?');
  const counted = series
    .filter((entry) => entry.timeframe === '5m')
    .map((entry) => ({ ...entry, count: z.object({ count: z.number() }).parse(count.get(entry.id, from, to)).count }))
    .filter((entry) => entry.count > 0);
  const source = counted.toSorted((a, b) => b.count - a.count)[0]?.source;
  if (source === undefined) return err(`${file} holds no 5m candles of the time of the session.`);
  const read = database.prepare(
    'SELECT open_time, open, high, low, close, volume, quote_volume, trades, taker_buy FROM candle WHERE series = ? AND open_time < ? ORDER BY open_time',
  );
  const candlesOf = (symbol: string, timeframe: Timeframe, before: number): readonly Candle[] => {
    const found = series.find((entry) => entry.source === source && entry.symbol === symbol && entry.timeframe === timeframe);
    return found === undefined ? [] : read.all(found.id, before).map(toCandle);
  };
  const histories: PriceHistory[] = [];
  const pages = new Map<string, WarmUpPages>();
  for (const { symbol, source: own } of counted) {
    if (own !== source) continue;
    const candles = candlesOf(symbol, '5m', to);
    const page = (timeframe: Timeframe): readonly Candle[] => candlesOf(symbol, timeframe, from - timeframeMs(timeframe) + 1).slice(-PAGE);
    histories.push(historyOf(deriveInstrument(symbol, candles), candles));
    pages.set(symbol, { '5m': page('5m'), '15m': page('15m'), '1h': page('1h') });
  }
  return ok({ histories, pages });
}

function toCandle(raw: unknown): Candle {
  const row = rowSchema.parse(raw);
  const { open, high, low, close, volume, trades } = row;
  return { openTime: epochMs(row.open_time), open, high, low, close, volume, quoteVolume: row.quote_volume, trades, takerBuyVolume: row.taker_buy };
}

/** Pages made of 5m candles from before `from`, as the exchange would answer them. */
export function pagesOf(histories: readonly PriceHistory[], from: number): ReadonlyMap<string, WarmUpPages> {
  return new Map(
    histories.map((history) => {
      const candles: Candle[] = [];
      for (let index = 0; history.openTime[index]! < from; index += 1) candles.push(candleOf(history, index));
      return [
        history.instrument.symbol,
        { '5m': candles.slice(-PAGE), '15m': bucketsOf(candles, '15m').slice(-PAGE), '1h': bucketsOf(candles, '1h').slice(-PAGE) },
      ];
    }),
  );
}
