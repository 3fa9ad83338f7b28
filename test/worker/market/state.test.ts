// The venue's own restart: the account comes back whole, time goes on where it stopped, and a file that cannot be read is kept aside.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadVenueState } from '../../../src-worker/market/state-file.ts';
import { temporaryFolder } from '../../support/terminal.ts';
import { openVenue, type Fixture } from './support/venue.ts';

const symbol = 'ETHUSDT';
const price = (fixture: Fixture): number => fixture.venue.market.symbols.get(symbol)?.last ?? 0;

describe('the account on disk', () => {
  it('comes back with positions, isolated margin, orders, conditionals, history and the gaps of the market', async () => {
    const folder = await temporaryFolder();
    const stateFile = join(folder.path, 'venue.json');
    const before = await openVenue({ stateFile });
    await before.control('POST', '/venue/chaos/now', { kind: 'gap', symbol, percent: 12 });
    await before.signed('POST', '/fapi/v1/marginType', { symbol, marginType: 'ISOLATED' });
    await before.signed('POST', '/fapi/v1/leverage', { symbol, leverage: 7 });
    await before.signed('POST', '/fapi/v1/order', { symbol, side: 'BUY', type: 'MARKET', quantity: '0.5' });
    const limit = { symbol, side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.1' };
    await before.signed('POST', '/fapi/v1/order', { ...limit, price: (price(before) * 0.9).toFixed(2), newClientOrderId: 'resting' });
    const stop = { symbol, algoType: 'CONDITIONAL', side: 'SELL', type: 'STOP_MARKET', closePosition: true };
    await before.signed('POST', '/fapi/v1/algoOrder', { ...stop, triggerPrice: (price(before) * 0.8).toFixed(2), clientAlgoId: 'guard' });
    await before.control('POST', '/venue/chaos/now', { kind: 'halt', symbol: 'BTCUSDT', seconds: 3600 });
    const seen = price(before);
    const stoppedAt = before.venue.now();
    await before.close();
    const stored = before.venue.exchange.state();

    const after = await openVenue({ stateFile });
    expect(after.venue.now()).toBeGreaterThanOrEqual(stoppedAt - 1000);
    expect(after.venue.now()).toBeLessThan(stoppedAt + 60_000);
    expect(Math.abs(price(after) / seen - 1), 'the gap is remembered').toBeLessThan(0.02);
    const { quotes: _old, statuses: _halts, ...account } = stored;
    const { quotes: _new, statuses: _ended, ...restored } = after.venue.exchange.state();
    expect(restored).toEqual(account);
    expect(after.venue.exchange.openOrders(symbol)).toMatchObject([{ clientOrderId: 'resting' }]);
    expect(after.venue.exchange.openAlgos(symbol)).toMatchObject([{ clientAlgoId: 'guard' }]);
    expect(after.venue.exchange.status('BTCUSDT'), 'a rehearsed halt ends with its process').toBe('TRADING');
    await after.signed('POST', '/fapi/v1/order', { symbol, side: 'SELL', type: 'MARKET', quantity: '0.5', reduceOnly: true });
    expect(after.venue.exchange.holdings()).toEqual([]);
    await after.close();
    await folder.remove();
  });

  it('of another market is left alone, and one that cannot be read is renamed, never overwritten', async () => {
    const folder = await temporaryFolder();
    const stateFile = join(folder.path, 'venue.json');
    const first = await openVenue({ stateFile, symbols: 2 });
    await first.signed('POST', '/fapi/v1/order', { symbol, side: 'BUY', type: 'MARKET', quantity: '0.5' });
    await first.close();
    const other = await openVenue({ stateFile, symbols: 3 });
    expect(other.venue.exchange.holdings()).toEqual([]);
    await other.close();
    writeFileSync(stateFile, '{"version":1,"identity":');
    expect(loadVenueState(stateFile)).toBeNull();
    const [kept] = readdirSync(folder.path).filter((name) => name.includes('unreadable'));
    expect(readFileSync(join(folder.path, kept ?? ''), 'utf8')).toBe('{"version":1,"identity":');
    expect(existsSync(stateFile)).toBe(false);
    await folder.remove();
  });
});
