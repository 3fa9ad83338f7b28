// Writes and reads session files in a thread: megabytes of candles and recordings never hold up the engine that runs in the same process.
import { err, type Result } from '../../src-shared/kernel/result.ts';
import { projectRoot } from './build-stamp.ts';
import type { ReviewQuestion, ReviewReply } from './review/process.ts';
import { createThreadLauncher } from './thread-worker.ts';

const MEMORY_MB = 1024;

export type FileWork =
  /** Exports the newest session of a journal into a folder. */
  { readonly kind: 'export'; readonly journal: string; readonly folder: string } | { readonly kind: 'import'; readonly path: string };

export interface FileWorkDone {
  readonly file: string;
}

/** One thread a piece of work; it ends with it. */
export function workOnSessionFile(dataDir: string, work: FileWork): Promise<Result<FileWorkDone, string>> {
  const thread = createThreadLauncher(projectRoot()).launch('review', { memoryLimitMb: MEMORY_MB, argv: [dataDir] });
  return new Promise((resolve) => {
    thread.onMessage((raw) => {
      const reply = raw as ReviewReply;
      if (reply.kind !== 'answer') return;
      resolve(reply.result as Result<FileWorkDone, string>);
      thread.kill();
    });
    thread.onExit(() => resolve(err('The work on the session file ended before it was done. Try again.')));
    thread.post({ kind: 'file', id: 1, work } satisfies ReviewQuestion);
  });
}
