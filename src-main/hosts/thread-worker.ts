// Worker entries as threads of this process: for a process that is itself a worker and cannot start others the way its host does.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { WorkerLauncher } from '../core/ports.ts';

/** Entries that need the hosts' own code; all others live in `src-worker`. */
const HOST_ENTRIES: Readonly<Record<string, string>> = {
  review: 'src-main/hosts/review/process.ts',
  'backtest-runs': 'src-main/hosts/backtest/run-thread.ts',
};

/** The file of an entry: its source where it is there, else its bundle below `root`. */
export function threadEntry(root: string, entry: string): string {
  const source = join(root, HOST_ENTRIES[entry] ?? `src-worker/${entry}.ts`);
  return existsSync(source) ? source : join(root, 'out', 'main', `${entry}.js`);
}

/** Workers as threads of this process, for commands that end; the terminal gives each a process of its own. */
export function createThreadLauncher(root: string): WorkerLauncher {
  return {
    launch: (entry, { memoryLimitMb, argv }) => {
      const thread = new Worker(threadEntry(root, entry), {
        argv: [...argv],
        resourceLimits: { maxOldGenerationSizeMb: memoryLimitMb },
      });
      // An error that nobody listens to would end this process; the exit that follows says all there is to say.
      thread.on('error', () => undefined);
      thread.unref();
      return {
        pid: null,
        post: (message) => thread.postMessage(message),
        onMessage: (handler) => void thread.on('message', handler),
        onExit: (handler) => void thread.once('exit', (code) => handler(code)),
        kill: () => void thread.terminate(),
      };
    },
  };
}
