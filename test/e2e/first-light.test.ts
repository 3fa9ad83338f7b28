// The whole terminal as a stranger sees it: 200 live rows, order blocks, a position the engine opened, and one closed by hand.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { startTerminal, temporaryFolder, until, type Running } from '../support/terminal.ts';

describe('first light in simulated mode, seed 7, 60 times real time', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let terminal: Running;
  let browser: Browser;
  let page: Page;
  const pageErrors: string[] = [];

  beforeAll(async () => {
    folder = await temporaryFolder();
    terminal = await startTerminal(['--port', '0', '--mode', 'simulated', '--seed', '7', '--speed', '60', '--data-dir', folder.path]);
    browser = await launchBrowser();
    page = await browser.newPage({ viewport: { width: 1366, height: 768 } });
    page.on('pageerror', (failure) => pageErrors.push(failure.message));
    await page.goto(terminal.url);
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await terminal?.stop();
    await folder?.remove();
  });

  it('shows 200 live rows', async () => {
    await until('200 live rows', async () => /\b200\b/.test((await page.getByTestId('scanner-count').textContent()) ?? ''), 90_000);
    const before = await page.getByTestId('scanner-row').allTextContents();
    await until('a price that moves', async () => {
      const now = await page.getByTestId('scanner-row').allTextContents();
      return now.some((text, index) => text !== before[index]);
    });
  });

  it('shows a chart with at least one order block', async () => {
    const chart = page.getByTestId('chart');
    await until('candles on the chart', async () => Number(await chart.getAttribute('data-candles')) > 100);
    await until('an order block on the chart of some market', async () => {
      if (Number(await chart.getAttribute('data-order-blocks')) > 0) return true;
      await page.getByTestId('scanner-row').nth(Math.floor(performance.now() / 500) % 8).click();
      return false;
    });
  });

  it('shows a position that the engine opened, protected, and closes it by hand', async () => {
    const row = await until('an open position', async () => {
      const rows = page.getByTestId('position-row');
      return (await rows.count()) > 0 ? rows.first() : null;
    }, 120_000);
    const id = await row.getAttribute('data-position-id');
    expect(id).not.toBeNull();
    await until('its protection or its end', async () => {
      const same = page.locator(`[data-testid="position-row"][data-position-id="${id}"]`);
      return (await same.count()) === 0 || (await same.getAttribute('data-protection')) === 'protected';
    });
    const open = await until('a position to close', async () => {
      const rows = page.getByTestId('position-row');
      return (await rows.count()) > 0 ? ((await rows.first().getAttribute('data-position-id')) ?? null) : null;
    }, 120_000);
    const target = page.locator(`[data-testid="position-row"][data-position-id="${open}"]`);
    await target.getByRole('button', { name: /^close/i }).first().click();
    const confirm = page.getByRole('dialog').getByRole('button', { name: /close/i }).first();
    if (await confirm.isVisible().catch(() => false)) await confirm.click();
    await until('the position to be gone', async () => (await target.count()) === 0, 60_000);
  });

  it('ran without an error on the page', () => {
    expect(pageErrors).toEqual([]);
  });
});
