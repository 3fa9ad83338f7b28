// The venue as a server on loopback: clock, market, exchange, REST and WebSocket put together.
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { WebSocketServer } from 'ws';
import { epochMs, moneyFromUsdt } from '../../src-shared/kernel/units.ts';
import { Exchange } from '../../src-main/core/venue/exchange.ts';
import type { VenueFault } from '../../src-main/core/venue/types.ts';
import { checkKey, checkSignature, UsageLimits, type Credentials } from './access.ts';
import { createListenKeys, type VenueContext } from './context.ts';
import { Market } from './market.ts';
import { moneyText } from './payloads.ts';
import { findRoute } from './rest.ts';
import type { MarketSource } from './source.ts';
import { loadVenueState, saveVenueState } from './state-file.ts';
import { StreamHub } from './streams.ts';

const TICK_MS = 50;
const FRAME_MS = 250;
const SAVE_MS = 2000;
const PING_MS = 180_000;

export interface VenueOptions {
  readonly port: number;
  readonly source: MarketSource;
  readonly seed: number;
  readonly speed: number;
  readonly balanceUsdt: number;
  readonly credentials: Credentials;
  /** File that keeps the account, or null for an account that ends with the process. */
  readonly stateFile: string | null;
}

export interface RunningVenue {
  readonly port: number;
  readonly exchange: Exchange;
  readonly market: Market;
  readonly limits: UsageLimits;
  /** Simulated time. */
  now(): number;
  close(): Promise<void>;
}

/** Simulated time that starts where a stored account stopped, or at the source's own start. */
function createVenueClock(start: number, speed: number): { now(): number } {
  const origin = performance.now();
  return { now: () => start + (performance.now() - origin) * speed };
}

/** Rejects with a Node error when the port cannot be had. */
export async function startVenue(options: VenueOptions): Promise<RunningVenue> {
  const { source, speed, stateFile } = options;
  const stored = stateFile === null ? null : loadVenueState(stateFile);
  const resumed = stored !== null && stored.identity === source.identity ? stored : null;
  const start = Math.max(resumed?.simulatedTime ?? source.liveFrom, source.liveFrom);
  const market = new Market(source, start);
  const exchange = new Exchange(source.instruments, resumed === null ? moneyFromUsdt(options.balanceUsdt) : moneyFromUsdt(0), epochMs(Math.floor(start)));
  if (resumed !== null) exchange.restore(resumed.exchange);
  market.connect(exchange);
  exchange.drainEvents();
  const clock = createVenueClock(start, speed);
  const limits = new UsageLimits();
  const listenKeys = createListenKeys(() => randomBytes(32).toString('hex'));
  let nextId = 1;
  const context: VenueContext = {
    exchange,
    market,
    listenKeys,
    now: () => Math.min(clock.now(), source.liveUntil),
    wallNow: Date.now,
    makeClientId: () => `web-${Date.now().toString(36)}-${nextId++}`,
  };
  const hub = new StreamHub(market, exchange);
  const flush = (): void => hub.sendAccountEvents(exchange.drainEvents(), context.now());
  const step = (): void => {
    const closed = market.advance(context.now());
    flush();
    if (closed.length > 0) hub.sendClosed(closed, context.now());
  };
  const save = (): void => {
    if (stateFile !== null)
      saveVenueState(stateFile, { identity: source.identity, liveFrom: source.liveFrom, simulatedTime: market.now, exchange: exchange.state() });
  };
  const server = createServer(
    (request, response) =>
      void answer({
        request,
        response,
        context,
        limits,
        credentials: options.credentials,
        speed,
        seed: options.seed,
        identity: source.identity,
        afterCall: flush,
      }),
  );
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.on('error', () => client.terminate());
      attach(hub, context, { client, url: new URL(request.url ?? '/', 'http://venue') });
    });
  });
  await listen(server, options.port);
  const timers = [
    setInterval(step, TICK_MS),
    setInterval(() => hub.sendTicks(context.now()), FRAME_MS),
    setInterval(save, SAVE_MS),
    setInterval(() => {
      for (const client of sockets.clients) client.ping();
    }, PING_MS),
  ];
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    exchange,
    market,
    limits,
    now: context.now,
    close: async () => {
      for (const timer of timers) clearInterval(timer);
      save();
      hub.closeAll();
      for (const client of sockets.clients) client.terminate();
      await new Promise<void>((done) => {
        server.close(() => done());
        server.closeAllConnections();
      });
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', failed);
      done();
    });
  });
}

function attach(hub: StreamHub, context: VenueContext, { client, url }: { readonly client: import('ws').WebSocket; readonly url: URL }): void {
  const [, first = '', second = '', third = ''] = url.pathname.split('/');
  if (first === 'private') {
    const key = url.searchParams.get('listenKey') ?? third;
    hub.addUserSocket(client, context.listenKeys.isValid(key, context.wallNow()));
    return;
  }
  if (first !== 'market' && first !== 'public') return;
  const named =
    second === 'ws' ? (third === '' ? [] : [decodeURIComponent(third)]) : (url.searchParams.get('streams') ?? '').split('/').filter((stream) => stream !== '');
  hub.addMarketSocket(client, second === 'stream', named);
}

interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly context: VenueContext;
  readonly limits: UsageLimits;
  readonly credentials: Credentials;
  readonly speed: number;
  readonly seed: number;
  readonly identity: string;
  readonly afterCall: () => void;
}

async function answer(call: Call): Promise<void> {
  const { request, response, context, limits } = call;
  const [path = '/', query = ''] = (request.url ?? '/').split(/\?(.*)/s);
  const body = await readBody(request);
  const reply = (status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): void => {
    response.writeHead(status, { 'Content-Type': 'application/json;charset=UTF-8', ...headers });
    response.end(JSON.stringify(value));
  };
  const refuse = (status: number, fault: VenueFault, headers?: Readonly<Record<string, string>>): void =>
    reply(status, { code: fault.code, msg: fault.message }, headers);
  if (path === '/venue/clock')
    return reply(200, { serverTime: Math.floor(context.now()), wallTime: Date.now(), speed: call.speed, seed: call.seed, source: call.identity });
  // Outside the exchange's protocol: the whole account for a witness or a panel, without weight.
  if (path === '/venue/account') {
    const key = request.headers['x-mbx-apikey'];
    const keyFault = checkKey(typeof key === 'string' ? key : null, call.credentials);
    return keyFault === null ? reply(200, describeWholeAccount(context, limits)) : refuse(401, keyFault);
  }
  const route = findRoute(request.method ?? 'GET', path);
  if (route === null) return refuse(404, { code: -5000, message: `Path ${path}, Method ${request.method ?? ''} is invalid` });
  const parameters = new URLSearchParams(body === '' ? query : query === '' ? body : `${query}&${body}`);
  const verdict = limits.count(route.weight(parameters), route.orders ?? 0, Date.now());
  if (verdict.fault !== null) return refuse(verdict.status, verdict.fault, verdict.headers);
  const header = request.headers['x-mbx-apikey'];
  const apiKey = typeof header === 'string' ? header : null;
  const accessFault =
    route.security === 'none'
      ? null
      : route.security === 'key'
        ? checkKey(apiKey, call.credentials)
        : checkSignature({ apiKey, payload: query + body, serverTime: context.now(), wallTime: Date.now(), speed: call.speed }, call.credentials);
  if (accessFault !== null) return refuse(accessFault.code === -2014 || accessFault.code === -2015 ? 401 : 400, accessFault, verdict.headers);
  const result = route.answer(context, parameters);
  if (result.ok) reply(200, result.value, verdict.headers);
  else refuse(400, result.error, verdict.headers);
  call.afterCall();
}

function describeWholeAccount({ exchange }: VenueContext, limits: UsageLimits): unknown {
  const state = exchange.state();
  return {
    wallet: moneyText(exchange.wallet),
    refusedForWeight: limits.refused,
    peakWeight: limits.peakWeight,
    positions: exchange.holdings().map((holding) => ({ symbol: holding.symbol, positionSide: holding.positionSide, lots: holding.lots })),
    orders: state.orders.map((order) => ({
      symbol: order.symbol,
      clientOrderId: order.clientOrderId,
      orderId: order.orderId,
      status: order.status,
      lots: order.lots,
      filled: order.filled,
    })),
    algos: state.algos.map((algo) => ({
      symbol: algo.symbol,
      clientAlgoId: algo.clientAlgoId,
      type: algo.type,
      status: algo.status,
      lots: algo.lots,
      closePosition: algo.closePosition,
    })),
    trades: state.trades.map((trade) => ({
      symbol: trade.symbol,
      tradeId: trade.tradeId,
      clientOrderId: trade.clientOrderId,
      lots: trade.lots,
      side: trade.side,
    })),
  };
}

function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((done) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => void (text += chunk));
    request.on('end', () => done(text));
    request.on('error', () => done(''));
  });
}
