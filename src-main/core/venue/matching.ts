// Puts orders on the book and fills them: takers walk a finite book, resting orders wait their turn, own orders never meet.
import { notional } from '../../../src-shared/domain/instrument.ts';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import { addMoney, lots, negateMoney, ZERO_MONEY, type EpochMs, type Lots, type Ticks } from '../../../src-shared/kernel/units.ts';
import { averageLevelLots } from './depth.ts';
import type { Desk } from './desk.ts';
import { fault } from './faults.ts';
import { scaleMoneyUp } from './ledger.ts';
import { isReducing, refuseOrder } from './order-rules.ts';
import { priceOf } from './price-match.ts';
import { applyFill } from './positions.ts';
import { EXPIRY_REASON, type ExpiryReason, type ForcedBy, type OrderRequest, type Trade, type VenueFault, type VenueOrder } from './types.ts';

const BPS = 10_000;

export interface OrderOrigin {
  readonly originalType: string;
  readonly algoId: number | null;
  readonly closePosition: boolean;
  readonly forcedBy: ForcedBy | null;
  /** False for orders of the venue itself and for triggered closing orders: whoever makes them has checked. */
  readonly isChecked: boolean;
}

export function byTrader(type: string): OrderOrigin {
  return { originalType: type, algoId: null, closePosition: false, forcedBy: null, isChecked: true };
}

/** Accepts or refuses an order, matches it at once, and leaves the rest on the book if it may rest. */
export function placeOrder(
  desk: Desk,
  request: OrderRequest,
  { origin, time }: { readonly origin: OrderOrigin; readonly time: EpochMs },
): Result<VenueOrder, VenueFault> {
  if (!desk.instruments.has(request.symbol) || !desk.quotes.has(request.symbol)) return err(fault(-1121));
  const price = priceOf(desk, request, time);
  if (!price.ok) return price;
  const priced = request.price === price.value ? request : { ...request, price: price.value };
  const refusal = origin.isChecked ? refuseOrder(desk, priced, time) : null;
  if (refusal !== null) return err(refusal);
  const order = openOrder(desk, priced, { origin, time });
  match(desk, order, time);
  return ok({ ...order });
}

/** Puts an order on the list and reports it, without matching. Reducing orders are cut to what there is to reduce. */
export function openOrder(desk: Desk, request: OrderRequest, { origin, time }: { readonly origin: OrderOrigin; readonly time: EpochMs }): VenueOrder {
  const closable = desk.positions.closable(request.symbol, request.side, request.positionSide);
  const order: VenueOrder = {
    ...request,
    lots: isReducing(desk, request) ? lots(Math.min(request.lots, closable)) : request.lots,
    orderId: desk.nextOrderId++,
    time,
    originalType: origin.originalType,
    algoId: origin.algoId,
    closePosition: origin.closePosition,
    forcedBy: origin.forcedBy,
    status: 'NEW',
    filled: lots(0),
    filledNotional: ZERO_MONEY,
    updateTime: time,
    expiryReason: EXPIRY_REASON.none,
    amendments: 0,
    queueAhead: 0,
  };
  desk.orders.add(order);
  if (order.timeInForce === 'GTD') desk.goodTill.add(order);
  desk.events.push({ kind: 'order', time, execution: 'NEW', order: { ...order }, trade: null });
  return order;
}

/** Takes what the book offers now, then rests, or expires when the order may not rest. */
export function match(desk: Desk, order: VenueOrder, time: EpochMs): void {
  take(desk, order, time);
  if (!desk.orders.isOpen(order.orderId)) return;
  if (order.type === 'MARKET') endOrder(desk, order, { status: 'EXPIRED', time, reason: EXPIRY_REASON.marketUnfilled });
  else if (order.timeInForce === 'IOC' || order.timeInForce === 'FOK')
    endOrder(desk, order, { status: 'EXPIRED', time, reason: EXPIRY_REASON.immediateOrCancel });
  else order.queueAhead = queueAhead(desk, order);
}

/** Others that came first: an ordinary level at the book's edge and behind it, nobody inside the spread. */
function queueAhead(desk: Desk, order: VenueOrder): number {
  const quote = desk.quote(order.symbol);
  return averageLevelLots(desk.instrument(order.symbol), quote.last, { quoteVolume24h: quote.quoteVolume24h, thickness: desk.rules.bookThickness });
}

/** Walks the book as a taker, level by level, as far as the limit price allows. */
export function take(desk: Desk, order: VenueOrder, time: EpochMs): void {
  for (const level of desk.levelsFor(order.symbol, order.side, { time, wanted: order.lots - order.filled })) {
    const isBeyond = order.price !== null && (order.side === 'BUY' ? level.price > order.price : level.price < order.price);
    if (order.lots <= order.filled || isBeyond) return;
    if (preventSelfTrade(desk, order, { price: level.price, time })) return;
    const amount = Math.min(order.lots - order.filled, level.lots);
    desk.pressure.take(order.symbol, order.side, { lots: amount, time });
    fillOrder(desk, order, { price: level.price, lots: lots(amount), maker: false, time });
  }
}

/** Own orders on the other side that this one would meet end first, or this one does. True when the taker is over. */
function preventSelfTrade(desk: Desk, taker: VenueOrder, { price, time }: { readonly price: Ticks; readonly time: EpochMs }): boolean {
  const mode = taker.selfTradePrevention ?? 'EXPIRE_MAKER';
  if (mode === 'NONE' || taker.forcedBy !== null) return false;
  const isMet = (maker: VenueOrder): boolean =>
    maker.side !== taker.side && maker.price !== null && (taker.side === 'BUY' ? maker.price <= price : maker.price >= price);
  const makers = desk.orders.open(taker.symbol).filter(isMet);
  if (makers.length === 0) return false;
  const ending = { status: 'EXPIRED_IN_MATCH', time, reason: EXPIRY_REASON.selfTrade } as const;
  if (mode !== 'EXPIRE_TAKER') for (const maker of makers) endOrder(desk, maker, ending);
  if (mode === 'EXPIRE_MAKER') return false;
  endOrder(desk, taker, ending);
  return true;
}

/**
 * The market traded at `last`. Through the price of a resting order: it fills up to what that depth of trading would have brought. At
 * exactly its price: first those who were there before it.
 */
export function serveResting(desk: Desk, order: VenueOrder, time: EpochMs): void {
  if (order.price === null) return;
  const quote = desk.quote(order.symbol);
  const gap = order.side === 'BUY' ? order.price - quote.last : quote.last - order.price;
  if (gap < 0) return;
  const instrument = desk.instrument(order.symbol);
  const level = averageLevelLots(instrument, quote.last, { quoteVolume24h: quote.quoteVolume24h, thickness: desk.rules.bookThickness });
  let reach: number;
  if (gap === 0) {
    const traded = level / 4;
    reach = Math.max(0, traded - order.queueAhead);
    order.queueAhead = Math.max(0, order.queueAhead - traded);
  } else {
    order.queueAhead = 0;
    reach = level * (1 + gap / Math.max(1, quote.last * 0.0001));
  }
  const reduces = isReducing(desk, order);
  const closable = desk.positions.closable(order.symbol, order.side, order.positionSide);
  const left = order.lots - order.filled;
  const wanted = reduces ? Math.min(left, closable) : left;
  const amount = Math.min(wanted, Math.max(gap > 0 ? 1 : 0, Math.floor(reach)));
  if (amount > 0) fillOrder(desk, order, { price: order.price, lots: lots(amount), maker: true, time });
  if (desk.orders.isOpen(order.orderId) && reduces && amount === wanted)
    endOrder(desk, order, { status: 'EXPIRED', time, reason: EXPIRY_REASON.reduceOnlyExcess });
}

export interface Fill {
  readonly price: Ticks;
  readonly lots: Lots;
  readonly maker: boolean;
  readonly time: EpochMs;
}

/** One execution: position, ledger, order, events. */
export function fillOrder(desk: Desk, order: VenueOrder, fill: Fill): Trade {
  const { symbol } = order;
  const value = notional(desk.instrument(symbol), fill.price, fill.lots);
  const fee = scaleMoneyUp(value, fill.maker ? desk.rules.makerFeeBps : desk.rules.takerFeeBps, BPS);
  const holding = desk.positions.holding(symbol, order.positionSide, fill.time);
  const isolatedLeverage = desk.positions.isIsolated(symbol) ? desk.positions.leverageOf(symbol) : null;
  const realised = applyFill(holding, { side: order.side, lots: fill.lots, value, time: fill.time, isolatedLeverage });
  const trade: Trade = {
    tradeId: desk.nextTradeId++,
    orderId: order.orderId,
    clientOrderId: order.clientOrderId,
    symbol,
    side: order.side,
    positionSide: order.positionSide,
    price: fill.price,
    lots: fill.lots,
    notional: value,
    fee,
    realised,
    maker: fill.maker,
    time: fill.time,
  };
  desk.recordTrade(trade);
  desk.ledger.post({ type: 'REALIZED_PNL', symbol, amount: realised, time: fill.time, tradeId: trade.tradeId });
  desk.ledger.post({ type: 'COMMISSION', symbol, amount: negateMoney(fee), time: fill.time, tradeId: trade.tradeId });
  if (holding.lots === 0) desk.coverDeficit(symbol, fill.time);
  order.filled = lots(order.filled + fill.lots);
  order.filledNotional = addMoney(order.filledNotional, value);
  order.updateTime = fill.time;
  order.status = order.filled >= order.lots ? 'FILLED' : 'PARTIALLY_FILLED';
  if (order.status === 'FILLED') desk.orders.retire(order);
  desk.events.push({ kind: 'order', time: fill.time, execution: order.forcedBy === null ? 'TRADE' : 'CALCULATED', order: { ...order }, trade });
  desk.reportAccount('ORDER', { time: fill.time, holdings: [holding] });
  if (order.status === 'FILLED') desk.algos.onOrderEnded(order, fill.time);
  if (holding.lots === 0) onFlat(desk, order, fill.time);
  return trade;
}

/** Reduce-only orders and closePosition stops have nothing left to close. */
function onFlat(desk: Desk, cause: VenueOrder, time: EpochMs): void {
  const { symbol, positionSide } = cause;
  desk.warned.delete(`${symbol} ${positionSide}`);
  if (desk.rules.expireClosePositionWhenFlat) desk.algos.expireWhenFlat(symbol, positionSide, time);
  for (const order of desk.orders.open(symbol)) {
    if (order === cause || order.positionSide !== positionSide || order.type !== 'LIMIT' || !isReducing(desk, order)) continue;
    endOrder(desk, order, { status: 'EXPIRED', time, reason: EXPIRY_REASON.reduceOnlyExcess });
  }
}

export interface Ending {
  readonly status: 'CANCELED' | 'EXPIRED' | 'EXPIRED_IN_MATCH';
  readonly time: EpochMs;
  readonly reason: ExpiryReason;
}

export function endOrder(desk: Desk, order: VenueOrder, { status, time, reason }: Ending): void {
  order.status = status;
  order.updateTime = time;
  order.expiryReason = reason;
  desk.orders.retire(order);
  desk.events.push({ kind: 'order', time, execution: status === 'CANCELED' ? 'CANCELED' : 'EXPIRED', order: { ...order }, trade: null });
  desk.algos.onOrderEnded(order, time);
}

export function cancelOrder(desk: Desk, order: VenueOrder, time: EpochMs): VenueOrder {
  endOrder(desk, order, { status: 'CANCELED', time, reason: EXPIRY_REASON.none });
  return { ...order };
}
