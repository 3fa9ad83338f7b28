// The exchange's words for the state and the kind of an order, in ours: one list for the wire and for the venue in this process.
import type { OrderStatus } from '../../../src-shared/domain/order.ts';
import type { OrderReport } from '../ports.ts';
import type { AlgoStatus, VenueOrderStatus } from './types.ts';

export const ORDER_STATUS: Readonly<Record<VenueOrderStatus, OrderStatus>> = {
  NEW: 'resting',
  PARTIALLY_FILLED: 'partially_filled',
  FILLED: 'filled',
  CANCELED: 'canceled',
  EXPIRED: 'expired',
  EXPIRED_IN_MATCH: 'expired',
};

export const ALGO_STATUS: Readonly<Record<AlgoStatus, OrderStatus>> = {
  NEW: 'resting',
  TRIGGERING: 'triggered',
  TRIGGERED: 'triggered',
  FINISHED: 'filled',
  CANCELED: 'canceled',
  EXPIRED: 'expired',
  REJECTED: 'rejected',
};

/** What an order of this type is for, as far as its type tells. */
export function purposeOf(type: string): OrderReport['purpose'] {
  if (type.startsWith('STOP')) return 'stop';
  return type.startsWith('TAKE_PROFIT') ? 'target' : 'other';
}
