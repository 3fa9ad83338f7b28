// The whole terminal as a stranger sees it: 200 live rows, order blocks, a position the engine opened, and one closed by hand.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { readdirSync, readFileSync } from 'node:fs';
import { connectScreen, startTerminal, temporaryFolder, until, type Running } from '../support/terminal.ts';

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
      await page
        .getByTestId('scanner-row')
        .nth(Math.floor(performance.now() / 500) % 8)
        .click();
      return false;
    });
  });

  it('L21 shows a position that the engine opened, protected, and closes it by hand', async () => {
    const row = await until(
      'an open position',
      async () => {
        const rows = page.getByTestId('position-row');
        return (await rows.count()) > 0 ? rows.first() : null;
      },
      120_000,
    );
    const id = await row.getAttribute('data-position-id');
    expect(id).not.toBeNull();
    await until('its protection or its end', async () => {
      const same = page.locator(`[data-testid="position-row"][data-position-id="${id}"]`);
      return (await same.count()) === 0 || (await same.getAttribute('data-protection')) === 'protected';
    });
    const open = await until(
      'a position to close',
      async () => {
        const rows = page.getByTestId('position-row');
        return (await rows.count()) > 0 ? ((await rows.first().getAttribute('data-position-id')) ?? null) : null;
      },
      120_000,
    );
    const target = page.locator(`[data-testid="position-row"][data-position-id="${open}"]`);
    await target
      .getByRole('button', { name: /^close/i })
      .first()
      .click();
    const confirm = page.getByRole('dialog').getByRole('button', { name: /close/i }).first();
    if (await confirm.isVisible().catch(() => false)) await confirm.click();
    await until('the position to be gone', async () => (await target.count()) === 0, 60_000);
  });

  it('L16 loses an inference worker to kill -9 without losing a cycle, has it back within seconds and shows it', async () => {
    const inference = readdirSync('/proc').filter((name) => {
      try {
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8');
        return (
          command.includes('src-worker/inference.ts') && readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]?.split(' ')[1] === String(terminal.child.pid)
        );
      } catch {
        return false;
      }
    });
    expect(inference.length).toBeGreaterThan(0);
    process.kill(Number(inference[0]), 'SIGKILL');
    await until('the restart on the screen', async () => /restarted 1×/.test((await page.getByTestId('workers').textContent()) ?? ''), 20_000);
    await until('all workers ready again', async () => !/(restarting|starting|failed)/.test((await page.getByTestId('workers').textContent()) ?? ''), 20_000);
    const screen = await connectScreen(terminal.url);
    const before = (await screen.rpc.call('snapshot', null)).funnel.cycle;
    await until('a later cycle', async () => (await screen.rpc.call('snapshot', null)).funnel.cycle > before, 30_000);
    screen.close();
  });

  it('reads why a signal exists and why a market has none', async () => {
    await page.getByRole('tab', { name: 'Decisions' }).click();
    await page.getByTestId('decision-row').first().click();
    await expect.poll(() => page.getByText('Trend alignment').count()).toBeGreaterThan(0);
    await expect
      .poll(async () =>
        (await page.getByTestId('scanner-row').allTextContents()).some((text) => /premium|discount|zone|direction|structure|trigger/i.test(text)),
      )
      .toBe(true);
  });

  it('flattens everything only when the button is held for 1.5 seconds', async () => {
    await page.getByRole('tab', { name: /Positions/ }).click();
    const button = page.getByRole('button', { name: /Flatten all/ });
    const screen = await connectScreen(terminal.url);
    const automation = async (): Promise<string> => (await screen.rpc.call('snapshot', null)).session.automation;
    await button.hover();
    await page.mouse.down();
    await page.waitForTimeout(500);
    await page.mouse.up();
    expect(await automation()).toBe('running');
    await page.mouse.down();
    await page.waitForTimeout(2200);
    await page.mouse.up();
    await until('the pause', async () => (await automation()) === 'paused');
    await until(
      'a flat book',
      async () => Object.values((await screen.rpc.call('snapshot', null)).positions).every((view) => view.position.phase === 'closed'),
      60_000,
    );
    screen.close();
  });

  it('refuses a bad setting in the form with its range', async () => {
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByLabel('Search parameters').fill('MAX_LEVERAGE');
    const field = page.getByRole('dialog').locator('input[type=number]').first();
    await field.fill('500');
    await expect
      .poll(() =>
        page
          .getByRole('dialog')
          .getByText(/must be a number from 1 to 20/)
          .count(),
      )
      .toBeGreaterThan(0);
    await expect.poll(() => page.getByRole('button', { name: /^Save/ }).isDisabled()).toBe(true);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
  });

  it('ran without an error on the page', () => {
    expect(pageErrors).toEqual([]);
  });
});
