// Whether a new order is accepted: id, mode, status, filters, reduce-only, post-only, fill-or-kill, bracket and margin, in the exchange's order.
import type { Instrument } from '../../../src-shared/domain/instrument.ts';
import type { PositionSide } from '../../../src-shared/domain/order.ts';
import { accountMargin, worstNotional } from './account-margin.ts';
import type { Desk } from './desk.ts';
import { fault } from './faults.ts';
import { checkFilters, CLIENT_ID_PATTERN, LARGEST_NOTIONAL_USDT, MAXIMUM_OPEN_ORDERS } from './filters.ts';
import { notionalCapAt, notionalUsdt } from './margin.ts';
import type { OrderRequest, VenueFault } from './types.ts';

const BPS = 10_000;

/** True when the order can only make the position smaller. */
export function isReducing(desk: Desk, request: Pick<OrderRequest, 'side' | 'positionSide' | 'reduceOnly'>): boolean {
  return request.reduceOnly || (desk.positions.hedgeMode && request.side === (request.positionSide === 'LONG' ? 'SELL' : 'BUY'));
}

export function refuseSide(desk: Desk, positionSide: PositionSide, reduceOnly: boolean): VenueFault | null {
  if (desk.positions.hedgeMode !== (positionSide !== 'BOTH')) return fault(-4061);
  return desk.positions.hedgeMode && reduceOnly ? { code: -1106, message: "Parameter 'reduceonly' sent when not required." } : null;
}

function refuseStatus(desk: Desk, symbol: string, reduces: boolean): VenueFault | null {
  switch (desk.status(symbol)) {
    case 'TRADING':
      return null;
    case 'TRADING_HALT':
      return fault(-1122);
    case 'SETTLING':
      return reduces ? null : fault(-4140);
    case 'CLOSE':
      return fault(-4141);
  }
}

export function refuseOrder(desk: Desk, request: OrderRequest, time: number): VenueFault | null {
  const instrument = desk.instrument(request.symbol);
  const quote = desk.quote(request.symbol);
  const reduces = isReducing(desk, request);
  if (!CLIENT_ID_PATTERN.test(request.clientOrderId)) return fault(-4015);
  const sideFault = refuseSide(desk, request.positionSide, request.reduceOnly) ?? refuseStatus(desk, request.symbol, reduces);
  if (sideFault !== null) return sideFault;
  if (desk.orders.hasClientId(request.clientOrderId)) return fault(-4116);
  if (request.timeInForce === 'GTD' && !isGoodDate(request.goodTillDate, time)) return fault(-5040);
  if (desk.orders.openCountOf(request.symbol) >= MAXIMUM_OPEN_ORDERS) return fault(-2025);
  const filterFault = checkFilters(instrument, {
    isMarket: request.type === 'MARKET',
    side: request.side,
    lots: request.lots,
    price: request.price,
    mark: quote.mark,
    reduceOnly: reduces,
    multiples: desk.multiples.get(request.symbol),
  });
  if (filterFault !== null) return filterFault;
  return (
    (reduces ? refuseReduction(desk, request) : null) ??
    refuseAgainstBook(desk, request, { instrument, time }) ??
    (reduces ? null : refuseMargin(desk, request, { instrument, time }))
  );
}

/** More than ten minutes from now, and before the year 10,000. */
function isGoodDate(date: number | undefined, time: number): boolean {
  return date !== undefined && date > time + 600_000 && date < 253_402_300_799_000;
}

/** A reduce-only order needs something to reduce that no resting reduce-only order has claimed; closing at market always may. */
function refuseReduction(desk: Desk, request: OrderRequest): VenueFault | null {
  const closable = desk.positions.closable(request.symbol, request.side, request.positionSide);
  if (closable === 0) return fault(-2022);
  if (desk.positions.hedgeMode && request.lots > closable) return fault(-2022);
  if (request.type === 'MARKET') return null;
  const claimed = desk.orders
    .open(request.symbol)
    .filter((order) => order.side === request.side && order.positionSide === request.positionSide && isReducing(desk, order))
    .reduce((sum, order) => sum + order.lots - order.filled, 0);
  return claimed >= closable ? fault(-2022) : null;
}

/** Post-only that would take, fill-or-kill that cannot fill, a market order whose counterparty is outside the price band. */
export function refuseAgainstBook(desk: Desk, request: OrderRequest, seen: { readonly instrument: Instrument; readonly time: number }): VenueFault | null {
  const wanted = request.timeInForce === 'FOK' ? Infinity : 1;
  const levels = desk.levelsFor(request.symbol, request.side, { time: seen.time, wanted });
  const best = levels[0];
  if (request.type === 'MARKET') {
    if (best === undefined) return fault(-4131);
    const { mark } = desk.quote(request.symbol);
    const isOutside =
      request.side === 'BUY' ? best.price > mark * seen.instrument.multiplierUp : best.price < Math.floor(mark * seen.instrument.multiplierDown);
    return isOutside ? fault(-4131) : null;
  }
  const { price } = request;
  if (price === null) return null;
  const isReached = (level: number): boolean => (request.side === 'BUY' ? level <= price : level >= price);
  if (request.timeInForce === 'GTX' && best !== undefined && isReached(best.price)) return fault(-5022);
  if (request.timeInForce !== 'FOK') return null;
  const reachable = levels.filter((level) => isReached(level.price)).reduce((sum, level) => sum + level.lots, 0);
  return reachable < request.lots ? fault(-5021) : null;
}

/** Initial margin that the order adds, its fee and the loss it would open with must be available. */
export function refuseMargin(desk: Desk, request: OrderRequest, seen: { readonly instrument: Instrument; readonly time: number }): VenueFault | null {
  const { instrument } = seen;
  const { mark } = desk.quote(request.symbol);
  const price = request.price ?? desk.levelsFor(request.symbol, request.side, { time: seen.time, wanted: 1 })[0]?.price ?? mark;
  const value = notionalUsdt(instrument, request.lots, price);
  const planned = { side: request.side, positionSide: request.positionSide, value };
  const before = worstNotional(desk, request.symbol, null);
  const after = worstNotional(desk, request.symbol, planned);
  if (after.worst <= before.worst && after.worst <= before.position) return null;
  const leverage = desk.positions.leverageOf(request.symbol);
  if (after.worst > Math.min(notionalCapAt(instrument, leverage), LARGEST_NOTIONAL_USDT)) return fault(-2027);
  const isAgainst = request.side === 'BUY' ? price > mark : price < mark;
  const openLoss = isAgainst ? Math.abs(value - notionalUsdt(instrument, request.lots, mark)) : 0;
  const required = (after.worst - before.worst) / leverage + (value * desk.rules.takerFeeBps) / BPS + openLoss;
  return required > accountMargin(desk).available ? fault(-2019) : null;
}
