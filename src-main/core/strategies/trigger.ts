// Step 4: the 5m trigger: after touching the zone, a break of structure this way or a sweep of the near pool that closed back.
import type { Side, ZoneReference } from '../../../src-shared/domain/signal.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import { sideDirection } from '../features/scale.ts';
import type { TimeframeState } from '../structure/timeframe-state.ts';

/** How far back a touch still belongs to the present visit: four hours. */
const TOUCH_BARS = 48;
/** A trigger older than this many 5m candles is stale. */
export const TRIGGER_FRESH_BARS = 3;

export type Trigger =
  | {
      readonly kind: 'fired';
      readonly name: 'bos' | 'choch' | 'sweep';
      readonly time: EpochMs;
      readonly level: number;
      readonly barsAgo: number;
      readonly touchTime: EpochMs;
    }
  | { readonly kind: 'waiting'; readonly code: string; readonly numbers: Readonly<Record<string, number>>; readonly closeness: number };

/** Judges the newest 5m candle. The newer of break and sweep counts. Source: STRATEGY, "ICT strategy" step 4. */
export function findTrigger(five: TimeframeState, zone: ZoneReference, side: Side): Trigger {
  const { book } = five;
  const touchBar = firstTouch(five, zone, side);
  if (touchBar < 0)
    return {
      kind: 'waiting',
      code: 'trigger.zone_not_touched',
      numbers: { near: side === 'long' ? zone.top : zone.bottom, price: five.close },
      closeness: 0.2,
    };
  const newestBar = book.count - 1;
  const last = five.internalBreaks.breaks.newest;
  const breakBar = last !== null && last.direction === sideDirection(side) ? last.bar : -1;
  const pool = side === 'long' ? five.sellSide : five.buySide;
  const sweepBar = pool.lastSweepBar;
  const bar = Math.max(breakBar, sweepBar);
  const barsAgo = newestBar - bar;
  if (bar < touchBar) return { kind: 'waiting', code: 'trigger.none', numbers: { barsSinceTouch: newestBar - touchBar }, closeness: 0.6 };
  if (barsAgo >= TRIGGER_FRESH_BARS) return { kind: 'waiting', code: 'trigger.stale', numbers: { barsAgo, freshBars: TRIGGER_FRESH_BARS }, closeness: 0.8 };
  const touchTime = (book.openTime[book.slot(touchBar)]! + book.stepMs) as EpochMs;
  if (breakBar >= sweepBar) return { kind: 'fired', name: last!.kind, time: last!.confirmedTime as EpochMs, level: last!.level, barsAgo, touchTime };
  return { kind: 'fired', name: 'sweep', time: pool.lastSweepTime as EpochMs, level: pool.lastSweepPrice, barsAgo, touchTime };
}

/** The earliest of the last 48 bars that reached the zone after it was known, or -1. */
function firstTouch(five: TimeframeState, zone: ZoneReference, side: Side): number {
  const { book } = five;
  for (let bar = Math.max(book.firstIndex, book.count - TOUCH_BARS); bar < book.count; bar += 1) {
    const slot = book.slot(bar);
    if (book.openTime[slot]! < zone.confirmedTime) continue;
    if (side === 'long' ? book.low[slot]! <= zone.top : book.high[slot]! >= zone.bottom) return bar;
  }
  return -1;
}
