// One proxy for everything: REST, market streams and the account stream go through it, never past it; wrong credentials are one sentence.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { defaultSettings, type Settings } from '../../../src-shared/contract/settings.ts';
import { epochMs } from '../../../src-shared/kernel/units.ts';
import type { Result } from '../../../src-shared/kernel/result.ts';
import type { ExchangeError, MarketEvent, VenueEvent } from '../../../src-main/core/ports.ts';
import { Secret } from '../../../src-main/adapters/runtime/secret.ts';
import { createBinanceExchange, createProxyAgent, type BinanceExchange } from '../../../src-main/adapters/binance/exchange.ts';
import { eventually, MemoryLogger, shiftedClock } from './support/bench.ts';
import { MemoryArchive } from './support/feed-bench.ts';
import { CREDENTIALS, startConnectProxy, startSocksProxy, type TestProxy } from './support/proxies.ts';
import { TinyExchange } from './support/tiny-exchange.ts';
import { serveAccount, serveMarket } from './support/tiny-routes.ts';

/** A name that does not exist: only the proxy can know where it leads. */
const HOST = 'exchange.invalid';
let exchange: TinyExchange;
let proxy: TestProxy;
let opened: BinanceExchange | null = null;

beforeEach(async () => {
  exchange = await new TinyExchange().start();
  serveMarket(exchange, { now: () => Date.now(), symbols: ['BTCUSDT'] });
  serveAccount(exchange);
  serveAddress();
});
afterEach(async () => {
  await opened?.execution.stop();
  await opened?.feed.stop();
  opened = null;
  await proxy.stop();
  await exchange.stop();
});

/** What a page that tells the caller's address would say of the proxy. */
function serveAddress(...addresses: readonly string[]): void {
  let asked = 0;
  exchange.on('GET /address', () => ({ text: `${addresses[Math.min(asked++, addresses.length - 1)] ?? '203.0.113.7'}\n` }));
}

interface Running {
  readonly logger: MemoryLogger;
  readonly market: MarketEvent[];
  readonly account: VenueEvent[];
  readonly exchange: BinanceExchange;
}

function open(proxyUrl: string, base = HOST, secure = '', changed: Partial<Settings> = {}): Running {
  const logger = new MemoryLogger();
  const endpoints = { rest: `http${secure}://${base}`, socket: `ws${secure}://${base}` };
  const created = createBinanceExchange({
    market: endpoints,
    trading: endpoints,
    credentials: { apiKey: new Secret('k'), apiSecret: new Secret('s') },
    proxyUrl,
    settings: () => ({ ...defaultSettings(), requestTimeoutSeconds: 10, exitAddressUrl: `http${secure}://${base}/address`, ...changed }),
    clock: shiftedClock(),
    logger,
    archive: new MemoryArchive(),
  });
  if (!created.ok) throw new Error(created.error);
  opened = created.value;
  const running: Running = { logger, market: [], account: [], exchange: created.value };
  void created.value.feed.start((event) => void running.market.push(event));
  return running;
}

async function expectEverythingThrough(running: Running): Promise<void> {
  await eventually('history by REST', () => running.market.some(({ kind }) => kind === 'symbol-ready'));
  await eventually('the market stream', () => exchange.sockets.some(({ url, frames }) => url.pathname === '/market/stream' && frames.length > 0));
  const account = await running.exchange.execution.start((event) => void running.account.push(event));
  expect(account.ok && account.value.wallet).toBe(100_050_000_000);
  await eventually('the account stream', () => running.account.some((event) => event.kind === 'stream' && event.state === 'connected'));
  exchange.push({ e: 'MARGIN_CALL', p: [{ s: 'BTCUSDT' }] }, /private/);
  await eventually('a frame of the account', () => running.account.some(({ kind }) => kind === 'margin-call'));
  exchange.push({ stream: '!markPrice@arr@1s', data: [{ e: 'markPriceUpdate', E: Date.now(), s: 'BTCUSDT', p: '101.5', i: '1', r: '0', T: 0 }] }, /market/);
  await eventually('a frame of the market', () => running.market.some((event) => event.kind === 'prices' && event.prices[0]?.mark === 101.5));
  expect(proxy.tunnels.length).toBeGreaterThanOrEqual(exchange.seen.length + exchange.sockets.length);
}

describe.each([
  ['HTTP CONNECT', startConnectProxy, 'http'],
  ['SOCKS5 with names resolved by the proxy', startSocksProxy, 'socks5h'],
] as const)('%s', (_name, start, scheme) => {
  it('carries REST and both streams, with credentials', async () => {
    proxy = await start(exchange.port);
    await expectEverythingThrough(open(`${scheme}://${CREDENTIALS}@127.0.0.1:${proxy.port}`));
    expect(new Set(proxy.tunnels)).toEqual(new Set([`${HOST}:80`]));
  });

  it.each([
    ['wrong credentials', 'trader:wrong@'],
    ['no credentials', ''],
  ])('%s give one clear sentence, for REST and for the stream, and nothing goes past the proxy', async (_case, credentials) => {
    proxy = await start(exchange.port);
    const running = open(`${scheme}://${credentials}127.0.0.1:${proxy.port}`);
    await eventually('the state', () => running.market.some((event) => event.kind === 'feed-status' && event.status.state === 'down'));
    const down = running.market.find((event) => event.kind === 'feed-status' && event.status.state === 'down');
    expect(down).toMatchObject({
      status: { text: 'The proxy refused the user name or password. Nothing was sent. Give the right ones at the next start (PROXY_CREDENTIALS).' },
    });
    const account = await running.exchange.execution.start(() => undefined);
    expect(account.ok ? null : [account.error.code, account.error.outcome, account.error.uiMessage]).toEqual([
      'unreachable',
      'not_executed',
      'The proxy refused the user name or password. Nothing was sent. Give the right ones at the next start (PROXY_CREDENTIALS).',
    ]);
    expect(proxy.refused()).toBeGreaterThan(0);
    expect([exchange.seen.length, exchange.sockets.length]).toEqual([0, 0]);
    expect(running.logger.text).not.toContain('wrong');
  });

  it('a proxy that is gone is told as not reachable, nothing was sent', async () => {
    proxy = await start(exchange.port);
    await proxy.stop();
    const running = open(`${scheme}://${CREDENTIALS}@127.0.0.1:${proxy.port}`);
    const account = await running.exchange.execution.start(() => undefined);
    expect(account.ok ? null : account.error.uiMessage).toMatch(/^The exchange cannot be reached\. Check the network, the VPN or the proxy\./);
    expect(exchange.seen).toHaveLength(0);
  });

  it('when the proxy dies the streams go down and nothing falls back to a direct connection', async () => {
    proxy = await start(exchange.port);
    const running = open(`${scheme}://${CREDENTIALS}@127.0.0.1:${proxy.port}`);
    await eventually('the market stream', () => exchange.openSockets.length === 1);
    await proxy.stop();
    await eventually('down', () => running.market.some((event) => event.kind === 'feed-status' && event.status.state === 'down'));
    const before = exchange.seen.length;
    await new Promise((resume) => setTimeout(resume, 700));
    expect([exchange.seen.length, exchange.openSockets.length]).toEqual([before, 0]);
  });
});

describe('the way is verified before anything signed leaves', () => {
  it('when the proxy carries requests but the stream is refused, trading does not start', async () => {
    proxy = await startConnectProxy(exchange.port);
    exchange.refuseUpgrade = { status: 451, body: '' };
    const running = open(`http://${CREDENTIALS}@127.0.0.1:${proxy.port}`);
    const account = await running.exchange.execution.start(() => undefined);
    expect(account.ok ? null : [account.error.code, account.error.outcome, account.error.uiMessage]).toEqual([
      'geo_blocked',
      'not_executed',
      'Requests reach the exchange through the proxy, but streams do not. Binance refuses this location. Check that the VPN or proxy leaves from an allowed region. Nothing signed was sent.',
    ]);
    expect(exchange.seen.filter(({ query }) => query.has('signature'))).toEqual([]);
    exchange.refuseUpgrade = null;
    expect((await running.exchange.execution.start(() => undefined)).ok).toBe(true);
  });
});

describe('H6 one verified exit address', () => {
  const entry = (running: Running): Promise<Result<null, ExchangeError>> =>
    running.exchange.execution.prepareSymbol({ symbol: 'BTCUSDT', leverage: 5, marginType: 'isolated' });
  const begin = async (addresses: readonly string[], settings: Partial<Settings> = {}): Promise<Running> => {
    proxy = await startConnectProxy(exchange.port);
    serveAddress(...addresses);
    return open(`http://${CREDENTIALS}@127.0.0.1:${proxy.port}`, HOST, '', settings);
  };

  it('is read over connections of its own before anything signed, and shown', async () => {
    const running = await begin(['203.0.113.7']);
    expect((await running.exchange.execution.start(() => undefined)).ok).toBe(true);
    const paths = exchange.seen.map(({ path, query }) => (query.has('signature') ? 'signed' : path));
    expect(paths.indexOf('/address')).toBeLessThan(paths.indexOf('signed'));
    await running.exchange.execution.start(() => undefined);
    expect(exchange.calls('GET /address'), 'a start that follows at once does not ask again').toHaveLength(2);
    expect(running.exchange.exit()).toMatchObject({ state: 'verified', address: '203.0.113.7', sentence: 'Requests and streams leave from 203.0.113.7.' });
    expect((await entry(running)).ok).toBe(true);
  });

  it('a proxy that leaves from two addresses is not one way: nothing signed is sent', async () => {
    const running = await begin(['203.0.113.7', '203.0.113.8']);
    const account = await running.exchange.execution.start(() => undefined);
    expect(account.ok ? '' : account.error.uiMessage).toBe(
      'The exit address is not the verified one: two connections left from two addresses, 203.0.113.7 and 203.0.113.8. Check the VPN or proxy; a key restricted to an address must allow this one. Nothing signed was sent.',
    );
    expect(exchange.seen.filter(({ query }) => query.has('signature'))).toEqual([]);
  });

  it('another address than the demanded one: nothing signed is sent', async () => {
    const running = await begin(['203.0.113.7'], { exitAddress: '203.0.113.9' });
    const account = await running.exchange.execution.start(() => undefined);
    expect(account.ok ? '' : account.error.uiMessage).toMatch(/it is 203\.0\.113\.7, and EXIT_ADDRESS demands 203\.0\.113\.9/);
    expect(exchange.seen.filter(({ query }) => query.has('signature'))).toEqual([]);
  });

  it('a change while trading holds entries, and only entries, until the next check sees the same address again', async () => {
    const running = await begin(['203.0.113.7', '203.0.113.7', '203.0.113.50']);
    expect((await running.exchange.execution.start(() => undefined)).ok).toBe(true);
    expect((await running.exchange.diagnose()).isFine).toBe(false);
    const held = await entry(running);
    expect(held.ok ? '' : [held.error.outcome, held.error.uiMessage]).toEqual([
      'not_executed',
      'The exit address is not the verified one: it was 203.0.113.7 and is 203.0.113.50 now. Check the VPN or proxy; a key restricted to an address must allow this one. Entries wait; closing and protecting go on.',
    ]);
    const canceled = await running.exchange.execution.cancel({ symbol: 'BTCUSDT', clientOrderId: 'c1', conditional: false });
    expect(canceled.ok ? '' : canceled.error.detail).not.toMatch(/exit address/);
    expect(exchange.calls('DELETE /fapi/v1/order'), 'a cancellation leaves').toHaveLength(1);
    expect((await running.exchange.execution.fetchState({ scope: 'account', symbols: [], fillsSince: epochMs(0) })).ok).toBe(true);
    await running.exchange.diagnose();
    expect(running.exchange.exit()).toMatchObject({ state: 'verified', address: '203.0.113.50' });
    expect((await entry(running)).ok).toBe(true);
  });

  it('an address that cannot be read lets the account start but opens nothing', async () => {
    const running = await begin(['no address here']);
    expect((await running.exchange.execution.start(() => undefined)).ok).toBe(true);
    const held = await entry(running);
    expect(held.ok ? '' : held.error.uiMessage).toBe(
      'The exit address could not be verified (the answer is not an address). Check the proxy and EXIT_ADDRESS_URL. Entries wait; closing and protecting go on.',
    );
    expect(running.logger.text).toContain('The exit address could not be verified');
  });
});

describe('SOCKS5 with names resolved here', () => {
  it('carries REST and streams by address', async () => {
    proxy = await startSocksProxy(exchange.port);
    await expectEverythingThrough(open(`socks5://${CREDENTIALS}@127.0.0.1:${proxy.port}`, '127.0.0.9'));
    expect(new Set(proxy.tunnels)).toEqual(new Set(['127.0.0.9:80']));
  });
});

const OPENSSL = 'openssl';
const HAS_OPENSSL = spawnSync(OPENSSL, ['version']).status === 0;

describe.skipIf(!HAS_OPENSSL)('over TLS, as Binance is reached (needs openssl to make a certificate)', () => {
  const trusted = getCACertificates('default');
  let folder = '';
  let certificate = { key: '', cert: '' };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'terminal-tls-'));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const made = spawnSync(OPENSSL, [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-subj',
      `/CN=${HOST}`,
      '-addext',
      `subjectAltName=DNS:${HOST}`,
      '-keyout',
      key,
      '-out',
      cert,
    ]);
    if (made.status !== 0) throw new Error(made.stderr.toString());
    certificate = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  });
  beforeEach(async () => {
    await exchange.stop();
    exchange = await new TinyExchange(certificate).start();
    serveMarket(exchange, { now: () => Date.now(), symbols: ['BTCUSDT'] });
    serveAccount(exchange);
    serveAddress();
    setDefaultCACertificates([...trusted, certificate.cert]);
  });
  afterEach(() => setDefaultCACertificates(trusted));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ['http', startConnectProxy],
    ['socks5h', startSocksProxy],
  ] as const)('a %s proxy carries REST and both streams', async (scheme, start) => {
    proxy = await start(exchange.port);
    await expectEverythingThrough(open(`${scheme}://${CREDENTIALS}@127.0.0.1:${proxy.port}`, HOST, 's'));
    expect(new Set(proxy.tunnels)).toEqual(new Set([`${HOST}:443`]));
  });

  it('a proxy that presents its own certificate gets neither key nor signature', async () => {
    setDefaultCACertificates(trusted);
    proxy = await startConnectProxy(exchange.port);
    const running = open(`http://${CREDENTIALS}@127.0.0.1:${proxy.port}`, HOST, 's');
    const account = await running.exchange.execution.start(() => undefined);
    expect(account.ok ? null : account.error.uiMessage).toMatch(/^The certificate shown is not one of Binance: .* Nothing was sent\.$/);
    expect([exchange.seen.length, exchange.sockets.length]).toEqual([0, 0]);
  });
});

describe('the stream alone', () => {
  it.each([
    ['http', startConnectProxy],
    ['socks5h', startSocksProxy],
  ] as const)('says that the %s proxy refuses the credentials', async (scheme, start) => {
    proxy = await start(exchange.port);
    const agent = createProxyAgent(`${scheme}://trader:wrong@127.0.0.1:${proxy.port}`);
    const drops: string[] = [];
    const { StreamSocket, STREAM_TIMES } = await import('../../../src-main/adapters/binance/stream-socket.ts');
    const socket = new StreamSocket({
      name: 'test',
      topics: [],
      agent: agent.ok ? agent.value : null,
      logger: new MemoryLogger(),
      times: STREAM_TIMES,
      address: () => Promise.resolve(`ws://${HOST}/market/stream`),
      onMessage: () => undefined,
      onOpen: () => undefined,
      onDown: ({ kind, advice }) => void drops.push(`${kind}: ${advice}`),
    });
    socket.start();
    await eventually('the sentence', () => drops.length > 0);
    socket.stop();
    expect(drops[0]).toBe('proxy: The proxy refused the user name or password. Give the right ones at the next start (PROXY_CREDENTIALS).');
  });
});

describe('the address of a proxy', () => {
  beforeEach(async () => {
    proxy = await startConnectProxy(exchange.port);
  });

  it.each(['', null])('%j means a direct connection', (url) => {
    expect(createProxyAgent(url)).toEqual({ ok: true, value: null });
  });

  it.each([
    ['nonsense', 'PROXY_URL is not an address such as http://host:port or socks5h://host:port.'],
    ['ftp://host:1', 'PROXY_URL starts with ftp://; it must be http://, https://, socks5:// or socks5h://.'],
  ])('%s stops the start with a sentence', (url, sentence) => {
    expect(createProxyAgent(url)).toEqual({ ok: false, error: sentence });
  });

  it('environment variables never redirect traffic past the configured way', async () => {
    const before = process.env['HTTP_PROXY'];
    process.env['HTTP_PROXY'] = `http://${CREDENTIALS}@127.0.0.1:${proxy.port}`;
    const { gatewayBench } = await import('./support/bench.ts');
    const { gateway } = gatewayBench(exchange.url);
    expect(await gateway.syncClock()).toBe(true);
    gateway.stop();
    if (before === undefined) delete process.env['HTTP_PROXY'];
    else process.env['HTTP_PROXY'] = before;
    expect(proxy.tunnels).toEqual([]);
  });
});
