// Parameters of orders that only some clients send: dates, prices left to the book, lists in small letters, a trial, the burning of fees.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openVenue, type Fixture, type Frame } from './support/venue.ts';

const symbol = 'ETHUSDT';

describe('parameters of orders', () => {
  let fixture: Fixture;
  let price: number;
  beforeAll(async () => {
    fixture = await openVenue();
    await fixture.control('POST', '/venue/clock', { paused: true });
    price = Number(((await fixture.get('/fapi/v2/ticker/price', `symbol=${symbol}`)).body as Frame)['price']);
  });
  afterAll(() => fixture.close());

  type Parameters = Readonly<Record<string, string | number | boolean>>;
  const order = async (change: Parameters, verb = 'POST', path = '/fapi/v1/order'): Promise<Frame> =>
    (await fixture.signed(verb, path, { symbol, side: 'BUY', type: 'LIMIT', quantity: '0.1', ...change })).body as Frame;
  const resting = { timeInForce: 'GTC', price: '1500.00' };

  it('the rules of a contract name every time in force that its orders may have', async () => {
    const { symbols } = (await fixture.get('/fapi/v1/exchangeInfo')).body as { readonly symbols: readonly { readonly timeInForce: readonly string[] }[] };
    expect(symbols[0]?.timeInForce).toEqual(['GTC', 'IOC', 'FOK', 'GTX', 'GTD']);
    const date = { goodTillDate: Math.floor(fixture.venue.now()) + 3_600_000 };
    const price97 = (price * 0.97).toFixed(2);
    for (const timeInForce of symbols[0]?.timeInForce ?? [])
      expect(await order({ timeInForce, price: price97, ...(timeInForce === 'GTD' ? date : {}) }, 'POST', '/fapi/v1/order/test'), timeInForce).toMatchObject(
        timeInForce === 'FOK' ? { code: -5021 } : { timeInForce },
      );
  });

  it('GTD needs a date, keeps its whole seconds, and tells it in answers and on the account stream', async () => {
    const stream = await fixture.open(`/private/ws/${((await fixture.signed('POST', '/fapi/v1/listenKey')).body as { readonly listenKey: string }).listenKey}`);
    const low = (price * 0.97).toFixed(2);
    expect(await order({ timeInForce: 'GTD', price: low })).toMatchObject({ code: -1102, msg: expect.stringContaining("'goodTillDate'") as string });
    const date = Math.floor(fixture.venue.now() / 1000) * 1000 + 3_600_000;
    expect(await order({ timeInForce: 'GTD', price: low, goodTillDate: date - 3_500_000 })).toMatchObject({ code: -5040 });
    const placed = await order({ timeInForce: 'GTD', price: low, goodTillDate: date + 789, newClientOrderId: 'dated' });
    expect(placed).toMatchObject({ timeInForce: 'GTD', goodTillDate: date, status: 'NEW' });
    const frame = await stream.find('the order', (entry) => entry['e'] === 'ORDER_TRADE_UPDATE' && (entry['o'] as Frame)['c'] === 'dated');
    expect(frame['o']).toMatchObject({ f: 'GTD', gtd: date, pm: 'NONE' });
    await fixture.control('POST', '/venue/clock', { stepMs: 3_700_000 });
    const ended = await stream.find('its end', (entry) => entry['e'] === 'ORDER_TRADE_UPDATE' && (entry['o'] as Frame)['x'] === 'EXPIRED');
    expect(ended['o']).toMatchObject({ c: 'dated', X: 'EXPIRED', er: '6' });
    await fixture.signed('DELETE', '/fapi/v1/allOpenOrders', { symbol });
  });

  it('priceMatch: instead of a price, on limit orders alone, in an order and in a change', async () => {
    expect(await order({ timeInForce: 'GTC', priceMatch: 'QUEUE_5', price: '1500' })).toMatchObject({ code: -1106 });
    expect(await order({ timeInForce: 'GTC', priceMatch: 'QUEUE_7' })).toMatchObject({ code: -5037 });
    expect(await order({ type: 'MARKET', priceMatch: 'QUEUE' })).toMatchObject({ code: -5038 });
    const book = (await fixture.get('/fapi/v1/depth', `symbol=${symbol}&limit=20`)).body as { readonly bids: readonly (readonly [string, string])[] };
    const placed = await order({ timeInForce: 'GTC', priceMatch: 'QUEUE_5' });
    expect(placed).toMatchObject({ priceMatch: 'QUEUE_5', price: book.bids[4]?.[0] });
    const changed = await order({ orderId: Number(placed['orderId']), priceMatch: 'QUEUE_10' }, 'PUT');
    expect(changed['price']).toBe(book.bids[9]?.[0]);
    const stop = { algoType: 'CONDITIONAL', triggerPrice: (price * 2).toFixed(2), timeInForce: 'GTC' };
    expect(await order({ ...stop, type: 'STOP_MARKET', priceMatch: 'QUEUE' }, 'POST', '/fapi/v1/algoOrder')).toMatchObject({ code: -5038 });
    expect(await order({ ...stop, type: 'STOP', priceMatch: 'QUEUE' }, 'POST', '/fapi/v1/algoOrder')).toMatchObject({ priceMatch: 'QUEUE', price: '0' });
    await fixture.signed('DELETE', '/fapi/v1/algoOpenOrders', { symbol });
    await fixture.signed('DELETE', '/fapi/v1/allOpenOrders', { symbol });
  });

  it('an unknown way to prevent self-trades is −5039', async () => {
    expect(await order({ ...resting, selfTradePreventionMode: 'EXPIRE_ALL' })).toMatchObject({ code: -5039 });
  });

  it('several orders are cancelled by lists in small letters too', async () => {
    const at = (price * 0.97).toFixed(2);
    const ids = await Promise.all(['a', 'b', 'c'].map(async (name) => (await order({ timeInForce: 'GTC', price: at, newClientOrderId: name }))['orderId']));
    const cancel = async (list: Parameters): Promise<unknown> => (await fixture.signed('DELETE', '/fapi/v1/batchOrders', { symbol, ...list })).body;
    expect(await cancel({ orderidlist: JSON.stringify(ids.slice(0, 2)) })).toMatchObject([{ status: 'CANCELED' }, { status: 'CANCELED' }]);
    expect(await cancel({ origclientorderidlist: '["c"]' })).toMatchObject([{ status: 'CANCELED', clientOrderId: 'c' }]);
  });

  it('a trial order is described, refused as a real one would be, and never placed', async () => {
    const at = (price * 0.97).toFixed(2);
    const tried = await order({ timeInForce: 'GTC', price: at, newClientOrderId: 'trial' }, 'POST', '/fapi/v1/order/test');
    expect(tried).toMatchObject({
      clientOrderId: 'trial',
      status: 'NEW',
      price: at,
      origQty: '0.100',
      executedQty: '0.000',
      cumQuote: '0.00000000',
      orderId: 0,
    });
    expect(await order({ timeInForce: 'GTC', price: at, quantity: '0.00001' }, 'POST', '/fapi/v1/order/test')).toMatchObject({ code: -1111 });
    expect(await order({ timeInForce: 'GTC', price: at, quantity: '900' }, 'POST', '/fapi/v1/order/test')).toMatchObject({ code: -2019 });
    expect((await fixture.signed('GET', '/fapi/v1/allOrders', { symbol })).body).not.toContainEqual(expect.objectContaining({ clientOrderId: 'trial' }));
  });

  it('burning BNB for fees can be switched on and off; without BNB the fee stays in USDT', async () => {
    const read = async (): Promise<unknown> => (await fixture.signed('GET', '/fapi/v1/feeBurn')).body;
    expect(await read()).toEqual({ feeBurn: false });
    expect((await fixture.signed('POST', '/fapi/v1/feeBurn', { feeBurn: true })).body).toEqual({ code: 200, msg: 'success' });
    expect(await read()).toEqual({ feeBurn: true });
    expect((await fixture.signed('GET', '/fapi/v2/account')).body).toMatchObject({ feeBurn: true });
    expect((await fixture.signed('POST', '/fapi/v1/feeBurn')).body).toMatchObject({ code: -1102 });
    await order({ type: 'MARKET' });
    const [trade] = (await fixture.signed('GET', '/fapi/v1/userTrades', { symbol })).body as readonly Frame[];
    expect(trade).toMatchObject({ commissionAsset: 'USDT' });
    expect(Number(trade?.['commission'])).toBeCloseTo(Number(trade?.['quoteQty']) * 0.0005, 8);
  });
});
