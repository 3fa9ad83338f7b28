// Implements ExecutionVenue over the exchange: orders, conditional orders, leverage, the account's state and its event stream.
import type { Agent } from 'node:http';
import { z } from 'zod';
import type { Instrument } from '../../../src-shared/domain/instrument.ts';
import type { OrderIntent } from '../../../src-shared/domain/order.ts';
import { inEnglish, say } from '../../../src-shared/contract/said.ts';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import type { ExchangeError, ExchangeStatus, ExecutionVenue, Logger, OrderAcknowledgement, OrderReport, VenueAccount, VenueEvent } from '../../core/ports.ts';
import { AccountReader } from './account-reader.ts';
import type { CallOptions, Gateway } from './gateway.ts';
import { notUnderstood } from './held-back.ts';
import { toAlgoReport, toOrderReport, type AssetPrice } from './order-mapping.ts';
import { amendOrder, submitOrder } from './order-requests.ts';
import type { RateLimiter } from './rate-limiter.ts';
import { algoSchema, orderSchema } from './rest-schemas.ts';
import type { SocketHost } from './socket-host.ts';
import { StopFirst } from './stop-first.ts';
import { prepareSymbol } from './symbol-setup.ts';
import { USER_STREAM_TIMES, UserStream, type UserStreamTimes } from './user-stream.ts';
import { readable } from './wire-units.ts';

const NO_SUCH_ORDER: readonly number[] = [-2013, -2011];
const WRONG_MODE = -4061;

export interface ExecutionOptions {
  readonly gateway: Gateway;
  readonly limiter: RateLimiter;
  readonly socketHost: SocketHost;
  readonly agent: Agent | null;
  readonly logger: Logger;
  readonly instrumentOf: (symbol: string) => Instrument | null;
  readonly priceOf: AssetPrice;
  /** Checks the way before anything signed leaves. */
  readonly verifyWay: () => Promise<ExchangeError | null>;
  /** Frames and answers of the market side that were not understood, for one status. */
  readonly marketMalformed: () => ReadonlyMap<string, number>;
  readonly streamTimes?: UserStreamTimes;
}

export function createExecutionVenue(options: ExecutionOptions): ExecutionVenue {
  const { gateway, limiter, instrumentOf, logger } = options;
  const account = new AccountReader(options);
  const stopFirst = new StopFirst();
  let stream: UserStream | null = null;

  const start = async (handler: (event: VenueEvent) => void): Promise<Result<VenueAccount, ExchangeError>> => {
    if (!gateway.canSign) return err(NO_KEY);
    const obstacle = await options.verifyWay();
    if (obstacle !== null) return err(obstacle);
    await gateway.syncClock();
    const mode = await account.readMode();
    if (!mode.ok) return mode;
    const first = await account.readAccount();
    if (!first.ok) return first;
    stream?.stop();
    stream = new UserStream({ ...options, onEvent: handler, times: options.streamTimes ?? USER_STREAM_TIMES });
    stream.start();
    return first;
  };

  const submit = async (intent: OrderIntent): Promise<Result<OrderAcknowledgement, ExchangeError>> => {
    const instrument = instrumentOf(intent.symbol);
    if (instrument === null) return err(notListed(intent.symbol));
    await stopFirst.turn(intent.purpose === 'stop');
    const sent = await submitOrder(gateway, { intent, instrument, hedgeMode: account.hedgeMode });
    if (sent.ok) stream?.acknowledged(intent.clientOrderId);
    else if (sent.error.venueCode === WRONG_MODE) {
      logger.log('warn', 'exchange', 'The position mode of the account is not the one read before; it is read again.');
      await account.readMode();
    }
    return sent;
  };

  const query = async (order: Reference): Promise<Result<OrderReport | null, ExchangeError>> => {
    const { symbol, clientOrderId, conditional } = order;
    const instrument = instrumentOf(symbol);
    if (instrument === null) return err(notListed(symbol));
    // More urgent than a whole comparison: an order of unknown fate may be the stop of a position.
    const call: CallOptions = { name: 'order query', weight: 1, priority: 'close', isMutation: false };
    const row = conditional
      ? mapOk(
          await gateway.call(call, algoSchema, (client) => client.getAlgoOrder({ clientAlgoId: clientOrderId })),
          (algo) => () => toAlgoReport(algo, instrument),
        )
      : mapOk(
          await gateway.call(call, orderSchema, (client) => client.getOrder({ symbol, origClientOrderId: clientOrderId })),
          (found) => () => toOrderReport(found, instrument),
        );
    if (!row.ok) return row.error.venueCode !== null && NO_SUCH_ORDER.includes(row.error.venueCode) ? ok(null) : row;
    const report = readable(row.value);
    if (report !== null) return ok(report);
    gateway.count(call.name);
    return err(notUnderstood(call.name, 'a number does not fit our units', false));
  };

  return {
    start,
    stop: () => {
      stream?.stop();
      gateway.stop();
      return Promise.resolve();
    },
    submit,
    cancel: async ({ symbol, clientOrderId, conditional }) => {
      // Never before an order of the same moment that waits for the stop.
      await stopFirst.turn(false);
      const call: CallOptions = { name: 'cancel', weight: 1, priority: 'protect', isMutation: true };
      const answer = conditional
        ? await gateway.call(call, z.unknown(), (client) => client.cancelAlgoOrder({ clientAlgoId: clientOrderId }))
        : await gateway.call(call, z.unknown(), (client) => client.cancelOrder({ symbol, origClientOrderId: clientOrderId }));
      return answer.ok ? ok(null) : answer;
    },
    amendOrder: (request) => {
      const instrument = instrumentOf(request.symbol);
      return instrument === null ? Promise.resolve(err(notListed(request.symbol))) : amendOrder(gateway, { request, instrument });
    },
    query,
    prepareSymbol: (request) => prepareSymbol(gateway, request),
    fetchState: (request) => account.readState(request),
    status: (): ExchangeStatus => ({
      breaker: gateway.grade,
      weightUsed: limiter.used,
      weightLimit: limiter.limit,
      clockOffsetMs: gateway.clockOffsetMs,
      restLatencyMs: gateway.latencyMs,
      userStream: stream?.state ?? 'connecting',
      malformed: Object.fromEntries([...options.marketMalformed(), ...gateway.malformed]),
    }),
  };
}

type Reference = Parameters<ExecutionVenue['query']>[0];

const NO_KEY: ExchangeError = {
  code: 'unauthorised',
  outcome: 'not_executed',
  venueCode: null,
  detail: 'no key',
  uiMessage: inEnglish(say('exchange.noKey')),
  said: say('exchange.noKey'),
};

function notListed(symbol: string): ExchangeError {
  return {
    code: 'rejected',
    outcome: 'not_executed',
    venueCode: -1121,
    detail: symbol,
    uiMessage: inEnglish(say('exchange.notListed', { symbol })),
    said: say('exchange.notListed', { symbol }),
  };
}

function mapOk<A, B, E>(result: Result<A, E>, map: (value: A) => B): Result<B, E> {
  return result.ok ? ok(map(result.value)) : result;
}
