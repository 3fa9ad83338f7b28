// From the exchange's words to ours: exact decimals into ticks, lots and money; statuses into our order states.
import type { Candle } from '../../../src-shared/domain/candle.ts';
import type { Instrument } from '../../../src-shared/domain/instrument.ts';
import type { Fill, OrderStatus } from '../../../src-shared/domain/order.ts';
import { decimalToUnits, parseDecimal, significantScale, truncateDecimalToUnits } from '../../../src-shared/kernel/decimal.ts';
import { epochMs, lots, money, MONEY_SCALE, ticks, type EpochMs, type Lots, type Money, type Ticks } from '../../../src-shared/kernel/units.ts';
import type { AccountPositionChange, OrderReport, VenueAccount, VenuePosition } from '../../core/ports.ts';
import type { z } from 'zod';
import type {
  accountEventSchema,
  accountSchema,
  algoEventSchema,
  algosSchema,
  bracketsSchema,
  klinesSchema,
  orderEventSchema,
  orderSchema,
  positionsSchema,
  SymbolRules,
  tradesSchema,
} from './schemas.ts';

export function toMoney(text: string): Money {
  return money(Number(truncateDecimalToUnits(text, MONEY_SCALE)));
}

function text(filter: Readonly<Record<string, unknown>> | undefined, field: string, fallback: string): string {
  const value = filter?.[field];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : fallback;
}

/** Null for contracts the terminal does not trade, or whose rules cannot be read. */
export function toInstrument(rules: SymbolRules, brackets: Instrument['brackets']): Instrument | null {
  if (rules.contractType !== 'PERPETUAL' || rules.quoteAsset !== 'USDT') return null;
  const filter = (type: string): Readonly<Record<string, unknown>> | undefined => rules.filters.find((entry) => entry.filterType === type);
  const price = filter('PRICE_FILTER');
  const lot = filter('LOT_SIZE');
  const market = filter('MARKET_LOT_SIZE') ?? lot;
  const percent = filter('PERCENT_PRICE');
  const tickSize = text(price, 'tickSize', '');
  const stepSize = text(lot, 'stepSize', '');
  if (parseDecimal(tickSize) === null || parseDecimal(stepSize) === null) return null;
  const priceScale = significantScale(tickSize);
  const quantityScale = significantScale(stepSize);
  const tickUnits = Number(decimalToUnits(tickSize, priceScale));
  const stepUnits = Number(decimalToUnits(stepSize, quantityScale));
  if (tickUnits <= 0 || stepUnits <= 0) return null;
  const toTicks = (value: string): Ticks => ticks(Number(truncateDecimalToUnits(value, priceScale) / BigInt(tickUnits)));
  const toLots = (value: string): Lots => lots(Number(truncateDecimalToUnits(value, quantityScale) / BigInt(stepUnits)));
  return {
    symbol: rules.symbol,
    baseAsset: rules.baseAsset,
    quoteAsset: rules.quoteAsset,
    contractType: rules.contractType,
    status: rules.status,
    onboardTime: epochMs(rules.onboardDate ?? 0),
    priceScale,
    tickUnits,
    quantityScale,
    stepUnits,
    minPrice: toTicks(text(price, 'minPrice', '0')),
    maxPrice: toTicks(text(price, 'maxPrice', '1000000')),
    minLots: toLots(text(lot, 'minQty', stepSize)),
    maxLots: toLots(text(lot, 'maxQty', '1000000')),
    marketMinLots: toLots(text(market, 'minQty', stepSize)),
    marketMaxLots: toLots(text(market, 'maxQty', '1000000')),
    marketStepLots: Math.max(1, toLots(text(market, 'stepSize', stepSize))),
    minNotional: toMoney(text(filter('MIN_NOTIONAL'), 'notional', '5')),
    multiplierUp: Number(text(percent, 'multiplierUp', '1.1')),
    multiplierDown: Number(text(percent, 'multiplierDown', '0.9')),
    triggerProtect: rules.triggerProtect ?? 0.05,
    liquidationFee: rules.liquidationFee ?? 0.0125,
    marketTakeBound: rules.marketTakeBound ?? 0.05,
    brackets,
  };
}

export function toBrackets(rows: z.infer<typeof bracketsSchema>): ReadonlyMap<string, Instrument['brackets']> {
  return new Map(
    rows.map((row) => [
      row.symbol,
      row.brackets
        .map((bracket) => ({
          bracket: bracket.bracket,
          initialLeverage: bracket.initialLeverage,
          notionalFloor: bracket.notionalFloor * (row.notionalCoef ?? 1),
          notionalCap: bracket.notionalCap * (row.notionalCoef ?? 1),
          maintenanceMarginRatio: bracket.maintMarginRatio,
          cumulative: bracket.cum * (row.notionalCoef ?? 1),
        }))
        .toSorted((a, b) => a.notionalFloor - b.notionalFloor),
    ]),
  );
}

export function toCandle(row: z.infer<typeof klinesSchema>[number]): Candle {
  const [openTime, open, high, low, close, volume, , quoteVolume, trades, takerBuyVolume] = row;
  return { openTime: epochMs(openTime), open, high, low, close, volume, quoteVolume, trades, takerBuyVolume };
}

/** Ticks of a decimal price; off-grid digits are cut, and 0 or an empty text is no price. */
function optionalTicks(instrument: Instrument, value: string): Ticks | null {
  if (parseDecimal(value) === null) return null;
  const steps = Number(truncateDecimalToUnits(value, instrument.priceScale) / BigInt(instrument.tickUnits));
  return steps === 0 ? null : ticks(steps);
}

function signedLots(instrument: Instrument, value: string): number {
  return Number(truncateDecimalToUnits(value, instrument.quantityScale) / BigInt(instrument.stepUnits));
}

const ORDER_STATUS: Readonly<Record<string, OrderStatus>> = {
  NEW: 'resting',
  PARTIALLY_FILLED: 'partially_filled',
  FILLED: 'filled',
  CANCELED: 'canceled',
  EXPIRED: 'expired',
  EXPIRED_IN_MATCH: 'expired',
  REJECTED: 'rejected',
  PENDING_CANCEL: 'resting',
};
const ALGO_STATUS: Readonly<Record<string, OrderStatus>> = {
  NEW: 'resting',
  TRIGGERING: 'triggered',
  TRIGGERED: 'triggered',
  FINISHED: 'filled',
  CANCELED: 'canceled',
  EXPIRED: 'expired',
  REJECTED: 'rejected',
};

export function toOrderStatus(status: string): OrderStatus {
  return ORDER_STATUS[status] ?? 'unknown';
}

export function toAlgoStatus(status: string): OrderStatus {
  return ALGO_STATUS[status] ?? 'unknown';
}

function purposeOf(type: string): OrderReport['purpose'] {
  if (type.startsWith('STOP')) return 'stop';
  return type.startsWith('TAKE_PROFIT') ? 'target' : 'other';
}

export function toOrderReport(row: z.infer<typeof orderSchema>, instrument: Instrument): OrderReport {
  return {
    clientOrderId: row.clientOrderId,
    venueOrderId: row.orderId,
    symbol: row.symbol,
    conditional: false,
    status: toOrderStatus(row.status),
    side: row.side,
    positionSide: row.positionSide,
    lots: lots(signedLots(instrument, row.origQty)),
    filledLots: lots(signedLots(instrument, row.executedQty)),
    averagePrice: row.avgPrice ?? 0,
    price: optionalTicks(instrument, row.price),
    trigger: null,
    closePosition: false,
    reduceOnly: row.reduceOnly ?? false,
    purpose: purposeOf(row.origType ?? ''),
    triggeredOrderId: null,
    time: epochMs(row.updateTime),
    reason: null,
  };
}

export function toAlgoReport(row: z.infer<typeof algosSchema>[number], instrument: Instrument): OrderReport {
  const actual = row.actualOrderId === undefined || row.actualOrderId === null || row.actualOrderId === '' ? null : String(row.actualOrderId);
  return {
    clientOrderId: row.clientAlgoId,
    venueOrderId: row.algoId,
    symbol: row.symbol,
    conditional: true,
    status: toAlgoStatus(row.algoStatus),
    side: row.side,
    positionSide: row.positionSide,
    lots: lots(signedLots(instrument, row.quantity ?? '0')),
    filledLots: lots(0),
    averagePrice: 0,
    price: null,
    trigger: optionalTicks(instrument, row.triggerPrice),
    closePosition: row.closePosition,
    reduceOnly: row.reduceOnly ?? false,
    purpose: purposeOf(row.orderType),
    triggeredOrderId: actual,
    time: epochMs(row.updateTime),
    reason: null,
  };
}

/** ORDER_TRADE_UPDATE: the order and, for an execution, the fill. */
export function toOrderEvent(event: z.infer<typeof orderEventSchema>, instrument: Instrument): { readonly report: OrderReport; readonly fill: Fill | null } {
  const { o } = event;
  const report: OrderReport = {
    clientOrderId: o.c,
    venueOrderId: o.i,
    symbol: o.s,
    conditional: false,
    status: toOrderStatus(o.X),
    side: o.S,
    positionSide: o.ps,
    lots: lots(signedLots(instrument, o.q)),
    filledLots: lots(signedLots(instrument, o.z)),
    averagePrice: o.ap,
    price: optionalTicks(instrument, o.p),
    trigger: null,
    closePosition: false,
    reduceOnly: o.R,
    purpose: purposeOf(o.ot ?? ''),
    triggeredOrderId: null,
    time: epochMs(o.T),
    reason: o.er === undefined ? null : String(o.er),
  };
  if (o.x !== 'TRADE' && o.x !== 'CALCULATED') return { report, fill: null };
  const fill: Fill = {
    symbol: o.s,
    tradeId: o.t,
    venueOrderId: o.i,
    clientOrderId: o.c,
    side: o.S,
    positionSide: o.ps,
    lots: lots(signedLots(instrument, o.l)),
    price: o.L,
    fee: toMoney(o.n ?? '0'),
    realisedPnl: toMoney(o.rp),
    maker: o.m,
    time: epochMs(o.T),
  };
  return { report, fill: fill.lots === 0 ? null : fill };
}

export function toAlgoEvent(event: z.infer<typeof algoEventSchema>, instrument: Instrument): OrderReport {
  const { o } = event;
  return {
    clientOrderId: o.caid,
    venueOrderId: o.aid,
    symbol: o.s,
    conditional: true,
    status: toAlgoStatus(o.X),
    side: o.S,
    positionSide: o.ps,
    lots: lots(signedLots(instrument, o.q)),
    filledLots: lots(0),
    averagePrice: 0,
    price: null,
    trigger: optionalTicks(instrument, o.tp),
    closePosition: o.cp,
    reduceOnly: o.R,
    purpose: purposeOf(o.o),
    triggeredOrderId: o.ai === undefined || o.ai === null || o.ai === '' ? null : String(o.ai),
    time: epochMs(event.T),
    reason: o.rm === undefined || o.rm === null || o.rm === '' ? null : o.rm,
  };
}

export function toFill(row: z.infer<typeof tradesSchema>[number], instrument: Instrument): Fill {
  return {
    symbol: row.symbol,
    tradeId: row.id,
    venueOrderId: row.orderId,
    clientOrderId: '',
    side: row.side,
    positionSide: row.positionSide,
    lots: lots(signedLots(instrument, row.qty)),
    price: row.price,
    fee: toMoney(row.commission),
    realisedPnl: toMoney(row.realizedPnl),
    maker: row.maker,
    time: epochMs(row.time),
  };
}

export function toVenuePosition(row: z.infer<typeof positionsSchema>[number], instrument: Instrument): VenuePosition {
  return {
    symbol: row.symbol,
    positionSide: row.positionSide,
    lots: signedLots(instrument, row.positionAmt),
    entryPrice: row.entryPrice,
    markPrice: row.markPrice,
    unrealised: toMoney(row.unRealizedProfit),
    liquidationPrice: row.liquidationPrice > 0 ? row.liquidationPrice : null,
    leverage: row.leverage ?? 0,
    isolated: row.marginType === 'isolated' || Number(row.isolatedWallet ?? 0) > 0,
    initialMargin: toMoney(row.initialMargin ?? '0'),
  };
}

export function toVenueAccount(row: z.infer<typeof accountSchema>, hedgeMode: boolean): VenueAccount {
  return {
    wallet: toMoney(row.totalWalletBalance),
    unrealised: toMoney(row.totalUnrealizedProfit),
    available: toMoney(row.availableBalance),
    marginUsed: toMoney(row.totalInitialMargin),
    hedgeMode,
  };
}

export interface AccountUpdate {
  readonly time: EpochMs;
  readonly reason: string;
  readonly wallet: Money | null;
  readonly funding: Money;
  readonly positions: readonly AccountPositionChange[];
}

export function toAccountUpdate(event: z.infer<typeof accountEventSchema>, instrumentOf: (symbol: string) => Instrument | null): AccountUpdate {
  const balance = event.a.B?.find((entry) => entry.a === 'USDT');
  return {
    time: epochMs(event.T),
    reason: event.a.m,
    wallet: balance === undefined ? null : toMoney(balance.wb),
    funding: event.a.m === 'FUNDING_FEE' && balance !== undefined ? toMoney(balance.bc) : money(0),
    positions: (event.a.P ?? []).flatMap((entry) => {
      const instrument = instrumentOf(entry.s);
      return instrument === null
        ? []
        : [{ symbol: entry.s, positionSide: entry.ps, lots: signedLots(instrument, entry.pa), entryPrice: entry.ep, unrealised: toMoney(entry.up) }];
    }),
  };
}
