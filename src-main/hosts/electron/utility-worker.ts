// Worker processes of the desktop app: Electron's utilityProcess behind the same port as a forked Node process.
import { join } from 'node:path';
import type { WorkerLauncher } from '../../core/ports.ts';

/** The part of `utilityProcess` that is used. */
export interface UtilityProcessCalls {
  fork(file: string, argv: readonly string[], options: { readonly execArgv: readonly string[]; readonly stdio: 'inherit'; readonly serviceName: string }): {
    readonly pid: number | undefined;
    postMessage(message: unknown): void;
    on(event: 'message', handler: (message: unknown) => void): unknown;
    once(event: 'exit', handler: (code: number) => void): unknown;
    kill(): boolean;
  };
}

/** `folder` holds the built worker entries (`inference.js`, `venue.js`, …). */
export function createUtilityLauncher(utility: UtilityProcessCalls, folder: string): WorkerLauncher {
  return {
    launch: (entry, { memoryLimitMb, argv }) => {
      const child = utility.fork(join(folder, `${entry}.js`), argv, { execArgv: [`--max-old-space-size=${memoryLimitMb}`], stdio: 'inherit', serviceName: `terminal ${entry}` });
      return {
        pid: child.pid ?? null,
        post: (message) => child.postMessage(message),
        onMessage: (handler) => void child.on('message', handler),
        onExit: (handler) => void child.once('exit', (code) => handler(code)),
        kill: () => void child.kill(),
      };
    },
  };
}
