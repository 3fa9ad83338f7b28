// The terminal without a screen as a child process: calls over its IPC channel, orders to die over the same.
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { connectRpc, type Link, type RpcClient } from '../../src-shared/contract/rpc.ts';
import { PROJECT_ROOT } from '../support/terminal.ts';
import type { Armed, CrashPoint } from './crash-points.ts';

export interface Host {
  readonly child: ChildProcess;
  readonly rpc: RpcClient;
  readonly ended: Promise<void>;
  /** Everything printed lately. */
  output(): string;
  /** What it said when it died, or null. */
  death(): { readonly point: CrashPoint; readonly what: string } | null;
  arm(armed: Omit<Armed, 'what'>): void;
}

/** `script` is the host to start, `flags` are those of Node, `answerMs` is how long a call may take. */
export function startHost(
  argv: readonly string[],
  armed: Omit<Armed, 'what'> | null,
  { script = 'crash-host.ts', flags = [], answerMs = 5000 }: { readonly script?: string; readonly flags?: readonly string[]; readonly answerMs?: number } = {},
): Host {
  const child: ChildProcess = spawn(process.execPath, [...flags, join(PROJECT_ROOT, 'test/chaos', script), ...argv], {
    cwd: PROJECT_ROOT,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, ...(armed === null ? {} : { CRASH_AT: JSON.stringify(armed) }) },
  });
  let text = '';
  const read = (chunk: Buffer): void => {
    text = (text + chunk.toString('utf8')).slice(-50_000);
  };
  child.stdout?.on('data', read);
  child.stderr?.on('data', read);
  const ended = new Promise<void>((done) => void child.once('close', () => done()));
  const send = (message: object): void => {
    if (child.connected) child.send(message, () => undefined);
  };
  const link: Link = {
    send: (message) => send({ kind: 'link', message }),
    onMessage: (handler) => {
      const listener = (raw: unknown): void => {
        const { kind, message } = raw as { readonly kind: unknown; readonly message: unknown };
        if (kind === 'link') handler(message);
      };
      child.on('message', listener);
      return () => void child.off('message', listener);
    },
    onClose: (handler) => {
      child.once('close', handler);
      return () => void child.off('close', handler);
    },
    close: () => child.kill('SIGKILL'),
  };
  const rpc = connectRpc(link, { set: (callback, delay) => setTimeout(callback, delay), clear: (handle) => clearTimeout(handle as NodeJS.Timeout) }, answerMs);
  return {
    child,
    rpc,
    ended,
    output: () => text,
    death: () => {
      const said = /DIED (\{.*\})/.exec(text)?.[1];
      return said === undefined ? null : (JSON.parse(said) as { point: CrashPoint; what: string });
    },
    arm: (next) => send({ kind: 'arm', armed: next }),
  };
}
