// A person in the Review layout of a running terminal: a recorded session looked through, noted, checked, compared, exported, brought back as a file, removed; a backtest.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Download, Page } from 'playwright-core';
import type { BacktestResult } from '../../src-main/core/backtest/run-types.ts';
import { moneyToUsdt } from '../../src-shared/kernel/units.ts';
import { launchBrowser } from '../support/browser.ts';
import { writeRecordedDay } from '../support/recorded-day.ts';
import { startTerminal, until, type Running } from '../support/terminal.ts';

describe('the Review layout of a running terminal', () => {
  let folder: string;
  let terminal: Running;
  let browser: Browser;
  let page: Page;
  let result: BacktestResult;
  const errors: string[] = [];

  const run = async (text: string): Promise<void> => {
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Command' }).fill(text);
    await page.keyboard.press('Enter');
  };
  const row = (text: string) => page.getByTestId('session-row').filter({ hasText: text });
  const held = () => page.getByTestId('replay-held').locator('li:not(.muted)').count();
  const bars = async (): Promise<number> => Number(await page.getByTestId('replay-chart').getAttribute('data-bars'));
  const scrubTo = (time: number): Promise<void> => page.getByTestId('scrubber').fill(String(Math.round(time / 1000) * 1000));

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'review-journey-'));
    result = await writeRecordedDay(folder);
    terminal = await startTerminal(['--port', '0', '--mode', 'simulated', '--seed', '7', '--symbols', '4', '--speed', '1', '--data-dir', folder]);
    browser = await launchBrowser();
    page = await browser.newPage({ viewport: { width: 1600, height: 950 } });
    page.setDefaultTimeout(60_000);
    page.on('pageerror', (failure) => errors.push(failure.message));
    await page.goto(terminal.url);
    await page.getByRole('region', { name: 'Short tour' }).getByRole('button', { name: 'Skip' }).click();
    await run('layout review');
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await terminal?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('lists the session with its trades and their net result, and opens it', async () => {
    const net = result.trades.reduce((sum, trade) => sum + moneyToUsdt(trade.net), 0);
    await row('paper').click();
    expect(await row('paper').textContent()).toContain(net.toFixed(2).replace('-', ''));
    await until('the figures', async () => (await page.getByTestId('results').textContent())?.includes('Win rate'));
    await until('the chart', async () => (await bars()) > 100);
  });

  it('keeps chart, positions and equity at the moment of the scrubber', async () => {
    const trade = result.trades[0];
    if (trade === undefined) throw new Error('the recorded day has no trade');
    await scrubTo(trade.openedAt - 60_000);
    await expect.poll(held).toBe(0);
    const before = await bars();
    await scrubTo((trade.openedAt + trade.closedAt) / 2);
    await expect.poll(held).toBe(1);
    expect(await page.getByTestId('replay-held').textContent()).toContain(trade.symbol);
    await expect.poll(bars).toBeGreaterThan(before);
    await scrubTo(trade.closedAt + 60_000);
    await expect.poll(held).toBe(0);
    const moment = await page.getByTestId('replay-moment').textContent();
    await page.getByTestId('replay-next').click();
    await expect.poll(() => page.getByTestId('replay-moment').textContent()).not.toBe(moment);
    const kept = await page.getByTestId('replay-moment').textContent();
    await page.getByRole('button', { name: 'Refresh' }).click();
    await until('the list anew', async () => (await row('paper').count()) === 1);
    expect([await page.getByTestId('replay-moment').textContent(), (await bars()) > 100]).toEqual([kept, true]);
  });

  it('follows the theme, the chart of the replay too', async () => {
    const look = (): Promise<string> =>
      page.evaluate(
        () => `${getComputedStyle(document.documentElement).getPropertyValue('--panel').trim()} ${document.documentElement.dataset['theme'] ?? ''}`,
      );
    const ground = async (): Promise<string> => (await page.getByTestId('replay-chart').getAttribute('data-ground')) ?? '';
    const follows = (theme: string) => async (): Promise<boolean> => (await look()) === `${await ground()} ${theme}` && (await bars()) > 100;
    await page.getByRole('button', { name: 'Switch to light' }).click();
    await until('a light chart', follows('light'));
    await page.getByRole('button', { name: 'Switch to dark' }).click();
    await until('a dark chart', follows('dark'));
  });

  it('keeps a note and tags on a trade', async () => {
    await page.getByTestId('review-trade').first().click();
    const form = page.locator('form.note-form').last();
    await form.getByPlaceholder('#tags').fill('#late');
    await form.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => row('#late').count()).toBe(1);
  });

  it('sets the session beside its re-run: every decision the same, and other settings give another result', async () => {
    await page.getByTestId('check-session').click();
    const decisions = result.counters.decisions;
    const count = decisions.executed + decisions.denied + decisions.virtual + decisions.vetoed;
    await page.getByText(`${count} of ${count} decisions the same, 0 without a cause.`).waitFor();
    await run('go to panel compare');
    await page.locator('.what-if label').filter({ hasText: 'MIN_CONFIDENCE' }).locator('input').fill('0.9');
    await page.getByTestId('what-if-run').click();
    await expect.poll(() => page.getByTestId('what-if-result').textContent(), { timeout: 60_000 }).toContain('minConfidence = 0.9');
    expect(await page.getByTestId('what-if-result').textContent()).toContain('changed setting');
  });

  it('travels as a file and comes back marked as imported; a text that calls itself a session is refused in words', async () => {
    const [file] = (await Promise.all([page.waitForEvent('download'), page.getByTestId('export-session-file').click()])) as [Download, unknown];
    expect(file.suggestedFilename()).toMatch(/^session-paper-1-.*\.ptsession$/u);
    const path = join(folder, file.suggestedFilename());
    await file.saveAs(path);
    await page.getByTestId('session-file').setInputFiles(path);
    await page.getByTestId('imported').waitFor();
    await run('go to panel statistics');
    await until('its figures', async () => (await page.getByTestId('results').textContent())?.includes('Win rate'));
    expect(await page.getByTestId('session-row').filter({ hasText: 'paper' }).count()).toBe(2);
    const wrong = join(folder, 'wrong.ptsession');
    writeFileSync(wrong, 'hello');
    await page.getByTestId('session-file').setInputFiles(wrong);
    await page.getByRole('alert').getByText('The file is not a session').waitFor();
    await page.getByTestId('ask-remove').click();
    await page.getByTestId('remove-session').click();
    await expect.poll(() => page.getByTestId('imported').count()).toBe(0);
  });

  it('runs a backtest over the own candles with progress, proof and sweep, shows it, and cancels another', async () => {
    await run('go to panel backtest');
    const panel = page.getByTestId('backtest');
    await panel.getByText('Sweep', { exact: true }).click();
    await panel.locator('input[name=symbols]').fill('CCCUSDT');
    await panel.locator('input[name=cuts]').fill('1');
    await panel.locator('input[name=sweep]').fill('rewardRiskRatio=1,2');
    await page.getByTestId('backtest-run').click();
    await panel.getByRole('button', { name: 'Show' }).click({ timeout: 120_000 });
    await run('go to panel statistics');
    const figures = page.getByTestId('results');
    await expect.poll(() => figures.textContent()).toContain('to the last unit');
    const text = (await figures.textContent()) ?? '';
    expect(text).toContain('No look-ahead');
    expect(text).toContain('deflated Sharpe');
    expect(text).toContain('Out of sample');
    await panel.locator('input[name=cuts]').fill('50');
    await page.getByTestId('backtest-run').click();
    await panel.getByRole('button', { name: 'Cancel' }).click();
    await panel.getByText('cancelled').waitFor();
  });

  it('throws nothing on the way', () => {
    expect(errors).toEqual([]);
  });
});
