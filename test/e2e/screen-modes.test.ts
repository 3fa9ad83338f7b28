// The mode, the alarms and the daily limit of a really running engine, from the screen: what is dangerous asks, what is lost is told.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import type { Snapshot } from '../../src-shared/contract/view.ts';
import { startDesk, type Desk } from '../support/desk.ts';
import { withLivingPosition } from '../support/living.ts';
import { until, type Screen } from '../support/terminal.ts';

const LONG_MS = 240_000;

describe('mode, alarms and limits, 60 markets, 120 times real time', () => {
  let desk: Desk;
  let page: Page;
  let engine: Screen;

  const snapshot = (): Promise<Snapshot> => engine.rpc.call('snapshot', null);
  const run = async (text: string): Promise<void> => {
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Command' }).fill(text);
    await page.keyboard.press('Enter');
  };
  const isLive = async (): Promise<boolean> => (await page.locator('.app').getAttribute('data-fresh')) === 'live';

  beforeAll(async () => {
    desk = await startDesk(['--symbols', '60', '--speed', '120']);
    ({ page, engine } = desk);
    await page.getByTestId('scanner-row').first().waitFor();
  }, 180_000);

  afterAll(() => desk?.close());

  it('rings alarms that were set on this screen although the screen was closed when they became true', async () => {
    await run('go to panel alarms');
    const panel = page.locator('[data-panel=alarms]');
    const price = await until('a price', async () => (await snapshot()).ticks['BTCUSDT']?.last);
    for (const [kind, level] of [
      ['price_above', price * 1.0005],
      ['price_below', price * 0.9995],
    ] as const) {
      await panel.getByLabel('When').selectOption(kind);
      await panel.getByLabel('Level').fill(level.toFixed(1));
      await panel.getByRole('button', { name: 'Add' }).click();
    }
    // A fast market may ring one before the other is written down.
    const known = async (): Promise<number> => (await panel.getByTestId('alarm-rule').count()) + (await panel.getByTestId('alarm-rung').count());
    await until('both alarms', async () => (await known()) >= 2);
    await page.goto('about:blank');
    await until('a ring without a screen', async () => ((await snapshot()).alarms?.rung.length ?? 0) > 0, LONG_MS);
    await page.goto(desk.terminal.url);
    await until('the screen', isLive);
    await run('go to panel alarms');
    await panel.getByTestId('alarm-rung').first().waitFor();
    expect(await panel.getByTestId('alarm-rung').first().textContent()).toMatch(/^BTCUSDT is at [\d,.]+/);
    await until('the rules gone', async () => {
      if ((await panel.getByTestId('alarm-rule').count()) === 0) return true;
      // It may ring, and be gone, just then.
      await panel
        .getByRole('button', { name: 'Remove' })
        .first()
        .click({ timeout: 1000 })
        .catch(() => undefined);
      return false;
    });
  });

  it('shows every stream of the exchange, and copies the journal at the press of a button', async () => {
    await run('layout system');
    const names = (): Promise<readonly string[]> => page.getByTestId('streams').locator('tbody tr td:first-child').allTextContents();
    for (const name of ['account stream', 'market stream 1', 'book stream'])
      await until(`the ${name}, open`, async () => (await names()).some((text) => text.includes(name) && text.includes('open')));
    await page.getByTestId('back-up').click();
    await page
      .getByText(/The journal was copied to journal-simulated\.sqlite\..+\.backup\./)
      .first()
      .waitFor();
    await until('the copy in the list', async () => (await page.getByTestId('storage').textContent())?.includes('.backup'));
    await run('layout trade');
  });

  it('hits the daily limit: a price jumps through a stop, trading halts, the screen says so, and only a typed phrase lets it go on', async () => {
    await page.keyboard.press('Control+,');
    const form = page.getByRole('dialog');
    await form.getByLabel('Search parameters').fill('DAILY_LOSS_LIMIT');
    await form.locator('input[type=number]').first().fill('0.2');
    await form.getByRole('button', { name: /^Save/ }).click();
    await page.keyboard.press('Escape');
    await until('the limit', async () => (await snapshot()).settings.dailyLossLimitPercent === 0.2);
    const isHalted = async (): Promise<boolean> => (await snapshot()).guard.reason === 'daily_loss';
    await withLivingPosition(engine, async ({ position: { symbol, side } }) => {
      if (await isHalted()) return;
      const percent = side === 'long' ? -9 : 9;
      await engine.rpc.call('rehearse', { kind: 'start-fault', fault: 'gap', values: { percent, symbol }, seconds: null });
      await until('the halt', isHalted, 60_000);
    });
    await expect.poll(() => page.locator('.topbar .chip.state-halted').textContent()).toContain('daily loss');
    await run('go to panel risk');
    const risk = page.locator('[data-panel=risk]');
    await expect.poll(() => risk.locator('.risk-left').textContent()).toContain('0.00 USDT');
    await risk.getByRole('button', { name: 'Allow trading' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByRole('button', { name: 'Allow trading' }).isDisabled()).toBe(true);
    await page.keyboard.press('Escape');
  });

  it('asks for a typed phrase before LIVE, proposes the limits, and goes back aloud when there are no keys', async () => {
    await page.getByRole('button', { name: 'SIMULATED' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('group').getByRole('button', { name: 'LIVE' }).click();
    const change = dialog.getByRole('button', { name: 'Change to LIVE' });
    expect(await change.isDisabled()).toBe(true);
    expect(await dialog.textContent()).toContain('MAX_LEVERAGE is at most 10 (now 20)');
    expect(await dialog.textContent()).toContain('TRADING_ENABLED is off: LIVE will only watch and protect');
    const { settings } = await snapshot();
    expect(await dialog.getByTestId('live-limits').textContent()).toContain(
      `at most ${settings.riskPerTradePercent} % of equity a trade at its stop, trading halts after ${settings.dailyLossLimitPercent} % in a day`,
    );
    await dialog.getByRole('button', { name: 'Set the proposed limits' }).click();
    await expect.poll(async () => [(await snapshot()).settings.maxLeverage, (await snapshot()).settings.minConfidence]).toEqual([10, 0.45]);
    await dialog.getByRole('textbox').fill('live');
    await change.click();
    await expect.poll(() => dialog.count()).toBe(0);
    await until('the refusal in the log', async () => {
      const now = await snapshot().catch(() => null);
      return now?.log.some(({ message }) => message.startsWith('LIVE could not be started') && message.endsWith('in SIMULATED again.'));
    });
    await page.getByRole('button', { name: 'SIMULATED' }).waitFor();
    await until('prices again', isLive, LONG_MS);
  });

  it('switches to PAPER with the wizard and back: the same page, another engine, both changes in the journal', async () => {
    const changeTo = async (mode: string): Promise<void> => {
      await page.locator('.topbar .badge').click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('group').getByRole('button', { name: mode }).click();
      if (mode === 'PAPER') {
        await dialog.getByRole('button', { name: 'Test now' }).click();
        // Where the tests run there may be a network or none; either is said in words.
        await expect
          .poll(() => dialog.getByTestId('diagnosis').textContent(), { timeout: 30_000 })
          .toMatch(/fapi\.binance\.com .*(reach|refuse|network|proxy)/);
      }
      await dialog.getByRole('button', { name: `Change to ${mode}` }).click();
      await page.locator('.topbar').getByRole('button', { name: mode, exact: true }).waitFor({ timeout: 60_000 });
    };
    const journalled = async (): Promise<readonly string[]> =>
      (await engine.rpc.call('journal', { before: null, limit: 20, kinds: ['mode'] })).map(({ summary }) => summary);
    await changeTo('PAPER');
    expect((await snapshot()).session).toMatchObject({ mode: 'paper', speed: 1 });
    await changeTo('SIMULATED');
    expect(await journalled()).toContain('A person changed the mode from simulated to paper.');
    await until('prices again', isLive, LONG_MS);
    await until('candles again', async () => Number(await page.getByTestId('chart').getAttribute('data-candles')) > 100);
    expect(await page.locator('.app.frame-live').count()).toBe(0);
  });
});
