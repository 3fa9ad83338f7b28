// A person places a limit entry, drags it on the chart, moves it by its field, is refused with a reason, and takes it back.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import type { Order } from '../../src-shared/domain/order.ts';
import { startDesk, type Desk } from '../support/desk.ts';
import { until, type Screen } from '../support/terminal.ts';

/** A slow market and a limit three percent away: it does not fill while the journey lasts. */
const ARGUMENTS = ['--symbols', '6', '--speed', '5'];
const SYMBOL = 'BTCUSDT';

describe('a limit entry in the hands of a person', () => {
  let desk: Desk;
  let page: Page;
  let engine: Screen;

  const entry = async (): Promise<Order | undefined> =>
    Object.values((await engine.rpc.call('snapshot', null)).orders).find(
      ({ intent }) => intent.symbol === SYMBOL && intent.purpose === 'entry' && intent.kind === 'limit',
    );
  /** The entry when nothing of it is under way. */
  const settled = async (): Promise<Order | null> => {
    const order = await entry();
    return order?.status === 'resting' && order.amendment == null ? order : null;
  };
  const run = async (text: string): Promise<void> => {
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Command' }).fill(text);
    await page.keyboard.press('Enter');
  };
  const priceText = async (order: Order): Promise<string> => {
    const market = (await engine.rpc.call('snapshot', null)).markets[SYMBOL];
    return (((order.intent.price ?? 0) * (market?.tickUnits ?? 0)) / 10 ** (market?.priceScale ?? 0)).toFixed(market?.priceScale ?? 0);
  };

  beforeAll(async () => {
    desk = await startDesk(ARGUMENTS);
    ({ page, engine } = desk);
    await engine.rpc.call('command', { kind: 'pause-automation' });
    for (const { position } of Object.values((await engine.rpc.call('snapshot', null)).positions))
      await engine.rpc.call('command', { kind: 'close-position', positionId: position.id, fraction: 1 });
    await until('a free market', async () => {
      const { guard, positions } = await engine.rpc.call('snapshot', null);
      return guard.state === 'active' && Object.values(positions).every(({ position }) => position.phase === 'closed');
    });
    await page.getByRole('region', { name: 'Short tour' }).getByRole('button', { name: 'Skip' }).click();
  }, 180_000);

  /** Takes the line whose tip begins with `name` into the hand and moves it 8 pixels up. */
  const grabLine = async (name: string): Promise<void> => {
    const chart = page.getByTestId('chart');
    const box = await chart.boundingBox();
    if (box === null) throw new Error('there is no chart');
    const x = box.x + box.width * 0.3;
    const drawTogether = async (): Promise<void> => {
      await page.mouse.move(box.x + box.width - 25, box.y + box.height * 0.4);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width - 25, box.y + box.height * 0.6, { steps: 6 });
      await page.mouse.up();
    };
    await until(`the line ${name} in the hand`, async () => {
      for (let y = box.y + 10; y < box.y + box.height - 30; y += 4) {
        await page.mouse.move(x, y);
        if ((await chart.locator('.chart-host.grab').count()) === 0) continue;
        await page.mouse.down();
        await page.mouse.move(x, y - 8, { steps: 4 });
        const tip = chart.getByRole('status');
        if ((await tip.count()) > 0 && (await tip.textContent())?.startsWith(name) === true) return true;
        // Another line: let go without sending anything.
        await page.keyboard.press('Escape');
        await page.mouse.up();
      }
      await drawTogether();
      return false;
    });
  };

  afterAll(() => desk?.close());

  it('takes a price from the ladder into the ticket, and nothing is sent by that', async () => {
    await page.keyboard.press('/');
    await page.getByRole('combobox', { name: 'Symbol' }).fill(SYMBOL);
    await page.keyboard.press('Enter');
    await run('go to panel ladder');
    const ladder = page.getByTestId('ladder');
    await until('its order book', async () => (await ladder.getAttribute('data-symbol')) === SYMBOL && Number(await ladder.getAttribute('data-levels')) >= 6);
    await ladder.getByText(/spread \d+ ticks?/).waitFor();
    // The book moves: whichever rung is under the click, its price goes into the ticket.
    await ladder.locator('.rung.ask').first().click();
    const ticket = page.locator('[data-panel=ticket]');
    await expect.poll(async () => Number(await ticket.getByLabel(/Limit price/).inputValue())).toBeGreaterThan(0);
    expect(await ticket.getByRole('button', { name: '▼ short' }).getAttribute('aria-pressed')).toBe('true');
    expect(await entry()).toBeUndefined();
    await ticket.getByRole('button', { name: '▲ long' }).click();
  });

  it('places it from the ticket: judged from where it fills, refused where it would fill at once, asked once', async () => {
    await page.keyboard.press('/');
    await page.getByRole('combobox', { name: 'Symbol' }).fill(SYMBOL);
    await page.keyboard.press('Enter');
    await run('go to panel ticket');
    const ticket = page.locator('[data-panel=ticket]');
    const price = await until('a price', async () => (await engine.rpc.call('snapshot', null)).ticks[SYMBOL]?.last);
    await ticket.getByLabel('Stop price').fill((price * 0.95).toFixed(1));
    await ticket.getByLabel(/Limit price/).fill((price * 1.02).toFixed(1));
    await ticket.getByText('A limit there would fill at once').waitFor();
    await ticket.getByLabel(/Limit price/).fill((price * 0.97).toFixed(1));
    await ticket.getByRole('button', { name: 'Review…' }).click();
    const question = page.getByRole('dialog');
    await question.getByText(/waits until it fills or you cancel it/).waitFor();
    // The risk manager's own numbers stand in the question.
    await question.getByText(/USDT at \d+×/).waitFor();
    await question.getByText(/away: .* × the stop/).waitFor();
    await page.getByRole('button', { name: 'Place the entry' }).click();
    await page
      .locator('.toasts')
      .getByText(/Placing a limit entry for BTCUSDT long/)
      .waitFor();
    await until('the entry at the exchange', settled);
  });

  it('drags it on the chart: the tip says what it means, it is sent on release, and order and plan have the new price', async () => {
    const chart = page.getByTestId('chart');
    await until('its chart', async () => (await chart.getAttribute('data-symbol')) === SYMBOL && Number(await chart.getAttribute('data-candles')) > 100);
    const before = await until('the entry', settled);
    await grabLine('Entry');
    expect(await chart.getByRole('status').textContent()).toMatch(/Entry .*from the mark.*reward .* : 1.*Loses .* USDT at its stop.*Size /);
    await page.mouse.up();
    await page
      .locator('.toasts')
      .getByText(/Moving the entry on BTCUSDT to/)
      .waitFor();
    const after = await until('the moved entry', async () => {
      const order = await settled();
      return order !== null && order.intent.price !== before.intent.price ? order : null;
    });
    expect(after.intent.price ?? 0).toBeGreaterThan(before.intent.price ?? 0);
    expect(after.intent.clientOrderId).toBe(before.intent.clientOrderId);
    const { position } = (await engine.rpc.call('snapshot', null)).positions[after.intent.positionId] ?? {};
    expect(position?.entryPrice.toFixed(1)).toBe(Number(await priceText(after)).toFixed(1));
  });

  it('moves its target by its field, and takes it back with one click', async () => {
    const before = await until('the entry', settled);
    const targetOf = async (): Promise<number> => (await engine.rpc.call('snapshot', null)).positions[before.intent.positionId]?.position.target ?? 0;
    const planned = await targetOf();
    await run('go to panel orders');
    await page.getByRole('button', { name: `Move the entry of ${SYMBOL}` }).click();
    const dialog = page.getByRole('dialog');
    const field = dialog.getByLabel('Target');
    await field.fill((Number(await field.inputValue()) * 1.01).toFixed(1));
    await dialog.getByText(/Wins .* USDT at its target/).waitFor();
    await dialog.getByRole('button', { name: 'Move its target' }).click();
    await until('the moved target', async () => (await targetOf()) > planned);
    await page.locator('.toasts').getByRole('button', { name: 'Undo' }).last().click();
    await until('the old target', async () => (await targetOf()) === planned);
  });

  it('moves it by its field, by keyboard alone, and the journal says from where to where', async () => {
    const before = await until('the entry', settled);
    await run('go to panel orders');
    await page.getByRole('button', { name: `Move the entry of ${SYMBOL}` }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    const wanted = (Number(await priceText(before)) * 0.995).toFixed(1);
    await dialog.getByLabel('New price').fill(wanted);
    await dialog.getByText(/Loses .* USDT at its stop/).waitFor();
    await page.keyboard.press('Enter');
    const after = await until('the moved entry', async () => {
      const order = await settled();
      return order !== null && order.intent.price !== before.intent.price ? order : null;
    });
    expect(Number(await priceText(after)).toFixed(1)).toBe(wanted);
    const rows = await engine.rpc.call('journal', { before: null, kinds: ['order'], limit: 20 });
    expect(rows.some(({ summary }) => summary.includes(`at ${before.intent.price} ticks`) && summary.includes(`at ${after.intent.price} ticks`))).toBe(true);
  });

  it('beyond its stop it is refused with the reason, and stays where it is', async () => {
    const before = await until('the entry', settled);
    await page.getByRole('button', { name: `Move the entry of ${SYMBOL}` }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('New price').fill((Number(await priceText(before)) * 0.9).toFixed(1));
    await dialog.getByText('Beyond its stop: will be refused').waitFor();
    await dialog.getByRole('button', { name: 'Move entry' }).click();
    await page
      .locator('.toasts')
      .getByText(/wrong side of the price/)
      .waitFor();
    expect((await settled())?.intent.price).toBe(before.intent.price);
  });

  it('drags its planned stop: the tip says what it would lose, and the plan has it while the order stays where it is', async () => {
    const chart = page.getByTestId('chart');
    const before = await until('the entry', settled);
    const stopOf = async (): Promise<number> => (await engine.rpc.call('snapshot', null)).positions[before.intent.positionId]?.position.stop ?? 0;
    const planned = await stopOf();
    await grabLine('Stop, planned');
    expect(await chart.getByRole('status').textContent()).toMatch(/from the entry, reward .* : 1.*Loses .* USDT at its stop.*Wins .* USDT at its target/);
    await page.mouse.up();
    await until('the moved stop', async () => (await stopOf()) > planned);
    const after = await until('the entry', settled);
    expect([after.intent.price, after.intent.lots]).toEqual([before.intent.price, before.intent.lots]);
  });

  it('is taken back with one key press, and nothing is left of it', async () => {
    const before = await until('the entry', settled);
    await page.getByRole('button', { name: `Cancel the entry order of ${SYMBOL}` }).click();
    await until('the end of the entry', async () => {
      const { orders, positions } = await engine.rpc.call('snapshot', null);
      return orders[before.intent.clientOrderId]?.status === 'canceled' && positions[before.intent.positionId]?.position.phase === 'closed';
    });
    expect(desk.pageErrors).toEqual([]);
  });
});
