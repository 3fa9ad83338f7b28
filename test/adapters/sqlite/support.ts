// A journal in a folder of its own, and records to put into it.
import { join } from 'node:path';
import { CANDLE_MIGRATIONS } from '../../../src-main/adapters/sqlite/candles.ts';
import { openDatabase, type Migrations, type SqliteDatabase } from '../../../src-main/adapters/sqlite/database.ts';
import { createJournal, JOURNAL_MIGRATIONS, type SqliteJournal } from '../../../src-main/adapters/sqlite/journal.ts';
import type { JournalFailure, JournalRecord } from '../../../src-main/core/ports.ts';
import type { Result } from '../../../src-shared/kernel/result.ts';
import { epochMs } from '../../../src-shared/kernel/units.ts';

export const START = epochMs(1_760_000_000_000);

export function journalFile(folder: string): string {
  return join(folder, 'journal.sqlite');
}

export function open(file: string, migrations: Migrations = JOURNAL_MIGRATIONS, notices: string[] = []): Result<SqliteDatabase, JournalFailure> {
  return openDatabase({ file, migrations, synchronous: 'FULL', onNotice: (sentence) => notices.push(sentence), now: () => START });
}

/** Opens or fails the test with the sentence a person would read. */
export function mustOpen(file: string, migrations?: Migrations, notices?: string[]): SqliteDatabase {
  const opened = open(file, migrations, notices);
  if (!opened.ok) throw new Error(opened.error.uiMessage);
  return opened.value;
}

export function mustOpenCandles(file: string): SqliteDatabase {
  return mustOpen(file, CANDLE_MIGRATIONS);
}

export function startJournal(database: SqliteDatabase, file: string): SqliteJournal {
  return createJournal(database, file, { mode: 'simulated', version: '0.1.0', settings: { maxPositions: 5 }, startedAt: START });
}

export function record(index: number, overrides: Partial<JournalRecord> = {}): JournalRecord {
  return {
    time: epochMs(START + index),
    kind: 'order.intended',
    positionId: `p-${index}`,
    symbol: 'BTCUSDT',
    summary: `Record ${index}.`,
    data: { index },
    ...overrides,
  };
}
