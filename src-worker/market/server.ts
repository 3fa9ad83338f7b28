// The venue as a server on loopback: clock, market, exchange, REST and WebSocket put together.
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';
import { epochMs, moneyFromUsdt } from '../../src-shared/kernel/units.ts';
import { Exchange } from '../../src-main/core/venue/exchange.ts';
import { UsageLimits, type Credentials } from './access.ts';
import { BookView } from './book-view.ts';
import { ChaosRunner } from './chaos-runner.ts';
import { Chaos } from './chaos.ts';
import { EMPTY_PLAN, type ChaosPlan } from './chaos-plan.ts';
import { createVenueClock } from './clock.ts';
import type { VenueContext } from './context.ts';
import { answerControl } from './control.ts';
import { answerExchange } from './http.ts';
import { followCrowd } from './crowd.ts';
import { createListenKeys } from './listen-keys.ts';
import { FOLLOWED_IDENTITY } from './followed.ts';
import { forcedOrderOf } from './market-frames.ts';
import { Market } from './market.ts';
import { Refusals } from './refusals.ts';
import { FrameSender } from './socket-faults.ts';
import { openSocket } from './sockets.ts';
import type { MarketSource } from './source.ts';
import { AccountSaver } from './account-saver.ts';
import { claimStateFile, loadVenueState } from './state-file.ts';
import { StreamContent } from './stream-content.ts';
import { StreamHub } from './streams.ts';
import { Tape } from './tape.ts';
import { UserHub } from './user-streams.ts';

const TICK_MS = 50;
const FAST_MS = 100;
const MEDIUM_MS = 250;
const SLOW_MS = 1000;
const SAVE_MS = 250;
const PING_MS = 180_000;
const PONG_LIMIT_MS = 600_000;
const CONNECTION_LIFE_MS = 86_400_000;

export interface VenueOptions {
  readonly port: number;
  readonly source: MarketSource;
  readonly seed: number;
  readonly speed: number;
  readonly balanceUsdt: number;
  readonly credentials: Credentials;
  /** File that keeps the account, or null for an account that ends with the process. */
  readonly stateFile: string | null;
  readonly chaos?: ChaosPlan;
  /** Real milliseconds after which a connection is cut, 24 hours at the exchange. */
  readonly connectionLifeMs?: number;
  /** Real milliseconds between pings, 3 minutes at the exchange. */
  readonly pingMs?: number;
  /** Real time; tests may move it. */
  readonly wallNow?: () => number;
}

export interface RunningVenue {
  readonly port: number;
  readonly exchange: Exchange;
  readonly market: Market;
  readonly limits: UsageLimits;
  readonly chaos: Chaos;
  /** What endpoints work on. */
  readonly context: VenueContext;
  /** Frames sent on all sockets. */
  framesSent(): number;
  /** Simulated time. */
  now(): number;
  close(): Promise<void>;
}

/** Rejects with a Node error when the port cannot be had. */
export async function startVenue(options: VenueOptions): Promise<RunningVenue> {
  const { source, stateFile } = options;
  if (stateFile !== null) claimStateFile(stateFile, source.identity);
  const stored = stateFile === null ? null : loadVenueState(stateFile);
  const resumed = stored !== null && stored.identity === source.identity ? stored : null;
  const start = Math.max(resumed?.simulatedTime ?? source.liveFrom, source.liveFrom);
  const market = new Market(source, start, resumed?.shifts ?? []);
  const exchange = new Exchange(source.instruments, resumed === null ? moneyFromUsdt(options.balanceUsdt) : moneyFromUsdt(0), epochMs(Math.floor(start)));
  if (resumed !== null) exchange.restore(resumed.exchange);
  market.connect(exchange);
  exchange.drainEvents();
  const clock = createVenueClock(start, options.speed, () => performance.now());
  const wallNow = options.wallNow ?? Date.now;
  const now = (): number => Math.min(clock.now(), source.liveUntil);
  const chaos = new Chaos(options.chaos ?? EMPTY_PLAN, now);
  const limits = new UsageLimits();
  const socketLimits = new UsageLimits();
  const refusals = new Refusals();
  const listenKeys = createListenKeys(() => randomBytes(32).toString('hex'));
  const tape = new Tape(market);
  const books = new BookView(exchange);
  let nextId = 1;
  const makeClientId = (): string => `web-${wallNow().toString(36)}-${nextId++}`;
  const context: VenueContext = { exchange, market, tape, books, listenKeys, limits, socketLimits, refusals, chaos, clock, now, wallNow, makeClientId };
  const sender = new FrameSender(chaos);
  const content = new StreamContent({ market, books, tape });
  followCrowd(market, content);
  const requests = { sender, chaos, refusals, wallNow };
  const hub = new StreamHub({ market, content, requests });
  const users = new UserHub({ exchange, keys: listenKeys, requests });
  const runner = new ChaosRunner({
    chaos,
    exchange,
    market,
    content,
    sender,
    listenKeys,
    sockets: { user: () => users.sockets(), market: () => hub.sockets() },
    wallNow,
  });
  const flush = (): void => {
    const events = exchange.drainEvents();
    if (events.length > 0) saver?.touch();
    users.send(events, { now: now(), wallNow: wallNow() });
    for (const event of events) {
      const symbolMarket = event.kind === 'order' ? market.symbols.get(event.order.symbol) : undefined;
      if (symbolMarket !== undefined && event.kind === 'order' && event.execution === 'CALCULATED' && event.order.status === 'FILLED')
        content.addForced(symbolMarket, forcedOrderOf(symbolMarket, event.order));
    }
  };
  const step = (): void => {
    const from = market.now;
    market.advance(now());
    runner.run(now());
    listenKeys.check(wallNow());
    flush();
    hub.sendClosed({ from, to: market.now });
  };
  const saver =
    stateFile === null
      ? null
      : new AccountSaver(stateFile, () => ({
          identity: source.identity,
          liveFrom: source.liveFrom,
          simulatedTime: market.now,
          shifts: market.shifts(),
          exchange: exchange.state(),
          ...(source.identity === FOLLOWED_IDENTITY ? { instruments: market.instruments() } : {}),
        }));
  const framesSent = (): number => sender.sent;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 1_000_000 });
  const control = { seed: options.seed, identity: source.identity, runner, framesSent, connections: () => sockets.clients.size };
  const server = createServer((request, response) => {
    const afterCall = (): void => {
      // Prices of a followed market come ten times a second; only what they set off in the account counts.
      if (request.method !== 'GET' && request.url?.startsWith('/venue/prices') !== true) saver?.touch();
      flush();
    };
    const call = { request, response, context, credentials: options.credentials, afterCall };
    const answered = request.url?.startsWith('/venue/') === true ? answerControl(call, control) : answerExchange(call);
    answered.catch((failure: unknown) => {
      process.stderr.write(
        `${request.method ?? ''} ${request.url?.split('?')[0] ?? ''} failed: ${failure instanceof Error ? failure.stack : String(failure)}\n`,
      );
      if (!response.headersSent) response.writeHead(500, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ code: -1000, msg: 'An unknown error occured while processing the request.' }));
    });
  });
  server.on('upgrade', (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.on('error', () => client.terminate());
      const life = setTimeout(() => client.close(1001, '24 hours'), options.connectionLifeMs ?? CONNECTION_LIFE_MS);
      client.on('close', () => clearTimeout(life));
      openSocket(client, new URL(request.url ?? '/', 'http://venue'), { hub, users, context, credentials: options.credentials, afterCall: flush });
    });
  });
  let lastSlow = 0;
  /** A faster clock also hurries what comes once a second, and a slower one slows it down again. */
  const lookSlowly = (): void => {
    const wall = performance.now();
    if (wall - lastSlow < SLOW_MS / clock.speed - TICK_MS) return;
    lastSlow = wall;
    hub.look('slow', now());
  };
  await listen(server, options.port);
  const pingMs = options.pingMs ?? PING_MS;
  const timers = [
    setInterval(step, TICK_MS),
    setInterval(() => hub.look('fast', now()), FAST_MS),
    setInterval(() => hub.look('medium', now()), MEDIUM_MS),
    setInterval(lookSlowly, MEDIUM_MS),
    setInterval(() => saver?.look(performance.now()), SAVE_MS),
    setInterval(pingAll(sockets, (PONG_LIMIT_MS / PING_MS) * pingMs), pingMs),
  ];
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    exchange,
    market,
    limits,
    chaos,
    context,
    framesSent,
    now,
    close: async () => {
      for (const timer of timers) clearInterval(timer);
      saver?.close();
      sender.close();
      hub.closeAll();
      users.closeAll();
      for (const client of sockets.clients) client.terminate();
      await new Promise<void>((done) => {
        server.close(() => done());
        server.closeAllConnections();
      });
    },
  };
}

/** Pings every connection and cuts those whose last pong is too long ago. */
function pingAll(sockets: WebSocketServer, limitMs: number): () => void {
  const heard = new WeakMap<WebSocket, number>();
  return () => {
    const now = performance.now();
    for (const client of sockets.clients) {
      const last = heard.get(client);
      if (last === undefined) {
        heard.set(client, now);
        client.on('pong', () => void heard.set(client, performance.now()));
      } else if (now - last > limitMs) {
        client.terminate();
        continue;
      }
      client.ping();
    }
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
