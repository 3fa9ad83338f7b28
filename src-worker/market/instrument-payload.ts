// exchangeInfo and leverageBracket rows.
import { formatPrice, formatQuantity, type Instrument } from '../../src-shared/domain/instrument.ts';
import { lots, moneyToUsdt, ticks, type Ticks } from '../../src-shared/kernel/units.ts';
import type { Exchange } from '../../src-main/core/venue/exchange.ts';
import { timeOf, type VenueContext } from './context.ts';

export function describeExchange(context: VenueContext): unknown {
  return {
    timezone: 'UTC',
    serverTime: timeOf(context),
    futuresType: 'U_MARGINED',
    rateLimits: [
      { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 2400 },
      { rateLimitType: 'ORDERS', interval: 'MINUTE', intervalNum: 1, limit: 1200 },
      { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: 300 },
    ],
    exchangeFilters: [],
    assets: [{ asset: 'USDT', marginAvailable: true, autoAssetExchange: '-10000' }],
    symbols: [...context.market.symbols.values()].map((entry) => describeInstrument(entry.instrument, context.exchange)),
  };
}

function describeInstrument(instrument: Instrument, exchange: Exchange): unknown {
  const multiples = exchange.multiples(instrument.symbol);
  const status = exchange.status(instrument.symbol);
  const quantity = (value: number): string => formatQuantity(instrument, lots(value));
  const multipleOf = (value: number, step: number): number => Math.ceil(value / step) * step;
  const price = (value: Ticks): string => formatPrice(instrument, value);
  return {
    symbol: instrument.symbol,
    pair: instrument.symbol,
    contractType: instrument.contractType,
    deliveryDate: 4_133_404_800_000,
    onboardDate: instrument.onboardTime,
    status: status === 'TRADING' ? instrument.status : status,
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
    triggerProtect: instrument.triggerProtect.toFixed(4),
    liquidationFee: instrument.liquidationFee.toFixed(6),
    marketTakeBound: instrument.marketTakeBound.toFixed(2),
    maxMoveOrderLimit: 10_000,
    filters: [
      {
        filterType: 'PRICE_FILTER',
        minPrice: price(instrument.minPrice),
        maxPrice: price(instrument.maxPrice),
        tickSize: price(ticks(multiples.ticks)),
      },
      {
        filterType: 'LOT_SIZE',
        stepSize: quantity(multiples.lots),
        minQty: quantity(multipleOf(instrument.minLots, multiples.lots)),
        maxQty: quantity(instrument.maxLots),
      },
      {
        filterType: 'MARKET_LOT_SIZE',
        stepSize: quantity(instrument.marketStepLots * multiples.lots),
        minQty: quantity(multipleOf(instrument.marketMinLots, multiples.lots)),
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
      { filterType: 'POSITION_RISK_CONTROL', positionControlSide: 'NONE' },
    ],
    orderTypes: ['LIMIT', 'MARKET', 'STOP', 'STOP_MARKET', 'TAKE_PROFIT', 'TAKE_PROFIT_MARKET', 'TRAILING_STOP_MARKET'],
    timeInForce: ['GTC', 'IOC', 'FOK', 'GTX', 'GTD'],
    permissionSets: ['GRID', 'COPY'],
  };
}

export function describeBrackets(instrument: Instrument): unknown {
  return {
    symbol: instrument.symbol,
    notionalCoef: 1,
    brackets: instrument.brackets.map((bracket) => ({
      bracket: bracket.bracket,
      initialLeverage: bracket.initialLeverage,
      notionalCap: bracket.notionalCap,
      notionalFloor: bracket.notionalFloor,
      maintMarginRatio: bracket.maintenanceMarginRatio,
      cum: bracket.cumulative,
    })),
  };
}
