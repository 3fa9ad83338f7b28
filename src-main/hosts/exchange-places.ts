// Decides, per mode, where market data comes from and where orders go; starts or joins the local venue where one is needed.
import { join } from 'node:path';
import { err, ok, type Result } from '../../src-shared/kernel/result.ts';
import type { SecretName } from '../../src-shared/contract/parameters.ts';
import type { Settings } from '../../src-shared/contract/settings.ts';
import { createFollowingClock, createSystemClock } from '../adapters/runtime/clock.ts';
import { BINANCE, BINANCE_DEMO, BINANCE_OLD_TESTNET, venueEndpoints, type Endpoints } from '../adapters/binance/endpoints.ts';
import type { ExchangeCredentials } from '../adapters/binance/exchange.ts';
import { Secret } from '../adapters/runtime/secret.ts';
import type { Clock, WorkerLauncher } from '../core/ports.ts';
import type { StartOptions } from './arguments.ts';
import type { VenuePanel } from './rehearsal.ts';
import type { SecretStore } from './secrets.ts';
import type { FollowedVenue } from './venue-clock.ts';
import { keepVenue, type KeptVenue } from './kept-venue.ts';
import { joinVenue, type VenueConnection, type VenueFailure } from './venue-process.ts';

export interface ExchangePlaces {
  readonly market: Endpoints;
  readonly trading: Endpoints;
  readonly credentials: ExchangeCredentials | null;
  /** A key that only reads market data; never one that trades elsewhere. */
  readonly dataCredentials?: ExchangeCredentials | null;
  /** `resync` follows the wall after the computer slept; simulated time has nothing to follow. */
  readonly clock: Clock & { resync?(): void };
  /** Keeps candle archives of different worlds apart. */
  readonly identity: string;
  /** The venue this terminal started, or null where it joined one or needs none. */
  readonly venue: KeptVenue | null;
  /** REST base and key of the venue that must be told the market's prices (paper), or null. */
  readonly follower: { readonly url: string; readonly apiKey: string } | null;
  /** The simulated venue whose clock and faults the screen may set, or null. */
  readonly panel: VenuePanel | null;
  /** The venue whose clock is followed, in simulated mode. */
  readonly followed?: FollowedVenue;
}

/** Known to everybody: the local venue listens on loopback only. */
const VENUE_KEY = 'paper-key';
const VENUE_CREDENTIALS: ExchangeCredentials = { apiKey: new Secret(VENUE_KEY), apiSecret: new Secret('paper-secret') };

export interface PlacesInput {
  readonly options: StartOptions;
  readonly settings: Settings;
  readonly secrets: SecretStore;
  readonly launcher: WorkerLauncher;
}

export async function choosePlaces(input: PlacesInput): Promise<Result<ExchangePlaces, { readonly uiMessage: string }>> {
  const { options, settings, secrets } = input;
  switch (options.mode) {
    case 'simulated':
      return simulated(input);
    case 'paper':
      return paper(input);
    case 'demo': {
      const demo = settings.useTestnet ? BINANCE_OLD_TESTNET : BINANCE_DEMO;
      return ok({
        market: demo,
        trading: demo,
        credentials: keysOf(secrets),
        clock: createSystemClock(),
        identity: settings.useTestnet ? 'binance-testnet' : 'binance-demo',
        venue: null,
        follower: null,
        panel: null,
      });
    }
    case 'live': {
      const credentials = keysOf(secrets);
      if (credentials === null)
        return err({
          uiMessage: 'LIVE needs an API key: set BINANCE_API_KEY and BINANCE_API_SECRET (or the trading pair) and start again. Nothing was started.',
        });
      return ok({ market: BINANCE, trading: BINANCE, credentials, clock: createSystemClock(), identity: 'binance', venue: null, follower: null, panel: null });
    }
  }
}

/** The trading pair, else the common one; a key is never joined with the secret of another. */
function keysOf(secrets: SecretStore): ExchangeCredentials | null {
  return pairOf(secrets, 'BINANCE_TRADING_API_KEY', 'BINANCE_TRADING_API_SECRET') ?? dataKeysOf(secrets);
}

function dataKeysOf(secrets: SecretStore): ExchangeCredentials | null {
  return pairOf(secrets, 'BINANCE_API_KEY', 'BINANCE_API_SECRET');
}

function pairOf(secrets: SecretStore, key: SecretName, secret: SecretName): ExchangeCredentials | null {
  const [apiKey, apiSecret] = [secrets.secret(key), secrets.secret(secret)];
  return apiKey === null || apiSecret === null ? null : { apiKey, apiSecret };
}

async function simulated({ options, settings, launcher }: PlacesInput): Promise<Result<ExchangePlaces, { readonly uiMessage: string }>> {
  const symbols = options.symbols ?? settings.topSymbols;
  const world = options.replay === null ? `synthetic-${options.seed}-${symbols}` : 'replay';
  const argv = [
    '--seed',
    String(options.seed),
    '--speed',
    String(options.speed),
    '--symbols',
    String(symbols),
    '--balance',
    String(Math.round(settings.defaultAccountBalance)),
    '--state',
    join(options.dataDir, `venue-${world}.json`),
    ...(options.replay === null ? [] : ['--replay', options.replay]),
    ...(options.from === null ? [] : ['--from', options.from]),
  ];
  const connected = options.venueUrl === null ? await keepVenue(launcher, argv) : await joined(options.venueUrl);
  if (!connected.ok) return connected;
  const { venue, connection } = connected.value;
  const { url, clock, readAt } = connection;
  const endpoints = venueEndpoints(url);
  const following = createFollowingClock({ engineTime: clock.serverTime, readAt, speed: clock.speed, isPaused: clock.isPaused });
  return ok({
    market: endpoints,
    trading: endpoints,
    credentials: VENUE_CREDENTIALS,
    clock: following,
    identity: clock.identity,
    venue,
    follower: null,
    panel: { url, apiKey: VENUE_KEY },
    followed: { url, clock: following },
  });
}

async function joined(url: string): Promise<Result<{ readonly connection: VenueConnection; readonly venue: null }, VenueFailure>> {
  const connection = await joinVenue(url);
  return connection.ok ? ok({ connection: connection.value, venue: null }) : connection;
}

/** Prices of the real exchange, or of a venue that is named; orders to a local account that fills against them. No key is needed. */
async function paper({ options, settings, secrets, launcher }: PlacesInput): Promise<Result<ExchangePlaces, { readonly uiMessage: string }>> {
  const market = options.venueUrl === null ? null : await joinVenue(options.venueUrl);
  if (market !== null && !market.ok) return market;
  if (market !== null && market.value.clock.speed !== 1)
    return err({
      uiMessage: `${market.value.url} runs at ${market.value.clock.speed} times real time; paper mode needs a venue at --speed 1. Nothing was started.`,
    });
  const account = await keepVenue(launcher, [
    '--follow',
    '--balance',
    String(Math.round(settings.defaultAccountBalance)),
    '--state',
    join(options.dataDir, 'venue-paper.json'),
  ]);
  if (!account.ok) return account;
  return ok({
    market: market === null ? BINANCE : venueEndpoints(market.value.url),
    trading: venueEndpoints(account.value.connection.url),
    credentials: VENUE_CREDENTIALS,
    dataCredentials: market === null ? dataKeysOf(secrets) : null,
    clock: createSystemClock(),
    identity: market === null ? 'binance' : market.value.clock.identity,
    venue: account.value.venue,
    follower: { url: account.value.connection.url, apiKey: VENUE_KEY },
    panel: null,
  });
}
