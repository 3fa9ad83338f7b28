// From the in-process venue's objects to the engine's: what the wire and its mapping do for a venue in another process, without text.
import { lotsToQuantity, ticksToPrice, type Instrument } from '../../../src-shared/domain/instrument.ts';
import type { Fill, OrderStatus } from '../../../src-shared/domain/order.ts';
import { lots, moneyFromUsdt, moneyToUsdt, ZERO_MONEY, type Lots, type Money } from '../../../src-shared/kernel/units.ts';
import type { AccountPositionChange, OrderReport, VenueAccount, VenueEvent, VenuePosition } from '../ports.ts';
import type { Exchange } from '../venue/exchange.ts';
import { notionalUsdt, unrealisedUsdt } from '../venue/margin.ts';
import { entryPriceOf } from '../venue/positions.ts';
import { ALGO_STATUS, ORDER_STATUS, purposeOf } from '../venue/status-words.ts';
import type { AccountEvent, AlgoOrder, AlgoStatus, Trade, VenueHolding, VenueOrder, VenueOrderStatus } from '../venue/types.ts';

/** Decimal places the wire carries beyond the price scale, so that both ways give the same number. */
const AVERAGE_PLACES = 4;

export function orderStatusOf(status: VenueOrderStatus): OrderStatus {
  return ORDER_STATUS[status];
}

export function algoStatusOf(status: AlgoStatus): OrderStatus {
  return ALGO_STATUS[status];
}

function averagePrice(instrument: Instrument, filled: Lots, filledNotional: Money): number {
  const quantity = lotsToQuantity(instrument, filled);
  return quantity === 0 ? 0 : Number((moneyToUsdt(filledNotional) / quantity).toFixed(instrument.priceScale + AVERAGE_PLACES));
}

export function orderReport(order: VenueOrder, instrument: Instrument): OrderReport {
  return {
    clientOrderId: order.clientOrderId,
    venueOrderId: String(order.orderId),
    symbol: order.symbol,
    conditional: false,
    status: ORDER_STATUS[order.status],
    side: order.side,
    positionSide: order.positionSide,
    lots: order.lots,
    filledLots: order.filled,
    averagePrice: averagePrice(instrument, order.filled, order.filledNotional),
    price: order.price,
    trigger: null,
    closePosition: false,
    reduceOnly: order.reduceOnly,
    purpose: purposeOf(order.originalType),
    triggeredOrderId: null,
    time: order.updateTime,
    reason: String(order.expiryReason),
  };
}

export function algoReport(algo: AlgoOrder): OrderReport {
  return {
    clientOrderId: algo.clientAlgoId,
    venueOrderId: String(algo.algoId),
    symbol: algo.symbol,
    conditional: true,
    status: ALGO_STATUS[algo.status],
    side: algo.side,
    positionSide: algo.positionSide,
    lots: algo.lots,
    filledLots: lots(0),
    averagePrice: 0,
    price: null,
    trigger: algo.trigger === 0 ? null : algo.trigger,
    closePosition: algo.closePosition,
    reduceOnly: algo.reduceOnly || algo.closePosition,
    purpose: purposeOf(algo.type),
    triggeredOrderId: algo.orderId === null ? null : String(algo.orderId),
    time: algo.updateTime,
    reason: algo.rejectReason === '' ? null : algo.rejectReason,
  };
}

export function fillOf(trade: Trade, instrument: Instrument): Fill {
  return {
    symbol: trade.symbol,
    tradeId: String(trade.tradeId),
    venueOrderId: String(trade.orderId),
    clientOrderId: trade.clientOrderId,
    side: trade.side,
    positionSide: trade.positionSide,
    lots: trade.lots,
    price: ticksToPrice(instrument, trade.price),
    fee: trade.fee,
    realisedPnl: trade.realised,
    maker: trade.maker,
    time: trade.time,
  };
}

/** Null for what the engine has no event for. */
export function venueEventOf(exchange: Exchange, event: AccountEvent): VenueEvent | null {
  switch (event.kind) {
    case 'order': {
      const instrument = exchange.instrument(event.order.symbol);
      if (instrument === null) return null;
      return {
        kind: 'order',
        report: { ...orderReport(event.order, instrument), time: event.time },
        fill: event.trade === null ? null : fillOf(event.trade, instrument),
      };
    }
    case 'algo':
      return { kind: 'order', report: { ...algoReport(event.algo), time: event.time }, fill: null };
    case 'account':
      return {
        kind: 'account',
        time: event.time,
        reason: event.reason,
        wallet: event.wallet,
        funding: event.reason === 'FUNDING_FEE' ? event.change : ZERO_MONEY,
        positions: event.holdings.flatMap((holding) => positionChange(exchange, holding)),
      };
    case 'margin-call':
      return { kind: 'margin-call', symbol: event.holdings[0]?.symbol ?? '' };
    case 'config':
      return null;
  }
}

function positionChange(exchange: Exchange, holding: VenueHolding): readonly AccountPositionChange[] {
  const instrument = exchange.instrument(holding.symbol);
  const quote = exchange.quote(holding.symbol);
  if (instrument === null || quote === null) return [];
  const { symbol, positionSide, lots: amount } = holding;
  const unrealised = moneyFromUsdt(unrealisedUsdt(instrument, holding, quote.mark));
  return [{ symbol, positionSide, lots: amount, entryPrice: entryPriceOf(instrument, holding), unrealised }];
}

export function venuePosition(exchange: Exchange, holding: VenueHolding): VenuePosition | null {
  const instrument = exchange.instrument(holding.symbol);
  const quote = exchange.quote(holding.symbol);
  if (instrument === null || quote === null) return null;
  const leverage = exchange.leverageOf(holding.symbol);
  return {
    symbol: holding.symbol,
    positionSide: holding.positionSide,
    lots: holding.lots,
    entryPrice: entryPriceOf(instrument, holding),
    markPrice: ticksToPrice(instrument, quote.mark),
    unrealised: moneyFromUsdt(unrealisedUsdt(instrument, holding, quote.mark)),
    liquidationPrice: exchange.liquidationPriceOf(holding),
    leverage,
    isolated: exchange.isIsolated(holding.symbol),
    initialMargin: moneyFromUsdt(notionalUsdt(instrument, holding.lots, quote.mark) / leverage),
  };
}

export function venueAccount(exchange: Exchange): VenueAccount {
  const margin = exchange.marginUsdt();
  return {
    wallet: exchange.wallet,
    unrealised: moneyFromUsdt(margin.unrealised),
    available: moneyFromUsdt(margin.available),
    marginUsed: moneyFromUsdt(margin.positionInitial + margin.orderInitial),
    hedgeMode: exchange.hedgeMode,
  };
}
