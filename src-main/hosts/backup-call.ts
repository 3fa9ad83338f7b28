// A copy of the journal on demand, made page by page beside the running engine.
import { basename } from 'node:path';
import type { CommandAccepted, CommandRefused } from '../../src-shared/contract/commands.ts';
import { inEnglish, say } from '../../src-shared/contract/said.ts';
import { err, ok, type Result } from '../../src-shared/kernel/result.ts';
import type { Logger } from '../core/ports.ts';
import { backUpNow, type SqliteDatabase } from '../adapters/sqlite/database.ts';

export interface BackupParts {
  readonly database: SqliteDatabase;
  readonly file: string;
  /** Wall time, for the name of the copy. */
  readonly now: () => number;
  readonly logger: Logger;
}

/** One copy at a time; the answer names the file, or says why there is none. */
export function createBackup({ database, file, now, logger }: BackupParts): () => Promise<Result<CommandAccepted, CommandRefused>> {
  let isRunning = false;
  return async () => {
    if (isRunning) {
      const busy = say('refused.backupBusy');
      return err({ code: 'backup.busy', uiMessage: inEnglish(busy), said: busy });
    }
    isRunning = true;
    try {
      const copy = basename(await backUpNow(database, file, now()));
      const said = say('answer.backedUp', { file: copy });
      logger.log('info', 'journal', inEnglish(said));
      return ok({ message: inEnglish(said), said });
    } catch (failure) {
      const said = say('refused.backup', { why: failure instanceof Error ? failure.message : String(failure) });
      logger.log('warn', 'journal', inEnglish(said));
      return err({ code: 'backup.failed', uiMessage: inEnglish(said), said });
    } finally {
      isRunning = false;
    }
  };
}
