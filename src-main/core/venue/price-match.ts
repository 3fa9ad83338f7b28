// A limit order that leaves its price to the book: the best of one side, or the fifth, tenth or twentieth level behind it.
import type { OrderSide } from '../../../src-shared/domain/order.ts';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import type { Ticks } from '../../../src-shared/kernel/units.ts';
import type { Desk } from './desk.ts';
import { fault } from './faults.ts';
import type { PriceMatch, VenueFault } from './types.ts';

const LEVEL: Readonly<Record<PriceMatch, number>> = {
  OPPONENT: 1,
  OPPONENT_5: 5,
  OPPONENT_10: 10,
  OPPONENT_20: 20,
  QUEUE: 1,
  QUEUE_5: 5,
  QUEUE_10: 10,
  QUEUE_20: 20,
};

export interface MatchedOrder {
  readonly symbol: string;
  readonly side: OrderSide;
  readonly price: Ticks | null;
  readonly priceMatch?: PriceMatch;
}

/** The price of the order: its own, or the one the book gives it now. Error: −5041 where the book is not that deep. */
export function priceOf(desk: Desk, order: MatchedOrder, time: number): Result<Ticks | null, VenueFault> {
  const { priceMatch } = order;
  if (priceMatch === undefined) return ok(order.price);
  const isOpponent = priceMatch.startsWith('OPPONENT');
  // What a taker of the other side meets is the queue this order would join.
  const taker = isOpponent === (order.side === 'BUY') ? 'BUY' : 'SELL';
  const level = desk.levels(order.symbol, taker, time)[LEVEL[priceMatch] - 1];
  return level === undefined ? err(fault(-5041)) : ok(level.price);
}

export function isPriceMatch(text: string): text is PriceMatch {
  return Object.hasOwn(LEVEL, text);
}
