// Orders in three groups: what opens and closes, what rests in the exchange's conditional service, and what has ended.
import { isConditional, isTerminal, type Order } from '../../src-shared/domain/order.ts';

export const ORDER_GROUPS = ['orders', 'conditional', 'ended'] as const;
export type OrderGroup = (typeof ORDER_GROUPS)[number];

/** The conditional service is apart: cancelling all orders of a symbol does not reach it, so a stop is never lost among entries. */
export function groupOf({ status, intent }: Order): OrderGroup {
  if (isTerminal(status)) return 'ended';
  return isConditional(intent.kind) ? 'conditional' : 'orders';
}
