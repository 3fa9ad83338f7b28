// The market feed against real sockets: warm-up, sharding, gaps, reconnection, silence, rotation, changing universe, honest status.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from './support/bench.ts';
import type { FeedTimes } from '../../../src-main/adapters/binance/feed-options.ts';
import { feedBench, klineFrame, type FeedBench } from './support/feed-bench.ts';
import { TinyExchange, type TinySocket } from './support/tiny-exchange.ts';
import { candleAt, STEP_MS } from './support/tiny-routes.ts';

let exchange: TinyExchange;
let bench: FeedBench;
beforeEach(async () => {
  exchange = await new TinyExchange().start();
});
afterEach(async () => {
  await bench.feed.stop();
  await exchange.stop();
});

async function streaming(...args: Parameters<typeof feedBench> extends [unknown, infer O] ? [O] : never): Promise<FeedBench> {
  bench = feedBench(exchange, args[0]);
  await bench.start();
  await eventually('full history', () => bench.of('symbol-ready').length >= bench.symbols.length);
  await eventually('streams', () => exchange.openSockets.length > 0 && exchange.sockets.every(({ frames }) => frames.length > 0));
  return bench;
}

/** Many symbols, as far as their subscription: history is not waited for. */
async function subscribed(count: number, times: Partial<FeedTimes> = {}): Promise<void> {
  bench = feedBench(exchange, { symbols: Array.from({ length: count }, (_, index) => `S${index}USDT`), times });
  await bench.start();
  await eventually('all topics', () => exchange.sockets.flatMap(({ frames }) => frames.flat()).length === count + 3);
}

function state(): string {
  return bench.of('feed-status').at(-1)?.status.state ?? 'none';
}

function expectWhole(symbol: string): void {
  const times = bench.candles(symbol);
  expect(times.length).toBeGreaterThan(400);
  for (const [index, time] of times.entries()) if (index > 0) expect(time).toBe((times[index - 1] ?? 0) + STEP_MS);
}

describe('the start', () => {
  it('gives instruments, prices and three timeframes of closed history before a symbol is ready', async () => {
    await streaming({ symbols: ['BTCUSDT', 'ETHUSDT'] });
    const kinds = bench.events
      .filter((event) => !('symbol' in event) || event.symbol === 'BTCUSDT')
      .map((event) => (event.kind === 'history' ? `history ${event.timeframe}` : event.kind));
    expect(kinds.filter((kind) => kind !== 'feed-status')).toEqual(['instruments', 'prices', 'history 1h', 'history 15m', 'history 5m', 'symbol-ready']);
    expect(bench.candles('BTCUSDT').at(-1)).toBe(Math.floor(bench.time.value / STEP_MS) * STEP_MS - STEP_MS);
    await eventually('streaming', () => state() === 'streaming');
  });

  it('L27 leaves the candle that is still open out of history', async () => {
    await streaming({ symbols: ['BTCUSDT'] });
    const open = Math.floor(bench.time.value / STEP_MS) * STEP_MS;
    expect(bench.archive.read({ symbol: 'BTCUSDT', timeframe: '5m', limit: 1000, before: null }).some(({ openTime }) => openTime >= open)).toBe(false);
  });

  it('a candle that closes while its history is on the way comes back unfinished and is left out; the stream brings it whole', async () => {
    bench = feedBench(exchange, { symbols: ['BTCUSDT'], times: { lateMs: Infinity } });
    const usual = exchange.routes().get('GET /fapi/v1/klines');
    let closed = 0;
    exchange.on('GET /fapi/v1/klines', (seen) => {
      const answer = usual?.(seen) ?? 'reset';
      if (closed === 0 && seen.query.get('interval') === '5m') closed = bench.time.closeCandle();
      return answer;
    });
    await bench.start();
    await eventually('full history', () => bench.of('symbol-ready').length === 1);
    expect(bench.candles('BTCUSDT').at(-1)).toBe(closed - STEP_MS);
    exchange.push(klineFrame('BTCUSDT', closed, true));
    await eventually('the candle', () => bench.of('candle-closed').length === 1);
    expect(bench.of('candle-closed')[0]?.candle.openTime).toBe(closed);
    expectWhole('BTCUSDT');
  });

  it('with 200 symbols opens two connections of at most 150 topics and frames of at most 100', async () => {
    await subscribed(200);
    expect(exchange.sockets.map(({ frames }) => frames.flat().length)).toEqual([150, 53]);
    expect(Math.max(...exchange.sockets.flatMap(({ frames }) => frames.map((topics) => topics.length)))).toBeLessThanOrEqual(100);
    expect(new Set(exchange.sockets.flatMap(({ frames }) => frames.flat())).size).toBe(203);
    expect(exchange.sockets.every(({ url }) => url.pathname === '/market/stream')).toBe(true);
  });

  it('L12 costs 6 request weight per symbol: 1200 for 200', async () => {
    await streaming({ symbols: Array.from({ length: 20 }, (_, index) => `S${index}USDT`) });
    const weights = exchange.calls('GET /fapi/v1/klines').map(({ query }) => (Number(query.get('limit')) < 500 ? 2 : 10));
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBe(20 * 6);
    expect(bench.gateway.malformed.size).toBe(0);
  });

  it('keeps trying while the exchange is away, and says so', async () => {
    bench = feedBench(exchange, { symbols: ['BTCUSDT'] });
    const works = exchange.routes();
    exchange.script('GET /fapi/v1/exchangeInfo', 'reset');
    await bench.start();
    await eventually('down', () => state() === 'down');
    exchange.restore(works);
    await eventually('ready', () => bench.of('symbol-ready').length === 1);
  });

  it('L31 a refused location is its own state with advice', async () => {
    bench = feedBench(exchange, { symbols: ['BTCUSDT'] });
    exchange.script('GET /fapi/v1/exchangeInfo', { status: 451, body: { code: 0, msg: 'Service unavailable from a restricted location' } });
    await bench.start();
    await eventually('the state', () => state() === 'geo_blocked');
    expect(bench.of('feed-status').at(-1)?.status.text).toMatch(/^Binance refuses this location\./);
    await new Promise((resume) => setTimeout(resume, 200));
    expect(exchange.calls('GET /fapi/v1/exchangeInfo')).toHaveLength(1);
  });

  it('L31 a location refused at the stream only is told too, with the same advice', async () => {
    exchange.refuseUpgrade = { status: 451, body: 'restricted' };
    bench = feedBench(exchange, { symbols: ['BTCUSDT'] });
    await bench.start();
    await eventually('the state', () => state() === 'geo_blocked');
    expect(bench.of('feed-status').at(-1)?.status.text).toBe(
      'Binance refuses this location. Check that the VPN or proxy leaves from an allowed region. Entries wait, exits work.',
    );
  });
});

describe('live candles', () => {
  it('a closed one continues history; a forming one is only shown', async () => {
    await streaming({ symbols: ['BTCUSDT'], times: { lateMs: Infinity } });
    const open = bench.time.closeCandle();
    exchange.push(klineFrame('BTCUSDT', open + STEP_MS, false));
    exchange.push(klineFrame('BTCUSDT', open, true));
    await eventually('the candle', () => bench.of('candle-closed').length === 1);
    expect(bench.of('candle-closed')[0]).toEqual({ kind: 'candle-closed', symbol: 'BTCUSDT', timeframe: '5m', candle: candleAt(open) });
    expect(bench.of('candle-forming')).toHaveLength(1);
    expect(bench.archive.newest('BTCUSDT', '5m')).toBe(open);
    expectWhole('BTCUSDT');
  });

  it('the same closed candle twice, or an old one, is delivered once', async () => {
    await streaming({ symbols: ['BTCUSDT'], times: { lateMs: Infinity } });
    const open = bench.time.closeCandle();
    for (const time of [open, open, open - STEP_MS, open - 10 * STEP_MS]) exchange.push(klineFrame('BTCUSDT', time, true));
    exchange.push(klineFrame('BTCUSDT', open + STEP_MS, false));
    await eventually('the marker', () => bench.of('candle-forming').length === 1);
    expect(bench.of('candle-closed').map(({ candle }) => candle.openTime)).toEqual([open]);
  });

  it('L25 a missed candle is fetched before the next one is delivered', async () => {
    await streaming({ symbols: ['BTCUSDT'], times: { lateMs: Infinity } });
    bench.time.closeCandle();
    bench.time.closeCandle();
    const third = bench.time.closeCandle();
    exchange.push(klineFrame('BTCUSDT', third, true));
    await eventually('the repair', () => bench.of('symbol-ready').length === 2);
    expect(bench.candles('BTCUSDT').at(-1)).toBe(third);
    expectWhole('BTCUSDT');
  });

  it('L25 a hole the exchange fills late is asked for again until history joins', async () => {
    await streaming({ symbols: ['BTCUSDT'], times: { lateMs: Infinity } });
    const missed = bench.time.closeCandle();
    const next = bench.time.closeCandle();
    const works = exchange.routes();
    const answer = works.get('GET /fapi/v1/klines');
    let tries = 0;
    exchange.on('GET /fapi/v1/klines', (seen) => {
      const given = answer?.(seen);
      if (given === undefined || typeof given === 'string' || !('body' in given) || seen.query.get('interval') !== '5m' || ++tries > 3) return given ?? 'reset';
      return { body: (given.body as readonly (readonly [number])[]).filter(([openTime]) => openTime < missed) };
    });
    exchange.push(klineFrame('BTCUSDT', next, true));
    await eventually('the repair', () => bench.candles('BTCUSDT').at(-1) === next);
    expect(tries).toBeGreaterThan(3);
    expectWhole('BTCUSDT');
    expect(bench.candles('BTCUSDT').at(-1)).toBe(next);
  });

  it('a symbol of the other kind of futures, or one we do not watch, changes nothing', async () => {
    await streaming({ symbols: ['BTCUSDT'] });
    exchange.push({
      stream: '!miniTicker@arr',
      data: [
        { e: '24hrMiniTicker', E: bench.time.value, s: 'BTCUSDT', c: '555', o: '100', q: '1', st: 2 },
        { e: '24hrMiniTicker', E: bench.time.value, s: 'BTCUSD_PERP', c: '5', o: '1', q: '1', st: 2 },
        { e: '24hrMiniTicker', E: bench.time.value, s: 'TSLAUSDT', c: '5', o: '1', q: '1', st: 1 },
      ],
    });
    exchange.push({ stream: '!markPrice@arr@1s', data: [{ e: 'markPriceUpdate', E: bench.time.value, s: 'BTCUSDT', p: '101', i: '101', r: '', T: 0, st: 1 }] });
    exchange.push(klineFrame('TSLAUSDT', bench.time.closeCandle(), true));
    await eventually('the mark', () => bench.of('prices').length === 2);
    expect(bench.of('prices')[1]?.prices).toMatchObject([{ symbol: 'BTCUSDT', last: 100, mark: 101, fundingRate: 0.0001, nextFundingTime: null }]);
    expect(bench.archive.newest('TSLAUSDT', '5m')).toBeNull();
  });
});

describe('rules that change while we run', () => {
  const announced = (): number => bench.of('instruments').length;
  const change = (symbol: string): void =>
    exchange.push({
      stream: '!contractInfo',
      data: { e: 'contractInfo', E: 1, s: symbol, ps: symbol, ct: 'PERPETUAL', dt: 1, ot: 1, cs: 'TRADING_HALT', bks: [] },
    });

  it('are read again when the exchange says so, a burst of changes once and the next one after a while', async () => {
    await streaming({ symbols: ['BTCUSDT', 'ETHUSDT'], times: { lateMs: Infinity, rulesMs: 200 } });
    expect(announced()).toBe(1);
    for (let times = 0; times < 5; times += 1) change('BTCUSDT');
    change('NOBODYUSDT');
    await eventually('the new rules', () => announced() === 2);
    for (let times = 0; times < 5; times += 1) change('ETHUSDT');
    await new Promise((resume) => setTimeout(resume, 60));
    expect(announced(), 'not yet').toBe(2);
    await eventually('the next reading', () => announced() === 3);
    expect(exchange.calls('GET /fapi/v1/exchangeInfo')).toHaveLength(3);
  });
});

describe('best bids and asks', () => {
  const ticker = (symbol: string, [b, a]: readonly [string, string], parts: Readonly<Record<string, unknown>> = {}): unknown => ({
    stream: '!bookTicker',
    data: { e: 'bookTicker', u: 1, E: bench.time.value, T: bench.time.value, s: symbol, b, B: '1', a, A: '1', st: 1, ps: symbol, ...parts },
  });
  const mark = (): void =>
    exchange.push({
      stream: '!markPrice@arr@1s',
      data: [{ e: 'markPriceUpdate', E: bench.time.value, s: 'BTCUSDT', p: '101', i: '101', r: '0', T: 0, st: 1 }],
    });
  /** The spread told with the next price. */
  const spread = async (): Promise<number | null | undefined> => {
    const before = bench.of('prices').length;
    mark();
    await eventually('the next price', () => bench.of('prices').length > before);
    return bench.of('prices').at(-1)?.prices[0]?.spreadFraction;
  };

  it('come from one topic of one connection for every market, through the public door', async () => {
    await subscribed(200);
    await eventually('the book stream', () => exchange.bookSockets[0]?.frames.length === 1);
    expect(exchange.bookSockets.map(({ url, frames }) => [url.pathname, frames.flat()])).toEqual([['/public/stream', ['!bookTicker']]]);
  });

  it('go out with the next price as a fraction of the middle; unknown before the first, for an empty side and after half a minute', async () => {
    await streaming({ symbols: ['BTCUSDT'], times: { lateMs: Infinity } });
    await eventually('the book stream', () => exchange.bookSockets[0]?.frames.length === 1);
    expect(await spread()).toBeNull();
    exchange.pushBook(ticker('BTCUSDT', ['99.95', '100.05']));
    await new Promise((resume) => setTimeout(resume, 30));
    expect(await spread()).toBeCloseTo(0.001, 12);
    exchange.pushBook(ticker('BTCUSDT', ['1', '99'], { st: 2 }));
    exchange.pushBook(ticker('BTCUSDT', ['1', '99'], { E: bench.time.value - 1 }));
    exchange.pushBook(ticker('OTHERUSDT', ['1', '2']));
    await new Promise((resume) => setTimeout(resume, 30));
    expect(await spread(), 'COIN-M, old and unknown ones change nothing').toBeCloseTo(0.001, 12);
    bench.time.value += 30_001;
    expect(await spread()).toBeNull();
    exchange.pushBook(ticker('BTCUSDT', ['0', '100']));
    await new Promise((resume) => setTimeout(resume, 30));
    expect(await spread()).toBeNull();
  });

  it('a lost or malformed book stream is counted or reconnected and is no trouble of the market', async () => {
    await streaming({ symbols: ['BTCUSDT'] });
    await eventually('the book stream', () => exchange.bookSockets[0]?.frames.length === 1);
    for (const broken of ['{', '[]', ticker('BTCUSDT', ['101', '100']), ticker('BTCUSDT', ['x', '100'])]) exchange.pushBook(broken);
    await eventually('the count', () => bench.gateway.malformed.get('bookTicker') === 4);
    exchange.bookSockets[0]?.socket.terminate();
    await eventually('the next connection', () => exchange.bookSockets[1]?.frames.length === 1);
    expect(bench.of('feed-status').some(({ status }) => status.state === 'down')).toBe(false);
    expect(await spread()).toBeNull();
  });
});

describe('a broken connection', () => {
  it('L25 is replaced, subscribed again, and what was missed is fetched', async () => {
    await streaming({ symbols: ['BTCUSDT', 'ETHUSDT'], times: { lateMs: Infinity } });
    const missed = bench.time.closeCandle();
    exchange.sockets[0]?.socket.terminate();
    await eventually('the new subscription', () => exchange.sockets[1]?.frames.flat().length === 5);
    await eventually('the repair', () => bench.of('symbol-ready').length === 4);
    for (const symbol of ['BTCUSDT', 'ETHUSDT']) {
      expect(bench.candles(symbol).at(-1)).toBe(missed);
      expectWhole(symbol);
    }
    expect(bench.of('feed-status').map(({ status }) => status.state)).toContain('down');
    await eventually('streaming again', () => state() === 'streaming');
  });

  it('is not hidden: the state stays down as long as one of two connections is', async () => {
    await subscribed(160);
    exchange.refuseUpgrade = { status: 503, body: '' };
    exchange.sockets[1]?.socket.terminate();
    await eventually('down', () => state() === 'down');
    const from = bench.of('feed-status').length;
    await eventually('some more status', () => bench.of('feed-status').length > from + 5);
    expect(
      new Set(
        bench
          .of('feed-status')
          .slice(from)
          .map(({ status }) => status.state),
      ),
    ).toEqual(new Set(['down']));
    expect(exchange.openSockets).toHaveLength(1);
    exchange.refuseUpgrade = null;
    await eventually('up', () => ['streaming', 'warming_up'].includes(state()));
  });

  it('L25 only the silent one of two connections is replaced', async () => {
    let chatter: NodeJS.Timeout | undefined;
    exchange.onSubscribe = ({ socket }, topics) => {
      if (topics.includes('!miniTicker@arr'))
        chatter ??= setInterval(() => socket.send(JSON.stringify(klineFrame('S0USDT', bench.time.value - (bench.time.value % STEP_MS), false))), 20);
    };
    await subscribed(160, { silenceMs: 1000 });
    await eventually('the third connection', () => exchange.sockets[2]?.frames.flat().length === exchange.sockets[1]?.frames.flat().length);
    clearInterval(chatter);
    expect(exchange.sockets[0]?.socket.readyState).toBe(exchange.sockets[0]?.socket.OPEN);
    expect(exchange.sockets[2]?.frames.flat()).toEqual(exchange.sockets[1]?.frames.flat());
    expect(bench.of('feed-status').some(({ status }) => status.state === 'stale')).toBe(true);
  });

  it('L25 is rotated before the exchange ends it, without losing a candle', async () => {
    await streaming({ symbols: ['BTCUSDT'], times: { rotateMs: 300, lateMs: Infinity } });
    const missed = bench.time.closeCandle();
    await eventually('the second connection', () => exchange.sockets.length >= 2 && bench.candles('BTCUSDT').at(-1) === missed);
    expect(bench.logger.text).toContain('a day is over');
    expectWhole('BTCUSDT');
  });

  it('backs off while it is refused, instead of knocking every moment', async () => {
    await streaming({ symbols: ['BTCUSDT'], times: { firstPauseMs: 20, longestPauseMs: 10_000 } });
    exchange.refuseUpgrade = { status: 503, body: '' };
    let knocks = 0;
    exchange.onUpgrade = () => void (knocks += 1);
    exchange.sockets[0]?.socket.terminate();
    await new Promise((resume) => setTimeout(resume, 700));
    // Pauses 20, 40, 80, 160, 320 … ms: five or six knocks; a fixed pause of 20 ms would knock some thirty times.
    expect(knocks).toBeGreaterThanOrEqual(2);
    expect(knocks).toBeLessThanOrEqual(7);
  });

  it('that opens and closes at once does not reset the pause', async () => {
    bench = feedBench(exchange, { symbols: ['BTCUSDT'], times: { firstPauseMs: 20, longestPauseMs: 10_000 } });
    exchange.onSocket = ({ socket }) => socket.close();
    await bench.start();
    await eventually('the first', () => exchange.sockets.length > 0);
    await new Promise((resume) => setTimeout(resume, 700));
    expect(exchange.sockets.length).toBeLessThanOrEqual(7);
  });
});

describe('a stream host that may be another', () => {
  it('is tried twice, then the other one, which stays', async () => {
    bench = feedBench(exchange, { symbols: ['BTCUSDT'], socketHosts: ['ws://127.0.0.1:9', exchange.url.replace(/^http/, 'ws')] });
    await bench.start();
    await eventually('the subscription', () => exchange.sockets[0]?.frames.length === 1);
    expect(bench.logger.text).toContain('The stream host brings nothing; trying ws://127.0.0.1:');
    for (let round = 1; round <= 3; round += 1) {
      await eventually('a reply', () => exchange.sockets[round - 1]?.frames.length === 1);
      await new Promise((resume) => setTimeout(resume, 20));
      exchange.sockets[round - 1]?.socket.terminate();
      await eventually('the next connection to the same host', () => exchange.sockets.length === round + 1);
    }
  });

  it('that connects and stays silent is left too', async () => {
    const silent = await new TinyExchange().start();
    silent.isMute = true;
    bench = feedBench(exchange, {
      symbols: ['BTCUSDT'],
      times: { silenceMs: 60 },
      socketHosts: [silent.url.replace(/^http/, 'ws'), exchange.url.replace(/^http/, 'ws')],
    });
    await bench.start();
    await eventually('the subscription', () => exchange.sockets[0]?.frames.length === 1);
    expect(silent.sockets).toHaveLength(2);
    await bench.feed.stop();
    await silent.stop();
  });
});

describe('a subscription that brings nothing', () => {
  it('L26 is noticed by exchange time, fetched by request, and its connection renewed', async () => {
    await streaming({ symbols: ['BTCUSDT', 'ETHUSDT'] });
    const closed = bench.time.closeCandle(30);
    await eventually('both candles', () => ['BTCUSDT', 'ETHUSDT'].every((symbol) => bench.candles(symbol).at(-1) === closed));
    await eventually('the new connection', () => exchange.sockets.length >= 2);
    expectWhole('BTCUSDT');
  });

  it('one late symbol of many is fetched without disturbing the others', async () => {
    const symbols = Array.from({ length: 10 }, (_, index) => `S${index}USDT`);
    await streaming({ symbols });
    const closed = bench.time.closeCandle(1);
    for (const symbol of symbols.slice(1)) exchange.push(klineFrame(symbol, closed, true));
    await eventually('nine candles', () => bench.of('candle-closed').length === 9);
    bench.time.value += 30_000;
    await eventually('the tenth', () => bench.candles('S0USDT').at(-1) === closed);
    expect(exchange.sockets).toHaveLength(1);
  });

  it('a symbol that is halted at the exchange is asked about once a candle, not all the time', async () => {
    await streaming({ symbols: ['BTCUSDT', 'ETHUSDT', 'XUSDT'] });
    const works = exchange.routes();
    const answer = works.get('GET /fapi/v1/klines');
    const halted = bench.time.closeCandle(1);
    exchange.on('GET /fapi/v1/klines', (seen) => {
      const given = answer?.(seen) ?? 'reset';
      if (typeof given === 'string' || !('body' in given)) return given;
      return { body: (given.body as readonly (readonly [number])[]).filter(([openTime]) => openTime < halted) };
    });
    for (const symbol of ['ETHUSDT', 'XUSDT']) exchange.push(klineFrame(symbol, halted, true));
    await eventually('the others', () => bench.of('candle-closed').length === 2);
    bench.time.value += 30_000;
    await eventually('the question', () => bench.of('symbol-ready').length === 4);
    const asked = exchange.calls('GET /fapi/v1/klines').length;
    await new Promise((resume) => setTimeout(resume, 300));
    expect(exchange.calls('GET /fapi/v1/klines').length).toBe(asked);
  });

  it('a refused SUBSCRIBE is told and counted', async () => {
    await streaming({ symbols: ['BTCUSDT'] });
    exchange.push({ code: 2, msg: 'Invalid request: invalid stream', id: 1 });
    await eventually('the count', () => bench.gateway.malformed.get('subscription reply') === 1);
    expect(bench.logger.text).toContain('2 Invalid request: invalid stream');
  });
});

describe('a changing universe', () => {
  it('a symbol with a position is watched at once, on the open connection', async () => {
    bench = feedBench(exchange, { symbols: ['AUSDT', 'BUSDT', 'CUSDT'], settings: { topSymbols: 2 } });
    await bench.start();
    await eventually('the subscription', () => exchange.sockets[0]?.frames.length === 1);
    await eventually('two ready', () => bench.of('symbol-ready').length === 2);
    expect(bench.of('instruments')[0]?.universe.toSorted()).toEqual(['AUSDT', 'BUSDT']);
    bench.feed.require(['CUSDT']);
    await eventually('the third', () => bench.of('symbol-ready').some(({ symbol }) => symbol === 'CUSDT'));
    expect(exchange.sockets).toHaveLength(1);
    expect(exchange.sockets[0]?.frames.flat()).toContain('cusdt@kline_5m');
    const open = bench.time.closeCandle();
    exchange.push(klineFrame('CUSDT', open, true));
    await eventually('its candle', () => bench.of('candle-closed').length === 1);
  });

  it('a required symbol is asked for until the exchange answers, one it does not list only once', async () => {
    await streaming({ symbols: ['AUSDT', 'BUSDT'], settings: { topSymbols: 5 } });
    const works = exchange.routes();
    const loads = exchange.calls('GET /fapi/v1/exchangeInfo').length;
    bench.symbols.push('CUSDT');
    exchange.script('GET /fapi/v1/ticker/24hr', 'reset');
    bench.feed.require(['CUSDT', 'GONEUSDT']);
    await eventually('two failed loads', () => exchange.calls('GET /fapi/v1/ticker/24hr').length >= 4);
    exchange.restore(works);
    await eventually('the symbol', () => bench.of('symbol-ready').some(({ symbol }) => symbol === 'CUSDT'));
    const after = exchange.calls('GET /fapi/v1/exchangeInfo').length;
    expect(after - loads).toBeGreaterThanOrEqual(3);
    for (let index = 0; index < 5; index += 1) bench.feed.require(['CUSDT', 'GONEUSDT']);
    await new Promise((resume) => setTimeout(resume, 100));
    expect(exchange.calls('GET /fapi/v1/exchangeInfo').length).toBe(after);
  });

  it('a delisted symbol leaves; its late frames change nothing; the others go on', async () => {
    await streaming({ symbols: ['AUSDT', 'BUSDT'], times: { universeMs: 100 } });
    bench.symbols.pop();
    await eventually('the new universe', () => bench.of('instruments').at(-1)?.universe.length === 1);
    await eventually('the unsubscription', () => exchange.unsubscribed.includes('busdt@kline_5m'));
    const open = bench.time.closeCandle();
    exchange.push(klineFrame('BUSDT', open, true));
    exchange.push(klineFrame('AUSDT', open, true));
    await eventually('the candle', () => bench.of('candle-closed').length === 1);
    expect(bench.of('candle-closed')[0]?.symbol).toBe('AUSDT');
    expect(exchange.sockets).toHaveLength(1);
  });
});

describe('the price of BNB', () => {
  it('is known for fees although nobody watches it, and is not published', async () => {
    bench = feedBench(exchange, { symbols: ['AUSDT', 'BNBUSDT'], settings: { topSymbols: 1 } });
    await bench.start();
    await eventually('history', () => bench.of('symbol-ready').length === 1);
    await eventually('the stream', () => exchange.sockets[0]?.frames.length === 1);
    expect(bench.feed.priceOf('BNB')).toBe(100.5);
    exchange.push({
      stream: '!markPrice@arr@1s',
      data: ['BNBUSDT', 'AUSDT'].map((s) => ({ e: 'markPriceUpdate', E: bench.time.value, s, p: '222', i: '1', r: '0', T: 0, st: 1 })),
    });
    await eventually('the price', () => bench.feed.priceOf('BNB') === 222);
    expect(new Set(bench.of('prices').flatMap(({ prices }) => prices.map(({ symbol }) => symbol)))).toEqual(new Set(['AUSDT']));
    expect(bench.feed.priceOf('DOGE')).toBeNull();
  });
});

describe('leverage brackets', () => {
  it('L11 that could not be read are asked for again and announced when they are there', async () => {
    const works = {
      body: [{ symbol: 'BTCUSDT', brackets: [{ bracket: 1, initialLeverage: 125, notionalFloor: 0, notionalCap: 50_000, maintMarginRatio: 0.004, cum: 0 }] }],
    };
    bench = feedBench(exchange, { symbols: ['BTCUSDT'], times: { bracketsMs: 30 } });
    exchange.script('GET /fapi/v1/leverageBracket', 'reset', 'reset', works);
    await bench.start();
    await eventually('the brackets', () => bench.of('instruments').at(-1)?.instruments[0]?.brackets.length === 1);
    expect(bench.of('instruments').map(({ instruments }) => instruments[0]?.brackets.length)).toEqual([0, 1]);
    const asked = exchange.calls('GET /fapi/v1/leverageBracket').length;
    await new Promise((resume) => setTimeout(resume, 120));
    expect(exchange.calls('GET /fapi/v1/leverageBracket').length).toBe(asked);
  });
});

describe('history for a chart', () => {
  it('comes from the archive when that is whole, and from the exchange when it has a hole', async () => {
    await streaming({ symbols: ['BTCUSDT'] });
    const asked = exchange.calls('GET /fapi/v1/klines').length;
    const whole = await bench.feed.history({ symbol: 'BTCUSDT', timeframe: '5m', limit: 300, before: null });
    expect([whole.ok && whole.value.length, exchange.calls('GET /fapi/v1/klines').length]).toEqual([300, asked]);
    const before = bench.candles('BTCUSDT')[0] as never;
    const older = await bench.feed.history({ symbol: 'BTCUSDT', timeframe: '5m', limit: 300, before });
    expect(older.ok && older.value.map(({ openTime }) => openTime)).toEqual(
      Array.from({ length: 300 }, (_, index) => Number(before) - (300 - index) * STEP_MS),
    );
    expect(exchange.calls('GET /fapi/v1/klines').length).toBe(asked + 1);
  });
});

describe('the end', () => {
  it('stop closes every socket and timer: nothing happens afterwards', async () => {
    await streaming({ symbols: ['BTCUSDT'] });
    await bench.feed.stop();
    const isClosed = ({ socket }: TinySocket): boolean => socket.readyState === socket.CLOSED;
    await eventually('closed sockets', () => exchange.openSockets.length === 0 && exchange.bookSockets.every(isClosed));
    const [events, calls] = [bench.events.length, exchange.seen.length];
    await new Promise((resume) => setTimeout(resume, 150));
    expect([bench.events.length, exchange.seen.length]).toEqual([events, calls]);
  });
});
