// The naked-risk clock: how long, and how much, a position was open without a confirmed stop at the venue.
import { lotsToQuantity } from '../../../src-shared/domain/instrument.ts';
import { epochMs, type EpochMs } from '../../../src-shared/kernel/units.ts';
import type { DeskContext } from './desk-context.ts';
import type { HeldPosition } from './held-position.ts';

/** Engine milliseconds without a confirmed stop, and the same as seconds × notional in USDT. */
export interface NakedTime {
  readonly nakedMs: number;
  readonly nakedSecondsUsdt: number;
}

/** The sums up to `now`, the time running now included. */
export function nakedTime(context: DeskContext, held: HeldPosition, now: EpochMs): NakedTime {
  const { position } = held;
  if (position.nakedSince === null) return { nakedMs: held.nakedMs, nakedSecondsUsdt: held.nakedSecondsUsdt };
  const ms = Math.max(0, now - Math.max(position.nakedSince, held.nakedCountedAt ?? 0));
  const instrument = context.instrumentOf(position.symbol);
  const price = context.markOf(position.symbol) ?? position.entryPrice;
  const notional = instrument === null ? 0 : lotsToQuantity(instrument, position.lots) * price;
  return { nakedMs: held.nakedMs + ms, nakedSecondsUsdt: held.nakedSecondsUsdt + (ms / 1000) * notional };
}

/** The position with its sums brought up to `now`; before its lots change and before the clock stops. */
export function countNaked(context: DeskContext, held: HeldPosition, now: EpochMs): HeldPosition {
  return held.position.nakedSince === null ? held : { ...held, ...nakedTime(context, held, now), nakedCountedAt: epochMs(now) };
}
