// What an endpoint of the venue can reach.
import type { Exchange } from '../../src-main/core/venue/exchange.ts';
import { epochMs, type EpochMs } from '../../src-shared/kernel/units.ts';
import type { UsageLimits } from './access.ts';
import type { BookView } from './book-view.ts';
import type { Chaos } from './chaos.ts';
import type { VenueClock } from './clock.ts';
import type { ListenKeys } from './listen-keys.ts';
import type { Market } from './market.ts';
import type { Refusals } from './refusals.ts';
import type { Tape } from './tape.ts';

export interface VenueContext {
  readonly exchange: Exchange;
  readonly market: Market;
  readonly tape: Tape;
  readonly books: BookView;
  readonly listenKeys: ListenKeys;
  readonly limits: UsageLimits;
  /** Weight of the WebSocket API: its own pool, for all connections together. */
  readonly socketLimits: UsageLimits;
  readonly refusals: Refusals;
  readonly chaos: Chaos;
  readonly clock: VenueClock;
  /** Simulated time. */
  readonly now: () => number;
  readonly wallNow: () => number;
  readonly makeClientId: () => string;
}

/** Simulated time in whole milliseconds. */
export function timeOf(context: VenueContext): EpochMs {
  return epochMs(Math.floor(context.now()));
}
