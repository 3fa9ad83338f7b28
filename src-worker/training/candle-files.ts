// Candle files for training: every SYMBOL-5m.csv(.gz) below a folder, or a reason in one sentence.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '../../src-shared/kernel/result.ts';
import { readCandleFile } from '../market/replay.ts';
import type { SymbolCandles } from './candidates.ts';

export interface CandleRequest {
  readonly folder: string;
  /** Null takes all. */
  readonly symbols: readonly string[] | null;
  /** Newest candles of each symbol. */
  readonly maxCandles: number;
}

/** Sorted by symbol, so that the order of the file system changes nothing. */
export async function readSeries(request: CandleRequest): Promise<Result<readonly SymbolCandles[], string>> {
  const { folder, symbols, maxCandles } = request;
  if (!existsSync(folder)) return err(`The data folder ${folder} does not exist.`);
  if (!statSync(folder).isDirectory()) return err(`${folder} is a file; give the folder that holds the candle files.`);
  const files = findFiles(folder)
    .filter((file) => symbols === null || symbols.includes(file.symbol))
    .toSorted((a, b) => (a.symbol < b.symbol ? -1 : 1));
  if (files.length === 0)
    return err(`${folder} holds no 5-minute candle files (SYMBOL-5m.csv or SYMBOL-5m.csv.gz)${symbols === null ? '' : ' of these symbols'}.`);
  const absent = symbols?.filter((symbol) => !files.some((file) => file.symbol === symbol)) ?? [];
  if (absent.length > 0) return err(`${folder} holds no 5-minute candles of ${absent.join(', ')}.`);
  const twice = files.find((file, index) => index > 0 && file.symbol === files[index - 1]?.symbol);
  if (twice !== undefined) return err(`${folder} holds more than one file of ${twice.symbol} (${twice.path} is one of them); its candles would count twice.`);
  const series: SymbolCandles[] = [];
  for (const file of files) {
    const read = await readCandleFile(file.path);
    if (!read.ok) return err(read.error);
    series.push({ symbol: file.symbol, candles: [...read.value.values()].slice(-maxCandles) });
  }
  return ok(series);
}

function findFiles(folder: string): readonly { readonly symbol: string; readonly path: string }[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return findFiles(path);
    const symbol = /^(.+?)-5m\.csv(?:\.gz)?$/u.exec(entry.name)?.[1];
    return symbol === undefined ? [] : [{ symbol, path }];
  });
}
