// Turns SQLite's errors into the journal's words: what happened, what was lost (nothing) and what to do.
import type { JournalFailure } from '../../core/ports.ts';

function codeOf(failure: unknown): string {
  return typeof failure === 'object' && failure !== null && 'code' in failure ? String(failure.code) : '';
}

/** Which failure of the journal an exception of SQLite or the file system is, with a sentence for a person. */
export function describeSqliteFailure(failure: unknown, file: string): JournalFailure {
  const code = codeOf(failure);
  if (code.startsWith('SQLITE_FULL') || code === 'ENOSPC')
    return {
      code: 'disk_full',
      uiMessage: `The disk is full: ${file} cannot grow. Nothing already written is lost. Free some space; trading only reduces until then.`,
    };
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED'))
    return { code: 'locked', uiMessage: `${file} is locked by another program. Nothing is lost. Close the other terminal or database tool.` };
  if (code.startsWith('SQLITE_READONLY') || code.startsWith('SQLITE_CANTOPEN') || code === 'EACCES' || code === 'EROFS')
    return {
      code: 'read_only',
      uiMessage: `${file} cannot be written. Nothing is lost. Give this user write permission on the folder, or choose another with --data-dir.`,
    };
  if (code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_NOTADB'))
    return { code: 'corrupt', uiMessage: `${file} is damaged. Restart the terminal: it sets the file aside and restores the newest backup.` };
  return {
    code: 'failed',
    uiMessage: `${file} could not be written (${failure instanceof Error ? failure.message : String(failure)}). Nothing already written is lost.`,
  };
}
