// A session in the order of time, for the scrubber: every journal line, and every state of every position in prices.
import type { SessionTimeline, TimelineEvent, TimelinePosition } from '../../../src-shared/contract/review.ts';
import { lotsToQuantity, ticksToPrice, type Instrument } from '../../../src-shared/domain/instrument.ts';
import { moneyToUsdt } from '../../../src-shared/kernel/units.ts';
import type { HeldPosition } from '../../core/execution/held-position.ts';
import type { StoredRecord } from '../../core/ports.ts';
import type { SessionSource } from './session-source.ts';

/** More lines are not sent; the oldest are left out. Lines of virtual positions that tell a price are left out first. */
const MOST_EVENTS = 100_000;
const QUIET: readonly string[] = ['virtual-event'];

export function timelineOf({ session, endedAt, records, instruments }: SessionSource): SessionTimeline {
  const spoken = records.length > MOST_EVENTS ? records.filter((record) => !QUIET.includes(record.kind)) : records;
  const shown = spoken.slice(-MOST_EVENTS);
  const symbols = new Set(records.flatMap((record) => record.symbol ?? []));
  return {
    from: session.startedAt,
    to: Math.max(endedAt, records.at(-1)?.time ?? 0),
    symbols: [...symbols].toSorted(),
    events: shown.map(timelineEvent),
    positions: records.flatMap((record) => positionState(record, instruments)),
    isCut: shown.length < records.length,
  };
}

export function timelineEvent({ id, time, kind, summary, symbol, positionId }: StoredRecord): TimelineEvent {
  return { id, time, kind, summary, symbol, positionId };
}

function positionState(record: StoredRecord, instruments: ReadonlyMap<string, Instrument>): readonly TimelinePosition[] {
  if (record.kind !== 'position') return [];
  const { position } = record.data as HeldPosition;
  const instrument = instruments.get(position.symbol);
  if (instrument === undefined) return [];
  const { id, symbol, side, phase, entryPrice, closeReason, exitPrice } = position;
  return [
    {
      ...{ time: record.time, id, symbol, side, phase, entryPrice, closeReason, exitPrice },
      quantity: lotsToQuantity(instrument, position.lots),
      stop: position.stop === null ? null : ticksToPrice(instrument, position.stop),
      target: position.target === null ? null : ticksToPrice(instrument, position.target),
      realised: moneyToUsdt(position.realisedPnl),
    },
  ];
}
