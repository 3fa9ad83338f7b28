// H9: the recovery drill for real: the desktop's own main process trades, is killed with SIGKILL by its menu, starts again by itself and proves its books.
import { fork, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src-shared/contract/view.ts';
import { PROJECT_ROOT, temporaryFolder, until } from '../support/terminal.ts';

const FLAGS = ['--mode', 'simulated', '--seed', '11', '--speed', '20', '--symbols', '8'];

describe('the desktop app in a process of its own', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let child: ChildProcess;
  let data = '';
  let nextId = 1;
  let output = '';

  beforeAll(async () => {
    folder = await temporaryFolder();
    data = join(folder.path, 'data');
    child = fork(join(PROJECT_ROOT, 'src-main/hosts/electron/main.ts'), [...FLAGS, '--data-dir', data], {
      cwd: PROJECT_ROOT,
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      env: { ...process.env, STUB_USER_DATA: folder.path, NODE_OPTIONS: `--import=${join(PROJECT_ROOT, 'test/hosts/electron/support/electron-hook.ts')}` },
    });
    child.stdout?.on('data', (chunk: Buffer) => void (output += chunk.toString()));
  });
  afterAll(async () => {
    child?.kill('SIGKILL');
    const last = lockHolder();
    if (last !== null) process.kill(last, 'SIGKILL');
    await folder?.remove();
  });

  /** The process that has the data folder now. */
  function lockHolder(): number | null {
    const file = join(data, 'terminal.lock');
    const pid = existsSync(file) ? Number(/\d+/.exec(readFileSync(file, 'utf8'))?.[0]) : 0;
    if (pid <= 1) return null;
    try {
      process.kill(pid, 0);
      return pid;
    } catch {
      return null;
    }
  }
  const call = (name: string, parameters: unknown): Promise<unknown> =>
    new Promise((done) => {
      const id = nextId++;
      const listener = (message: { readonly id: number; readonly result: unknown }): void => {
        if (message.id !== id) return;
        child.off('message', listener);
        done(message.result);
      };
      child.on('message', listener);
      child.send({ id, name, parameters });
    });
  const snapshot = async (): Promise<Snapshot> => (await call('snapshot', null)) as Snapshot;

  it('holds a protected position, is killed, and finds it again with its stop', async () => {
    await until('READY', async () => output.includes('READY electron') || child.exitCode !== null);
    expect(lockHolder()).toBe(child.pid);
    const order = await until('a market to trade', async () => {
      const { guard, markets, ticks } = await snapshot();
      const market = Object.values(markets).find(({ symbol }) => ticks[symbol] !== undefined);
      if (guard.state !== 'active' || market === undefined) return null;
      const mark = ticks[market.symbol]?.mark ?? 0;
      return { symbol: market.symbol, stop: Math.floor((mark * 0.95 * 10 ** market.priceScale) / market.tickUnits) * market.tickUnits };
    });
    await call('command', { kind: 'pause-automation' });
    expect(await call('command', { kind: 'open-position', side: 'long', target: null, ...order })).toMatchObject({ ok: true });
    await until('its protection', async () =>
      Object.values((await snapshot()).positions).some(({ position }) => position.phase === 'open' && position.protection === 'protected'),
    );
    const killed = new Promise<NodeJS.Signals | null>((done) => void child.once('exit', (_code, signal) => done(signal)));
    child.send({ click: 'Recovery drill' });
    expect(await killed).toBe('SIGKILL');
    // The file is there a moment before its line is.
    const line = await until(
      'the verdict',
      async () => {
        const text = existsSync(join(data, 'drills.jsonl')) ? readFileSync(join(data, 'drills.jsonl'), 'utf8') : '';
        return text.endsWith('\n') ? text : null;
      },
      150_000,
    );
    const verdict: unknown = JSON.parse(line);
    expect(verdict).toMatchObject({ isGood: true, problems: [], mode: 'simulated', positions: 1 });
    const { held, ended, recoveredMs } = verdict as { readonly held: number; readonly ended: number; readonly recoveredMs: number };
    expect(held + ended).toBe(1);
    expect(recoveredMs).toBeGreaterThan(0);
    expect(lockHolder()).not.toBe(child.pid);
  });
});
