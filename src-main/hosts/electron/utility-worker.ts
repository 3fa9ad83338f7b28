// Worker processes of the desktop app: Electron's utilityProcess behind the same port as a forked Node process.
import { join } from 'node:path';
import type { WorkerLauncher } from '../../core/ports.ts';

/** The part of Electron's `UtilityProcess` that is used. */
export interface UtilityChild {
  readonly pid: number | undefined;
  postMessage(message: unknown): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  /** V8 gave up, e.g. out of memory; the exit follows. */
  on(event: 'error', listener: (type: string, location: string) => void): unknown;
  once(event: 'exit', listener: (code: number) => void): unknown;
  kill(): boolean;
}

export interface UtilityLauncherOptions {
  /** Folder of the built worker entries. */
  readonly folder: string;
  readonly fork: (
    file: string,
    argv: string[],
    options: { readonly serviceName: string; readonly execArgv: string[]; readonly stdio: ('ignore' | 'inherit')[] },
  ) => UtilityChild;
  /** Ends a process at once; throws when it cannot. */
  readonly killProcess: (pid: number) => void;
}

/** Each launch is a process of its own with a bounded heap; `kill` ends it at once. */
export function createUtilityLauncher({ folder, fork, killProcess }: UtilityLauncherOptions): WorkerLauncher {
  return {
    launch: (entry, { memoryLimitMb, argv }) => {
      const child = fork(join(folder, `${entry}.js`), [...argv], {
        serviceName: `terminal-${entry}`,
        execArgv: [`--max-old-space-size=${memoryLimitMb}`],
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      let hasExited = false;
      // An `error` that nobody listens to is thrown into the engine's own process; the exit that follows says all there is to say.
      child.on('error', () => undefined);
      child.once('exit', () => void (hasExited = true));
      return {
        get pid() {
          return child.pid ?? null;
        },
        post: (message) => {
          if (!hasExited) child.postMessage(message);
        },
        onMessage: (handler) => void child.on('message', handler),
        onExit: (handler) => void child.once('exit', (code) => handler(code)),
        kill: () => {
          if (child.pid === undefined) return void child.kill();
          try {
            killProcess(child.pid);
          } catch {
            child.kill();
          }
        },
      };
    },
  };
}
