// One terminal per data folder: a lock file with the owner's process id; a lock left behind by a crash is taken over.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';

export interface InstanceLock {
  release(): void;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (failure) {
    return (failure as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** On Linux a reused process id is told from the owner by its start time. */
function identityOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

/** One sentence with the next step for what the file system said about the data folder. */
export function describeFolderFailure(folder: string, failure: unknown): string {
  const detail = failure instanceof Error ? failure.message : String(failure);
  const isFull = failure instanceof Error && 'code' in failure && (failure.code === 'ENOSPC' || failure.code === 'EDQUOT');
  const advice = isFull ? 'Free some space' : 'Give this user write permission';
  return `The data folder ${folder} cannot be used (${detail}). ${advice}, or choose another with --data-dir. Nothing was changed.`;
}

/** One terminal a folder. The lock of a process that is gone is taken over; a failure is one sentence and changes nothing. */
export function lockDataFolder(folder: string): Result<InstanceLock, { readonly uiMessage: string }> {
  const file = join(folder, 'terminal.lock');
  try {
    mkdirSync(folder, { recursive: true });
    if (existsSync(file)) {
      const [pidText = '', identity = ''] = readFileSync(file, 'utf8').split('\n');
      const pid = Number(pidText);
      if (Number.isSafeInteger(pid) && pid > 0 && pid !== process.pid && isAlive(pid) && identityOf(pid) === identity) {
        return err({
          uiMessage: `Another terminal (process ${pid}) already uses ${folder}. Close it, or start this one with another --data-dir. Nothing was changed.`,
        });
      }
      rmSync(file, { force: true });
    }
    writeFileSync(file, `${process.pid}\n${identityOf(process.pid)}\n`, { flag: 'wx' });
  } catch (failure) {
    return err({ uiMessage: describeFolderFailure(folder, failure) });
  }
  return ok({ release: () => rmSync(file, { force: true }) });
}
