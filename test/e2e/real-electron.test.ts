// The desktop app in a real Electron, where its binary exists; elsewhere every test of this file is skipped by name.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { electronBinary } from '../support/electron.ts';
import { PROJECT_ROOT, temporaryFolder, until } from '../support/terminal.ts';

const binary = electronBinary();
const MARKETS = 40;
const FLAGS = ['--mode', 'simulated', '--seed', '11', '--speed', '60', '--symbols', String(MARKETS)];
/** Chromium refuses its sandbox to root; containers run as root. */
const SWITCHES = process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];

describe.skipIf(binary === null)('the Electron host (needs the Electron binary)', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let application: ElectronApplication;
  let page: Page;
  let data = '';
  const pageErrors: string[] = [];

  const argv = (): string[] => [...SWITCHES, `--user-data-dir=${join(folder.path, 'user')}`, PROJECT_ROOT, ...FLAGS, '--data-dir', data];
  const launch = async (): Promise<void> => {
    application = await _electron.launch({ executablePath: binary ?? '', args: argv() });
    page = await application.firstWindow();
    page.on('pageerror', (failure) => pageErrors.push(failure.message));
  };
  const log = (): string => {
    const folderOfLogs = join(data, 'logs');
    return existsSync(folderOfLogs)
      ? readdirSync(folderOfLogs)
          .map((name) => readFileSync(join(folderOfLogs, name), 'utf8'))
          .join('')
      : '';
  };
  const showsAll = (): Promise<boolean> =>
    until('all live rows', async () => Number(/\d+/.exec((await page.getByTestId('scanner-count').textContent()) ?? '')?.[0]) === MARKETS, 120_000);
  /** The process that holds the data folder now. */
  const holder = (): number => Number(/\d+/.exec(readFileSync(join(data, 'terminal.lock'), 'utf8'))?.[0]);

  beforeAll(async () => {
    folder = await temporaryFolder();
    data = join(folder.path, 'data');
    await launch();
  }, 180_000);

  afterAll(async () => {
    await application?.close();
    await folder?.remove();
  });

  it('shows every market live', async () => {
    await showsAll();
  });

  it('runs its page in a sandbox of its own, isolated, without Node and without Electron', async () => {
    const preferences = await application.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> };
      return contents.getLastWebPreferences();
    });
    expect(preferences).toMatchObject({ sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true });
    const seen = await page.evaluate(() => {
      const globals = globalThis as unknown as Record<string, unknown>;
      return [
        typeof globals['require'],
        typeof globals['process'],
        Object.keys(globals['terminalLink'] as object)
          .toSorted()
          .join(' '),
      ];
    });
    expect(seen).toEqual(['undefined', 'undefined', 'onClose onMessage send']);
  });

  it('runs no text as code and loads nothing from elsewhere', async () => {
    await page.addScriptTag({ content: 'globalThis.wasRun = true' }).catch(() => undefined);
    expect(await page.evaluate(() => 'wasRun' in globalThis)).toBe(false);
    const reached = await page.evaluate(() =>
      fetch('http://127.0.0.1:9/').then(
        () => 'reached',
        () => 'refused',
      ),
    );
    expect(reached).toBe('refused');
  });

  it('opens no second window and leaves its page for no address', async () => {
    await page.evaluate(() => void globalThis.open('https://example.com'));
    await page.evaluate(() => globalThis.location.assign('https://example.com')).catch(() => undefined);
    expect(application.windows()).toHaveLength(1);
    expect(page.url()).toBe('terminal://app/');
  });

  it.runIf(process.platform === 'linux')('leaves no core dump of the process that holds the keys', async () => {
    const limits = await application.evaluate(() => process.getBuiltinModule('node:fs').readFileSync('/proc/self/limits', 'utf8'));
    expect(limits).toMatch(/^Max core file size\s+0\s+0/m);
  });

  it('gives its page no permission', async () => {
    expect(await page.evaluate(() => Notification.requestPermission())).toBe('denied');
    const media = await page.evaluate(() =>
      navigator.mediaDevices.getUserMedia({ audio: true }).then(
        () => 'given',
        () => 'refused',
      ),
    );
    expect(media).toBe('refused');
  });

  it('lets no other page speak to the engine, even with the same bridge', async () => {
    await application.evaluate(
      async ({ BrowserWindow }, preload) => {
        const other = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true, contextIsolation: true } });
        await other.loadURL('data:text/html,<p>not ours</p>').catch(() => undefined);
        setTimeout(() => other.destroy(), 500);
      },
      join(PROJECT_ROOT, 'out', 'preload', 'preload.cjs'),
    );
    await until('the refusal', async () => log().includes('A message from a foreign page was refused.'));
  });

  it('replaces an inference worker that was killed, and goes on', async () => {
    const pid = await until('a worker', () =>
      application.evaluate(({ app }) => app.getAppMetrics().find(({ name }) => name === 'terminal-inference')?.pid ?? null),
    );
    process.kill(pid, 'SIGKILL');
    const isReplaced = (): Promise<boolean> =>
      application.evaluate(({ app }, old) => app.getAppMetrics().some(({ name, pid: other }) => name === 'terminal-inference' && other !== old), pid);
    await until('another worker', isReplaced);
    await showsAll();
  });

  it('trades: a position is on the screen, and the computer may not fall asleep', async () => {
    await until('a position', async () => (await page.getByTestId('position-row').count()) > 0, 240_000);
    const isBlocked = await application.evaluate(({ powerSaveBlocker }) =>
      Array.from({ length: 64 }, (_, id) => id).some((id) => powerSaveBlocker.isStarted(id)),
    );
    expect(isBlocked).toBe(true);
  });

  it('has its menu', async () => {
    const labels = await application.evaluate(({ Menu }) =>
      JSON.stringify(Menu.getApplicationMenu()?.items.map((item) => item.submenu?.items.map(({ label }) => label))),
    );
    for (const label of ['Recovery drill', 'Export this session', 'Open the data folder', 'Stop and quit']) expect(labels).toContain(label);
  });

  it('comes back after its page was killed, and the engine has gone on', async () => {
    await application.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer());
    await until('the line in the log', async () => log().includes('it is started again. The engine was not touched.'));
    await showsAll();
  });

  it('is one: a second start shows the first and leaves', async () => {
    const second: ChildProcess = spawn(binary ?? '', argv(), { stdio: 'ignore' });
    const code = await new Promise<number | null>((done) => void second.once('exit', (ended) => done(ended)));
    expect(code).toBe(0);
    expect(holder()).toBe(application.process().pid);
  });

  it('stops, and starts again from its journal', async () => {
    await application.close();
    await launch();
    await showsAll();
  });

  it('leaves a report after a crash of its main process, and starts again by itself', async () => {
    const before = holder();
    const ended = new Promise<void>((done) => void application.process().once('exit', () => done()));
    await application.evaluate(() => void setTimeout(() => Promise.reject(new Error('a planted crash')), 10)).catch(() => undefined);
    await ended;
    const [report = ''] = readdirSync(join(data, 'crashes'));
    expect(readFileSync(join(data, 'crashes', report), 'utf8')).toContain('a planted crash');
    await until('the next process', async () => existsSync(join(data, 'terminal.lock')) && holder() !== before, 60_000);
    process.kill(holder(), 'SIGTERM');
    await until('its end', async () => !existsSync(join(data, 'terminal.lock')));
    await launch();
    await showsAll();
  });

  it('ran without an error on its page', () => {
    expect(pageErrors).toEqual([]);
  });
});
