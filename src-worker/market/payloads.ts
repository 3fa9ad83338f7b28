// The venue's answers in the exchange's own shapes: decimals as text, its field names, its status words.
import { formatPrice, formatQuantity, lotsToQuantity, ticksToPrice, type Instrument } from '../../src-shared/domain/instrument.ts';
import { formatUnits } from '../../src-shared/kernel/decimal.ts';
import { lots, moneyToUsdt, ticks, type Lots, type Money, type Ticks } from '../../src-shared/kernel/units.ts';
import type { Candle } from '../../src-shared/domain/candle.ts';
import type { Exchange } from '../../src-main/core/venue/exchange.ts';
import { entryPriceOf } from '../../src-main/core/venue/positions.ts';
import { liquidationPrice, maintenanceUsdt, notionalUsdt, unrealisedUsdt } from '../../src-main/core/venue/margin.ts';
import type { AlgoOrder, Income, Trade, VenueHolding, VenueOrder } from '../../src-main/core/venue/types.ts';

export function moneyText(amount: Money): string {
  return formatUnits(amount, 8);
}

/** A floating number as plain text with 8 places; never an exponent. */
export function usdtText(value: number): string {
  return value.toFixed(8);
}

export function priceText(instrument: Instrument, price: number): string {
  return price.toFixed(instrument.priceScale);
}

function tickText(instrument: Instrument, value: Ticks | null): string {
  return value === null ? '0' : formatPrice(instrument, value);
}

export function describeInstrument(instrument: Instrument): Readonly<Record<string, unknown>> {
  const quantity = (value: number): string => formatQuantity(instrument, lots(value));
  return {
    symbol: instrument.symbol,
    pair: instrument.symbol,
    contractType: instrument.contractType,
    deliveryDate: 4_133_404_800_000,
    onboardDate: instrument.onboardTime,
    status: instrument.status,
    maintMarginPercent: '2.5000',
    requiredMarginPercent: '5.0000',
    baseAsset: instrument.baseAsset,
    quoteAsset: instrument.quoteAsset,
    marginAsset: 'USDT',
    pricePrecision: instrument.priceScale,
    quantityPrecision: instrument.quantityScale,
    baseAssetPrecision: 8,
    quotePrecision: 8,
    underlyingType: 'COIN',
    underlyingSubType: [],
    triggerProtect: String(instrument.triggerProtect),
    liquidationFee: String(instrument.liquidationFee),
    marketTakeBound: String(instrument.marketTakeBound),
    maxMoveOrderLimit: 10_000,
    filters: [
      {
        filterType: 'PRICE_FILTER',
        minPrice: formatPrice(instrument, instrument.minPrice),
        maxPrice: formatPrice(instrument, instrument.maxPrice),
        tickSize: formatPrice(instrument, ticks(1)),
      },
      { filterType: 'LOT_SIZE', stepSize: quantity(1), minQty: quantity(instrument.minLots), maxQty: quantity(instrument.maxLots) },
      {
        filterType: 'MARKET_LOT_SIZE',
        stepSize: quantity(instrument.marketStepLots),
        minQty: quantity(instrument.marketMinLots),
        maxQty: quantity(instrument.marketMaxLots),
      },
      { filterType: 'MAX_NUM_ORDERS', limit: 200 },
      { filterType: 'MIN_NOTIONAL', notional: String(moneyToUsdt(instrument.minNotional)) },
      {
        filterType: 'PERCENT_PRICE',
        multiplierUp: instrument.multiplierUp.toFixed(4),
        multiplierDown: instrument.multiplierDown.toFixed(4),
        multiplierDecimal: '4',
      },
    ],
    orderTypes: ['LIMIT', 'MARKET', 'STOP', 'STOP_MARKET', 'TAKE_PROFIT', 'TAKE_PROFIT_MARKET', 'TRAILING_STOP_MARKET'],
    timeInForce: ['GTC', 'IOC', 'FOK', 'GTX'],
  };
}

export function klineRow(candle: Candle, instrument: Instrument, stepMs: number): readonly unknown[] {
  const price = (value: number): string => priceText(instrument, value);
  const taker = candle.volume === 0 ? 0 : candle.takerBuyVolume / candle.volume;
  const quantity = (value: number): string => value.toFixed(instrument.quantityScale);
  return [
    candle.openTime,
    price(candle.open),
    price(candle.high),
    price(candle.low),
    price(candle.close),
    quantity(candle.volume),
    candle.openTime + stepMs - 1,
    candle.quoteVolume.toFixed(4),
    candle.trades,
    quantity(candle.takerBuyVolume),
    (candle.quoteVolume * taker).toFixed(4),
    '0',
  ];
}

/** `withFills`: queries and lists carry average price and quote; acknowledgements do not since 2026-06-30. */
export function describeOrder(order: VenueOrder, instrument: Instrument, withFills: boolean): Readonly<Record<string, unknown>> {
  const filledQuantity = lotsToQuantity(instrument, order.filled);
  const fills = withFills
    ? {
        avgPrice: filledQuantity === 0 ? '0.00' : (moneyToUsdt(order.filledNotional) / filledQuantity).toFixed(instrument.priceScale + 2),
        cumQuote: moneyText(order.filledNotional),
      }
    : {};
  return {
    orderId: order.orderId,
    symbol: order.symbol,
    status: order.status,
    clientOrderId: order.clientOrderId,
    price: tickText(instrument, order.price),
    ...fills,
    origQty: formatQuantity(instrument, order.lots),
    executedQty: formatQuantity(instrument, order.filled),
    timeInForce: order.timeInForce,
    type: order.type,
    reduceOnly: order.reduceOnly,
    closePosition: false,
    side: order.side,
    positionSide: order.positionSide,
    stopPrice: '0',
    workingType: 'CONTRACT_PRICE',
    priceProtect: false,
    origType: order.originalType,
    priceMatch: 'NONE',
    selfTradePreventionMode: 'EXPIRE_MAKER',
    goodTillDate: 0,
    time: order.time,
    updateTime: order.updateTime,
  };
}

export function describeAlgo(algo: AlgoOrder, instrument: Instrument): Readonly<Record<string, unknown>> {
  return {
    algoId: algo.algoId,
    clientAlgoId: algo.clientAlgoId,
    algoType: 'CONDITIONAL',
    orderType: algo.type,
    symbol: algo.symbol,
    side: algo.side,
    positionSide: algo.positionSide,
    timeInForce: algo.timeInForce,
    quantity: formatQuantity(instrument, algo.lots),
    algoStatus: algo.status,
    actualOrderId: algo.orderId === null ? '' : String(algo.orderId),
    actualPrice: '0.00000',
    triggerPrice: tickText(instrument, algo.trigger),
    price: tickText(instrument, algo.price),
    icebergQuantity: null,
    tpTriggerPrice: '0.000',
    tpPrice: '0.000',
    slTriggerPrice: '0.000',
    slPrice: '0.000',
    tpOrderType: '',
    selfTradePreventionMode: 'EXPIRE_MAKER',
    workingType: algo.workingType,
    priceMatch: 'NONE',
    closePosition: algo.closePosition,
    priceProtect: false,
    reduceOnly: algo.reduceOnly || algo.closePosition,
    createTime: algo.time,
    updateTime: algo.updateTime,
    triggerTime: algo.orderId === null ? 0 : algo.updateTime,
    goodTillDate: 0,
  };
}

export function describeTrade(trade: Trade, instrument: Instrument): Readonly<Record<string, unknown>> {
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

export function describeIncome(income: Income): Readonly<Record<string, unknown>> {
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

/** Liquidation price of a holding at the account's present state, or null. */
export function holdingLiquidation(exchange: Exchange, holding: VenueHolding, instrument: Instrument): number | null {
  const leverage = exchange.leverageOf(holding.symbol);
  const own = maintenanceUsdt(instrument, notionalUsdt(instrument, holding.lots, exchange.quote(holding.symbol)?.mark ?? ticks(1)));
  const { maintenance } = exchange.marginUsdt();
  const wallet = exchange.isIsolated(holding.symbol) ? moneyToUsdt(holding.entryNotional) / leverage : moneyToUsdt(exchange.wallet) - (maintenance - own);
  return liquidationPrice(instrument, {
    side: holding.lots > 0 ? 1 : -1,
    quantity: Math.abs(lotsToQuantity(instrument, holding.lots as Lots)),
    entryPrice: entryPriceOf(instrument, holding),
    wallet,
  });
}

export function describePosition(exchange: Exchange, holding: VenueHolding, instrument: Instrument): Readonly<Record<string, unknown>> {
  const mark = exchange.quote(holding.symbol)?.mark ?? ticks(1);
  const value = notionalUsdt(instrument, holding.lots, mark);
  const initial = value / exchange.leverageOf(holding.symbol);
  const isIsolated = exchange.isIsolated(holding.symbol);
  const entry = entryPriceOf(instrument, holding);
  return {
    symbol: holding.symbol,
    positionSide: holding.positionSide,
    positionAmt: formatQuantity(instrument, holding.lots as Lots),
    entryPrice: entry.toFixed(instrument.priceScale + 4),
    breakEvenPrice: entry.toFixed(instrument.priceScale + 4),
    markPrice: priceText(instrument, ticksToPrice(instrument, mark)),
    unRealizedProfit: usdtText(unrealisedUsdt(instrument, holding, mark)),
    liquidationPrice: (holdingLiquidation(exchange, holding, instrument) ?? 0).toFixed(instrument.priceScale),
    isolatedMargin: isIsolated ? usdtText(initial) : '0',
    notional: usdtText(Math.sign(holding.lots) * value),
    marginAsset: 'USDT',
    isolatedWallet: isIsolated ? usdtText(moneyToUsdt(holding.entryNotional) / exchange.leverageOf(holding.symbol)) : '0',
    initialMargin: usdtText(initial),
    maintMargin: usdtText(maintenanceUsdt(instrument, value)),
    positionInitialMargin: usdtText(initial),
    openOrderInitialMargin: '0',
    adl: 1,
    bidNotional: '0',
    askNotional: '0',
    leverage: String(exchange.leverageOf(holding.symbol)),
    marginType: isIsolated ? 'isolated' : 'cross',
    isolated: isIsolated,
    updateTime: holding.updateTime,
  };
}

export function describeAccount(exchange: Exchange, time: number): Readonly<Record<string, unknown>> {
  const margin = exchange.marginUsdt();
  const wallet = moneyText(exchange.wallet);
  const marginBalance = usdtText(moneyToUsdt(exchange.wallet) + margin.unrealised);
  const initial = usdtText(margin.positionInitial + margin.orderInitial);
  const shared = {
    initialMargin: initial,
    maintMargin: usdtText(margin.maintenance),
    walletBalance: wallet,
    unrealizedProfit: usdtText(margin.unrealised),
    marginBalance,
    positionInitialMargin: usdtText(margin.positionInitial),
    openOrderInitialMargin: usdtText(margin.orderInitial),
    crossWalletBalance: wallet,
    crossUnPnl: usdtText(margin.unrealised),
    availableBalance: usdtText(margin.available),
    maxWithdrawAmount: usdtText(margin.available),
  };
  return {
    feeTier: 0,
    canTrade: true,
    canDeposit: true,
    canWithdraw: false,
    tradeGroupId: -1,
    totalInitialMargin: initial,
    totalMaintMargin: shared.maintMargin,
    totalWalletBalance: wallet,
    totalUnrealizedProfit: shared.unrealizedProfit,
    totalMarginBalance: marginBalance,
    totalPositionInitialMargin: shared.positionInitialMargin,
    totalOpenOrderInitialMargin: shared.openOrderInitialMargin,
    totalCrossWalletBalance: wallet,
    totalCrossUnPnl: shared.crossUnPnl,
    availableBalance: shared.availableBalance,
    maxWithdrawAmount: shared.maxWithdrawAmount,
    assets: [{ asset: 'USDT', ...shared, updateTime: time }],
    positions: exchange.holdings().flatMap((holding) => {
      const instrument = exchange.instrument(holding.symbol);
      if (instrument === null) return [];
      const position = describePosition(exchange, holding, instrument);
      return [{ ...position, unrealizedProfit: position['unRealizedProfit'] }];
    }),
  };
}
