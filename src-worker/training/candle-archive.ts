// Candles for training from the terminal's own archive, read only.
import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { z } from 'zod';
import type { Candle } from '../../src-shared/domain/candle.ts';
import { err, ok, type Result } from '../../src-shared/kernel/result.ts';
import { epochMs } from '../../src-shared/kernel/units.ts';
import type { SymbolCandles } from './candidates.ts';

const seriesSchema = z.array(z.object({ id: z.number(), symbol: z.string() }));
const rowSchema = z.tuple([z.number(), z.number(), z.number(), z.number(), z.number(), z.number()]);

export interface ArchiveRequest {
  readonly file: string;
  /** Candles of a simulated market never mix with real ones. */
  readonly source: string;
  readonly maxCandles: number;
}

/** Closed 5m candles of every symbol, sorted by symbol, oldest first. */
export function readArchive({ file, source, maxCandles }: ArchiveRequest): Result<readonly SymbolCandles[], string> {
  if (!existsSync(file)) return err(`The candle archive ${file} does not exist; let the terminal collect candles first.`);
  let database: Database.Database | null = null;
  try {
    database = new Database(file, { readonly: true, fileMustExist: true });
    const series = seriesSchema.parse(database.prepare("SELECT id, symbol FROM series WHERE source = ? AND timeframe = '5m' ORDER BY symbol").all(source));
    const newest = database.prepare('SELECT open_time, open, high, low, close, volume FROM candle WHERE series = ? ORDER BY open_time DESC LIMIT ?').raw();
    const found = series.map(({ id, symbol }): SymbolCandles => ({ symbol, candles: newest.all(id, maxCandles).map(candleOf).toReversed() }));
    if (found.length === 0) return err(`The candle archive ${file} holds no 5-minute candles of ${source}.`);
    return ok(found);
  } catch (failure) {
    return err(`The candle archive ${file} cannot be read: ${failure instanceof Error ? failure.message : String(failure)}`);
  } finally {
    database?.close();
  }
}

function candleOf(row: unknown): Candle {
  const [openTime, open, high, low, close, volume] = rowSchema.parse(row);
  return { openTime: epochMs(openTime), open, high, low, close, volume, quoteVolume: volume * close, trades: 0, takerBuyVolume: 0 };
}
