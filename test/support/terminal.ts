// Starts the terminal or the venue as a user would, in their own processes, and talks to them over their public doors.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { WebSocket } from 'ws';
import { connectRpc, type Link, type RpcClient } from '../../src-shared/contract/rpc.ts';

export const PROJECT_ROOT = resolve(import.meta.dirname, '../..');
const NODE = process.execPath;

export interface Running {
  readonly child: ChildProcess;
  readonly url: string;
  /** Everything printed so far, both streams. */
  output(): string;
  /** Kills with SIGKILL and waits for the end. */
  kill(): Promise<void>;
  /** Asks with SIGTERM and waits for the end; gives the exit code. */
  stop(): Promise<number | null>;
}

/** Starts `script` under Node 24 and waits for a line that matches `ready` with the URL in group 1. */
export async function startProcess(script: string, argv: readonly string[], ready: RegExp): Promise<Running> {
  const child = spawn(NODE, [join(PROJECT_ROOT, script), ...argv], {
    cwd: PROJECT_ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1' },
  });
  let text = '';
  const ended = new Promise<number | null>((done) => void child.once('exit', (code) => done(code)));
  const url = await new Promise<string>((found, failed) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      failed(new Error(`${script} was not ready in time:\n${text}`));
    }, 120_000);
    const read = (chunk: Buffer): void => {
      text += chunk.toString('utf8');
      if (text.length > 400_000) text = text.slice(-200_000);
      const match = ready.exec(text);
      if (match?.[1] !== undefined) {
        clearTimeout(timer);
        found(match[1]);
      }
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    void ended.then((code) => {
      clearTimeout(timer);
      failed(new Error(`${script} ended with ${code} before it was ready:\n${text}`));
    });
  });
  return {
    child,
    url,
    output: () => text,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    stop: async () => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
      const code = await ended;
      clearTimeout(timer);
      return code;
    },
  };
}

/** The Node host, directly (set-up is done by the test run). `READY` carries the URL with its token. */
export function startTerminal(argv: readonly string[]): Promise<Running> {
  return startProcess('src-main/hosts/node/main.ts', ['--no-open', ...argv], /READY (http:\/\/\S+)/);
}

export function startVenueProcess(argv: readonly string[]): Promise<Running> {
  return startProcess('src-worker/venue.ts', argv, /VENUE READY (http:\/\/\S+)/);
}

export interface Screen {
  readonly rpc: RpcClient;
  close(): void;
}

/** Connects to the engine as a screen does. `url` is what READY printed. */
export async function connectScreen(url: string): Promise<Screen> {
  const page = new URL(url);
  const token = new URLSearchParams(page.hash.slice(1)).get('token') ?? '';
  const socket = new WebSocket(`ws://${page.host}/link?token=${encodeURIComponent(token)}`, { origin: page.origin });
  await new Promise((open, failed) => {
    socket.once('open', open);
    socket.once('error', failed);
  });
  const link: Link = {
    send: (message) => socket.send(JSON.stringify(message)),
    onMessage: (handler) => {
      const listener = (data: unknown): void => handler(JSON.parse(String(data)));
      socket.on('message', listener);
      return () => void socket.off('message', listener);
    },
    onClose: (handler) => {
      socket.on('close', handler);
      return () => void socket.off('close', handler);
    },
    close: () => socket.close(),
  };
  const rpc = connectRpc(link, { set: (callback, delay) => setTimeout(callback, delay), clear: (handle) => clearTimeout(handle as NodeJS.Timeout) });
  return { rpc, close: () => socket.close() };
}

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'terminal-test-'));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Polls until `probe` gives a value; fails with `what` after `timeoutMs`. */
export async function until<T>(what: string, probe: () => Promise<T | null | undefined | false>, timeoutMs = 60_000): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await probe();
    if (value !== null && value !== undefined && value !== false) return value;
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
    await new Promise((resume) => setTimeout(resume, 100));
  }
}
