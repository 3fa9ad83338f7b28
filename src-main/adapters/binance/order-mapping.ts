// Orders, conditional orders and fills: from the exchange's answers and events to our reports.
import type { Instrument } from '../../../src-shared/domain/instrument.ts';
import type { Fill, OrderStatus } from '../../../src-shared/domain/order.ts';
import { epochMs, lots, moneyFromUsdt, ZERO_MONEY, type Money } from '../../../src-shared/kernel/units.ts';
import type { OrderReport } from '../../core/ports.ts';
import { ALGO_STATUS, ORDER_STATUS, purposeOf } from '../../core/venue/status-words.ts';
import type { z } from 'zod';
import type { algoSchema, orderSchema, tradesSchema } from './rest-schemas.ts';
import type { algoEventSchema, orderEventSchema } from './stream-schemas.ts';
import { optionalTicks, signedLots, toMoney } from './wire-units.ts';

/** Price of an asset in USDT, or null while it is not known. */
export type AssetPrice = (asset: string) => number | null;

/** Assets that count as one dollar when a fee is paid in them. */
const DOLLARS: readonly string[] = ['USDT', 'USDC', 'FDUSD', 'BNFCR'];

/** Fees may be paid in another asset, usually BNB: then they are valued at its price of the moment (lossy), 0 while that is unknown. */
function toFee(amount: string, asset: string | null | undefined, priceOf: AssetPrice): Money {
  if (asset === undefined || asset === null || asset === '' || DOLLARS.includes(asset)) return toMoney(amount);
  const price = priceOf(asset);
  return price === null ? ZERO_MONEY : moneyFromUsdt(Number(amount) * price);
}

/** Only orders that are asked for may be in these states. */
const ORDER_WORDS = statusMap({ ...ORDER_STATUS, REJECTED: 'rejected', PENDING_CANCEL: 'resting' });
const ALGO_WORDS = statusMap(ALGO_STATUS);

/** A map, because a status named like a property every object has must stay unknown. */
function statusMap(names: Readonly<Record<string, OrderStatus>>): ReadonlyMap<string, OrderStatus> {
  return new Map(Object.entries(names));
}

export function toOrderStatus(status: string): OrderStatus {
  return ORDER_WORDS.get(status) ?? 'unknown';
}

export function toAlgoStatus(status: string): OrderStatus {
  return ALGO_WORDS.get(status) ?? 'unknown';
}

/** Liquidation and deleveraging: the status names the counterparty, the quantities say how far it is. */
const FORCED: readonly string[] = ['NEW_INSURANCE', 'NEW_ADL'];

function forcedStatus(wanted: number, filled: number): OrderStatus {
  if (filled === 0) return 'resting';
  return filled >= wanted ? 'filled' : 'partially_filled';
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

export function toAlgoReport(row: z.infer<typeof algoSchema>, instrument: Instrument): OrderReport {
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
    closePosition: row.closePosition ?? false,
    reduceOnly: row.reduceOnly ?? false,
    purpose: purposeOf(row.orderType ?? row.type ?? ''),
    triggeredOrderId: actual,
    time: epochMs(row.updateTime),
    reason: null,
  };
}

/** ORDER_TRADE_UPDATE: the order and, for an execution, the fill. */
export function toOrderEvent(
  event: z.infer<typeof orderEventSchema>,
  instrument: Instrument,
  priceOf: AssetPrice,
): { readonly report: OrderReport; readonly fill: Fill | null } {
  const { o } = event;
  const report: OrderReport = {
    clientOrderId: o.c,
    venueOrderId: o.i,
    symbol: o.s,
    conditional: false,
    status: FORCED.includes(o.X) ? forcedStatus(Number(o.q), Number(o.z)) : toOrderStatus(o.X),
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
    fee: toFee(o.n ?? '0', o.N, priceOf),
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

export function toFill(row: z.infer<typeof tradesSchema>[number], instrument: Instrument, priceOf: AssetPrice): Fill {
  return {
    symbol: row.symbol,
    tradeId: row.id,
    venueOrderId: row.orderId,
    clientOrderId: '',
    side: row.side,
    positionSide: row.positionSide,
    lots: lots(signedLots(instrument, row.qty)),
    price: row.price,
    fee: toFee(row.commission, row.commissionAsset, priceOf),
    realisedPnl: toMoney(row.realizedPnl),
    maker: row.maker,
    time: epochMs(row.time),
  };
}
