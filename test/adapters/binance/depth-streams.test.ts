// The order book of the market somebody looks at, against real sockets: opened by the first question, closed when nobody asks, replaced when lost.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DepthStreams } from '../../../src-main/adapters/binance/depth-streams.ts';
import { SocketHost } from '../../../src-main/adapters/binance/socket-host.ts';
import { eventually, MemoryLogger } from './support/bench.ts';
import { QUICK_FEED } from './support/feed-bench.ts';
import { TinyExchange } from './support/tiny-exchange.ts';

let exchange: TinyExchange;
let depth: DepthStreams;
let malformed = 0;

function open(lingerMs = 60_000): DepthStreams {
  malformed = 0;
  const socketHost = new SocketHost(exchange.url.replace(/^http/, 'ws'));
  depth = new DepthStreams({ socketHost, agent: null, logger: new MemoryLogger(), times: QUICK_FEED, onMalformed: () => (malformed += 1), lingerMs });
  return depth;
}

const frame = (symbol: string, parts: Readonly<Record<string, unknown>> = {}): unknown => ({
  stream: `${symbol.toLowerCase()}@depth20@500ms`,
  data: {
    e: 'depthUpdate',
    E: 1000,
    T: 1000,
    s: symbol,
    U: 1,
    u: 2,
    pu: 0,
    b: [
      ['99.9', '2'],
      ['99.8', '0'],
      ['99.7', '3'],
    ],
    a: [['100.1', '1.5']],
    ...parts,
  },
});
const asked = (): readonly string[] => exchange.bookSockets.flatMap(({ frames }) => frames.flat());

beforeEach(async () => {
  exchange = await new TinyExchange().start();
});
afterEach(async () => {
  depth.stop();
  await exchange.stop();
});

describe('the order book of one market', () => {
  it('connects with the first question only, and gives levels best first without the emptied ones, and their age', async () => {
    open();
    expect(exchange.bookSockets).toHaveLength(0);
    expect(depth.book('BTCUSDT')).toBeNull();
    await eventually('its topic', () => asked().length === 1);
    expect(asked()).toEqual(['btcusdt@depth20@500ms']);
    exchange.pushBook(frame('BTCUSDT'));
    await eventually('the book', () => depth.book('BTCUSDT') !== null);
    const { ageMs, ...book } = depth.book('BTCUSDT') ?? { ageMs: -1 };
    expect(book).toEqual({
      symbol: 'BTCUSDT',
      time: 1000,
      bids: [
        [99.9, 2],
        [99.7, 3],
      ],
      asks: [[100.1, 1.5]],
    });
    expect(ageMs).toBeGreaterThanOrEqual(0);
  });

  it('takes a second market over the same connection, and a fifth in place of the one not asked about for longest', async () => {
    open();
    for (const symbol of ['AUSDT', 'BUSDT', 'CUSDT', 'DUSDT']) depth.book(symbol);
    await eventually('four topics', () => asked().length === 4);
    depth.book('AUSDT');
    depth.book('EUSDT');
    await eventually('the fifth', () => asked().includes('eusdt@depth20@500ms'));
    await eventually('the second let go', () => exchange.unsubscribed.includes('busdt@depth20@500ms'));
    expect(exchange.bookSockets).toHaveLength(1);
  });

  it('ends the connection when nobody asks any more, and opens another with the next question', async () => {
    open(300);
    await eventually('its topic', () => {
      depth.book('BTCUSDT');
      return asked().length === 1;
    });
    await eventually('the end', () => exchange.bookSockets.every(({ socket }) => socket.readyState === socket.CLOSED));
    await eventually('the next connection', () => {
      depth.book('BTCUSDT');
      return exchange.bookSockets.length === 2;
    });
  });

  it('counts a broken frame, keeps the newer book when an older one comes late, and asks again after a lost connection', async () => {
    open();
    depth.book('BTCUSDT');
    await eventually('its topic', () => asked().length === 1);
    exchange.pushBook(frame('BTCUSDT', { E: 2000 }));
    await eventually('the book', () => depth.book('BTCUSDT')?.time === 2000);
    for (const broken of ['{', [], frame('BTCUSDT', { b: [['x', '1']] }), frame('BTCUSDT', { b: [['101', '1']] })]) exchange.pushBook(broken);
    exchange.pushBook(frame('BTCUSDT', { E: 1500 }));
    exchange.pushBook(frame('OTHERUSDT', { E: 9000 }));
    await eventually('the count', () => malformed === 4);
    expect(depth.book('BTCUSDT')?.time).toBe(2000);
    exchange.bookSockets[0]?.socket.terminate();
    await eventually('the topic again', () => asked().length === 2);
    exchange.pushBook(frame('BTCUSDT', { E: 3000 }));
    await eventually('the newer book', () => depth.book('BTCUSDT')?.time === 3000);
  });
});
