// The entry that was taken back unfilled goes out again nearer to the price, with an id of its own.
import { lots, ticks, type EpochMs } from '../../../src-shared/kernel/units.ts';
import { sendOrder } from './desk-context.ts';
import type { DeskCore } from './desk-core.ts';
import type { HeldPosition } from './held-position.ts';
import { chasedPrice } from './watch-entry.ts';

/** False when the price left the bound or the position must not live any more; then the entry is given up as usual. */
export function chaseEntry(desk: DeskCore, held: HeldPosition, now: EpochMs): boolean {
  const price = held.closeReason === null ? chasedPrice(desk.context, held) : null;
  if (price === null) return false;
  const sent = sendOrder(
    desk.context,
    held,
    { purpose: 'entry', kind: 'limit', lots: lots(held.plannedLots), price: ticks(price), trigger: null, closePosition: false, timeInForce: 'GTC' },
    now,
  );
  const chased = { ...sent.held, entryOrderId: sent.clientOrderId, chases: held.chases + 1, isChasing: false, touchedAt: now };
  desk.keep(chased, now, `${held.position.symbol}: the entry follows the price (${chased.chases} of ${desk.context.settings().entryChaseMaximum})`);
  return true;
}
