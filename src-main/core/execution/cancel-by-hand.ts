// An order a person takes back: what waits to be sent again is given up, and a cancelled target is not wanted any more.
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import { cancelOrder } from './desk-context.ts';
import type { DeskCore } from './desk-core.ts';
import { giveUpResend } from './resend-entry.ts';

/** A cancelled target leaves the plan, so nothing places it again. */
export function cancelByHand(desk: DeskCore, clientOrderId: string, now: EpochMs): void {
  const { context } = desk;
  const order = context.state.orders.get(clientOrderId);
  if (order !== undefined && desk.resends.get(clientOrderId) !== null) giveUpResend(desk, order, { now, why: 'It was taken back by hand.' });
  cancelOrder(context, clientOrderId);
  const held = order === undefined ? null : context.state.get(order.intent.positionId);
  if (order?.intent.purpose === 'target' && held !== null)
    desk.keep({ ...held, position: { ...held.position, target: null } }, order.updatedAt, `${held.position.symbol}: target removed by hand`);
}
