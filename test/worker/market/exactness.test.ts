// A client must not find more in the venue's answers than in the exchange's: fields, windows and weights, version by version.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasSharedData, sharedPath } from '../../support/shared.ts';
import { codeOf, openVenue, type Fixture } from './support/venue.ts';

type Row = Readonly<Record<string, unknown>>;

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openVenue();
  await fixture.signed('POST', '/fapi/v1/leverage', { symbol: 'ETHUSDT', leverage: 20 });
  await fixture.signed('POST', '/fapi/v1/order', { symbol: 'ETHUSDT', side: 'BUY', type: 'MARKET', quantity: '0.5' });
});
afterAll(() => fixture.close());

const keysOf = (value: unknown): readonly string[] => Object.keys(value as object).toSorted();
const positionIn = (rows: unknown): Row => (rows as readonly Row[]).find((row) => row['symbol'] === 'ETHUSDT') ?? {};
const read = async (path: string, parameters: Readonly<Record<string, string>> = {}): Promise<unknown> => (await fixture.signed('GET', path, parameters)).body;

describe.skipIf(!hasSharedData())('fields as documented, and no others (needs the shared data folder)', () => {
  const documented = (name: string): unknown => {
    const file = sharedPath('data', 'binance', 'doc_examples', 'official_connector_examples.json');
    return (JSON.parse(readFileSync(file, 'utf8')) as Row)[`rest-api/${name}`];
  };
  const documentedPosition = (name: string): readonly string[] => keysOf((documented(name) as { readonly positions: readonly Row[] }).positions[0]);

  it('of a position: the current answer has no leverage and no margin type, the older one has', async () => {
    const current = positionIn(await read('/fapi/v3/positionRisk'));
    expect(keysOf(current)).toEqual(keysOf((documented('TradeApiTest.positionInformationV3') as readonly Row[])[0]));
    const older = positionIn(await read('/fapi/v2/positionRisk'));
    expect(keysOf(older)).toEqual(keysOf((documented('TradeApiTest.positionInformationV2') as readonly Row[])[0]));
    expect(older).toMatchObject({ leverage: '20', marginType: 'cross' });
    expect(Number(current['notional']) / Number(current['positionInitialMargin'])).toBeCloseTo(20, 6);
  });

  it('of a conditional order: what it became is told by queries and lists, never by the acknowledgement', async () => {
    const price = Number(((await fixture.get('/fapi/v2/ticker/price', 'symbol=ETHUSDT')).body as { readonly price: string }).price);
    const stop = { symbol: 'ETHUSDT', algoType: 'CONDITIONAL', side: 'SELL', type: 'STOP_MARKET', triggerPrice: (price * 0.9).toFixed(2), closePosition: true };
    const placed = (await fixture.signed('POST', '/fapi/v1/algoOrder', stop)).body as { readonly algoId: number };
    const first = (rows: unknown): unknown => (rows as readonly unknown[])[0];
    expect(keysOf(placed)).toEqual(keysOf(documented('TradeApiTest.newAlgoOrder')));
    expect(keysOf(await read('/fapi/v1/algoOrder', { algoId: String(placed.algoId) }))).toEqual(keysOf(documented('TradeApiTest.queryAlgoOrder')));
    expect(keysOf(first(await read('/fapi/v1/openAlgoOrders')))).toEqual(keysOf(first(documented('TradeApiTest.currentAllAlgoOpenOrders'))));
    expect(keysOf(first(await read('/fapi/v1/allAlgoOrders', { symbol: 'ETHUSDT' })))).toEqual(keysOf(first(documented('TradeApiTest.queryAllAlgoOrders'))));
    await fixture.signed('DELETE', '/fapi/v1/algoOrder', { algoId: placed.algoId });
  });

  it('of trades, recent and older', async () => {
    const first = (rows: unknown): unknown => (rows as readonly unknown[])[0];
    for (const [name, path] of [
      ['recentTradesList', 'trades'],
      ['oldTradesLookup', 'historicalTrades'],
    ])
      expect(keysOf(first((await fixture.get(`/fapi/v1/${path}`, 'symbol=ETHUSDT')).body)), name).toEqual(
        keysOf(first(documented(`MarketDataApiTest.${name}`))),
      );
  });

  it('of the account: permissions are in the older answer and in accountConfig only', async () => {
    const current = (await read('/fapi/v3/account')) as { readonly positions: readonly Row[]; readonly assets: readonly Row[] };
    const example = documented('AccountApiTest.accountInformationV3') as { readonly assets: readonly Row[] };
    expect(keysOf(current)).toEqual(keysOf(example));
    expect(keysOf(current.assets[0])).toEqual(keysOf(example.assets[0]));
    expect(keysOf(positionIn(current.positions))).toEqual(documentedPosition('AccountApiTest.accountInformationV3'));
    const older = (await read('/fapi/v2/account')) as { readonly positions: readonly Row[] };
    expect(keysOf(older)).toEqual(keysOf(documented('AccountApiTest.accountInformationV2')));
    expect(keysOf(positionIn(older.positions))).toEqual(documentedPosition('AccountApiTest.accountInformationV2').concat('breakEvenPrice').toSorted());
    expect(keysOf(await read('/fapi/v1/accountConfig'))).toEqual(keysOf(documented('AccountApiTest.futuresAccountConfiguration')));
  });
});

it('a resting order takes margin in the row of its position, by the larger side, and in the account', async () => {
  const price = Number(((await fixture.get('/fapi/v2/ticker/price', 'symbol=ETHUSDT')).body as { readonly price: string }).price);
  const limit = (price * 0.96).toFixed(2);
  await fixture.signed('POST', '/fapi/v1/order', { symbol: 'ETHUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.4', price: limit });
  const row = positionIn(await read('/fapi/v3/positionRisk'));
  const notional = 0.4 * Number(limit);
  expect(Number(row['bidNotional'])).toBeCloseTo(notional, 6);
  expect(Number(row['openOrderInitialMargin'])).toBeCloseTo(notional / 20, 6);
  expect(Number(row['initialMargin'])).toBeCloseTo(Number(row['positionInitialMargin']) + notional / 20, 6);
  expect(Number(((await read('/fapi/v3/account')) as Row)['totalOpenOrderInitialMargin'])).toBeCloseTo(notional / 20, 6);
});

describe('windows', () => {
  const DAY_MS = 86_400_000;

  it('income may span more than seven days, trades and orders may not', async () => {
    const now = fixture.venue.now();
    const month = { startTime: String(Math.floor(now - 30 * DAY_MS)), endTime: String(Math.floor(now)) };
    const income = await fixture.signed('GET', '/fapi/v1/income', month);
    expect(codeOf(income)).toBeNull();
    expect((income.body as readonly Row[]).map((row) => row['incomeType'])).toContain('TRANSFER');
    expect(await read('/fapi/v1/income', { startTime: month.startTime })).toHaveLength((income.body as readonly Row[]).length);
    expect(codeOf(await fixture.signed('GET', '/fapi/v1/userTrades', { symbol: 'ETHUSDT', ...month }))).toBe(-1127);
    expect(codeOf(await fixture.signed('GET', '/fapi/v1/allOrders', { symbol: 'ETHUSDT', ...month }))).toBe(-1127);
  });

  it('a time that is none is refused, not read as the beginning of time', async () => {
    for (const text of ['abc', '-1', '1e12', '1.5'])
      expect(codeOf(await fixture.get('/fapi/v1/klines', `symbol=ETHUSDT&interval=1m&startTime=${text}`)), text).toBe(-1130);
  });
});

it('a change of an order costs no weight, as an order does not, and counts as an order', async () => {
  const weightOf = (answer: { readonly headers: Headers }): number => Number(answer.headers.get('x-mbx-used-weight-1m'));
  const before = await fixture.signed('POST', '/fapi/v1/order', { symbol: 'ETHUSDT', side: 'BUY', type: 'LIMIT' });
  const after = await fixture.signed('PUT', '/fapi/v1/order', { symbol: 'ETHUSDT', side: 'BUY', orderId: 1 });
  expect(weightOf(after) - weightOf(before)).toBe(0);
  expect(Number(after.headers.get('x-mbx-order-count-10s'))).toBe(Number(before.headers.get('x-mbx-order-count-10s')) + 1);
});

it('trades are of one symbol, orders of one or all', async () => {
  expect(codeOf(await fixture.signed('GET', '/fapi/v1/userTrades'))).toBe(-1102);
  expect(codeOf(await fixture.signed('GET', '/fapi/v1/allOrders'))).toBeNull();
});

it('the weight of the WebSocket API is one pool for all connections', async () => {
  const used = async (id: number): Promise<number> => {
    const api = await fixture.open('/ws-fapi/v1');
    api.send({ id, method: 'time' });
    const answer = await api.find('the time', (frame) => frame['id'] === id);
    api.socket.close();
    return (answer['rateLimits'] as readonly { readonly count: number }[])[0]?.count ?? 0;
  };
  const first = await used(1);
  // A handshake costs five, the question one; a new minute may begin in between.
  expect([first + 6, 6]).toContain(await used(2));
});
