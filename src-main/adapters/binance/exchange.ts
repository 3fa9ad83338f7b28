// Puts the exchange client together: one budget, one gateway per side, the feed and the execution venue.
import type { Agent } from 'node:http';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { SocksProxyAgent } from 'socks-proxy-agent';
import type { Diagnosis, ExitAddressView } from '../../../src-shared/contract/diagnosis.ts';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import type { CandleArchive, Clock, ExchangeError, ExecutionVenue, Logger } from '../../core/ports.ts';
import type { Secret } from '../runtime/secret.ts';
import { createBanFile } from './ban-memory.ts';
import { checkConnection, obstacleOf, type ConnectionReport } from './connection-check.ts';
import { toDiagnosis, type CheckedPlace } from './diagnosis.ts';
import type { Endpoints } from './endpoints.ts';
import { createExecutionVenue } from './execution-venue.ts';
import { readExitAddress } from './exit-address.ts';
import { ExitLock } from './exit-lock.ts';
import { Gateway } from './gateway.ts';
import { InstrumentTable } from './instrument-table.ts';
import { readKeyPermissions, type KeyPermissions } from './key-permissions.ts';
import type { BinanceMarketFeed } from './feed-options.ts';
import { createMarketFeed } from './market-feed.ts';
import { RateLimiter } from './rate-limiter.ts';
import { SocketHost } from './socket-host.ts';

const EXIT_CHECK_MS = 60_000;
/** Precision, quantity, price, bracket or status of the contract: it is not what we think it is. */
const RULE_CODES: readonly number[] = [-1111, -1122, -2027, -2028, -4003, -4004, -4005, -4014, -4023, -4028, -4140, -4141, -4164];

export interface ExchangeCredentials {
  readonly apiKey: Secret;
  readonly apiSecret: Secret;
}

export interface ExchangeOptions {
  readonly market: Endpoints;
  readonly trading: Endpoints;
  readonly credentials: ExchangeCredentials | null;
  /** A key that only reads, for market data; without one the trading key serves both where both sides are one exchange. */
  readonly dataCredentials?: ExchangeCredentials | null;
  /** Where bans by the exchange are remembered across restarts. */
  readonly banFile?: string;
  /** With credentials already in it, or null for a direct connection. */
  readonly proxyUrl: string | null;
  readonly settings: () => Settings;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly archive: CandleArchive;
}

export interface BinanceExchange {
  readonly feed: BinanceMarketFeed;
  readonly execution: ExecutionVenue;
  setRateLimit(weightPerMinute: number): void;
  /** One request and one stream handshake to each place, without a key, and the exit address: what works and what to do. */
  diagnose(): Promise<Diagnosis>;
  /** The exit address as last checked. */
  exit(): ExitAddressView;
  /** What the trading key may do beyond trading; null without a key or where the exchange has no such answer. */
  readPermissions(): Promise<Result<KeyPermissions, ExchangeError> | null>;
}

/** HTTP(S) proxies by CONNECT, SOCKS5 with remote name resolution. One agent carries REST and every socket. */
export function createProxyAgent(proxyUrl: string | null): Result<Agent | null, string> {
  if (proxyUrl === null || proxyUrl === '') return ok(null);
  let url: URL;
  try {
    url = new URL(proxyUrl);
  } catch {
    return err('PROXY_URL is not an address such as http://host:port or socks5h://host:port.');
  }
  if (url.protocol === 'http:' || url.protocol === 'https:') return ok(new HttpsProxyAgent(url));
  if (url.protocol.startsWith('socks')) return ok(new SocksProxyAgent(url));
  return err(`PROXY_URL starts with ${url.protocol}//; it must be http://, https://, socks5:// or socks5h://.`);
}

export function createBinanceExchange(options: ExchangeOptions): Result<BinanceExchange, string> {
  const { settings, clock, logger, archive, credentials } = options;
  const proxy = createProxyAgent(options.proxyUrl);
  if (!proxy.ok) return proxy;
  const isLoopback = (endpoints: Endpoints): boolean => endpoints.rest.startsWith('http://127.0.0.1') || endpoints.rest.startsWith('http://localhost');
  const agentFor = (endpoints: Endpoints): Agent | null => (isLoopback(endpoints) ? null : proxy.value);
  const isOneSide = options.market.rest === options.trading.rest;
  const limiter = new RateLimiter(settings().rateLimitRequests);
  // Request weight is counted per address and host; breakers and clocks stand apart, so that trouble with candles holds no order back.
  const marketLimiter = isOneSide ? limiter : new RateLimiter(settings().rateLimitRequests);
  const exitLock = new ExitLock({
    isNeeded: () => !isLoopback(options.trading) && settings().exitAddressUrl !== '' && (proxy.value !== null || settings().exitAddress !== ''),
    read: () => readExitAddress({ url: settings().exitAddressUrl, agent: agentFor(options.trading), timeoutMs: settings().requestTimeoutSeconds * 1000 }),
    demanded: () => settings().exitAddress,
    now: () => clock.now(),
    logger,
  });
  const gatewayFor = (endpoints: Endpoints, own: RateLimiter, keys: ExchangeCredentials | null): Gateway =>
    new Gateway({
      baseUrl: endpoints.rest,
      apiKey: keys?.apiKey ?? null,
      apiSecret: keys?.apiSecret ?? null,
      settings,
      clock,
      logger,
      agent: agentFor(endpoints),
      limiter: own,
      onRefused: (code) => {
        if (RULE_CODES.includes(code)) feed.reloadRules();
      },
      holdEntries: () => exitLock.holdEntries(),
      bans: options.banFile === undefined || isLoopback(endpoints) ? null : createBanFile(options.banFile, endpoints.rest, () => clock.now()),
    });
  const trading = gatewayFor(options.trading, limiter, credentials);
  const market = gatewayFor(options.market, marketLimiter, options.dataCredentials ?? (isOneSide ? credentials : null));
  const marketSocket = socketHostOf(options.market);
  const tradingSocket = isOneSide ? marketSocket : socketHostOf(options.trading);
  const check = (endpoints: Endpoints, gateway: Gateway, socketHost: SocketHost): Promise<ConnectionReport> => {
    const timeoutMs = settings().requestTimeoutSeconds * 1000;
    return checkConnection({ gateway, socketHost, agent: agentFor(endpoints), logger, now: () => clock.now(), speed: clock.speed, timeoutMs });
  };
  const checkTrading = (): Promise<ConnectionReport> => check(options.trading, trading, tradingSocket);
  const isProxied = agentFor(options.trading) !== null;
  let obstacle: ExchangeError | null = null;
  let isWayVerified = false;
  let exitTimer: NodeJS.Timeout | null = null;
  const verifyWay = async (): Promise<ExchangeError | null> => {
    const [report] = await Promise.all([isProxied ? checkTrading() : null, exitLock.ensure()]);
    exitTimer ??= setInterval(() => void exitLock.check(), EXIT_CHECK_MS).unref();
    obstacle = (report === null ? null : obstacleOf(report)) ?? exitLock.holdStart();
    isWayVerified = obstacle === null;
    return obstacle;
  };
  const diagnose = async (): Promise<Diagnosis> => {
    const places: readonly CheckedPlace[] = isOneSide
      ? [{ side: 'both', endpoints: options.trading, report: checkTrading() }]
      : [
          { side: 'market', endpoints: options.market, report: check(options.market, market, marketSocket) },
          { side: 'trading', endpoints: options.trading, report: checkTrading() },
        ];
    await exitLock.check();
    return toDiagnosis(clock.now(), places, exitLock.view);
  };
  const maySign = async (): Promise<boolean> => isWayVerified || (await verifyWay()) === null;
  const instruments = new InstrumentTable({ market, trading, maySign }, logger);
  const feed = createMarketFeed({
    gateway: market,
    socketHost: marketSocket,
    agent: agentFor(options.market),
    archive,
    instruments,
    settings,
    clock,
    logger,
  });
  const venue = createExecutionVenue({
    gateway: trading,
    limiter,
    socketHost: tradingSocket,
    agent: agentFor(options.trading),
    logger,
    instrumentOf: (symbol) => instruments.get(symbol),
    priceOf: (asset) => feed.priceOf(asset),
    marketMalformed: () => market.malformed,
    verifyWay,
  });
  const execution: ExecutionVenue = {
    ...venue,
    // In paper mode orders go to this computer, whose clock always agrees with ours; the market's does not.
    status: () => ({ ...venue.status(), clockOffsetMs: isOneSide ? trading.clockOffsetMs : wider(trading.clockOffsetMs, market.clockOffsetMs) }),
    stop: () => {
      if (exitTimer !== null) clearInterval(exitTimer);
      exitTimer = null;
      return venue.stop();
    },
  };
  const setRateLimit = (weightPerMinute: number): void => {
    limiter.limit = weightPerMinute;
    marketLimiter.limit = weightPerMinute;
  };
  const readPermissions = async (): Promise<Result<KeyPermissions, ExchangeError> | null> => {
    const { account } = options.trading;
    if (credentials === null || account === undefined) return null;
    if (!(await maySign()) && obstacle !== null) return err(obstacle);
    const timeoutMs = settings().requestTimeoutSeconds * 1000;
    return readKeyPermissions({ baseUrl: account, ...credentials, agent: agentFor(options.trading), timeoutMs, timestamp: trading.timestamp() });
  };
  return ok({ feed, execution, setRateLimit, readPermissions, diagnose, exit: () => exitLock.view });
}

function wider(a: number, b: number): number {
  return Math.abs(b) > Math.abs(a) ? b : a;
}

function socketHostOf({ socket, alternativeSocket }: Endpoints): SocketHost {
  return alternativeSocket === undefined ? new SocketHost(socket) : new SocketHost(socket, alternativeSocket);
}
