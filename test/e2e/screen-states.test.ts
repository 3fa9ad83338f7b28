// States that a running engine rarely shows on demand: halted by the daily limit, unprotected, old prices, a silent engine, LIVE.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import type { EngineEventBody } from '../../src-shared/contract/events.ts';
import { epochMs } from '../../src-shared/kernel/units.ts';
import { startFixture, type FixtureServer } from '../renderer/fixture-server.ts';
import { launchBrowser } from '../support/browser.ts';
import { PROJECT_ROOT } from '../support/terminal.ts';

describe('the screen in rare states, over a scripted engine', () => {
  let fixture: FixtureServer;
  let browser: Browser;
  let page: Page;

  const publish = (...events: readonly EngineEventBody[]): void => fixture.store.publish([...events], fixture.store.snapshot().engineTime);

  beforeAll(async () => {
    fixture = await startFixture(join(PROJECT_ROOT, 'out/renderer'));
    browser = await launchBrowser();
    page = await browser.newPage({ viewport: { width: 1366, height: 768 } });
    page.setDefaultTimeout(15_000);
    await page.goto(fixture.url);
    await page.getByTestId('scanner-row').first().waitFor();
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await fixture?.stop();
  });

  it('halted by the daily limit, says so and lets trading go on only after a typed phrase', async () => {
    const { guard } = fixture.store.snapshot();
    publish({ kind: 'guard', guard: { ...guard, state: 'halted', reason: 'daily_loss', dailyLossFraction: 0.031 } });
    const risk = page.locator('[data-panel=risk]');
    await risk.getByText(/daily loss.*A person must allow trading again/).waitFor();
    expect(await risk.locator('.risk-left').textContent()).toContain('0.00 USDT');
    await risk.getByRole('button', { name: 'Allow trading' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByRole('button', { name: 'Allow trading' }).isDisabled()).toBe(true);
    await dialog.getByRole('textbox').fill('allow');
    await page.keyboard.press('Enter');
    await expect.poll(() => fixture.commands.at(-1)).toEqual({ kind: 'set-trading-state', state: 'active' });
    publish({ kind: 'guard', guard });
  });

  it('H7 counts the seconds of a position without a confirmed stop, in the bar, the table and the Risk panel', async () => {
    const snapshot = fixture.store.snapshot();
    const open = Object.values(snapshot.positions).find((view) => view.position.phase === 'open' && view.position.lots > 0);
    if (open === undefined) throw new Error('the fixture has no open position');
    const { events: _events, ...rest } = open;
    publish({ kind: 'position', view: { ...rest, position: { ...open.position, protection: 'naked', nakedSince: epochMs(snapshot.engineTime - 7000) } } });
    await expect.poll(() => page.getByTestId('naked-clock').textContent()).toMatch(/without a confirmed stop: 1 position/);
    await expect.poll(() => page.locator(`[data-position-id="${open.position.id}"]`).textContent()).toMatch(/NO STOP \d+[sm]/);
    await expect.poll(() => page.getByRole('button', { name: /Without stop/ }).textContent()).toMatch(/1 of \d+ · \d+[sm]/);
    publish({ kind: 'position', view: rest });
  });

  it('greys old prices and says that exits still work', async () => {
    const { health } = fixture.store.snapshot();
    publish({ kind: 'health', health: { ...health, marketAgeMs: 45_000 } });
    await expect.poll(() => page.getByTestId('banner').textContent()).toMatch(/45s old.*exits still work/);
    expect(await page.locator('.app').getAttribute('data-fresh')).toBe('stale_market');
    publish({ kind: 'health', health });
    await expect.poll(() => page.getByTestId('banner').count()).toBe(0);
  });

  it('frames the window in LIVE and asks for a phrase before a limit is loosened', async () => {
    const { session } = fixture.store.snapshot();
    publish({ kind: 'session', session: { ...session, mode: 'live' } });
    await expect.poll(() => page.locator('.app.frame-live').count()).toBe(1);
    await page.keyboard.press('Control+,');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Search parameters').fill('DAILY_LOSS_LIMIT');
    await dialog.locator('input[type=number]').first().fill('9');
    expect(await dialog.getByRole('button', { name: /^Save/ }).isDisabled()).toBe(true);
    await dialog.getByLabel(/Type RAISE LIMITS/).fill('raise limits');
    expect(await dialog.getByRole('button', { name: /^Save/ }).isDisabled()).toBe(false);
    await page.keyboard.press('Escape');
    publish({ kind: 'session', session });
  });

  it('adds a panel to a layout, keeps it under a name of its own over a reload, and goes back to the original', async () => {
    const alarms = page.getByRole('tab', { name: 'Alarms' });
    const menu = page.getByRole('group', { name: 'Arrange' });
    const open = (): Promise<void> => page.getByRole('button', { name: /^Arrange/ }).click();
    expect(await alarms.count()).toBe(0);
    await open();
    await menu.getByRole('button', { name: 'Alarms' }).click();
    await alarms.waitFor();
    await page.waitForTimeout(600);
    await menu.getByLabel('Name of the layout').fill('Mine');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Mine', exact: true }).waitFor();
    await page.waitForTimeout(600);
    await page.reload();
    await alarms.waitFor();
    expect(await page.getByRole('button', { name: 'Mine', exact: true }).getAttribute('aria-pressed')).toBe('true');
    await page.getByRole('button', { name: 'Trade', exact: true }).click();
    await alarms.waitFor();
    await open();
    await menu.getByRole('button', { name: 'Back to the original arrangement' }).click();
    await expect.poll(() => alarms.count()).toBe(0);
    await page.keyboard.press('Escape');
    expect(await page.getByTestId('position-row').count()).toBeGreaterThan(0);
  });

  it('keeps every figure and the button that closes everything in sight at 200 % zoom of a small screen', async () => {
    await page.setViewportSize({ width: 683, height: 384 });
    const boxes = await page.locator('.topbar > *').evaluateAll((elements) =>
      elements
        .map((element) => ({ name: element.textContent ?? '', box: element.getBoundingClientRect() }))
        .filter(({ box }) => box.width > 0)
        .map(({ name, box }) => ({ name, left: box.left, right: box.right, top: box.top, bottom: box.bottom })),
    );
    expect(boxes.filter(({ left, right }) => left < 0 || right > 683)).toEqual([]);
    const covered = boxes.flatMap((a, index) =>
      boxes
        .slice(index + 1)
        .filter((b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)
        .map((b) => `${a.name} / ${b.name}`),
    );
    expect(covered).toEqual([]);
    expect(boxes.some(({ name }) => name.startsWith('Flatten all'))).toBe(true);
    await page.setViewportSize({ width: 1366, height: 768 });
  });

  it('comes back by itself after the link broke', async () => {
    fixture.dropScreens();
    await expect.poll(() => page.locator('.app').getAttribute('data-fresh'), { timeout: 10_000 }).toBe('live');
    await expect.poll(async () => Number(await page.getByTestId('chart').getAttribute('data-candles'))).toBeGreaterThan(100);
  });

  it('tells a page without the key of the session what to do', async () => {
    const stranger = await browser.newPage();
    await stranger.goto(fixture.url.replace(/token=.*/, 'token=wrong'));
    await expect.poll(() => stranger.getByTestId('banner').textContent(), { timeout: 10_000 }).toContain('The engine refused this page');
    await stranger.close();
  });

  it('walks 1,000 journal records without drawing them all', async () => {
    await page.getByRole('tab', { name: 'Journal' }).click();
    const rows = page.getByTestId('journal-row');
    await rows.first().waitFor();
    expect(await rows.count()).toBeLessThan(60);
    for (let turn = 0; turn < 12; turn += 1) {
      await page.locator('[data-panel=journal] .table-scroll').evaluate((element) => void (element.scrollTop = element.scrollHeight));
      await page.waitForTimeout(80);
    }
    await page.getByText('Record 1.', { exact: true }).waitFor();
    expect(await rows.count()).toBeLessThan(60);
  });
});
