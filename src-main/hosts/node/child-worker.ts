// Worker processes of the Node host: child_process.fork with structured clone, so that typed arrays cross as they are.
import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { WorkerLauncher } from '../../core/ports.ts';

/** Entries that need the hosts' own code; all others live in `src-worker`. */
const HOST_ENTRIES: Readonly<Record<string, string>> = { review: 'src-main/hosts/review/process.ts' };

/** Launches `src-worker/<entry>.ts` under this Node. Output of the child goes to our own standard error. */
export function createNodeLauncher(projectRoot: string): WorkerLauncher {
  return {
    launch: (entry, { memoryLimitMb, argv }) => {
      const child = fork(join(projectRoot, HOST_ENTRIES[entry] ?? `src-worker/${entry}.ts`), [...argv], {
        serialization: 'advanced',
        execArgv: [`--max-old-space-size=${memoryLimitMb}`],
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      const exits = new Set<(code: number | null) => void>();
      let hasExited = false;
      const end = (code: number | null): void => {
        if (hasExited) return;
        hasExited = true;
        for (const handler of exits) handler(code);
      };
      child.once('exit', end);
      child.once('error', () => end(null));
      return {
        pid: child.pid ?? null,
        post: (message) => {
          if (child.connected) child.send(message as object);
        },
        onMessage: (handler) => void child.on('message', handler),
        onExit: (handler) => void exits.add(handler),
        kill: () => void child.kill('SIGKILL'),
      };
    },
  };
}
