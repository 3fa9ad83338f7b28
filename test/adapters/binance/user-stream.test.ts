// The account stream against a real socket: key life, expiry, interruption, silence after acknowledged orders, frames of every kind.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { USER_STREAM_TIMES, type UserStreamTimes } from '../../../src-main/adapters/binance/user-stream.ts';
import { eventually } from './support/bench.ts';
import { TinyExchange, type TinySocket } from './support/tiny-exchange.ts';
import { serveAccount } from './support/tiny-routes.ts';
import { intentOf, venueBench, type VenueBench } from './support/venue-bench.ts';

let exchange: TinyExchange;
let bench: VenueBench;
beforeEach(async () => {
  exchange = await new TinyExchange().start();
  serveAccount(exchange);
});
afterEach(async () => {
  await bench.venue.stop();
  await exchange.stop();
});

const QUICK: UserStreamTimes = { ...USER_STREAM_TIMES, firstPauseMs: 20, longestPauseMs: 40, acknowledgedMs: 80 };

async function connected(times: Partial<UserStreamTimes> = {}): Promise<TinySocket> {
  bench = venueBench(exchange.url, { venue: { streamTimes: { ...QUICK, ...times } } });
  await bench.start();
  await eventually('the stream', () => bench.venue.status().userStream === 'connected');
  return exchange.sockets[0] as TinySocket;
}

function reasons(): readonly string[] {
  return bench.events.flatMap((event) => (event.kind === 'resync-needed' ? [event.why] : []));
}

const orderEvent = (id: string, parts: Readonly<Record<string, unknown>> = {}): unknown => ({
  e: 'ORDER_TRADE_UPDATE',
  E: 2,
  T: 1,
  o: {
    s: 'BTCUSDT',
    c: id,
    S: 'BUY',
    o: 'MARKET',
    f: 'GTC',
    q: '0.005',
    p: '0',
    ap: '0',
    sp: '0',
    x: 'NEW',
    X: 'NEW',
    i: 11,
    l: '0',
    z: '0',
    L: '0',
    n: '0',
    N: 'USDT',
    T: 1,
    t: 0,
    m: false,
    R: false,
    ps: 'BOTH',
    rp: '0',
    ...parts,
  },
});

describe('the listen key', () => {
  it('L28 is asked for without signature, with the key in the header only', async () => {
    const socket = await connected();
    const call = exchange.calls('POST /fapi/v1/listenKey')[0];
    expect([call?.headers['x-mbx-apikey'], call?.query.has('signature'), call?.query.has('timestamp')]).toEqual(['test-key', false, false]);
    expect([socket.url.pathname, socket.url.searchParams.get('listenKey')]).toEqual(['/private/ws', 'key1']);
  });

  it('L28 is renewed on schedule with an unsigned PUT', async () => {
    await connected({ keepAliveMs: 40 });
    await eventually('three renewals', () => exchange.calls('PUT /fapi/v1/listenKey').length >= 3);
    expect(exchange.calls('PUT /fapi/v1/listenKey')[0]?.query.has('signature')).toBe(false);
    expect(exchange.sockets).toHaveLength(1);
  });

  it('L28 a renewal that fails is tried again soon, within the life of the key', async () => {
    exchange.script('PUT /fapi/v1/listenKey', 'reset', 'reset', { body: {} });
    await connected({ keepAliveMs: 2000, keepAliveRetryMs: 20 });
    await eventually('the third try before the next regular renewal', () => exchange.calls('PUT /fapi/v1/listenKey').length >= 3, 3900);
    expect(exchange.sockets).toHaveLength(1);
  });

  it('L28 -1125 at renewal gets a new key, a new connection and a resync', async () => {
    await connected({ keepAliveMs: 40 });
    // Only now: a key that is refused while the first connection still opens is replaced without a second one.
    exchange.script('PUT /fapi/v1/listenKey', { status: 400, body: { code: -1125, msg: 'This listenKey does not exist.' } }, { body: {} });
    await eventually('the second connection', () => exchange.sockets.length === 2);
    expect(exchange.sockets[1]?.url.searchParams.get('listenKey')).toBe('key2');
    await eventually('the resync', () => reasons().includes('the account stream was interrupted'));
  });

  it.each([
    ['raw', { e: 'listenKeyExpired', E: '1699596037418', listenKey: 'x' }],
    ['wrapped', { stream: 'x', data: { e: 'listenKeyExpired', E: 1_699_596_037_418, listenKey: 'x' } }],
  ])('L28 listenKeyExpired (%s), which does not close the socket, is answered with a new key, connection and resync', async (_name, frame) => {
    await connected();
    exchange.push(frame);
    await eventually('the second connection', () => exchange.openSockets.length === 1 && exchange.sockets.length === 2);
    expect(exchange.sockets[1]?.url.searchParams.get('listenKey')).toBe('key2');
    await eventually('the resync', () => reasons().at(-1) === 'the account stream was interrupted');
  });

  it('when no key can be had it keeps asking and connects once it can', async () => {
    exchange.script('POST /fapi/v1/listenKey', 'reset', 'reset', { body: { listenKey: 'late' } });
    await connected();
    expect(exchange.sockets[0]?.url.searchParams.get('listenKey')).toBe('late');
  });
});

describe('an interruption', () => {
  it('L28 is told as down, then connected, then a resync: what happened meanwhile is unknown', async () => {
    const socket = await connected();
    socket.socket.terminate();
    await eventually('the resync', () => reasons().length === 2);
    expect(bench.events.map((event) => (event.kind === 'stream' ? event.state : event.kind))).toEqual([
      'connected',
      'resync-needed',
      'down',
      'connected',
      'resync-needed',
    ]);
  });

  it('L25 a half-open connection that answers no ping is replaced', async () => {
    const socket = await connected({ pingMs: 30 });
    socket.socket.pong = () => undefined;
    Object.assign(socket.socket, { _autoPong: false });
    await eventually('the second connection', () => exchange.sockets.length >= 2);
    expect(bench.logger.text).toContain('no answer to a ping');
  });

  it('a refused upgrade grows the pause and says why', async () => {
    exchange.refuseUpgrade = { status: 451, body: 'restricted' };
    bench = venueBench(exchange.url, { venue: { streamTimes: QUICK } });
    await bench.start();
    await eventually('down', () => bench.venue.status().userStream === 'down');
    expect(bench.logger.text).toContain('Binance refuses this location. Check that the VPN or proxy leaves from an allowed region.');
    exchange.refuseUpgrade = null;
    await eventually('connected', () => bench.venue.status().userStream === 'connected');
  });
});

describe('a connected stream that says nothing', () => {
  it('L23 an acknowledged order without an event asks for a resync', async () => {
    await connected();
    await bench.venue.submit(intentOf({ clientOrderId: 'silent-1' }));
    await eventually('the resync', () => reasons().includes('order silent-1 was accepted but the account stream said nothing about it'));
  });

  it('L28 the first silent order has the key checked: one whose expiry notice got lost is replaced', async () => {
    exchange.script('PUT /fapi/v1/listenKey', { status: 400, body: { code: -1125, msg: 'This listenKey does not exist.' } });
    await connected();
    await bench.venue.submit(intentOf({ clientOrderId: 'silent-1' }));
    await eventually('the second connection', () => exchange.sockets.length === 2);
    expect([exchange.sockets[1]?.url.searchParams.get('listenKey'), exchange.sockets[1]?.url.searchParams.has('events')]).toEqual(['key2', true]);
  });

  it('L25 the first silent order has the connection probed: a half-open one is replaced long before its next ping', async () => {
    const socket = await connected({ pingMs: 60_000 });
    Object.assign(socket.socket, { _autoPong: false });
    await bench.venue.submit(intentOf({ clientOrderId: 'silent-1' }));
    await eventually('the second connection', () => exchange.sockets.length === 2);
    expect(bench.logger.text).toContain('no answer to a ping');
  });

  it('after two silent orders the other form of the address is tried', async () => {
    const socket = await connected();
    expect(socket.url.searchParams.get('events')).toBe('ORDER_TRADE_UPDATE/ACCOUNT_UPDATE/ALGO_UPDATE/ACCOUNT_CONFIG_UPDATE/MARGIN_CALL');
    for (const clientOrderId of ['s1', 's2']) await bench.venue.submit(intentOf({ clientOrderId }));
    await eventually('the second connection', () => exchange.sockets.length === 2);
    expect(exchange.sockets[1]?.url.searchParams.has('events')).toBe(false);
  });

  it('an event before or after the answer counts as heard', async () => {
    await connected();
    exchange.push(orderEvent('early'));
    await eventually('the event', () => bench.events.some((event) => event.kind === 'order'));
    await bench.venue.submit(intentOf({ clientOrderId: 'early' }));
    await bench.venue.submit(intentOf({ clientOrderId: 'late' }));
    exchange.push(orderEvent('late'));
    await new Promise((resume) => setTimeout(resume, 160));
    expect(reasons()).toEqual(['the account stream is connected']);
  });
});

describe('frames', () => {
  it('an execution becomes a report and a fill', async () => {
    await connected();
    exchange.push(orderEvent('e1', { x: 'TRADE', X: 'FILLED', l: '0.005', z: '0.005', L: '100.2', ap: '100.2', t: 77, n: '0.0002505', m: true, rp: '-0.5' }));
    await eventually('the event', () => bench.events.some((event) => event.kind === 'order'));
    const event = bench.events.find(({ kind }) => kind === 'order');
    expect(event).toMatchObject({
      report: { clientOrderId: 'e1', venueOrderId: '11', status: 'filled', filledLots: 5, averagePrice: 100.2 },
      fill: { tradeId: '77', lots: 5, price: 100.2, fee: 25_050, realisedPnl: -50_000_000, maker: true },
    });
  });

  it('a margin call names its symbols', async () => {
    await connected();
    exchange.push({ e: 'MARGIN_CALL', E: 1, cw: '3.1', p: [{ s: 'ETHUSDT', ps: 'LONG', pa: '1', mt: 'CROSSED', iw: '0', mp: '1', up: '-1', mm: '1' }] });
    await eventually('the event', () => bench.events.some((event) => event.kind === 'margin-call' && event.symbol === 'ETHUSDT'));
  });

  it('kinds without meaning for us change nothing and are not counted as malformed', async () => {
    await connected();
    for (const e of ['TRADE_LITE', 'ACCOUNT_CONFIG_UPDATE', 'STRATEGY_UPDATE', 'GRID_UPDATE', 'SOMETHING_NEW']) exchange.push({ e, E: 1 });
    exchange.push(orderEvent('mark'));
    await eventually('the marker', () => bench.events.some((event) => event.kind === 'order'));
    expect(bench.venue.status().malformed).toEqual({});
  });

  it('a frame that cannot be read is counted by its kind and asks for a resync; the next one is handled', async () => {
    await connected();
    exchange.push('{"e":"ORDER_TRADE_UPDATE","o":');
    exchange.push({ e: 'ORDER_TRADE_UPDATE', E: 1, T: 1, o: { s: 'BTCUSDT' } });
    exchange.push({ e: 'ACCOUNT_UPDATE', E: 1, T: 1, a: { m: 'ORDER', B: [{ a: 'USDT', wb: '99999999999999999', bc: '0' }] } });
    exchange.push(orderEvent('after'));
    await eventually('the good one', () => bench.events.some((event) => event.kind === 'order'));
    expect(bench.venue.status().malformed).toEqual({ 'account frame': 1, ORDER_TRADE_UPDATE: 1, ACCOUNT_UPDATE: 1 });
    expect(reasons().slice(1)).toEqual(
      ['account frame', 'ORDER_TRADE_UPDATE', 'ACCOUNT_UPDATE'].map((what) => `an event of the account (${what}) was not understood`),
    );
  });

  it('after stop there are no more events and no socket stays open', async () => {
    await connected();
    await bench.venue.stop();
    const before = bench.events.length;
    await eventually('the end', () => exchange.openSockets.length === 0);
    await new Promise((resume) => setTimeout(resume, 100));
    expect([bench.events.length, exchange.openSockets.length]).toEqual([before, 0]);
  });
});
