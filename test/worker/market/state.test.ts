// The venue's own restart: the account comes back whole, time goes on where it stopped, and a file that cannot be read is kept aside.
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AccountSaver } from '../../../src-worker/market/account-saver.ts';
import { AccountFile, loadVenueState, type VenueState } from '../../../src-worker/market/state-file.ts';
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

  it('of another market is kept beside it and comes back with its market, and one that cannot be read is renamed, never overwritten', async () => {
    const folder = await temporaryFolder();
    const stateFile = join(folder.path, 'venue.json');
    const first = await openVenue({ stateFile, symbols: 2 });
    await first.signed('POST', '/fapi/v1/order', { symbol, side: 'BUY', type: 'MARKET', quantity: '0.5' });
    await first.close();
    const other = await openVenue({ stateFile, symbols: 3 });
    expect(other.venue.exchange.holdings()).toEqual([]);
    await other.signed('POST', '/fapi/v1/order', { symbol, side: 'SELL', type: 'MARKET', quantity: '0.3' });
    await other.close();
    const back = await openVenue({ stateFile, symbols: 2 });
    expect(back.venue.exchange.holdings().map(({ lots }) => lots)).toEqual([500]);
    await back.close();
    const again = await openVenue({ stateFile, symbols: 3 });
    expect(again.venue.exchange.holdings().map(({ lots }) => lots)).toEqual([-300]);
    await again.close();
    writeFileSync(stateFile, '{"version":1,"identity":');
    expect(loadVenueState(stateFile)).toBeNull();
    const [kept] = readdirSync(folder.path).filter((name) => name.includes('unreadable'));
    expect(readFileSync(join(folder.path, kept ?? ''), 'utf8')).toBe('{"version":1,"identity":');
    expect(existsSync(stateFile)).toBe(false);
    await folder.remove();
  });
});

describe('the file of the account', () => {
  const stateOf = ({ venue }: Fixture): VenueState => ({
    identity: 'test',
    liveFrom: 1,
    simulatedTime: venue.market.now,
    shifts: venue.market.shifts(),
    exchange: venue.exchange.state(),
  });
  const account = (state: VenueState | null): unknown => {
    if (state === null) return null;
    const { quotes: _quotes, ...exchange } = JSON.parse(JSON.stringify(state.exchange)) as VenueState['exchange'];
    return { ...state, exchange };
  };
  /** Orders that fill, rest, change, end and vanish, one after the other. */
  const actions = (fixture: Fixture): readonly (() => Promise<unknown>)[] => {
    const order = (parts: Readonly<Record<string, string | boolean>>) => () => fixture.signed('POST', '/fapi/v1/order', { symbol, ...parts });
    const near = (factor: number): string => (price(fixture) * factor).toFixed(2);
    const algo = { symbol, algoType: 'CONDITIONAL', side: 'SELL', type: 'STOP_MARKET' };
    return [
      order({ side: 'BUY', type: 'MARKET', quantity: '0.5' }),
      order({ side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.1', price: near(0.9), newClientOrderId: 'a' }),
      order({ side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.2', price: near(0.8), newClientOrderId: 'b' }),
      () => fixture.signed('POST', '/fapi/v1/algoOrder', { ...algo, triggerPrice: near(0.7), closePosition: true, clientAlgoId: 'guard' }),
      () => fixture.signed('POST', '/fapi/v1/algoOrder', { ...algo, triggerPrice: near(0.6), quantity: '0.1', clientAlgoId: 'lost' }),
      () => fixture.signed('DELETE', '/fapi/v1/order', { symbol, origClientOrderId: 'a' }),
      () =>
        Promise.resolve(
          fixture.venue.exchange.vanishAlgo(fixture.venue.exchange.openAlgos(symbol).find(({ clientAlgoId }) => clientAlgoId === 'lost')?.algoId ?? 0),
        ),
      () => fixture.signed('POST', '/fapi/v1/leverage', { symbol, leverage: 9 }),
      order({ side: 'SELL', type: 'MARKET', quantity: '0.5', reduceOnly: true }),
      order({ side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.1', price: near(0.9), newClientOrderId: 'a' }),
    ];
  };

  it('gives back exactly the account after any of its changes, and costs a line each, not the whole', async () => {
    const folder = await temporaryFolder();
    const path = join(folder.path, 'account.json');
    const fixture = await openVenue({ symbols: 3 });
    const file = new AccountFile(path);
    file.save(stateOf(fixture));
    for (const act of actions(fixture)) {
      await act();
      const state = stateOf(fixture);
      file.save(state);
      expect(account(loadVenueState(path))).toEqual(account(state));
    }
    for (let round = 0; round < 150; round += 1)
      await fixture.signed('POST', '/fapi/v1/order', { symbol, side: round % 2 === 0 ? 'BUY' : 'SELL', type: 'MARKET', quantity: '0.1' });
    file.save(stateOf(fixture));
    const before = statSync(path).size;
    await actions(fixture)[0]?.();
    file.save(stateOf(fixture));
    const whole = JSON.stringify(stateOf(fixture)).length;
    expect(statSync(path).size - before).toBeLessThan(whole / 20);
    expect(account(loadVenueState(path))).toEqual(account(stateOf(fixture)));
    file.close();
    await fixture.close();
    await folder.remove();
  });

  it('survives a line torn by a loss of power and is whole again with the next saving', async () => {
    const folder = await temporaryFolder();
    const path = join(folder.path, 'account.json');
    const fixture = await openVenue({ symbols: 2 });
    const file = new AccountFile(path);
    file.save(stateOf(fixture));
    await actions(fixture)[0]?.();
    const kept = stateOf(fixture);
    file.save(kept);
    file.close();
    appendFileSync(path, '{"version":1,"identity":"test","exch');
    expect(account(loadVenueState(path))).toEqual(account(kept));
    const next = new AccountFile(path);
    next.save(kept);
    expect(readFileSync(path, 'utf8').trimEnd().split('\n')).toHaveLength(1);
    next.close();
    await fixture.close();
    await folder.remove();
  });

  it('is written whole when the ledger let old lines go, which must not come back', async () => {
    const folder = await temporaryFolder();
    const path = join(folder.path, 'account.json');
    const fixture = await openVenue({ symbols: 2 });
    const file = new AccountFile(path);
    const before = stateOf(fixture);
    file.save(before);
    await actions(fixture)[0]?.();
    const { exchange, ...rest } = stateOf(fixture);
    const cut = {
      ...rest,
      exchange: { ...exchange, ledger: { ...exchange.ledger, lines: exchange.ledger.lines.slice(1), carried: exchange.ledger.lines[0]!.amount } },
    };
    file.save(cut);
    const loaded = loadVenueState(path);
    expect(account(loaded)).toEqual(account(cut));
    const { ledger } = loaded!.exchange;
    expect(ledger.lines.reduce<number>((sum, { amount }) => sum + amount, ledger.carried ?? 0)).toBe(ledger.wallet);
    file.close();
    await fixture.close();
    await folder.remove();
  });

  it('reads a file that an earlier version wrote whole, without a line end', async () => {
    const folder = await temporaryFolder();
    const path = join(folder.path, 'account.json');
    const fixture = await openVenue({ symbols: 2 });
    const state = stateOf(fixture);
    writeFileSync(path, JSON.stringify({ version: 1, ...state }));
    expect(account(loadVenueState(path))).toEqual(account(state));
    await fixture.close();
    await folder.remove();
  });

  it('is written when the account changed, else once a minute; a disk that refuses is tried again', async () => {
    const folder = await temporaryFolder();
    const path = join(folder.path, 'sub', 'account.json');
    const fixture = await openVenue({ symbols: 2 });
    let reads = 0;
    mkdirSync(`${path}.tmp`, { recursive: true });
    const saver = new AccountSaver(path, () => {
      reads += 1;
      return stateOf(fixture);
    });
    saver.look(0);
    expect(existsSync(path), 'the name is taken by a folder').toBe(false);
    rmdirSync(`${path}.tmp`);
    saver.look(2000);
    expect(account(loadVenueState(path))).toEqual(account(stateOf(fixture)));
    for (const now of [4000, 6000, 60_000]) saver.look(now);
    expect(reads).toBe(2);
    saver.look(62_000);
    saver.touch();
    saver.look(64_000);
    expect(reads).toBe(4);
    saver.close();
    await fixture.close();
    await folder.remove();
  });
});
