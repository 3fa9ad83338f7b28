// What the trade desk hands to the engine after each step; a subset of the engine's own output.
import type { EngineEventBody } from '../../../src-shared/contract/events.ts';
import type { OrderIntent } from '../../../src-shared/domain/order.ts';
import type { AmendRequest, JournalRecord, Notification, StateRequest } from '../ports.ts';

/** Wishes to the outside world; the engine adds its own. */
export type DeskEffect =
  | {
      readonly kind: 'prepare-symbol';
      readonly positionId: string;
      readonly symbol: string;
      readonly leverage: number;
      readonly marginType: 'isolated' | 'cross';
    }
  | { readonly kind: 'submit'; readonly intent: OrderIntent }
  | { readonly kind: 'cancel'; readonly symbol: string; readonly clientOrderId: string; readonly conditional: boolean }
  | { readonly kind: 'amend'; readonly amendmentId: string; readonly request: AmendRequest }
  | { readonly kind: 'query'; readonly symbol: string; readonly clientOrderId: string; readonly conditional: boolean }
  | ({ readonly kind: 'reconcile' } & StateRequest)
  | { readonly kind: 'require-symbols'; readonly symbols: readonly string[] }
  | { readonly kind: 'notify'; readonly notification: Notification };

export interface DeskOutput {
  readonly records: readonly JournalRecord[];
  readonly durable: boolean;
  readonly events: readonly EngineEventBody[];
  readonly effects: readonly DeskEffect[];
}
