// Conditional orders at work: accepting them, and turning a triggered one into a regular order with an id of its own.
import { err, type Result } from '../../../src-shared/kernel/result.ts';
import { lots, type EpochMs } from '../../../src-shared/kernel/units.ts';
import type { Desk } from './desk.ts';
import { fault } from './faults.ts';
import { checkFilters } from './filters.ts';
import { placeOrder } from './matching.ts';
import { refuseAgainstBook, refuseSide } from './order-rules.ts';
import type { AlgoOrder, AlgoRequest, OrderRequest, VenueFault } from './types.ts';

/** Margin is not checked before the trigger. Errors: as of a new order, and −2021, −4130, −4509, −4045. */
export function placeConditional(desk: Desk, request: AlgoRequest, time: EpochMs): Result<AlgoOrder, VenueFault> {
  const instrument = desk.instruments.get(request.symbol);
  const quote = desk.quotes.get(request.symbol);
  if (instrument === undefined || quote === undefined) return err(fault(-1121));
  const sideFault = refuseSide(desk, request.positionSide, request.reduceOnly);
  if (sideFault !== null) return err(sideFault);
  if (desk.status(request.symbol) === 'CLOSE') return err(fault(-4141));
  if (request.closePosition && request.type !== 'STOP_MARKET' && request.type !== 'TAKE_PROFIT_MARKET') return err(fault(-4138));
  if (!request.closePosition) {
    const filterFault = checkFilters(instrument, {
      isMarket: isMarket(request),
      side: request.side,
      lots: request.lots,
      price: null,
      mark: quote.mark,
      reduceOnly: request.reduceOnly || desk.positions.hedgeMode,
      multiples: desk.multiples.get(request.symbol),
    });
    if (filterFault !== null) return err(filterFault);
  }
  const multiples = desk.multiples.get(request.symbol);
  if (multiples !== undefined && request.trigger % multiples.ticks !== 0) return err(fault(-4014));
  const isFlat = desk.positions.closable(request.symbol, request.side, request.positionSide) === 0;
  return desk.algos.place(request, { isFlat, last: quote.last, mark: quote.mark, time });
}

/** True when its trigger makes a market order. */
export function isMarket({ price, priceMatch }: Pick<AlgoRequest, 'price' | 'priceMatch'>): boolean {
  return price === null && priceMatch === undefined;
}

/** Triggers every conditional of the symbol whose price was reached. */
export function triggerConditionals(desk: Desk, symbol: string, time: EpochMs): void {
  const quote = desk.quote(symbol);
  for (const algo of desk.algos.triggered(symbol, quote, time)) if (algo.status === 'NEW') trigger(desk, algo, time);
}

function trigger(desk: Desk, algo: AlgoOrder, time: EpochMs): void {
  desk.algos.mark(algo, 'TRIGGERING', time);
  const rejection = refuseTrigger(desk, algo);
  if (rejection !== null) return reject(desk, algo, { reason: rejection, time });
  const closable = desk.positions.closable(algo.symbol, algo.side, algo.positionSide);
  const isClosing = algo.closePosition || algo.reduceOnly || desk.positions.hedgeMode;
  const isHedgeOpening = desk.positions.hedgeMode && algo.side === (algo.positionSide === 'LONG' ? 'BUY' : 'SELL');
  const isClose = isClosing && !isHedgeOpening;
  const amount = algo.closePosition ? lots(closable) : isClose ? lots(Math.min(algo.lots, closable)) : algo.lots;
  if (amount <= 0) {
    desk.algos.mark(algo, 'EXPIRED', time);
    return;
  }
  const request: OrderRequest = {
    symbol: algo.symbol,
    side: algo.side,
    positionSide: algo.positionSide,
    type: isMarket(algo) ? 'MARKET' : 'LIMIT',
    lots: amount,
    price: algo.price,
    timeInForce: isMarket(algo) ? 'GTC' : algo.timeInForce,
    reduceOnly: !desk.positions.hedgeMode && (algo.reduceOnly || algo.closePosition),
    clientOrderId: algo.clientAlgoId,
    ...(algo.priceMatch === undefined ? {} : { priceMatch: algo.priceMatch }),
    ...(algo.selfTradePrevention === undefined ? {} : { selfTradePrevention: algo.selfTradePrevention }),
  };
  const bookFault = isClose ? refuseAgainstBook(desk, request, { instrument: desk.instrument(algo.symbol), time }) : null;
  if (bookFault !== null) return reject(desk, algo, { reason: bookFault.message, time });
  const origin = {
    originalType: request.type,
    algoId: algo.algoId,
    closePosition: algo.closePosition,
    forcedBy: null,
    isChecked: !isClose,
  };
  const placed = placeOrder(desk, request, { origin, time });
  if (!placed.ok) return reject(desk, algo, { reason: placed.error.code === -2019 ? 'margin not enough' : placed.error.message, time });
  algo.orderId = placed.value.orderId;
  desk.algos.mark(algo, 'TRIGGERED', time);
  const order = desk.orders.find(algo.symbol, { orderId: placed.value.orderId, clientOrderId: null });
  if (order !== null && !desk.orders.isOpen(order.orderId)) desk.algos.onOrderEnded(order, time);
}

/** Price protection: the order is not made when mark and contract price have drifted apart. */
function refuseTrigger(desk: Desk, algo: AlgoOrder): string | null {
  if (algo.priceProtect !== true) return null;
  const { last, mark } = desk.quote(algo.symbol);
  const drift = Math.abs(last - mark) / mark;
  return drift > desk.instrument(algo.symbol).triggerProtect ? 'price protection: mark and contract price differ too much' : null;
}

function reject(desk: Desk, algo: AlgoOrder, { reason, time }: { readonly reason: string; readonly time: EpochMs }): void {
  algo.rejectReason = reason;
  desk.algos.mark(algo, 'REJECTED', time);
}
