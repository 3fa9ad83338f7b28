// Implements ExecutionVenue over the exchange: orders, conditional orders, leverage, the account's state and its event stream.
import type { Agent } from 'node:http';
import { z } from 'zod';
import type { Instrument } from '../../../src-shared/domain/instrument.ts';
import { formatPrice, formatQuantity } from '../../../src-shared/domain/instrument.ts';
import { isConditional, type Fill, type OrderIntent } from '../../../src-shared/domain/order.ts';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import { epochMs, lots } from '../../../src-shared/kernel/units.ts';
import type {
  CallPriority,
  ExchangeError,
  ExchangeStatus,
  ExecutionVenue,
  Logger,
  OrderAcknowledgement,
  OrderReport,
  VenueAccount,
  VenueEvent,
  VenueState,
} from '../../core/ports.ts';
import type { Gateway } from './gateway.ts';
import { toAlgoReport, toAlgoStatus, toFill, toOrderReport, toOrderStatus, toVenueAccount, toVenuePosition } from './mapping.ts';
import type { RateLimiter } from './rate-limiter.ts';
import { accountSchema, algoSchema, algosSchema, dualSchema, leverageSchema, orderSchema, ordersSchema, positionsSchema, tradesSchema } from './schemas.ts';
import { UserStream } from './user-stream.ts';

const ALREADY_SET: readonly number[] = [-4046, -4059];
const NO_SUCH_ORDER: readonly number[] = [-2013, -2011];
const FILLS_PAGE = 1000;

export interface ExecutionOptions {
  readonly gateway: Gateway;
  readonly limiter: RateLimiter;
  readonly socketBase: string;
  readonly agent: Agent | null;
  readonly logger: Logger;
  readonly instrumentOf: (symbol: string) => Instrument | null;
}

function priorityOf(intent: OrderIntent): CallPriority {
  if (intent.purpose === 'entry') return 'trade';
  return intent.purpose === 'close' || intent.purpose === 'reduce' ? 'close' : 'protect';
}

/**
 * Orders go through the SDK's signed POST and not its order helpers: those are typed for numbers (the wire wants exact text) and
 * print the whole request when a client id does not carry the SDK author's tag.
 */
export function createExecutionVenue(options: ExecutionOptions): ExecutionVenue {
  const { gateway, limiter, instrumentOf } = options;
  let hedgeMode = false;
  let stream: UserStream | null = null;

  const readAccount = async (): Promise<Result<VenueAccount, ExchangeError>> => {
    const account = await gateway.call({ name: 'account', weight: 5, priority: 'reconcile', isMutation: false }, accountSchema, (client) =>
      client.getAccountInformationV3(),
    );
    return account.ok ? ok(toVenueAccount(account.value, hedgeMode)) : account;
  };

  const submitConditional = async (intent: OrderIntent, instrument: Instrument): Promise<Result<OrderAcknowledgement, ExchangeError>> => {
    const parameters = {
      algoType: 'CONDITIONAL',
      symbol: intent.symbol,
      side: intent.side,
      type: intent.kind === 'stop_market' ? 'STOP_MARKET' : 'TAKE_PROFIT_MARKET',
      triggerPrice: intent.trigger === null ? undefined : formatPrice(instrument, intent.trigger),
      quantity: intent.closePosition ? undefined : formatQuantity(instrument, intent.lots),
      closePosition: intent.closePosition ? 'true' : undefined,
      reduceOnly: !intent.closePosition && intent.reduceOnly && !hedgeMode ? 'true' : undefined,
      positionSide: hedgeMode ? intent.positionSide : undefined,
      workingType: intent.triggerBy === 'mark' ? 'MARK_PRICE' : 'CONTRACT_PRICE',
      clientAlgoId: intent.clientOrderId,
    };
    const sent = await gateway.call({ name: `${intent.purpose} order`, weight: 0, priority: priorityOf(intent), isMutation: true, orders: 1 }, algoSchema, (client) =>
      client.postPrivate('fapi/v1/algoOrder', parameters),
    );
    if (!sent.ok) return sent;
    return ok({
      clientOrderId: intent.clientOrderId,
      venueOrderId: sent.value.algoId,
      status: toAlgoStatus(sent.value.algoStatus),
      filledLots: lots(0),
      time: epochMs(sent.value.updateTime),
    });
  };

  const submitRegular = async (intent: OrderIntent, instrument: Instrument): Promise<Result<OrderAcknowledgement, ExchangeError>> => {
    const parameters = {
      symbol: intent.symbol,
      side: intent.side,
      type: intent.kind === 'limit' ? 'LIMIT' : 'MARKET',
      timeInForce: intent.kind === 'limit' ? intent.timeInForce : undefined,
      quantity: formatQuantity(instrument, intent.lots),
      price: intent.price === null ? undefined : formatPrice(instrument, intent.price),
      reduceOnly: intent.reduceOnly && !hedgeMode ? 'true' : undefined,
      positionSide: hedgeMode ? intent.positionSide : undefined,
      newOrderRespType: 'RESULT',
      newClientOrderId: intent.clientOrderId,
    };
    const sent = await gateway.call({ name: `${intent.purpose} order`, weight: 0, priority: priorityOf(intent), isMutation: true, orders: 1 }, orderSchema, (client) =>
      client.postPrivate('fapi/v1/order', parameters),
    );
    if (!sent.ok) return sent;
    const report = toOrderReport(sent.value, instrument);
    return ok({
      clientOrderId: intent.clientOrderId,
      venueOrderId: report.venueOrderId,
      status: toOrderStatus(sent.value.status),
      filledLots: report.filledLots,
      time: report.time,
    });
  };

  const readFills = async (symbols: readonly string[], since: number): Promise<Result<readonly Fill[], ExchangeError>> => {
    const fills: Fill[] = [];
    for (const symbol of symbols) {
      const instrument = instrumentOf(symbol);
      if (instrument === null) continue;
      const trades = await gateway.call({ name: 'fills', weight: 5, priority: 'reconcile', isMutation: false }, tradesSchema, (client) =>
        client.getAccountTrades({ symbol, startTime: since, limit: FILLS_PAGE }),
      );
      if (!trades.ok) return trades;
      fills.push(...trades.value.map((trade) => toFill(trade, instrument)));
    }
    return ok(fills);
  };

  return {
    start: async (handler: (event: VenueEvent) => void) => {
      if (!gateway.canSign)
        return err({
          code: 'unauthorised',
          outcome: 'not_executed',
          venueCode: null,
          detail: 'no key',
          uiMessage: 'No API key is set for trading in this mode. Set it in the settings or the environment; market data runs without one.',
        });
      await gateway.syncClock();
      const dual = await gateway.call({ name: 'position mode', weight: 30, priority: 'reconcile', isMutation: false }, dualSchema, (client) =>
        client.getCurrentPositionMode(),
      );
      if (!dual.ok) return dual;
      hedgeMode = dual.value.dualSidePosition;
      const account = await readAccount();
      if (!account.ok) return account;
      stream = new UserStream({ gateway, socketBase: options.socketBase, agent: options.agent, logger: options.logger, instrumentOf, onEvent: handler });
      stream.start();
      return account;
    },
    stop: () => {
      stream?.stop();
      return Promise.resolve();
    },
    submit: async (intent) => {
      const instrument = instrumentOf(intent.symbol);
      if (instrument === null)
        return err({
          code: 'rejected',
          outcome: 'not_executed',
          venueCode: -1121,
          detail: intent.symbol,
          uiMessage: `${intent.symbol} is not listed at the exchange; nothing was sent.`,
        });
      return isConditional(intent.kind) ? submitConditional(intent, instrument) : submitRegular(intent, instrument);
    },
    cancel: async ({ symbol, clientOrderId, conditional }) => {
      const call = { name: 'cancel', weight: 1, priority: 'protect', isMutation: true } as const;
      const answer = conditional
        ? await gateway.call(call, z.unknown(), (client) => client.cancelAlgoOrder({ clientAlgoId: clientOrderId }))
        : await gateway.call(call, z.unknown(), (client) => client.cancelOrder({ symbol, origClientOrderId: clientOrderId }));
      return answer.ok ? ok(null) : answer;
    },
    query: async ({ symbol, clientOrderId, conditional }) => {
      const instrument = instrumentOf(symbol);
      if (instrument === null) return ok(null);
      const call = { name: 'order query', weight: 1, priority: 'reconcile', isMutation: false } as const;
      const found: Result<OrderReport, ExchangeError> = conditional
        ? mapOk(await gateway.call(call, algoSchema, (client) => client.getAlgoOrder({ clientAlgoId: clientOrderId })), (row) => toAlgoReport(row, instrument))
        : mapOk(await gateway.call(call, orderSchema, (client) => client.getOrder({ symbol, origClientOrderId: clientOrderId })), (row) =>
            toOrderReport(row, instrument),
          );
      if (found.ok) return found;
      return found.error.venueCode !== null && NO_SUCH_ORDER.includes(found.error.venueCode) ? ok(null) : found;
    },
    prepareSymbol: async ({ symbol, leverage, marginType }) => {
      const type = await gateway.call({ name: 'margin type', weight: 1, priority: 'trade', isMutation: true }, z.unknown(), (client) =>
        client.setMarginType({ symbol, marginType: marginType === 'isolated' ? 'ISOLATED' : 'CROSSED' }),
      );
      if (!type.ok && !(type.error.venueCode !== null && ALREADY_SET.includes(type.error.venueCode))) return type;
      const set = await gateway.call({ name: 'leverage', weight: 1, priority: 'trade', isMutation: true }, leverageSchema, (client) =>
        client.setLeverage({ symbol, leverage }),
      );
      if (!set.ok) return set;
      if (set.value.leverage === leverage) return ok(null);
      return err({
        code: 'rejected',
        outcome: 'not_executed',
        venueCode: null,
        detail: `asked ${leverage}, got ${set.value.leverage}`,
        uiMessage: `The exchange set leverage ${set.value.leverage} instead of ${leverage} on ${symbol}; no order was sent.`,
      });
    },
    fetchState: async ({ symbols, fillsSince }): Promise<Result<VenueState, ExchangeError>> => {
      const time = epochMs(gateway.timestamp());
      const account = await readAccount();
      if (!account.ok) return account;
      const positions = await gateway.call({ name: 'positions', weight: 5, priority: 'reconcile', isMutation: false }, positionsSchema, (client) =>
        client.getPositionsV3(),
      );
      if (!positions.ok) return positions;
      const orders = await gateway.call({ name: 'open orders', weight: 40, priority: 'reconcile', isMutation: false }, ordersSchema, (client) =>
        client.getAllOpenOrders(),
      );
      if (!orders.ok) return orders;
      const algos = await gateway.call({ name: 'open conditional orders', weight: 40, priority: 'reconcile', isMutation: false }, algosSchema, (client) =>
        client.getOpenAlgoOrders(),
      );
      if (!algos.ok) return algos;
      const fills = await readFills(symbols, fillsSince);
      if (!fills.ok) return fills;
      return ok({
        time,
        account: account.value,
        fills: fills.value,
        positions: positions.value.flatMap((row) => withInstrument(row, instrumentOf, toVenuePosition)).filter((position) => position.lots !== 0),
        orders: [
          ...orders.value.flatMap((row) => withInstrument(row, instrumentOf, toOrderReport)),
          ...algos.value.flatMap((row) => withInstrument(row, instrumentOf, toAlgoReport)),
        ],
      });
    },
    status: (): ExchangeStatus => ({
      breaker: gateway.grade,
      weightUsed: limiter.used,
      weightLimit: limiter.limit,
      clockOffsetMs: gateway.clockOffsetMs,
      restLatencyMs: gateway.latencyMs,
      userStream: stream?.state ?? 'connecting',
      malformed: Object.fromEntries(gateway.malformed),
    }),
  };
}

function mapOk<A, B, E>(result: Result<A, E>, map: (value: A) => B): Result<B, E> {
  return result.ok ? ok(map(result.value)) : result;
}

function withInstrument<R extends { readonly symbol: string }, T>(
  row: R,
  instrumentOf: (symbol: string) => Instrument | null,
  map: (row: R, instrument: Instrument) => T,
): readonly T[] {
  const instrument = instrumentOf(row.symbol);
  return instrument === null ? [] : [map(row, instrument)];
}
