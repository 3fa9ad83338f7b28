// A data folder with a finished paper session in it: journal, recording, equity and candles, as a terminal that ran before would leave it.
import { createJournal, JOURNAL_MIGRATIONS } from '../../src-main/adapters/sqlite/journal.ts';
import { CANDLE_MIGRATIONS, createCandleArchive } from '../../src-main/adapters/sqlite/candles.ts';
import { openDatabase } from '../../src-main/adapters/sqlite/database.ts';
import { candleOf, type PriceHistory } from '../../src-main/core/backtest/price-history.ts';
import { bucketsOf } from '../../src-main/core/backtest/symbol-clock.ts';
import type { BacktestResult } from '../../src-main/core/backtest/run-types.ts';
import type { JournalRecord } from '../../src-main/core/ports.ts';
import { join } from 'node:path';
import { epochMs } from '../../src-shared/kernel/units.ts';
import { runBacktest } from '../../src-main/hosts/backtest/run-backtest.ts';
import { sampleHistory, sampleRequest, sampleSettings } from '../hosts/backtest/sample-market.ts';

const COUNT = 7000;

/** A database of the app, opened or made. */
export function openTestDatabase(file: string, migrations: typeof JOURNAL_MIGRATIONS): Extract<ReturnType<typeof openDatabase>, { ok: true }>['value'] {
  const database = openDatabase({ file, migrations, synchronous: 'NORMAL', onNotice: () => undefined, now: () => 1 });
  if (!database.ok) throw new Error(database.error.uiMessage);
  return database.value;
}

/** Two markets, twelve days, a handful of trades; gives what the engine did. */
export async function writeRecordedDay(folder: string): Promise<BacktestResult> {
  const request = sampleRequest([sampleHistory('AAAUSDT', 1, { count: COUNT }), sampleHistory('CCCUSDT', 4, { count: COUNT })]);
  const lines: JournalRecord[] = [];
  const result = await runBacktest({ ...request, onRecord: (record) => void lines.push(record) });
  const file = join(folder, 'journal-paper.sqlite');
  const start = { mode: 'paper', version: '0.1.0', settings: sampleSettings(), startedAt: epochMs(request.from) };
  const journal = createJournal(openTestDatabase(file, JOURNAL_MIGRATIONS), file, start);
  journal.append(lines, true);
  journal.endSession(epochMs(request.to), 'test');
  journal.close();
  writeCandles(folder, request.histories, 'recorded');
  return result;
}

/** The candle archive of a data folder: three timeframes of each market. */
export function writeCandles(folder: string, histories: readonly PriceHistory[], market: string): void {
  const candles = openTestDatabase(join(folder, 'candles.sqlite'), CANDLE_MIGRATIONS);
  const archive = createCandleArchive(candles, market);
  for (const history of histories) {
    const all = Array.from(history.openTime, (_, index) => candleOf(history, index));
    archive.append(history.instrument.symbol, '5m', all);
    for (const timeframe of ['15m', '1h'] as const) archive.append(history.instrument.symbol, timeframe, bucketsOf(all, timeframe));
  }
  candles.close();
}
