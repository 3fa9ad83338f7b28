// Whether the terminal may go away for an update now: never while an order is under way, a position is unprotected, or nobody knows.
import { isTerminal, type Order } from '../../../src-shared/domain/order.ts';
import type { DesktopStatus } from './status-screen.ts';
import { isWorldKnown } from './power.ts';

/** Under way: everything that has not ended, but for a stop or target that rests at the exchange and does its work without us. */
export function isInFlight({ intent, status }: Order): boolean {
  if (isTerminal(status)) return false;
  const restsByItself = intent.purpose === 'stop' || intent.purpose === 'target';
  return !(restsByItself && status === 'resting');
}

/** One sentence why not, or null when nothing speaks against it. `null` is a terminal that has not answered. */
export function whyNotNow(status: DesktopStatus | null): string | null {
  if (status === null || !isWorldKnown(status)) return 'The state of the account is not known right now.';
  if (status.unprotected > 0)
    return `${status.unprotected === 1 ? '1 position has' : `${status.unprotected} positions have`} no stop that the exchange has confirmed.`;
  if (status.ordersInFlight > 0) return `${status.ordersInFlight === 1 ? '1 order is' : `${status.ordersInFlight} orders are`} under way.`;
  return null;
}
