// Checks a new order against the symbol's filters, in the order the exchange does; the first broken one is its answer.
import { lotsToQuantity, notional, ticksToPrice, type Instrument } from '../../../src-shared/domain/instrument.ts';
import type { OrderSide } from '../../../src-shared/domain/order.ts';
import { moneyToUsdt, type Lots, type Ticks } from '../../../src-shared/kernel/units.ts';
import { fault } from './faults.ts';
import type { VenueFault } from './types.ts';

export interface FilterInput {
  readonly isMarket: boolean;
  readonly side: OrderSide;
  readonly lots: Lots;
  readonly price: Ticks | null;
  readonly mark: Ticks;
  readonly reduceOnly: boolean;
  /** Coarser tick and step in force, in ticks and lots. */
  readonly multiples?: { readonly ticks: number; readonly lots: number } | undefined;
}

/** Of an order, and of a position with its orders: beyond 90 million the cost cannot be counted in whole units of 1e-8 USDT. */
export const LARGEST_NOTIONAL_USDT = 60_000_000;

export function checkFilters(instrument: Instrument, order: FilterInput): VenueFault | null {
  const minimum = order.isMarket ? instrument.marketMinLots : instrument.minLots;
  const maximum = order.isMarket ? instrument.marketMaxLots : instrument.maxLots;
  if (order.lots <= 0) return fault(-4003);
  if (order.lots < minimum) return fault(-4004);
  if (order.lots > maximum) return fault(-4005);
  if (order.isMarket && order.lots % instrument.marketStepLots !== 0) return fault(-4023);
  if (order.multiples !== undefined && order.lots % order.multiples.lots !== 0) return fault(-4023);
  if (order.price !== null) {
    const priceFault = checkPrice(instrument, { ...order, price: order.price });
    if (priceFault !== null) return priceFault;
  }
  const valuedAt = order.isMarket || order.price === null ? order.mark : order.price;
  if (lotsToQuantity(instrument, order.lots) * ticksToPrice(instrument, valuedAt) > LARGEST_NOTIONAL_USDT) return fault(-4005);
  if (!order.reduceOnly && notional(instrument, valuedAt, order.lots) < instrument.minNotional) return tooSmall(instrument);
  return null;
}

function tooSmall({ minNotional }: Instrument): VenueFault {
  return { code: -4164, message: `Order's notional must be no smaller than ${moneyToUsdt(minNotional)} (unless you choose reduce only)` };
}

function checkPrice(instrument: Instrument, order: FilterInput & { readonly price: Ticks }): VenueFault | null {
  if (order.price < instrument.minPrice) return fault(-4013);
  if (order.price > instrument.maxPrice) return fault(-4002);
  if (order.multiples !== undefined && order.price % order.multiples.ticks !== 0) return fault(-4014);
  if (order.side === 'BUY' && order.price > order.mark * instrument.multiplierUp) return fault(-4016);
  if (order.side === 'SELL' && order.price < order.mark * instrument.multiplierDown) return fault(-4024);
  return null;
}

export const CLIENT_ID_PATTERN = /^[.A-Z:/a-z0-9_-]{1,36}$/;
/** Open orders per symbol, and open conditional orders of an account. Source: exchange rules as of 2025-12-29. */
export const MAXIMUM_OPEN_ORDERS = 200;
export const MAXIMUM_OPEN_ALGOS = 200;
/** Changes one order may see. */
export const MAXIMUM_AMENDMENTS = 10_000;
