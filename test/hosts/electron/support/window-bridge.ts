// Joins the desktop host's double to a page in a real Chromium: the private address is served by the host's own handler, IPC crosses both ways.
import { fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { basename, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { CHANNELS } from '../../../../src-main/hosts/electron/channels.ts';
import type { DesktopCalls } from '../../../../src-main/hosts/electron/desktop-calls.ts';
import type { UtilityChild } from '../../../../src-main/hosts/electron/utility-worker.ts';
import { PROJECT_ROOT } from '../../../support/terminal.ts';
import type { ElectronDouble } from './electron-double.ts';

/** Chromium lets a test answer https addresses only; the path is the same. */
const STAND_IN = 'https://terminal.invalid';
const OWN = 'terminal://app';

/** What the preload script gives the page, over bindings instead of Electron's bridge. Runs in the page. */
const PRELOAD = `(() => {
  const handlers = { toScreen: new Set(), closed: new Set() };
  globalThis.__deliver = (channel, message) => { for (const handler of [...handlers[channel]]) handler(message); };
  const listen = (set) => (handler) => { set.add(handler); return () => set.delete(handler); };
  globalThis.terminalLink = {
    send: (message) => void globalThis.__toEngine(message),
    onMessage: listen(handlers.toScreen),
    onClose: listen(handlers.closed),
  };
  void globalThis.__open();
})();`;

let nextId = 1;

/** Opens the window's page in Chromium, as Electron would. */
export async function openPage(browser: Browser, electron: ElectronDouble): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1366, height: 768 } });
  const contents = Object.assign(new EventEmitter(), {
    id: nextId++,
    isDestroyed: () => page.isClosed(),
    send: (channel: string, message?: unknown) => {
      const name = channel === CHANNELS.toScreen ? 'toScreen' : 'closed';
      // A page that is closing has no one to deliver to.
      void page
        .evaluate(([to, body]) => (globalThis as unknown as { __deliver?(to: unknown, body: unknown): void }).__deliver?.(to, body), [name, message])
        .catch(() => undefined);
    },
  });
  page.on('close', () => contents.emit('destroyed'));
  const event = { sender: contents, senderFrame: { url: `${OWN}/`, parent: null } };
  await page.exposeBinding('__open', () => void electron.ipc.emit(CHANNELS.open, event));
  await page.exposeBinding('__toEngine', (_source, message: unknown) => void electron.ipc.emit(CHANNELS.toEngine, event, message));
  await page.addInitScript(PRELOAD);
  await page.route(`${STAND_IN}/**`, async (route) => {
    const url = route.request().url().replace(STAND_IN, OWN);
    const answer = await electron.handler?.({ url, method: route.request().method() });
    if (answer === undefined) return route.abort();
    await route.fulfill({ status: answer.status, headers: Object.fromEntries(answer.headers), body: Buffer.from(await answer.arrayBuffer()) });
  });
  // The engine that answers lives in the same process as the test; while it starts, it takes its time.
  await page.goto(`${STAND_IN}/`, { timeout: 120_000 });
  return page;
}

/** Utility processes as forked Node processes that run the sources of the same entries. */
export const forkSources: DesktopCalls['fork'] = (file, argv, { execArgv, stdio }) => {
  const entry = basename(file, '.js');
  const child = fork(join(PROJECT_ROOT, 'src-worker', `${entry}.ts`), argv, { execArgv, serialization: 'advanced', stdio: [...stdio, 'ipc'] });
  const utility: UtilityChild = {
    get pid() {
      return child.pid;
    },
    postMessage: (message) => void (child.connected && child.send(message as object)),
    on: (_event, listener) => child.on('message', listener),
    once: (_event, listener) => child.once('exit', (code) => listener(code ?? 0)),
    kill: () => child.kill('SIGKILL'),
  };
  return utility;
};
