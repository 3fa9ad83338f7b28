// The desktop host against a double of Electron: first start, second instance, window, tray, menu, notices, quit, and every way to crash.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { err, ok } from '../../../src-shared/kernel/result.ts';
import { CHANNELS } from '../../../src-main/hosts/electron/channels.ts';
import { runDesktop } from '../../../src-main/hosts/electron/desktop.ts';
import { Secret } from '../../../src-main/adapters/runtime/secret.ts';
import { until } from '../../support/terminal.ts';
import { ElectronDouble, type DoubleOptions } from './support/electron-double.ts';
import { settle, TerminalDouble } from './support/terminal-double.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'terminal-desktop-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Started {
  readonly electron: ElectronDouble;
  readonly terminal: TerminalDouble;
}

async function start(options: Partial<DoubleOptions> = {}, outcome: 'starts' | 'fails' | 'throws' = 'starts'): Promise<Started> {
  const electron = new ElectronDouble({ argv: ['--data-dir', folder], userData: join(folder, 'user'), appPath: '/app', ...options });
  const terminal = new TerminalDouble();
  runDesktop({
    calls: electron.calls,
    settleMs: 40,
    startTerminal: (request) => {
      terminal.request = request;
      if (outcome === 'throws') throw new Error('the engine is broken');
      return Promise.resolve(outcome === 'fails' ? err({ uiMessage: 'The data folder cannot be used.' }) : ok(terminal));
    },
  });
  await settle();
  return { electron, terminal };
}

describe('a first start', () => {
  it('starts one engine, opens one sandboxed window on the private page and says READY', async () => {
    const { electron, terminal } = await start({ environment: { BINANCE_API_KEY: 'given-in-environment' } });
    expect(terminal.request).toMatchObject({ host: 'electron', projectRoot: '/app', options: { mode: 'simulated', dataDir: folder } });
    expect(terminal.request?.secrets.read('BINANCE_API_KEY')).toBe('given-in-environment');
    expect(electron.windows).toHaveLength(1);
    expect(electron.window.url).toBe('terminal://app/');
    expect(electron.window.calls).toEqual(['show']);
    expect(electron.printed).toEqual(['READY electron\n']);
    expect(electron.isSandboxEnabled).toBe(true);
    expect(electron.schemes).toEqual([{ scheme: 'terminal', privileges: { standard: true, secure: true } }]);
  });

  it('gives the page nothing but its bridge', async () => {
    const { electron } = await start();
    expect(electron.window.options.webPreferences).toEqual({
      preload: '/app/out/preload/preload.cjs',
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      safeDialogs: true,
      spellcheck: false,
      backgroundThrottling: true,
    });
  });

  it('says so where the system started it without the sandbox, and only there', async () => {
    const said = async (isUnsandboxed: boolean): Promise<boolean> =>
      (await start({ isUnsandboxed })).terminal.logged.some((line) => line.includes('without the sandbox'));
    expect([await said(true), await said(false)]).toEqual([true, false]);
  });

  it('confines every contents that is ever created', async () => {
    const { electron } = await start();
    let windowOpen: unknown = null;
    const contents = {
      setWindowOpenHandler: (handler: () => unknown) => void (windowOpen = handler()),
      setWebRTCIPHandlingPolicy: () => undefined,
      on: () => undefined,
      session: {
        setPermissionRequestHandler: () => undefined,
        setPermissionCheckHandler: () => undefined,
        setDevicePermissionHandler: () => undefined,
        on: () => undefined,
        webRequest: { onBeforeRequest: () => undefined },
      },
    };
    electron.app.emit('web-contents-created', {}, contents);
    expect(windowOpen).toEqual({ action: 'deny' });
  });

  it('connects our page to the engine and nobody else', async () => {
    const { electron, terminal } = await start();
    const before = terminal.screens;
    const sender = { id: 1, send: () => undefined, isDestroyed: () => false, on: () => undefined };
    electron.ipc.emit(CHANNELS.open, { sender, senderFrame: { url: 'https://evil.example/', parent: null } });
    expect(terminal.screens).toBe(before);
    electron.ipc.emit(CHANNELS.open, { sender, senderFrame: { url: 'terminal://app/', parent: null } });
    expect(terminal.screens).toBe(before + 1);
  });

  it('says a wrong flag or a folder that cannot be used in one sentence and ends', async () => {
    const wrong = await start({ argv: ['--mode', 'yolo'] });
    expect([wrong.electron.exits, wrong.electron.errors]).toEqual([[2], ['--mode yolo must be one of simulated, paper, demo, live.']]);
    expect(wrong.terminal.request).toBeNull();
    const failed = await start({}, 'fails');
    expect([failed.electron.exits, failed.electron.errors, failed.electron.windows]).toEqual([[1], ['The data folder cannot be used.'], []]);
    const thrown = await start({}, 'throws');
    expect(thrown.electron.exits).toEqual([1]);
    expect(thrown.electron.errors[0]).toContain('The terminal could not start (the engine is broken)');
  });
});

describe('a second start', () => {
  it('starts nothing and leaves', async () => {
    const { electron, terminal } = await start({ isFirstInstance: false });
    expect([terminal.request, electron.quits, electron.windows.length]).toEqual([null, 1, 0]);
  });

  it('brings the window of the first to the front, also from the background', async () => {
    const { electron } = await start();
    electron.window.isMinimizedNow = true;
    electron.app.emit('second-instance', {}, [], '/');
    expect(electron.window.calls).toEqual(['show', 'restore', 'show', 'focus']);
  });
});

describe('closing the window', () => {
  it('stops the engine and exits when nothing is open, without a question', async () => {
    const { electron, terminal } = await start();
    expect(electron.window.clickClose()).toBe(false);
    await settle();
    expect([electron.asked, terminal.stops, electron.exits]).toEqual([[], ['window closed'], [0]]);
    expect(electron.tray?.isDestroyed).toBe(true);
  });

  it.each([
    ['go on in the background', 0, ['show', 'hide'], [], []],
    ['stop', 1, ['show'], ['window closed'], [0]],
    ['cancel', 2, ['show'], [], []],
  ])('asks while a position is open: %s', async (_choice, answer, windowCalls, stops, exits) => {
    const { electron, terminal } = await start();
    terminal.position('a', 'open', 'protected');
    await settle();
    electron.answer = answer;
    electron.window.clickClose();
    await settle();
    expect(electron.asked).toEqual(['1 position is open.']);
    expect([electron.window.calls, terminal.stops, electron.exits]).toEqual([windowCalls, stops, exits]);
  });

  it('asks once, and the engine goes on while a person thinks', async () => {
    const { electron, terminal } = await start();
    terminal.position('a', 'open', 'protected');
    await settle();
    let decide: () => void = () => undefined;
    electron.whileAsked = () => new Promise((done) => void (decide = done));
    electron.answer = 1;
    electron.window.clickClose();
    electron.window.clickClose();
    terminal.position('b', 'open', 'protected');
    await settle();
    expect([electron.asked, electron.tray?.tooltip]).toEqual([['1 position is open.'], 'LIVE · trading · 2 open positions']);
    decide();
    await settle();
    expect(terminal.stops).toEqual(['window closed']);
  });

  it('remembers where the window was, for the next start', async () => {
    const first = await start();
    first.electron.window.bounds = { x: 300, y: 100, width: 1400, height: 900 };
    first.electron.window.isMaximizedNow = true;
    first.electron.window.clickClose();
    const second = await start();
    expect(second.electron.window.options).toMatchObject({ x: 300, y: 100, width: 1400, height: 900 });
    expect(second.electron.window.calls).toContain('maximize');
  });
});

describe('quitting', () => {
  it.each([
    ['the menu', (electron: ElectronDouble) => electron.menu?.act('quit'), 'menu'],
    ['the tray', (electron: ElectronDouble) => electron.tray?.act('quit'), 'tray'],
    ['the end of a Windows session', (electron: ElectronDouble) => electron.window.emit('session-end'), 'the system ends the session'],
    ['a shutdown of the system', (electron: ElectronDouble) => electron.power.emit('shutdown', { preventDefault: () => undefined }), 'the system shuts down'],
  ])('from %s stops once and exits', async (_where, act, why) => {
    const { electron, terminal } = await start();
    act(electron);
    act(electron);
    await settle();
    expect([terminal.stops, electron.exits]).toEqual([[why], [0]]);
  });

  it('holds the system back until the engine has stopped, then lets go', async () => {
    const { electron, terminal } = await start();
    let prevented = 0;
    electron.app.emit('before-quit', { preventDefault: () => void (prevented += 1) });
    electron.app.emit('before-quit', { preventDefault: () => void (prevented += 1) });
    await settle();
    expect([prevented, terminal.stops, electron.exits]).toEqual([1, ['quit'], [0]]);
  });
});

describe('the tray and the menu', () => {
  it('say mode, state, positions and every position without a stop', async () => {
    const { electron, terminal } = await start();
    await settle();
    expect(electron.tray?.tooltip).toBe('LIVE · trading · 0 open positions');
    terminal.position('a', 'open', 'naked');
    terminal.position('b', 'open', 'protected');
    await settle();
    expect(electron.tray?.tooltip).toBe('LIVE · trading · 2 open positions, 1 WITHOUT A STOP');
    terminal.position('a', 'closed', 'protected');
    terminal.guard({ state: 'halted', reason: 'daily_loss' });
    await settle();
    expect(electron.tray?.tooltip).toBe('LIVE · halted · 1 open position');
    expect(electron.tray?.items).toContainEqual({ kind: 'text', label: 'Guard: daily loss' });
  });

  it('follow a change of the mode: positions of the engine before are no longer counted, and sleep is no longer held back', async () => {
    const { electron, terminal } = await start();
    terminal.position('a', 'open', 'naked');
    await settle();
    expect(electron.blocks.size).toBe(1);
    terminal.becomes('simulated');
    await until('the new mode', async () => electron.tray?.tooltip === 'SIMULATED · trading · 0 open positions');
    expect(electron.blocks.size).toBe(0);
    terminal.position('b', 'open', 'protected');
    await settle();
    expect(electron.tray?.tooltip).toBe('SIMULATED · trading · 1 open position');
  });

  it('pause and resume automation, and show the window', async () => {
    const { electron, terminal } = await start();
    expect(electron.tray?.items).toContainEqual({ kind: 'action', label: 'Pause automation', action: 'pause' });
    electron.tray?.act('pause');
    await settle();
    expect(electron.tray?.tooltip).toBe('LIVE · paused · 0 open positions');
    expect(electron.tray?.items).toContainEqual({ kind: 'action', label: 'Resume automation', action: 'resume' });
    electron.tray?.act('resume');
    electron.tray?.click();
    await settle();
    expect(terminal.commands).toEqual([{ kind: 'pause-automation' }, { kind: 'resume-automation' }]);
    expect(electron.window.calls).toEqual(['show', 'show', 'focus']);
  });

  it('do not rebuild a menu that says the same: an open one would close under the pointer', async () => {
    const { electron, terminal } = await start();
    await settle();
    const before = electron.tray?.items;
    terminal.position('a', 'closed', 'protected');
    terminal.session({ phaseText: 'Streaming 200 symbols.' });
    await settle();
    expect(electron.tray?.items).toBe(before);
  });

  it('open the data folder, and have no developer tools in a packaged app', async () => {
    const { electron } = await start();
    electron.menu?.act('open-data-folder');
    expect(electron.openedFolders).toEqual([folder]);
    expect(JSON.stringify(electron.menu?.entries)).not.toContain('toggleDevTools');
    expect(JSON.stringify((await start({ isPackaged: false })).electron.menu?.entries)).toContain('toggleDevTools');
    electron.menu?.act('about');
    expect(electron.messages).toEqual([`Version 9.9.9\nData: ${folder}`]);
  });
});

describe('notices', () => {
  it('show fills and alarms, urgent ones as urgent; a click shows the window', async () => {
    const { electron, terminal } = await start();
    await settle();
    terminal.line('trade', 'BTCUSDT long opened: 0.1 at 64,000');
    terminal.line('alarm', 'Stop missing: BTCUSDT');
    terminal.line('venue', 'not a notification: at all');
    await settle();
    expect(electron.notices.map(({ notice }) => notice)).toEqual([
      { title: 'BTCUSDT long opened', body: '0.1 at 64,000', isUrgent: false },
      { title: 'Stop missing', body: 'BTCUSDT', isUrgent: true },
    ]);
    electron.notices[0]?.click();
    expect(electron.window.calls).toEqual(['show', 'show', 'focus']);
  });
});

describe('a crash', () => {
  it('of the main process leaves a report without secrets and starts afresh', async () => {
    const { electron } = await start();
    const secret = new Secret('crash-secret-1234');
    electron.process.emit('uncaughtException', new Error(`no signature=abc with ${secret.reveal()}`));
    const [name = ''] = readdirSync(join(folder, 'crashes'));
    const report = readFileSync(join(folder, 'crashes', name), 'utf8');
    expect(JSON.parse(report)).toMatchObject({ version: '9.9.9', message: 'no signature=[secret] with [secret]' });
    expect(report).not.toMatch(/crash-secret|=abc/);
    expect([electron.relaunches, electron.exits]).toEqual([1, [1]]);
  });

  it('that comes back again and again ends with a sentence instead of a loop', async () => {
    const outcomes: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const { electron } = await start();
      electron.process.emit('unhandledRejection', new Error('again'));
      outcomes.push(electron.relaunches);
      if (electron.relaunches === 0) expect(electron.errors[0]).toContain('crashed several times');
      await settle();
    }
    expect(outcomes).toEqual([1, 1, 1, 0, 0]);
  });

  it('of the window brings the window back and never touches the engine; the fourth in a minute is told instead', async () => {
    const { electron, terminal } = await start();
    for (let round = 1; round <= 3; round += 1) {
      electron.window.webContents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 5 });
      await until('the reload', async () => electron.window.webContents.reloads === round);
    }
    electron.window.webContents.emit('render-process-gone', {}, { reason: 'oom', exitCode: 9 });
    await settle();
    expect(electron.window.webContents.reloads).toBe(3);
    expect(electron.errors).toEqual([]);
    expect(electron.messages[0]).toMatch(/ended 4 times within a minute \(last: oom, code 9\).*positions keep their stops/);
    expect([terminal.stops, electron.exits]).toEqual([[], []]);
  });

  it('of a helper process is a line in the log; a clean exit is not', async () => {
    const { electron, terminal } = await start();
    electron.app.emit('child-process-gone', {}, { type: 'GPU', reason: 'crashed', exitCode: 1 });
    electron.app.emit('child-process-gone', {}, { type: 'Utility', name: 'terminal-inference', reason: 'clean-exit', exitCode: 0 });
    expect(terminal.logged).toEqual(['warn process The GPU process ended (crashed, code 1); it is replaced.']);
  });

  it('during the stop is reported and does not keep the stop from ending well', async () => {
    const { electron, terminal } = await start();
    electron.menu?.act('quit');
    electron.process.emit('unhandledRejection', new Error('while stopping'));
    await settle();
    expect([electron.relaunches, terminal.stops, electron.exits]).toEqual([0, ['menu'], [0]]);
    expect(readdirSync(join(folder, 'crashes'))).toHaveLength(1);
  });
});
