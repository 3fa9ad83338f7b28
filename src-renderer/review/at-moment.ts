// A session at one moment: which positions were held, what equity was, which event comes next. Pure.
import type { SessionDetail, SessionTimeline, TimelineEvent, TimelinePosition } from '../../src-shared/contract/review.ts';

/** Index of the first entry later than `time` in a list in the order of time. */
export function firstAfter(list: readonly { readonly time: number }[], time: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((list[middle]?.time ?? 0) <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A position as it stood at a moment, with the moment of its first fill. */
export type PositionThen = TimelinePosition & { readonly openedAt: number };

/** Positions held at `time`, entries that had not filled yet after them; and those that had ended by then, newest end first. */
export function positionsAt(
  { positions }: Pick<SessionTimeline, 'positions'>,
  time: number,
): { readonly held: readonly PositionThen[]; readonly ended: readonly PositionThen[] } {
  const states = new Map<string, PositionThen>();
  const end = firstAfter(positions, time);
  for (let index = 0; index < end; index += 1) {
    const state = positions[index];
    if (state === undefined) continue;
    const known = states.get(state.id);
    const openedAt = known !== undefined && known.quantity > 0 ? known.openedAt : state.time;
    states.set(state.id, { ...state, openedAt: state.phase === 'closed' ? (known?.openedAt ?? state.time) : openedAt });
  }
  const all = [...states.values()];
  return {
    held: all.filter((state) => state.phase !== 'closed').toSorted((a, b) => Number(b.quantity > 0) - Number(a.quantity > 0)),
    ended: all.filter((state) => state.phase === 'closed' && state.exitPrice !== null).toSorted((a, b) => b.time - a.time),
  };
}

/** Equity at `time`: the last value known by then, or the opening. */
export function equityAt({ equity, opening }: Pick<SessionDetail, 'equity' | 'opening'>, time: number): number {
  let value = opening;
  for (const [index, moment] of equity.times.entries()) {
    if (moment > time) break;
    value = equity.usdt[index] ?? value;
  }
  return value;
}

/** The next or previous event that passes the filter, seen from `time`; null at the ends. */
export function stepEvent(
  events: readonly TimelineEvent[],
  time: number,
  { forward, passes }: { readonly forward: boolean; readonly passes: (event: TimelineEvent) => boolean },
): TimelineEvent | null {
  if (forward) {
    for (let index = firstAfter(events, time); index < events.length; index += 1) if (passes(events[index]!)) return events[index]!;
    return null;
  }
  for (let index = firstAfter(events, time - 1) - 1; index >= 0; index -= 1) if (passes(events[index]!)) return events[index]!;
  return null;
}

/** The newest `count` events up to `time`, newest first. */
export function eventsUpTo(events: readonly TimelineEvent[], time: number, count: number): readonly TimelineEvent[] {
  const end = firstAfter(events, time);
  return events.slice(Math.max(0, end - count), end).toReversed();
}
