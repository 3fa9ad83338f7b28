// Carries out the engine's wishes at the venue in the same process, at once: no wire, no clock, no failures that the venue itself does not make.
import type { OrderIntent } from '../../../src-shared/domain/order.ts';
import { isConditional } from '../../../src-shared/domain/order.ts';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import { lots, ticks, type EpochMs } from '../../../src-shared/kernel/units.ts';
import type { AmendRequest, ExchangeError, ExchangeStatus, OrderAcknowledgement, OrderReport, StateRequest, VenueState } from '../ports.ts';
import type { Exchange } from '../venue/exchange.ts';
import type { VenueFault } from '../venue/types.ts';
import { algoReport, algoStatusOf, fillOf, orderReport, orderStatusOf, venueAccount, venuePosition } from './venue-reports.ts';

const ALREADY_SET: readonly number[] = [-4046, -4059];

export interface OrderAddress {
  readonly symbol: string;
  readonly clientOrderId: string;
  readonly conditional: boolean;
}

/** The venue's status as a healthy exchange next door would show it. */
export const CALM_EXCHANGE: ExchangeStatus = {
  breaker: 'normal',
  weightUsed: 0,
  weightLimit: 2400,
  clockOffsetMs: 0,
  restLatencyMs: 0,
  userStream: 'connected',
  malformed: {},
};

function refused(fault: VenueFault): Result<never, ExchangeError> {
  return err({
    code: 'rejected',
    outcome: 'not_executed',
    venueCode: fault.code,
    detail: `400 ${fault.code} ${fault.message}`,
    uiMessage: `The exchange refused: ${fault.message} (${fault.code}).`,
  });
}

export class InProcessVenue {
  readonly #exchange: Exchange;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  submit(intent: OrderIntent, time: EpochMs): Result<OrderAcknowledgement, ExchangeError> {
    return isConditional(intent.kind) ? this.#submitConditional(intent, time) : this.#submitRegular(intent, time);
  }

  amendOrder({ symbol, clientOrderId, ...terms }: AmendRequest, time: EpochMs): Result<OrderReport, ExchangeError> {
    const instrument = this.#exchange.instrument(symbol);
    const amended = this.#exchange.amend({ symbol, key: { orderId: null, clientOrderId }, ...terms }, time);
    if (!amended.ok || instrument === null) return refused(amended.ok ? { code: -1121, message: 'Invalid symbol.' } : amended.error);
    return ok(orderReport(amended.value, instrument));
  }

  cancel({ symbol, clientOrderId, conditional }: OrderAddress, time: EpochMs): Result<null, ExchangeError> {
    const canceled = conditional
      ? this.#exchange.cancelAlgo({ algoId: null, clientAlgoId: clientOrderId }, time)
      : this.#exchange.cancel(symbol, { orderId: null, clientOrderId }, time);
    return canceled.ok ? ok(null) : refused(canceled.error);
  }

  query({ symbol, clientOrderId, conditional }: OrderAddress): Result<OrderReport | null, ExchangeError> {
    if (conditional) {
      const algo = this.#exchange.findAlgo({ algoId: null, clientAlgoId: clientOrderId });
      return ok(algo === null ? null : algoReport(algo));
    }
    const instrument = this.#exchange.instrument(symbol);
    const order = this.#exchange.findOrder(symbol, { orderId: null, clientOrderId });
    return ok(order === null || instrument === null ? null : orderReport(order, instrument));
  }

  prepareSymbol(
    request: { readonly symbol: string; readonly leverage: number; readonly marginType: 'isolated' | 'cross' },
    time: EpochMs,
  ): Result<null, ExchangeError> {
    const type = this.#exchange.setIsolated(request.symbol, request.marginType === 'isolated');
    if (type !== null && !ALREADY_SET.includes(type.code)) return refused(type);
    const leverage = this.#exchange.setLeverage(request.symbol, request.leverage, time);
    return leverage === null ? ok(null) : refused(leverage);
  }

  /** Single symbols give the state of these only, like the real exchange. */
  fetchState(request: StateRequest, time: EpochMs): VenueState {
    const exchange = this.#exchange;
    const isWanted = (symbol: string): boolean => request.scope === 'account' || request.symbols.includes(symbol);
    const { trades } = exchange;
    const fills = [];
    for (let index = trades.length - 1; index >= 0; index -= 1) {
      const trade = trades[index]!;
      if (trade.time < request.fillsSince) break;
      const instrument = exchange.instrument(trade.symbol);
      if (instrument !== null && request.symbols.includes(trade.symbol)) fills.push({ ...fillOf(trade, instrument), clientOrderId: '' });
    }
    return {
      scope: request.scope,
      symbols: request.symbols,
      time,
      account: venueAccount(exchange),
      positions: exchange.holdings().flatMap((holding) => (isWanted(holding.symbol) ? (venuePosition(exchange, holding) ?? []) : [])),
      orders: [
        ...exchange.openOrders(null).flatMap((order) => {
          const instrument = exchange.instrument(order.symbol);
          return instrument === null || !isWanted(order.symbol) ? [] : [orderReport(order, instrument)];
        }),
        ...exchange
          .openAlgos(null)
          .filter(({ symbol }) => isWanted(symbol))
          .map(algoReport),
      ],
      fills: fills.reverse(),
    };
  }

  #submitConditional(intent: OrderIntent, time: EpochMs): Result<OrderAcknowledgement, ExchangeError> {
    const placed = this.#exchange.placeAlgo(
      {
        symbol: intent.symbol,
        side: intent.side,
        positionSide: intent.positionSide,
        type: intent.kind === 'stop_market' ? 'STOP_MARKET' : 'TAKE_PROFIT_MARKET',
        lots: intent.closePosition ? lots(0) : intent.lots,
        price: null,
        trigger: intent.trigger ?? ticks(0),
        workingType: intent.triggerBy === 'mark' ? 'MARK_PRICE' : 'CONTRACT_PRICE',
        closePosition: intent.closePosition,
        reduceOnly: !intent.closePosition && intent.reduceOnly && !this.#exchange.hedgeMode,
        timeInForce: 'GTC',
        clientAlgoId: intent.clientOrderId,
      },
      time,
    );
    if (!placed.ok) return refused(placed.error);
    const { algoId, status } = placed.value;
    return ok({ clientOrderId: intent.clientOrderId, venueOrderId: String(algoId), status: algoStatusOf(status), filledLots: lots(0), time });
  }

  #submitRegular(intent: OrderIntent, time: EpochMs): Result<OrderAcknowledgement, ExchangeError> {
    const placed = this.#exchange.place(
      {
        symbol: intent.symbol,
        side: intent.side,
        positionSide: intent.positionSide,
        type: intent.kind === 'limit' ? 'LIMIT' : 'MARKET',
        lots: intent.lots,
        price: intent.price,
        timeInForce: intent.timeInForce,
        reduceOnly: intent.reduceOnly && !this.#exchange.hedgeMode,
        clientOrderId: intent.clientOrderId,
      },
      time,
    );
    if (!placed.ok) return refused(placed.error);
    const order = placed.value;
    return ok({
      clientOrderId: intent.clientOrderId,
      venueOrderId: String(order.orderId),
      status: orderStatusOf(order.status),
      filledLots: order.filled,
      time,
    });
  }
}
