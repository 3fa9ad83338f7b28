// A person at the screen of a really running engine: first start, by keyboard alone, stops, languages, layouts, lost connection.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import type { PositionView } from '../../src-shared/contract/view.ts';
import { deskArguments, startDesk, type Desk } from '../support/desk.ts';
import { withLivingPosition } from '../support/living.ts';
import { startTerminal, until, type Screen } from '../support/terminal.ts';

const ARGUMENTS = ['--symbols', '60', '--speed', '120'];

describe('the screen, 60 markets, 120 times real time', () => {
  let desk: Desk;
  let page: Page;
  let engine: Screen;

  /** The position as the engine has it now; fails when the market has ended it. */
  const living = async (id: string): Promise<PositionView> => {
    const view = (await engine.rpc.call('snapshot', null)).positions[id];
    if (view === undefined || view.position.phase !== 'open') throw new Error(`position ${id} is over`);
    return view;
  };
  const settings = async () => (await engine.rpc.call('snapshot', null)).settings;
  const run = async (text: string): Promise<void> => {
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: /Command|命令/ }).fill(text);
    await page.keyboard.press('Enter');
  };

  beforeAll(async () => {
    desk = await startDesk(ARGUMENTS);
    ({ page, engine } = desk);
  }, 180_000);

  afterAll(() => desk?.close());

  it('opens with a tour that covers nothing and can be walked by keyboard', async () => {
    const tour = page.getByRole('region', { name: 'Short tour' });
    await tour.waitFor();
    expect(await tour.textContent()).toContain('no money');
    await tour.getByRole('button', { name: 'Next' }).focus();
    for (let step = 0; step < 5; step += 1) await page.keyboard.press('Enter');
    await expect.poll(() => tour.textContent()).toContain('6 of 7');
    await tour.getByRole('button', { name: 'Skip' }).click();
    await expect.poll(() => tour.count()).toBe(0);
  });

  it('finds a market, a timeframe and a panel by keyboard alone', async () => {
    const chart = page.getByTestId('chart');
    await page.getByTestId('scanner-row').first().waitFor({ timeout: 60_000 });
    await page.keyboard.press('/');
    await page.getByRole('combobox', { name: 'Symbol' }).fill('ETHUSDT');
    await page.keyboard.press('Enter');
    await expect.poll(() => chart.getAttribute('data-symbol')).toBe('ETHUSDT');
    await page.keyboard.press('3');
    await expect.poll(() => chart.getAttribute('data-timeframe')).toBe('5m');
    await until('candles', async () => Number(await chart.getAttribute('data-candles')) > 100);
    await page.keyboard.press('j');
    await expect.poll(() => chart.getAttribute('data-symbol')).not.toBe('ETHUSDT');
    await run('go to panel journal');
    await expect.poll(() => page.getByRole('tab', { name: 'Journal' }).getAttribute('aria-selected')).toBe('true');
    await expect.poll(() => page.getByTestId('journal-row').count()).toBeGreaterThan(0);
    await run('go to panel positions');
  });

  it('refuses acting keys until they are turned on, and says how', async () => {
    await page.keyboard.press('Shift+4');
    await page
      .getByText(/Acting keys are off/)
      .first()
      .waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.keyboard.press('?');
    await page.getByRole('checkbox', { name: /Let keys act/ }).click();
    await expect.poll(async () => (await settings()).keysEnabled).toBe(true);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
  });

  it('gives an action another key and takes no reserved one', async () => {
    await page.keyboard.press('?');
    const row = page.getByRole('button', { name: 'Change the key of Layout: Scan' });
    await row.click();
    await page.keyboard.press('Tab');
    await page.getByText(/belongs to the browser/).waitFor();
    await row.click();
    await page.keyboard.press('x');
    await expect.poll(() => row.textContent()).toBe('X');
    await page.keyboard.press('Escape');
    await page.keyboard.press('x');
    await expect.poll(() => page.getByRole('tab', { name: 'Heat map' }).count()).toBe(1);
    await page.keyboard.press('Alt+1');
    await expect.poll(() => page.getByRole('tab', { name: /Positions/ }).count()).toBe(1);
  });

  it('closes half a position by keyboard, asks once with numbers, and leaves the rest protected', async () => {
    await withLivingPosition(engine, async ({ position: { id, lots } }) => {
      await page.keyboard.press('Escape');
      await page.locator(`[data-position-id="${id}"]`).press('Enter');
      await page.locator(`[data-testid="position-detail"][data-id="${id}"]`).waitFor();
      await page.keyboard.press('Shift+3');
      const dialog = page.getByRole('dialog');
      await expect.poll(() => dialog.textContent()).toContain('Close 50 %');
      expect(await dialog.textContent()).toMatch(/USDT at/);
      await page.keyboard.press('Enter');
      await until('half of it, protected', async () => {
        const { position } = await living(id);
        return position.lots > 0 && position.lots <= Math.ceil(lots / 2) && position.protection === 'protected';
      });
    });
  });

  it('adds to a position by hand: asks with numbers, the risk manager sizes it or says why not, and it stays protected', async () => {
    await withLivingPosition(engine, async ({ position: { id, lots } }) => {
      await page.keyboard.press('Escape');
      await page.locator(`[data-position-id="${id}"]`).press('Enter');
      await page.locator(`[data-testid="position-detail"][data-id="${id}"]`).getByRole('button', { name: 'Add to the position' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('button', { name: '+25 %' }).click();
      expect(await dialog.textContent()).toMatch(/USDT at/);
      await dialog.getByRole('button', { name: 'Add at the market' }).click();
      await until('the answer', async () => {
        // Where the limits leave no more, a sentence says so.
        const refusals = await page.locator('.toast.bad').allTextContents();
        const { position } = await living(id);
        return (position.lots > lots && position.protection === 'protected') || refusals.some((text) => text.length > 20);
      });
    });
  });

  it('drags a stop or target on the chart: shows what it means, sends on release, and the engine has it', async () => {
    const chart = page.getByTestId('chart');
    await withLivingPosition(engine, async (view) => {
      const { id, symbol } = view.position;
      await page.keyboard.press('Escape');
      await page.locator(`[data-position-id="${id}"]`).click();
      await until('its chart', async () => (await chart.getAttribute('data-symbol')) === symbol && Number(await chart.getAttribute('data-candles')) > 100);
      const box = await chart.boundingBox();
      if (box === null) throw new Error('there is no chart');
      const x = box.x + box.width * 0.3;
      // The scale shows the levels of a position; when one lies too far away for that, the axis is drawn together as a person would.
      const drawTogether = async (): Promise<void> => {
        await page.mouse.move(box.x + box.width - 25, box.y + box.height * 0.4);
        await page.mouse.down();
        await page.mouse.move(box.x + box.width - 25, box.y + box.height * 0.6, { steps: 6 });
        await page.mouse.up();
      };
      const before = (await living(id)).position;
      // A market that moves shifts the lines: one that slips away before the press is looked for again.
      await until('a line in the hand', async () => {
        await living(id);
        for (let y = box.y + 10; y < box.y + box.height - 60; y += 5) {
          await page.mouse.move(x, y);
          if ((await chart.locator('.chart-host.grab').count()) === 0) continue;
          await page.mouse.down();
          await page.mouse.move(x, y + (y < box.y + box.height / 2 ? 12 : -12), { steps: 4 });
          if ((await chart.getByRole('status').count()) > 0) return true;
          await page.mouse.up();
        }
        await drawTogether();
        return false;
      });
      expect(await chart.getByRole('status').textContent()).toMatch(/(Stop|Target).*R · .*USDT.*from the mark/);
      await page.mouse.up();
      const dialog = page.getByRole('dialog');
      // A stop that the drag made wider asks first.
      if ((await dialog.count()) > 0) await dialog.getByRole('button', { name: 'Widen the stop' }).click();
      await until('the moved line in the engine', async () => {
        const { position } = await living(id);
        return position.stop !== before.stop || position.target !== before.target;
      });
    });
  });

  it('opens a position by hand from the ticket: stop first, reviewed once, then the engine sizes or refuses it in words', async () => {
    await page.keyboard.press('Escape');
    await run('find a market');
    await page.getByRole('combobox', { name: 'Symbol' }).fill('BNBUSDT');
    await page.keyboard.press('Enter');
    await page.keyboard.press('s');
    const ticket = page.locator('[data-panel=ticket]');
    const price = await until('a price', async () => (await engine.rpc.call('snapshot', null)).ticks['BNBUSDT']?.last);
    await ticket.getByLabel('Stop price').fill((price * 0.9995).toFixed(2));
    await ticket.getByText('The stop is too close.').waitFor();
    await ticket.getByLabel('Stop price').fill((price * 0.97).toFixed(2));
    await ticket.getByRole('button', { name: 'Review…' }).click();
    await page
      .getByRole('dialog')
      .getByText(/Its stop goes to the exchange/)
      .waitFor();
    await page.keyboard.press('Enter');
    await page
      .locator('.toasts')
      .getByText(/Opening BNBUSDT long|Nothing was done/)
      .first()
      .waitFor();
    await run('go to panel risk');
  });

  it('takes a position over and hands it back', async () => {
    const handOver = async ({ position: { id, symbol } }: PositionView): Promise<void> => {
      const row = page.locator(`[data-position-id="${id}"]`);
      const isUnder = async (control: 'mine' | 'auto'): Promise<boolean> => (await living(id)).position.control === control;
      await row.getByRole('button', { name: `Take over ${symbol}` }).click();
      await until('the hand on it', () => isUnder('mine'));
      await row.getByRole('button', { name: `Hand back ${symbol}` }).click();
      await until('the automation on it', () => isUnder('auto'));
    };
    await withLivingPosition(engine, handOver, { isAutomatic: true });
  });

  it('changes the language without a restart and back by keyboard', async () => {
    await run('language 简体中文');
    await page.getByRole('tab', { name: '持仓' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
    await run('繁體');
    await page.getByRole('tab', { name: '持倉' }).waitFor();
    await run('english');
    await page.getByRole('tab', { name: /Positions/ }).waitFor();
  });

  it('keeps the layout, the key and the favourites of this browser over a reload', async () => {
    await page
      .getByTestId('scanner-row')
      .first()
      .getByRole('button', { name: /Favourite/ })
      .click();
    await page.getByRole('button', { name: 'Learn' }).click();
    await page.getByRole('tab', { name: 'Outcomes' }).waitFor();
    await page.waitForTimeout(600);
    await page.reload();
    await page.getByRole('tab', { name: 'Outcomes' }).waitFor();
    const stored = await page.evaluate(
      () => JSON.parse(localStorage.getItem('terminal-preferences') ?? '{}') as { favourites: string[]; keymap: Record<string, string> },
    );
    expect([stored.favourites.length, stored.keymap['layout-scan']]).toEqual([1, 'X']);
    await page.keyboard.press('Alt+1');
  });

  it('H8 says what more markets cost before they are saved', async () => {
    await page.keyboard.press('Control+,');
    await page.getByTestId('setting-groups').getByRole('button', { name: 'Guards' }).click();
    await expect.poll(() => page.evaluate(() => document.activeElement?.closest('fieldset')?.id)).toBe('settings-guards');
    await page.getByLabel('Search parameters').fill('TOP_SYMBOLS');
    await page.getByRole('dialog').locator('input[type=number]').first().fill('300');
    await expect.poll(() => page.getByTestId('forecast').textContent()).toContain('1800 request weight');
    await page.keyboard.press('Escape');
  });

  it('says at once when the engine is lost, how old the picture is, and that stops stay in force', async () => {
    await desk.terminal.kill();
    const banner = page.getByTestId('banner');
    await banner.waitFor({ timeout: 10_000 });
    expect(await banner.textContent()).toMatch(/not reachable.*old.*Stops at the exchange stay in force/);
    expect(await page.locator('.app').getAttribute('data-fresh')).toBe('disconnected');
    // Another market has no candles now: those of the one before must not stand under its name.
    const chart = page.getByTestId('chart');
    const before = await chart.getAttribute('data-symbol');
    await page.keyboard.press('j');
    await expect.poll(() => chart.getAttribute('data-symbol')).not.toBe(before);
    await expect.poll(() => chart.locator('.chart-host').isVisible()).toBe(false);
    await page.keyboard.press('t');
    await page
      .getByText(/Nothing was sent|no open position/)
      .first()
      .waitFor();
  });

  it('is live again by itself when the engine is back, without a reload', async () => {
    const { port, hash } = new URL(desk.terminal.url);
    desk.terminal = await startTerminal(deskArguments(desk.folder, ARGUMENTS, port));
    // The key of a session is new; a page of the old session stays locked out and says so, the new address works.
    if (new URL(desk.terminal.url).hash !== hash) await page.goto(desk.terminal.url);
    await until('a live screen', async () => (await page.locator('.app').getAttribute('data-fresh')) === 'live', 60_000);
    expect(await page.getByTestId('banner').count()).toBe(0);
  });

  it('ran without an error on the page', () => {
    expect(desk.pageErrors).toEqual([]);
  });
});
