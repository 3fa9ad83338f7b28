// The exchange put together: which key goes where, which host serves what, budgets, ban memory, and what the key may do.
import { createHmac } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { inspect } from 'node:util';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PlaceDiagnosis } from '../../../src-shared/contract/diagnosis.ts';
import { defaultSettings, type Settings } from '../../../src-shared/contract/settings.ts';
import { Secret } from '../../../src-main/adapters/runtime/secret.ts';
import { BINANCE, BINANCE_DEMO, BINANCE_OLD_TESTNET, venueEndpoints } from '../../../src-main/adapters/binance/endpoints.ts';
import { createBinanceExchange, type BinanceExchange, type ExchangeOptions } from '../../../src-main/adapters/binance/exchange.ts';
import { eventually, MemoryLogger, shiftedClock } from './support/bench.ts';
import { MemoryArchive } from './support/feed-bench.ts';
import { CREDENTIALS, startConnectProxy } from './support/proxies.ts';
import { TinyExchange } from './support/tiny-exchange.ts';
import { intentOf } from './support/venue-bench.ts';
import { serveAccount, serveMarket } from './support/tiny-routes.ts';

let data: TinyExchange;
let trading: TinyExchange;
const opened: BinanceExchange[] = [];
let logger: MemoryLogger;
beforeEach(async () => {
  data = await new TinyExchange().start();
  trading = await new TinyExchange().start();
  logger = new MemoryLogger();
  for (const exchange of [data, trading]) {
    serveMarket(exchange, { now: () => Date.now(), symbols: ['BTCUSDT'] });
    serveAccount(exchange);
  }
});
afterEach(async () => {
  for (const { feed, execution } of opened.splice(0)) {
    await execution.stop();
    await feed.stop();
  }
  await data.stop();
  await trading.stop();
});

function open(parts: Partial<ExchangeOptions>): BinanceExchange {
  const created = createBinanceExchange({
    market: venueEndpoints(data.url),
    trading: venueEndpoints(trading.url),
    credentials: { apiKey: new Secret('trade-key'), apiSecret: new Secret('trade-secret') },
    proxyUrl: null,
    settings: () => ({ ...defaultSettings(), requestTimeoutSeconds: 10 }),
    clock: shiftedClock(),
    logger,
    archive: new MemoryArchive(),
    ...parts,
  });
  if (!created.ok) throw new Error(created.error);
  opened.push(created.value);
  return created.value;
}

function keysSeen(exchange: TinyExchange, path: RegExp): ReadonlySet<string> {
  return new Set(exchange.seen.filter((call) => path.test(call.path)).map(({ headers }) => String(headers['x-mbx-apikey'] ?? 'none')));
}

async function run(exchange: BinanceExchange): Promise<void> {
  void exchange.feed.start(() => undefined);
  await exchange.execution.start(() => undefined);
  await eventually('candles', () => [...data.seen, ...trading.seen].some(({ path }) => path === '/fapi/v1/klines'));
}

describe('keys', () => {
  it('market data and orders go to their own hosts; the market host never sees the trading key', async () => {
    await run(open({}));
    expect(keysSeen(data, /./)).toEqual(new Set(['none']));
    expect(keysSeen(trading, /account|listenKey|leverageBracket/)).toEqual(new Set(['trade-key']));
    expect(data.seen.some(({ path }) => /account|order|listenKey/.test(path))).toBe(false);
  });

  it('a data key of its own reads the market on the same exchange; orders and account carry the trading key', async () => {
    await run(open({ market: venueEndpoints(trading.url), dataCredentials: { apiKey: new Secret('data-key'), apiSecret: new Secret('data-secret') } }));
    expect(keysSeen(trading, /klines|exchangeInfo|ticker/)).toEqual(new Set(['data-key']));
    expect(keysSeen(trading, /account|listenKey|positionSide|leverageBracket/)).toEqual(new Set(['trade-key']));
  });

  it('without a data key the trading key serves both on one exchange', async () => {
    await run(open({ market: venueEndpoints(trading.url) }));
    expect(keysSeen(trading, /klines|account/)).toEqual(new Set(['trade-key']));
  });

  it('without any key the market runs and trading says what is missing', async () => {
    const exchange = open({ credentials: null });
    const events: string[] = [];
    void exchange.feed.start(({ kind }) => void events.push(kind));
    await eventually('ready', () => events.includes('symbol-ready'));
    const started = await exchange.execution.start(() => undefined);
    expect(started.ok ? '' : started.error.uiMessage).toMatch(/^No API key is set for trading/);
    expect(trading.seen).toHaveLength(0);
  });
});

describe('the clock', () => {
  const DAY_MS = 86_400_000;

  it('of this computer is a day ahead of the market: the status says so, also where orders go to a host that agrees with it', async () => {
    serveMarket(data, { now: () => Date.now() - DAY_MS, symbols: ['BTCUSDT'] });
    const exchange = open({});
    await run(exchange);
    expect(exchange.execution.status().clockOffsetMs).toBeGreaterThan(-DAY_MS - 5000);
    expect(exchange.execution.status().clockOffsetMs).toBeLessThan(-DAY_MS + 5000);
  });

  it('of this computer differs from the host of the orders: that counts where the market agrees', async () => {
    serveMarket(trading, { now: () => Date.now() + DAY_MS, symbols: ['BTCUSDT'] });
    const exchange = open({});
    await run(exchange);
    expect(exchange.execution.status().clockOffsetMs).toBeGreaterThan(DAY_MS - 5000);
  });
});

describe('hosts', () => {
  it('are Binance’s, its demo’s and its old testnet’s; only the real one can be asked about the key', () => {
    expect(BINANCE).toEqual({ rest: 'https://fapi.binance.com', socket: 'wss://fstream.binance.com', account: 'https://api.binance.com' });
    expect(BINANCE_DEMO).toEqual({
      rest: 'https://demo-fapi.binance.com',
      socket: 'wss://fstream.binancefuture.com',
      alternativeSocket: 'wss://demo-fstream.binance.com',
    });
    expect(BINANCE_OLD_TESTNET).toEqual({ rest: 'https://testnet.binancefuture.com', socket: 'wss://stream.binancefuture.com' });
    expect(venueEndpoints('http://127.0.0.1:4180')).toEqual({ rest: 'http://127.0.0.1:4180', socket: 'ws://127.0.0.1:4180' });
  });
});

describe('budgets', () => {
  it('one address and host is one budget: market calls show in the status', async () => {
    const exchange = open({ market: venueEndpoints(trading.url) });
    void exchange.feed.start(() => undefined);
    await eventually('weight', () => exchange.execution.status().weightUsed >= 50);
    exchange.setRateLimit(500);
    expect(exchange.execution.status().weightLimit).toBe(500);
  });

  it('the status counts what either side did not understand', async () => {
    data.on('GET /fapi/v1/exchangeInfo', () => ({ body: { symbols: [{ symbol: 7 }] } }));
    const exchange = open({});
    void exchange.feed.start(() => undefined);
    await eventually('the count', () => exchange.execution.status().malformed['contract rules'] === 1);
  });

  it('L12 a ban by a remote host is remembered, one by the local venue is not', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'terminal-exchange-'));
    const banFile = join(folder, 'bans.json');
    trading.script('GET /fapi/v1/positionSide/dual', { status: 418, headers: { 'retry-after': '60' }, body: { code: -1003, msg: 'banned' } });
    await open({ banFile }).execution.start(() => undefined);
    expect(existsSync(banFile)).toBe(false);
    const proxy = await startConnectProxy(trading.port);
    const remote = { rest: 'http://exchange.invalid', socket: 'ws://exchange.invalid' };
    const settings = (): Settings => ({ ...defaultSettings(), exitAddressUrl: '' });
    await open({ banFile, settings, trading: remote, proxyUrl: `http://${CREDENTIALS}@127.0.0.1:${proxy.port}` }).execution.start(() => undefined);
    expect(Object.keys(JSON.parse(readFileSync(banFile, 'utf8')) as object)).toEqual([remote.rest]);
    await proxy.stop();
    rmSync(folder, { recursive: true });
  });
});

describe('the diagnosis', () => {
  const tradingPlace = async (exchange: BinanceExchange): Promise<PlaceDiagnosis> => {
    const { places } = await exchange.diagnose();
    expect(places.map(({ side }) => side)).toEqual(['market', 'trading']);
    return places.at(-1)!;
  };

  it('says that requests and streams arrive, how long an answer takes and how far the clocks are apart; no key is shown', async () => {
    trading.on('GET /fapi/v1/time', () => ({ body: { serverTime: Date.now() + 5000 } }));
    const place = await tradingPlace(open({}));
    expect(place.sentence).toMatch(/^Requests and streams reach the exchange directly\. The answer took \d+ ms; the clocks differ by \d+ ms\.$/);
    expect(Math.abs((place.clockOffsetMs ?? 0) - 5000)).toBeLessThan(1000);
    expect([place.requestsWork, place.streamsWork, place.host]).toEqual([true, true, new URL(trading.url).host]);
    expect(trading.calls('GET /fapi/v1/time')[0]?.query.has('signature')).toBe(false);
    await eventually('the handshake is closed again', () => trading.sockets.length === 1 && trading.openSockets.length === 0);
  });

  it('one exchange for both sides is one place, and it is fine when everything arrives', async () => {
    const diagnosis = await open({ market: venueEndpoints(trading.url) }).diagnose();
    expect(diagnosis).toMatchObject({ isFine: true, exit: { state: 'not-needed' }, places: [{ side: 'both', via: 'direct' }] });
  });

  it('tells a stream that alone is refused from a location that is refused', async () => {
    trading.refuseUpgrade = { status: 502, body: '' };
    expect((await tradingPlace(open({}))).sentence).toBe(
      'Requests reach the exchange directly, but streams do not. The exchange or the way to it ended the connection (refused with 502).',
    );
    trading.refuseUpgrade = { status: 451, body: '' };
    trading.script('GET /fapi/v1/time', { status: 451, body: { code: 0, msg: 'Service unavailable from a restricted location' } });
    expect((await tradingPlace(open({}))).sentence).toMatch(/^Binance refuses this location\. Nothing was sent\./);
  });

  it('tells requests that alone fail', async () => {
    trading.script('GET /fapi/v1/time', { status: 403, text: '<html><h1>403 ERROR</h1>The request could not be satisfied.</html>' });
    const exchange = open({});
    expect((await tradingPlace(exchange)).sentence).toMatch(
      /^Streams reach the exchange directly, but requests do not\. The firewall in front of Binance refused this address\./,
    );
  });

  it('goes through the proxy like everything else and names its credentials when they are wrong', async () => {
    const proxy = await startConnectProxy(trading.port);
    const remote = { rest: 'http://exchange.invalid', socket: 'ws://exchange.invalid' };
    const settings = (): Settings => ({ ...defaultSettings(), exitAddressUrl: '' });
    const good = await tradingPlace(open({ settings, trading: remote, proxyUrl: `http://${CREDENTIALS}@127.0.0.1:${proxy.port}` }));
    expect(good.sentence).toMatch(/^Requests and streams reach the exchange through the proxy\./);
    expect(proxy.tunnels).toEqual(['exchange.invalid:80', 'exchange.invalid:80']);
    const bad = await tradingPlace(open({ settings, trading: remote, proxyUrl: `http://trader:no@127.0.0.1:${proxy.port}` }));
    expect(bad.sentence).toBe('The proxy refused the user name or password. Nothing was sent. Give the right ones at the next start (PROXY_CREDENTIALS).');
    expect([bad.requestsWork, bad.streamsWork]).toEqual([false, false]);
    await proxy.stop();
  });

  it('ends also when nobody answers', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((done) => void silent.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const place = await tradingPlace(open({ trading: venueEndpoints(url), settings: () => ({ ...defaultSettings(), requestTimeoutSeconds: 1 }) }));
    expect([place.requestsWork, place.streamsWork, place.roundTripMs]).toEqual([false, false, null]);
    expect(place.sentence).toMatch(/did not answer in time/);
    silent.close();
  });
});

describe('what the key may do', () => {
  const narrow = {
    ipRestrict: true,
    createTime: 1,
    enableReading: true,
    enableWithdrawals: false,
    enableInternalTransfer: false,
    permitsUniversalTransfer: false,
    enableFutures: true,
  };
  const withAccountHost = (): Partial<ExchangeOptions> => ({ trading: { ...venueEndpoints(trading.url), account: trading.url } });

  it('a narrow key gives no warning; the question is signed like any other', async () => {
    trading.on('GET /sapi/v1/account/apiRestrictions', () => ({ body: narrow }));
    const answer = await open(withAccountHost()).readPermissions();
    expect(answer).toEqual({ ok: true, value: { canWithdraw: false, canTransfer: false, isAddressRestricted: true, canTradeFutures: true, warnings: [] } });
    const [payload, signature] = trading.calls('GET /sapi/v1/account/apiRestrictions')[0]?.rawQuery.split('&signature=') ?? [];
    expect(signature).toBe(
      createHmac('sha256', 'trade-secret')
        .update(payload ?? '')
        .digest('hex'),
    );
  });

  it.each([
    [{ enableWithdrawals: true }, 'This API key can withdraw money. Switch withdrawals off for it at Binance: the terminal never needs them.'],
    [
      { permitsUniversalTransfer: true },
      'This API key can move money between accounts. Switch transfers off for it at Binance: the terminal never needs them.',
    ],
    [{ ipRestrict: false }, 'This API key works from every address. Restrict it at Binance to the address this machine or its proxy uses.'],
    [{ enableFutures: false }, 'This API key may not trade futures. Allow futures for it at Binance, or every order will be refused.'],
  ])('%j is warned of in one sentence', async (fact, sentence) => {
    trading.on('GET /sapi/v1/account/apiRestrictions', () => ({ body: { ...narrow, ...fact } }));
    const answer = await open(withAccountHost()).readPermissions();
    expect(answer?.ok === true ? answer.value.warnings : answer).toEqual([sentence]);
  });

  it('demo and the local venue have no such answer', async () => {
    expect(await open({}).readPermissions()).toBeNull();
    expect(await open({ ...withAccountHost(), credentials: null }).readPermissions()).toBeNull();
  });

  it('an answer that cannot be read, or none, is an error value and not a warning', async () => {
    trading.script('GET /sapi/v1/account/apiRestrictions', { body: { enableWithdrawals: 'maybe' } }, 'reset', {
      status: 401,
      body: { code: -2015, msg: 'Invalid API-key' },
    });
    const exchange = open(withAccountHost());
    const codes = [await exchange.readPermissions(), await exchange.readPermissions(), await exchange.readPermissions()].map((answer) =>
      answer === null || answer.ok ? 'ok' : answer.error.code,
    );
    expect(codes).toEqual(['malformed', 'unreachable', 'unauthorised']);
  });
});

it('no part of the exchange shows a key when it is printed, copied to JSON or logged', async () => {
  const credentials = { apiKey: new Secret('PLANTED-KEY-0001'), apiSecret: new Secret('PLANTED-SECRET-0001') };
  const exchange = open({ credentials });
  await exchange.execution.start(() => undefined);
  expect(trading.calls('GET /fapi/v3/account')[0]?.headers['x-mbx-apikey'], 'the exchange gets it').toBe('PLANTED-KEY-0001');
  const shown = [
    JSON.stringify(credentials),
    inspect(credentials, { depth: 9 }),
    `${String(credentials.apiKey)}`,
    inspect(exchange, { depth: 9 }),
    logger.text,
  ];
  expect(shown.filter((text) => text.includes('PLANTED'))).toEqual([]);
});

it.each([
  [-4014, 2],
  [-4140, 2],
  [-2027, 2],
  [-2019, 1],
])('an order refused with %i reads the rules of the contracts again: %i readings', async (code, readings) => {
  const exchange = open({ market: venueEndpoints(trading.url) });
  await run(exchange);
  await eventually('the rules', () => trading.calls('GET /fapi/v1/exchangeInfo').length === 1);
  trading.script('POST /fapi/v1/order', { status: 400, body: { code, msg: 'refused' } });
  expect((await exchange.execution.submit(intentOf({}))).ok).toBe(false);
  const made = (): number => trading.calls('GET /fapi/v1/exchangeInfo').length;
  await eventually('the readings', () => made() >= readings);
  await new Promise((resume) => setTimeout(resume, 100));
  expect(made()).toBe(readings);
});
