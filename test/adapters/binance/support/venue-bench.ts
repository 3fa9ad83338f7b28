// An execution venue against the tiny exchange, and order intents to give it.
import type { Instrument } from '../../../../src-shared/domain/instrument.ts';
import type { OrderIntent } from '../../../../src-shared/domain/order.ts';
import { epochMs, lots, ticks } from '../../../../src-shared/kernel/units.ts';
import type { Settings } from '../../../../src-shared/contract/settings.ts';
import type { ExecutionVenue, VenueEvent } from '../../../../src-main/core/ports.ts';
import { createExecutionVenue, type ExecutionOptions } from '../../../../src-main/adapters/binance/execution-venue.ts';
import type { Gateway, GatewayOptions } from '../../../../src-main/adapters/binance/gateway.ts';
import { toInstrument } from '../../../../src-main/adapters/binance/instrument-mapping.ts';
import { exchangeInfoSchema } from '../../../../src-main/adapters/binance/rest-schemas.ts';
import { SocketHost } from '../../../../src-main/adapters/binance/socket-host.ts';
import { USER_STREAM_TIMES } from '../../../../src-main/adapters/binance/user-stream.ts';
import { gatewayBench, type MemoryLogger } from './bench.ts';
import { contract } from './tiny-routes.ts';

export function instrumentOf(symbol: string): Instrument | null {
  if (!/^(BTC|ETH|币安人生)USDT$/.test(symbol)) return null;
  const rules = exchangeInfoSchema.parse({ symbols: [contract(symbol)] }).symbols.rows[0];
  return rules === undefined ? null : toInstrument(rules, []);
}

export interface VenueBench {
  readonly venue: ExecutionVenue;
  readonly gateway: Gateway;
  readonly logger: MemoryLogger;
  readonly events: VenueEvent[];
  /** Starts the venue and collects its events. */
  readonly start: () => ReturnType<ExecutionVenue['start']>;
}

export interface VenueBenchOptions {
  readonly gateway?: Partial<GatewayOptions>;
  readonly settings?: Partial<Settings>;
  readonly venue?: Partial<ExecutionOptions>;
}

export function venueBench(url: string, options: VenueBenchOptions = {}): VenueBench {
  const { gateway, limiter, logger } = gatewayBench(url, options.gateway, options.settings);
  const venue = createExecutionVenue({
    gateway,
    limiter,
    socketHost: new SocketHost(url.replace(/^http/, 'ws')),
    agent: null,
    logger,
    instrumentOf,
    priceOf: (asset) => (asset === 'BNB' ? 600 : null),
    verifyWay: () => Promise.resolve(null),
    marketMalformed: () => new Map(),
    streamTimes: { ...USER_STREAM_TIMES, firstPauseMs: 20, longestPauseMs: 40 },
    ...options.venue,
  });
  const events: VenueEvent[] = [];
  return { venue, gateway, logger, events, start: () => venue.start((event) => void events.push(event)) };
}

export function intentOf(parts: Partial<OrderIntent>): OrderIntent {
  return {
    clientOrderId: 'pt-1-entry',
    positionId: 'p1',
    symbol: 'BTCUSDT',
    purpose: 'entry',
    kind: 'market',
    side: 'BUY',
    positionSide: 'LONG',
    lots: lots(5),
    price: null,
    trigger: null,
    triggerBy: 'mark',
    reduceOnly: false,
    closePosition: false,
    timeInForce: 'GTC',
    leverage: 5,
    createdAt: epochMs(1),
    ...parts,
  };
}

export const STOP = intentOf({
  clientOrderId: 'pt-1-stop',
  purpose: 'stop',
  kind: 'stop_market',
  side: 'SELL',
  lots: lots(0),
  trigger: ticks(950),
  closePosition: true,
});
export const TARGET = intentOf({
  clientOrderId: 'pt-1-target',
  purpose: 'target',
  kind: 'take_profit_market',
  side: 'SELL',
  trigger: ticks(1100),
  reduceOnly: true,
});
export const CLOSE = intentOf({ clientOrderId: 'pt-1-close', purpose: 'close', side: 'SELL', reduceOnly: true });
