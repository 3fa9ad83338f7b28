// The desktop app against a double of Electron's calls, its window in a real Chromium: first start, trading, crash, restart. The real Electron: real-electron.test.ts.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTerminal } from '../../src-main/hosts/compose.ts';
import type { Terminal } from '../../src-main/hosts/terminal.ts';
import { runDesktop } from '../../src-main/hosts/electron/desktop.ts';
import { connectRpc, createLinkPair, type RpcClient } from '../../src-shared/contract/rpc.ts';
import { ElectronDouble } from '../hosts/electron/support/electron-double.ts';
import { forkSources, openPage } from '../hosts/electron/support/window-bridge.ts';
import { launchBrowser } from '../support/browser.ts';
import { PROJECT_ROOT, temporaryFolder, until } from '../support/terminal.ts';

/** Fewer markets than a person would choose, and positions opened by hand: everything this suite asks for happens within seconds. */
const MARKETS = 40;
const FAST_ARGUMENTS = ['--mode', 'simulated', '--seed', '11', '--speed', '60', '--symbols', String(MARKETS)];

describe('the Electron host over a double of Electron, its window in Chromium', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let browser: Browser;
  let electron: ElectronDouble;
  let page: Page;
  let terminal: Terminal;
  const pageErrors: string[] = [];

  const start = async (): Promise<void> => {
    electron = new ElectronDouble({
      argv: [...FAST_ARGUMENTS, '--data-dir', folder.path],
      userData: folder.path,
      appPath: PROJECT_ROOT,
      fork: forkSources,
    });
    runDesktop({
      calls: electron.calls,
      settleMs: 500,
      startTerminal: async (request) => {
        const started = await startTerminal(request);
        if (started.ok) terminal = started.value;
        return started;
      },
    });
    await until('the window', async () => electron.windows.length === 1, 120_000);
    page = await show();
  };
  const show = async (): Promise<Page> => {
    const opened = await openPage(browser, electron);
    opened.on('pageerror', (failure) => pageErrors.push(failure.message));
    return opened;
  };
  const rows = async (): Promise<number> => Number(/\d+/.exec((await page.getByTestId('scanner-count').textContent()) ?? '')?.[0] ?? 0);
  /** What any screen sees, without a page. */
  const openScreen = (): { readonly rpc: RpcClient; close(): void } => {
    const [ours, theirs] = createLinkPair((task) => void setImmediate(task));
    terminal.attach(theirs);
    return { rpc: connectRpc(ours, { set: setTimeout, clear: (handle) => clearTimeout(handle as NodeJS.Timeout) }), close: () => ours.close() };
  };
  const positionIds = async (): Promise<readonly string[]> => {
    const screen = openScreen();
    const { positions } = await screen.rpc.call('snapshot', null);
    screen.close();
    return Object.keys(positions);
  };
  /** Opens a long by hand with a stop 2 % away, as the order ticket does. */
  const trade = async (): Promise<void> => {
    const screen = openScreen();
    const { rpc } = screen;
    const order = await until('a market to trade', async () => {
      const { guard, markets, ticks, positions } = await rpc.call('snapshot', null);
      const held = new Set(Object.values(positions).map(({ position }) => position.symbol));
      const market = Object.values(markets).find(({ symbol }) => !held.has(symbol) && ticks[symbol] !== undefined);
      if (guard.state !== 'active' || market === undefined) return null;
      const mark = ticks[market.symbol]?.mark ?? 0;
      return { symbol: market.symbol, stop: Math.floor((mark * 0.98 * 10 ** market.priceScale) / market.tickUnits) * market.tickUnits };
    });
    expect(await rpc.call('command', { kind: 'open-position', side: 'long', target: null, ...order })).toMatchObject({ ok: true });
    screen.close();
  };
  const stop = async (): Promise<void> => {
    electron.tray?.act('quit');
    await until('the exit', async () => electron.exits.length > 0, 30_000);
  };

  beforeAll(async () => {
    folder = await temporaryFolder();
    browser = await launchBrowser();
    await start();
  }, 240_000);

  afterAll(async () => {
    if (electron?.exits.length === 0) await stop();
    await browser?.close();
    await folder?.remove();
  });

  it('starts, says READY and shows every market live', async () => {
    await until('all live rows', async () => (await rows()) === MARKETS, 90_000);
    await until('READY', async () => electron.printed.includes('READY electron\n'), 90_000);
  });

  it('trades: the tray counts the position, sleep is held back, the screen shows it', async () => {
    await trade();
    await until('an open position in the tray', async () => /[1-9]\d* open position/.test(electron.tray?.tooltip ?? ''), 180_000);
    await until('the position on the screen', async () => (await page.getByTestId('position-row').count()) > 0);
    expect(electron.blocks.size).toBe(1);
  });

  it('pauses from the tray, and the screen shows it', async () => {
    electron.tray?.act('pause');
    await until('the pause in the tray', async () => electron.tray?.tooltip.includes('paused') === true);
    await until('the pause on the screen', async () => /paused/i.test((await page.locator('body').textContent()) ?? ''));
    electron.tray?.act('resume');
    await until('the resumption', async () => electron.tray?.tooltip.includes('paused') === false);
  });

  it('loses the process of its window, brings it back, and the engine has gone on', async () => {
    await page.close();
    electron.window.webContents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 11 });
    await until('the reload', async () => electron.window.webContents.reloads === 1);
    page = await show();
    await until('all live rows again', async () => (await rows()) === MARKETS, 60_000);
  });

  it('asks before it closes with a position open, stops, and the next start goes on from its journal', async () => {
    if (/ 0 open/.test(electron.tray?.tooltip ?? '')) await trade();
    await until('a position to ask about', async () => /[1-9]\d* open position/.test(electron.tray?.tooltip ?? ''), 180_000);
    const held = await positionIds();
    electron.answer = 1;
    electron.window.clickClose();
    expect(electron.asked).toHaveLength(1);
    await until('the exit', async () => electron.exits.length > 0, 30_000);
    expect(electron.exits).toEqual([0]);
    await page.close();
    await start();
    await until('all live rows after the restart', async () => (await rows()) === MARKETS, 90_000);
    await until('its positions', async () => {
      const ids = new Set(await positionIds());
      return held.every((id) => ids.has(id));
    });
    await until('READY again', async () => electron.printed.includes('READY electron\n'), 90_000);
  });

  it('ran without an error on the page', () => {
    expect(pageErrors).toEqual([]);
  });
});
