// Starting under bad conditions: each gives one clear sentence and a next step, and nothing is lost.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { cp, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectScreen, PROJECT_ROOT, startTerminal, temporaryFolder, until } from '../support/terminal.ts';

const COMMON = ['--mode', 'simulated', '--symbols', '6', '--speed', '60'];

/** Runs the Node host until it ends by itself. */
function runToEnd(
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number | null; readonly text: string }> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [join(PROJECT_ROOT, 'src-main/hosts/node/main.ts'), '--no-open', ...argv], {
      cwd: PROJECT_ROOT,
      env: { ...process.env, ...environment },
    });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => void (text += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => void (text += chunk.toString()));
    child.on('exit', (code) => done({ code, text }));
  });
}

describe('a bad start', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => folder.remove());

  it('names a bad setting with its path, value and range, and changes nothing', async () => {
    const file = join(folder.path, 'settings.json');
    const content = JSON.stringify({ version: 1, values: { maxLeverage: 200, emaFast: 60, tpyo: 1 } });
    await writeFile(file, content);
    const { code, text } = await runToEnd(['--port', '0', '--data-dir', folder.path, ...COMMON]);
    expect(code).toBe(1);
    expect(text).toContain('maxLeverage is 200; it must be a number from 1 to 20 ×');
    expect(text).toContain('emaFast is 60; it must be below emaSlow (50)');
    expect(text).toContain('tpyo is not a parameter');
    expect(text).not.toContain('    at ');
    expect(await readFile(file, 'utf8')).toBe(content);
  });

  it('names a bad flag and exits with 2', async () => {
    const wrong = await runToEnd(['--speed', '0']);
    expect(wrong.code).toBe(2);
    expect(wrong.text.trim().split('\n')).toHaveLength(1);
    expect((await runToEnd(['--mode', 'simulate'])).text).toContain('simulated, paper, demo, live');
    expect((await runToEnd(['--nonsense'])).code).toBe(2);
  });

  it('says that a port is taken and which to try', async () => {
    const blocker = createServer();
    await new Promise<void>((open) => blocker.listen(0, '127.0.0.1', () => open()));
    const address = blocker.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { code, text } = await runToEnd(['--port', String(port), '--data-dir', folder.path, ...COMMON]);
    blocker.close();
    expect(code).toBe(1);
    expect(text).toMatch(new RegExp(`^Port ${port} is taken by another program\\. .* Nothing was changed\\.\\n$`));
    expect(await readdir(folder.path)).toEqual([]);
  });

  it('says that a data folder cannot be used, and why', async () => {
    const file = join(folder.path, 'a file');
    await writeFile(file, '');
    const { code, text } = await runToEnd(['--port', '0', '--data-dir', join(file, 'data'), ...COMMON]);
    expect(code).toBe(1);
    expect(text).toMatch(/^The data folder .* cannot be used \(ENOTDIR.*choose another with --data-dir\. Nothing was changed\.\n$/);
  });

  it('runs in a folder with spaces and letters of any script, keeps it from other users, and ends cleanly when its whole group is told to', async () => {
    const data = join(folder.path, 'Dönerstraße 数据', 'my data');
    const main = join(PROJECT_ROOT, 'src-main/hosts/node/main.ts');
    const child = spawn(process.execPath, [main, '--no-open', '--port', '0', '--data-dir', data, ...COMMON], { cwd: folder.path, detached: true });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => void (text += chunk.toString()));
    await until('prices', async () => /^READY /m.test(text), 120_000);
    if (process.platform !== 'win32') expect((await stat(data)).mode & 0o777).toBe(0o700);
    const ended = new Promise<number | null>((done) => void child.once('exit', done));
    process.kill(-(child.pid ?? 0), 'SIGTERM');
    expect(await ended).toBe(0);
    expect(text).toContain('Stopped (SIGTERM)');
    expect(text).not.toMatch(/being replaced|started again|^ {4}at /m);
  });

  it('goes on when nobody reads its console any more, and still ends when it is told to', async () => {
    const main = join(PROJECT_ROOT, 'src-main/hosts/node/main.ts');
    const child = spawn(process.execPath, [main, '--no-open', '--port', '0', '--data-dir', folder.path, ...COMMON], { cwd: folder.path });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => void (text += chunk.toString()));
    const ended = new Promise<number | null>((done) => void child.once('exit', done));
    await until('its address', async () => /^Terminal: \S+$/m.test(text), 120_000);
    child.stdout.destroy();
    child.stderr.destroy();
    // READY and the first lines of the log are still to come; each goes into a closed pipe.
    const screen = await connectScreen(/^Terminal: (\S+)$/m.exec(text)?.[1] ?? '');
    await until('every market', async () => (await screen.rpc.call('snapshot', null)).session.phase === 'streaming', 120_000);
    screen.close();
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(await readdir(folder.path)).not.toContain('crashes');
  });

  it('sets a corrupt journal aside, starts a new one and says so; nothing is deleted', async () => {
    await writeFile(join(folder.path, 'journal-simulated.sqlite'), 'this is not a database, '.repeat(500));
    const terminal = await startTerminal(['--port', '0', '--data-dir', folder.path, ...COMMON]);
    expect(terminal.output()).toContain('was damaged');
    await terminal.stop();
    expect((await readdir(folder.path)).some((name) => name.startsWith('journal-simulated.sqlite.corrupt-'))).toBe(true);
  });

  it('refuses a second terminal on the same data folder, and takes over the lock of one that was killed', async () => {
    const first = await startTerminal(['--port', '0', '--data-dir', folder.path, ...COMMON]);
    const second = await runToEnd(['--port', '0', '--data-dir', folder.path, ...COMMON]);
    expect(second.code).toBe(1);
    expect(second.text).toContain('already uses');
    // The usual second start: the same port as well. That the folder is in use says more than that the port is.
    const again = await runToEnd(['--port', new URL(first.url).port, '--data-dir', folder.path, ...COMMON]);
    expect(again).toEqual({ code: 1, text: second.text });
    await first.kill();
    const third = await startTerminal(['--port', '0', '--data-dir', folder.path, ...COMMON]);
    expect(await third.stop()).toBe(0);
  });

  it('says that a venue does not answer', async () => {
    const { code, text } = await runToEnd(['--port', '0', '--data-dir', folder.path, '--mode', 'simulated', '--venue', 'http://127.0.0.1:9']);
    expect(code).toBe(1);
    expect(text).toContain('No venue answers at http://127.0.0.1:9');
  });

  it('L31 keeps running without a network in demo mode, says what is wrong and never shows simulated data instead', async () => {
    const child = spawn(
      process.execPath,
      [join(PROJECT_ROOT, 'src-main/hosts/node/main.ts'), '--no-open', '--port', '0', '--mode', 'demo', '--data-dir', folder.path],
      { cwd: PROJECT_ROOT },
    );
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => void (text += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => void (text += chunk.toString()));
    const url = await new Promise<string>((found) => {
      const timer = setInterval(() => {
        const match = /Terminal: (\S+)/.exec(text);
        if (match?.[1] === undefined) return;
        clearInterval(timer);
        found(match[1]);
      }, 50);
    });
    const screen = await connectScreen(url);
    await new Promise((resume) => setTimeout(resume, 4000));
    const snapshot = await screen.rpc.call('snapshot', null);
    screen.close();
    child.kill('SIGTERM');
    await new Promise((ended) => child.once('exit', ended));
    expect(Object.keys(snapshot.ticks)).toEqual([]);
    expect(snapshot.guard.state).not.toBe('active');
    expect(snapshot.log.some((line) => line.level === 'error' && /API key/.test(line.message))).toBe(true);
    expect(['degraded', 'starting']).toContain(snapshot.session.phase);
    expect(text).not.toContain('READY');
  });

  it('runs on ICT rules when no model can be loaded, and the health list says so', async () => {
    const models = join(folder.path, 'models');
    await mkdir(models);
    await cp(join(PROJECT_ROOT, 'models', 'manifest.json'), join(models, 'manifest.json'));
    const terminal = await startTerminal(['--port', '0', '--data-dir', join(folder.path, 'data'), '--models', models, ...COMMON]);
    const screen = await connectScreen(terminal.url);
    await new Promise((resume) => setTimeout(resume, 2500));
    const { health } = await screen.rpc.call('snapshot', null);
    screen.close();
    await terminal.stop();
    expect(health.model).toBeNull();
    expect(health.checks.find((check) => check.id === 'model')).toMatchObject({ state: 'warn' });
  });
});
