// The venue's WebSocket doors: who hears what, how subscriptions change, the book's chain, listen keys, pings, the end of a connection.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../support/terminal.ts';
import { openVenue, sign, KEY, type Fixture, type Frame } from './support/venue.ts';

const streamOf = (frame: Frame): unknown => frame['stream'];

describe('the public doors', () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await openVenue({ speed: 20 });
  });
  afterAll(() => fixture.close());

  it('wrap frames on /stream and send them bare on /ws', async () => {
    const combined = await fixture.open('/market/stream?streams=ethusdt@kline_5m');
    const raw = await fixture.open('/market/ws/ethusdt@kline_5m');
    expect(await combined.find('a wrapped frame', (frame) => streamOf(frame) === 'ethusdt@kline_5m')).toHaveProperty('data.k.x');
    expect(await raw.find('a bare frame', (frame) => frame['e'] === 'kline')).toHaveProperty('k.x');
  });

  it('answer SUBSCRIBE, LIST_SUBSCRIPTIONS, UNSUBSCRIBE and nonsense', async () => {
    const heard = await fixture.open('/market/ws');
    heard.send({ method: 'SUBSCRIBE', params: ['ethusdt@kline_1h', 'nobody@knows'], id: 1 });
    expect(await heard.find('1', (frame) => frame['id'] === 1)).toEqual({ result: null, id: 1 });
    heard.send({ method: 'LIST_SUBSCRIPTIONS', id: 2 });
    expect(await heard.find('2', (frame) => frame['id'] === 2)).toEqual({ result: ['ethusdt@kline_1h', 'nobody@knows'], id: 2 });
    heard.send({ method: 'UNSUBSCRIBE', params: ['ethusdt@kline_1h'], id: 3 });
    await heard.find('3', (frame) => frame['id'] === 3);
    const silentSince = heard.frames.length;
    heard.send({ method: 'DANCE', id: 4 });
    expect(await heard.find('an error', (frame) => frame['error'] !== undefined)).toMatchObject({ error: { code: 2 } });
    heard.socket.send('{');
    expect(await heard.find('another', (frame) => (frame['error'] as { code?: number } | undefined)?.code === 3)).toBeDefined();
    expect(heard.frames.slice(silentSince).filter((frame) => frame['e'] === 'kline')).toEqual([]);
  });

  it('let each kind of data through its own door only; the retired door carries public data alone', async () => {
    const streams = 'ethusdt@bookTicker/ethusdt@kline_5m';
    const [market, open, retired] = await Promise.all(['/market', '/public', ''].map((door) => fixture.open(`${door}/stream?streams=${streams}`)));
    await market!.find('a candle', (frame) => streamOf(frame) === 'ethusdt@kline_5m');
    await open!.find('a quote', (frame) => streamOf(frame) === 'ethusdt@bookTicker');
    await retired!.find('a quote', (frame) => streamOf(frame) === 'ethusdt@bookTicker');
    expect(new Set(market!.frames.map(streamOf))).toEqual(new Set(['ethusdt@kline_5m']));
    expect(new Set(open!.frames.map(streamOf))).toEqual(new Set(['ethusdt@bookTicker']));
    expect(new Set(retired!.frames.map(streamOf))).toEqual(new Set(['ethusdt@bookTicker']));
  });

  it('mix foreign contracts into the all-market arrays, stocks in a message of their own', async () => {
    const heard = await fixture.open('/market/stream?streams=!markPrice@arr@1s/!miniTicker@arr');
    const rows = (frame: Frame): readonly { readonly s: string; readonly st: number }[] => frame['data'] as never;
    const coins = await heard.find('marks', (frame) => streamOf(frame) === '!markPrice@arr@1s' && rows(frame).length > 1);
    expect(rows(coins).filter((row) => row.st === 2)).toHaveLength(1);
    const stocks = await heard.find('stocks', (frame) => streamOf(frame) === '!markPrice@arr@1s' && rows(frame).length === 1);
    expect(rows(stocks)).toMatchObject([{ s: 'TSLAUSDT', st: 1 }]);
    const tickers = await heard.find('tickers', (frame) => streamOf(frame) === '!miniTicker@arr');
    expect(rows(tickers).some((row) => row.st === 2)).toBe(true);
  });

  it('close every candle once, with x, at every interval, in order', async () => {
    const heard = await fixture.open('/market/stream?streams=ethusdt@kline_1m/ethusdt@kline_5m/ethusdt@kline_15m');
    await fixture.control('POST', '/venue/clock', { stepMs: 16 * 60_000 });
    await until('a closed quarter of an hour', () =>
      Promise.resolve(heard.frames.some((frame) => streamOf(frame) === 'ethusdt@kline_15m' && (frame['data'] as { k: { x: boolean } }).k.x)),
    );
    for (const interval of ['5m', '15m']) {
      const opens = heard.frames.flatMap((frame) => {
        const { k } = frame['data'] as { readonly k: { readonly x: boolean; readonly t: number } };
        return streamOf(frame) === `ethusdt@kline_${interval}` && k.x ? [k.t] : [];
      });
      expect(opens.length, interval).toBeGreaterThan(0);
      expect(opens, interval).toEqual([...new Set(opens)].toSorted((a, b) => a - b));
    }
  });

  it('keep a book that a client can follow: snapshot, then differences whose ids chain without a hole', async () => {
    const heard = await fixture.open('/public/ws/btcusdt@depth@100ms');
    await heard.find('the first difference', (frame) => frame['e'] === 'depthUpdate');
    const snapshot = (await fixture.get('/fapi/v1/depth', 'symbol=BTCUSDT&limit=1000')).body as {
      lastUpdateId: number;
      bids: [string, string][];
      asks: [string, string][];
    };
    await until('more differences', () => Promise.resolve(heard.frames.length > 12));
    const sides = { b: new Map(snapshot.bids), a: new Map(snapshot.asks) };
    let last: number | null = null;
    for (const frame of heard.frames as unknown as readonly { U: number; u: number; pu: number; b: [string, string][]; a: [string, string][] }[]) {
      if (frame.u < snapshot.lastUpdateId) continue;
      if (last === null) expect(frame.U).toBeLessThanOrEqual(snapshot.lastUpdateId + 1);
      else expect(frame.pu).toBe(last);
      last = frame.u;
      for (const side of ['b', 'a'] as const)
        for (const [price, quantity] of frame[side]) {
          if (Number(quantity) === 0) sides[side].delete(price);
          else sides[side].set(price, quantity);
        }
    }
    const best = Math.max(...[...sides.b.keys()].map(Number));
    expect(best).toBeLessThan(Math.min(...[...sides.a.keys()].map(Number)));
    expect(sides.b.size).toBe(20);
    expect(sides.a.size).toBe(20);
  });

  it('throw out who sends more than ten messages a second', async () => {
    const heard = await fixture.open('/market/ws');
    for (let id = 0; id < 12; id += 1) heard.send({ method: 'LIST_SUBSCRIPTIONS', id });
    await until('the end', () => Promise.resolve(heard.closed()));
  });
});

describe('connections', () => {
  const count = async (fixture: Fixture): Promise<number> => ((await fixture.get('/venue/load')).body as { readonly connections: number }).connections;

  it('are pinged, and dropped when no pong comes back in time', async () => {
    const fixture = await openVenue({ pingMs: 100 });
    const answering = await fixture.open('/market/ws');
    let pings = 0;
    answering.socket.on('ping', () => void (pings += 1));
    const deaf = await fixture.open('/market/ws');
    deaf.socket.pause();
    expect(await count(fixture)).toBe(2);
    await until('the deaf one to go', async () => (await count(fixture)) === 1);
    expect(pings).toBeGreaterThan(2);
    expect(answering.closed()).toBe(false);
    await fixture.close();
  });

  it('are cut when their life is over, 24 hours at the exchange', async () => {
    const fixture = await openVenue({ connectionLifeMs: 300 });
    const heard = await fixture.open('/market/ws');
    await until('the end', () => Promise.resolve(heard.closed()));
    await fixture.close();
  });
});

describe('the private door', () => {
  let fixture: Fixture;
  let wall = Date.now();
  beforeAll(async () => {
    fixture = await openVenue({ wallNow: () => wall });
  });
  afterAll(() => fixture.close());
  const buy = (): Promise<unknown> => {
    const query = `symbol=ETHUSDT&side=BUY&type=MARKET&quantity=0.1&timestamp=${wall}`;
    return fetch(`${fixture.base}/fapi/v1/order?${query}&signature=${sign(query)}`, { method: 'POST', headers: { 'X-MBX-APIKEY': KEY } });
  };
  const obtain = async (method: string): Promise<{ readonly status: number; readonly key: string }> => {
    const answer = await fixture.control(method, '/fapi/v1/listenKey');
    return { status: answer.status, key: (answer.body as { readonly listenKey?: string }).listenKey ?? '' };
  };

  it('gives the same key again, never one with an underscore, and forgets it on DELETE', async () => {
    const first = await obtain('POST');
    expect(first.key).toMatch(/^[0-9a-zA-Z]{64}$/);
    expect((await obtain('POST')).key).toBe(first.key);
    expect((await obtain('PUT')).key).toBe(first.key);
    await fixture.control('DELETE', '/fapi/v1/listenKey');
    expect((await obtain('PUT')).status).toBe(400);
    expect((await obtain('POST')).key).not.toBe(first.key);
  });

  it('says listenKeyExpired after an hour, stays open, and is silent from then on', async () => {
    const { key } = await obtain('POST');
    const heard = await fixture.open(`/private/ws/${key}`);
    await buy();
    await heard.find('the fill', (frame) => frame['e'] === 'ORDER_TRADE_UPDATE');
    wall += 3_600_001;
    expect(await heard.find('the end of the key', (frame) => frame['e'] === 'listenKeyExpired')).toMatchObject({ listenKey: key });
    const count = heard.frames.length;
    await buy();
    await new Promise((resume) => setTimeout(resume, 300));
    expect(heard.frames).toHaveLength(count);
    expect(heard.closed()).toBe(false);
  });

  it('keeps a bogus key silent and sends only the named events', async () => {
    const { key } = await obtain('POST');
    const bogus = await fixture.open('/private/ws?listenKey=bogus');
    const some = await fixture.open(`/private/stream?listenKey=${key}&events=ACCOUNT_UPDATE`);
    await buy();
    expect(await some.find('the account', () => true)).toMatchObject({ stream: key, data: { e: 'ACCOUNT_UPDATE' } });
    expect(some.frames.every((frame) => (frame['data'] as { readonly e: string }).e === 'ACCOUNT_UPDATE')).toBe(true);
    expect(bogus.frames).toEqual([]);
  });
});

describe('the WebSocket API', () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await openVenue();
  });
  afterAll(() => fixture.close());

  it('places, asks, changes and cancels with signed parameters in alphabetical order, and counts the orders', async () => {
    const heard = await fixture.open('/ws-fapi/v1');
    let id = 0;
    const call = async (method: string, parameters: Readonly<Record<string, string | number>>): Promise<Frame> => {
      const all: Record<string, string | number> = { ...parameters, apiKey: KEY, timestamp: Date.now() };
      const payload = Object.keys(all)
        .toSorted()
        .map((name) => `${name}=${all[name]}`)
        .join('&');
      const wanted = (id += 1);
      heard.send({ id: wanted, method, params: { ...all, signature: sign(payload) } });
      return heard.find(method, (frame) => frame['id'] === wanted);
    };
    const limit = { symbol: 'ETHUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.1' };
    const price = Number(((await fixture.get('/fapi/v2/ticker/price', 'symbol=ETHUSDT')).body as { readonly price: string }).price);
    const placed = await call('order.place', { ...limit, price: (price * 0.95).toFixed(2), newClientOrderId: 'ws-1' });
    expect(placed).toMatchObject({
      status: 200,
      result: { status: 'NEW', clientOrderId: 'ws-1' },
      rateLimits: [{ rateLimitType: 'ORDERS', count: 1 }, {}, {}],
    });
    expect(await call('order.status', { symbol: 'ETHUSDT', origClientOrderId: 'ws-1' })).toMatchObject({ result: { origQty: '0.100' } });
    const change = { symbol: 'ETHUSDT', side: 'BUY', origClientOrderId: 'ws-1', quantity: '0.2', price: (price * 0.94).toFixed(2) };
    expect(await call('order.modify', change)).toMatchObject({ status: 200, result: { origQty: '0.200' } });
    expect(await call('order.cancel', { symbol: 'ETHUSDT', origClientOrderId: 'ws-1' })).toMatchObject({ result: { status: 'CANCELED' } });
    expect(await call('v2/account.position', {})).toMatchObject({ status: 200, result: [] });
    expect(await call('v2/account.balance', {})).toMatchObject({ status: 200, result: [{ asset: 'USDT' }] });
    expect(await call('order.status', { symbol: 'ETHUSDT', origClientOrderId: 'nobody' })).toMatchObject({ status: 400, error: { code: -2013 } });
  });

  it('refuses a wrong signature, an unknown method and a logon with an HMAC key', async () => {
    const heard = await fixture.open('/ws-fapi/v1');
    heard.send({ id: 'a', method: 'order.place', params: { apiKey: KEY, symbol: 'ETHUSDT', timestamp: Date.now(), signature: '00' } });
    expect(await heard.find('a', (frame) => frame['id'] === 'a')).toMatchObject({ status: 400, error: { code: -1022 } });
    heard.send({ id: 'b', method: 'order.dance' });
    expect(await heard.find('b', (frame) => frame['id'] === 'b')).toMatchObject({ status: 400 });
    heard.send({ id: 'c', method: 'session.logon', params: { apiKey: KEY, timestamp: Date.now(), signature: '00' } });
    expect(await heard.find('c', (frame) => frame['id'] === 'c')).toMatchObject({ status: 401, error: { code: -4056 } });
    heard.send({ id: 'd', method: 'session.status' });
    expect(await heard.find('d', (frame) => frame['id'] === 'd')).toMatchObject({ status: 200, result: { apiKey: null, authorizedSince: null } });
  });
});
