// Orders, conditional orders, trades and income in the exchange's own shapes: decimals as text, its field names, its status words.
import { formatQuantity, lotsToQuantity, type Instrument } from '../../src-shared/domain/instrument.ts';
import { moneyToUsdt, type Lots, type Money } from '../../src-shared/kernel/units.ts';
import { isMarket } from '../../src-main/core/venue/conditionals.ts';
import type { AlgoOrder, Amendment, Income, MarginChange, Trade, VenueOrder } from '../../src-main/core/venue/types.ts';
import { callbackText, moneyText, tickText } from './text.ts';

type Row = Readonly<Record<string, unknown>>;

/** How much of an order an answer tells: queries have fills, acknowledgements none since 2026-06-30, and `ack` not even the outcome. */
export type OrderDetail = 'query' | 'result' | 'ack';

function averageText(instrument: Instrument, traded: { readonly filled: Lots; readonly filledNotional: Money }): string {
  const quantity = lotsToQuantity(instrument, traded.filled);
  return quantity === 0 ? '0.00' : (moneyToUsdt(traded.filledNotional) / quantity).toFixed(instrument.priceScale + 2);
}

export function describeOrder(order: VenueOrder, instrument: Instrument, detail: OrderDetail): Row {
  const executed = formatQuantity(instrument, detail === 'ack' ? (0 as Lots) : order.filled);
  const fills =
    detail === 'query' ? { avgPrice: averageText(instrument, order), cumQuote: moneyText(order.filledNotional), time: order.time } : { cumQty: executed };
  return {
    orderId: order.orderId,
    symbol: order.symbol,
    status: detail === 'ack' ? 'NEW' : order.status,
    clientOrderId: order.clientOrderId,
    price: tickText(instrument, order.price),
    ...fills,
    origQty: formatQuantity(instrument, order.lots),
    executedQty: executed,
    timeInForce: order.timeInForce,
    type: order.type,
    reduceOnly: order.reduceOnly,
    closePosition: order.closePosition,
    side: order.side,
    positionSide: order.positionSide,
    stopPrice: '0',
    workingType: 'CONTRACT_PRICE',
    priceProtect: false,
    origType: order.originalType,
    priceMatch: order.priceMatch ?? 'NONE',
    selfTradePreventionMode: order.selfTradePrevention ?? 'EXPIRE_MAKER',
    goodTillDate: order.goodTillDate ?? 0,
    updateTime: order.updateTime,
  };
}

/** Which answer a conditional order is described for: what it became is told by queries only, and by lists without its quantity and type. */
export type AlgoAnswer = 'placed' | 'query' | 'list';

export function describeAlgo(algo: AlgoOrder, instrument: Instrument, answer: AlgoAnswer): Row {
  const isTrailing = algo.type === 'TRAILING_STOP_MARKET';
  return {
    algoId: algo.algoId,
    clientAlgoId: algo.clientAlgoId,
    algoType: 'CONDITIONAL',
    orderType: algo.type,
    symbol: algo.symbol,
    side: algo.side,
    positionSide: algo.positionSide,
    timeInForce: algo.closePosition ? 'GTE_GTC' : algo.timeInForce,
    quantity: formatQuantity(instrument, algo.lots),
    algoStatus: algo.status,
    ...(answer === 'placed' ? {} : becomingOf(algo, instrument, answer)),
    triggerPrice: tickText(instrument, algo.trigger),
    price: tickText(instrument, algo.price),
    icebergQuantity: null,
    selfTradePreventionMode: algo.selfTradePrevention ?? 'EXPIRE_MAKER',
    workingType: algo.workingType,
    priceMatch: algo.priceMatch ?? 'NONE',
    closePosition: algo.closePosition,
    priceProtect: algo.priceProtect ?? false,
    reduceOnly: algo.reduceOnly || algo.closePosition,
    ...(isTrailing || answer === 'placed' ? trailingOf(algo, instrument) : {}),
    createTime: algo.time,
    updateTime: algo.updateTime,
    triggerTime: algo.triggerTime,
    goodTillDate: 0,
  };
}

/** The order a trigger made, and the places of attached orders, which this venue does not have. */
function becomingOf(algo: AlgoOrder, instrument: Instrument, answer: Exclude<AlgoAnswer, 'placed'>): Row {
  const made = {
    actualOrderId: algo.orderId === null ? '' : String(algo.orderId),
    actualPrice: algo.orderId === null ? '0.00000' : averageText(instrument, algo),
    tpOrderType: '',
  };
  if (answer === 'list') return { ...made, tpTriggerPrice: '0.000', tpPrice: '0.000', slTriggerPrice: '0.000', slPrice: '0.000' };
  return { ...made, actualQty: formatQuantity(instrument, algo.filled), actualType: isMarket(algo) ? 'MARKET' : 'LIMIT' };
}

/** Empty for a conditional order that does not trail. */
function trailingOf(algo: AlgoOrder, instrument: Instrument): Row {
  const isTrailing = algo.type === 'TRAILING_STOP_MARKET';
  return {
    activatePrice: isTrailing && algo.activatePrice !== null && algo.activatePrice !== undefined ? tickText(instrument, algo.activatePrice) : '',
    callbackRate: isTrailing ? callbackText(algo.callbackBps ?? 0) : '',
  };
}

export function describeTrade(trade: Trade, instrument: Instrument): Row {
  return {
    buyer: trade.side === 'BUY',
    commission: moneyText(trade.fee),
    commissionAsset: 'USDT',
    id: trade.tradeId,
    maker: trade.maker,
    orderId: trade.orderId,
    price: tickText(instrument, trade.price),
    qty: formatQuantity(instrument, trade.lots),
    quoteQty: moneyText(trade.notional),
    realizedPnl: moneyText(trade.realised),
    side: trade.side,
    positionSide: trade.positionSide,
    symbol: trade.symbol,
    time: trade.time,
  };
}

export function describeIncome(income: Income): Row {
  return {
    symbol: income.symbol,
    incomeType: income.type,
    income: moneyText(income.amount),
    asset: 'USDT',
    info: income.type,
    time: income.time,
    tranId: income.id,
    tradeId: income.tradeId === null ? '' : String(income.tradeId),
  };
}

export function describeMarginChange(change: MarginChange): Row {
  return {
    symbol: change.symbol,
    type: change.direction === 1 ? 1 : 2,
    deltaType: 'USER_ADJUST',
    amount: moneyText(change.amount),
    asset: 'USDT',
    time: change.time,
    positionSide: change.positionSide,
  };
}

export function describeAmendment(amendment: Amendment, instrument: Instrument): Row {
  const { before, after } = amendment;
  return {
    amendmentId: amendment.amendmentId,
    symbol: amendment.symbol,
    pair: amendment.symbol,
    orderId: amendment.orderId,
    clientOrderId: amendment.clientOrderId,
    time: amendment.time,
    amendment: {
      price: { before: tickText(instrument, before.price), after: tickText(instrument, after.price) },
      origQty: { before: formatQuantity(instrument, before.lots), after: formatQuantity(instrument, after.lots) },
      count: amendment.count,
    },
  };
}
