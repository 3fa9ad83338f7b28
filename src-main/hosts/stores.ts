// What lies on disk: settings, journal and candles of one data folder, locked against a second terminal.
import { join } from 'node:path';
import type { Settings } from '../../src-shared/contract/settings.ts';
import { err, ok, type Result } from '../../src-shared/kernel/result.ts';
import { lockDataFolder } from '../adapters/runtime/instance-lock.ts';
import { createSettingsStore, describeProblems } from '../adapters/settings/settings-store.ts';
import { CANDLE_MIGRATIONS } from '../adapters/sqlite/candles.ts';
import { openDatabase, type SqliteDatabase } from '../adapters/sqlite/database.ts';
import { JOURNAL_MIGRATIONS } from '../adapters/sqlite/journal.ts';
import type { SettingsStore } from '../core/ports.ts';

export interface Stores {
  readonly settingsStore: SettingsStore;
  readonly settings: Settings;
  readonly journalFile: string;
  readonly journalDatabase: SqliteDatabase;
  readonly candleDatabase: SqliteDatabase;
  /** Sentences about what was repaired or set aside. */
  readonly notices: readonly string[];
  /** Closes the candles and gives the folder free; the journal's owner closes the journal. */
  release(): void;
}

/** Opens everything or nothing; each failure is one sentence. */
export function openStores({ dataDir, mode }: { readonly dataDir: string; readonly mode: string }): Result<Stores, { readonly uiMessage: string }> {
  const settingsFile = join(dataDir, 'settings.json');
  const settingsStore = createSettingsStore(settingsFile);
  const settings = settingsStore.load();
  if (!settings.ok) return err({ uiMessage: describeProblems(settingsFile, settings.error) });
  const lock = lockDataFolder(dataDir);
  if (!lock.ok) return lock;
  const notices: string[] = [];
  const onNotice = (sentence: string): void => void notices.push(sentence);
  const journalFile = join(dataDir, `journal-${mode}.sqlite`);
  const shared = { onNotice, now: Date.now, isMemoryMapped: settings.value.enableMemoryMappedStorage };
  const journal = openDatabase({ file: journalFile, migrations: JOURNAL_MIGRATIONS, synchronous: 'FULL', ...shared });
  if (!journal.ok) {
    lock.value.release();
    return err({ uiMessage: journal.error.uiMessage });
  }
  const candles = openDatabase({ file: join(dataDir, 'candles.sqlite'), migrations: CANDLE_MIGRATIONS, synchronous: 'NORMAL', ...shared });
  if (!candles.ok) {
    journal.value.close();
    lock.value.release();
    return err({ uiMessage: candles.error.uiMessage });
  }
  return ok({
    settingsStore,
    settings: settings.value,
    journalFile,
    journalDatabase: journal.value,
    candleDatabase: candles.value,
    notices,
    release: () => {
      candles.value.close();
      lock.value.release();
    },
  });
}
