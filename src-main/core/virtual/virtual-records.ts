// The journal lines of virtual positions: how they are written, and what a line read back does to the columns.
import type { CloseReason, LifecycleKind, VirtualPosition } from '../../../src-shared/domain/position.ts';
import type { Signal } from '../../../src-shared/domain/signal.ts';
import { epochMs, type EpochMs } from '../../../src-shared/kernel/units.ts';
import type { JournalRecord } from '../ports.ts';
import type { Seen, Story, VirtualColumns } from './columns.ts';
import { STOP_BIT, TARGET_BIT } from './trigger-index.ts';

export type VirtualRecord = Omit<JournalRecord, 'time' | 'positionId'>;

/** A `virtual-event` line as it is written. Lines of earlier builds carry no extremes. */
export interface LifecycleLine extends Partial<Pick<Seen, 'maximum' | 'minimum'>> {
  readonly id: string;
  readonly kind: LifecycleKind;
  readonly price: number;
}

const END_EVENTS: Readonly<Partial<Record<CloseReason, LifecycleKind>>> = {
  target: 'tp_triggered',
  stop: 'sl_triggered',
  expired: 'expired',
  manual: 'manual_close',
};

/** The event that tells how a position ended, before `closed`. */
export function endEventOf(reason: CloseReason): LifecycleKind {
  return END_EVENTS[reason] ?? 'expired';
}

export function openedRecord(signal: Signal, verdict: string): VirtualRecord {
  return { kind: 'virtual-opened', symbol: signal.symbol, summary: `${signal.symbol}: virtual ${signal.side} (${verdict})`, data: { signal, verdict } };
}

export function closedRecord(position: VirtualPosition, reason: CloseReason): VirtualRecord {
  const summary = `${position.symbol}: virtual ${position.side} closed by ${reason}, ${position.pnlR.toFixed(2)} R`;
  return { kind: 'virtual-closed', symbol: position.symbol, summary, data: position };
}

export function fundingRecord(symbol: string, rate: number, price: number): VirtualRecord {
  return {
    kind: 'virtual-funding',
    symbol,
    summary: `${symbol}: funding ${(rate * 100).toFixed(4)} % on its virtual positions`,
    data: { symbol, rate, price },
  };
}

export function eventRecord(symbol: string, line: LifecycleLine & { readonly pnlR: number }): VirtualRecord {
  return { kind: 'virtual-event', symbol, summary: `${symbol}: virtual ${line.kind.replaceAll('_', ' ')}`, data: line };
}

/** An event that is read back: price, extremes, and what was told already. */
export function replayEvent(columns: VirtualColumns, slot: number, { kind, price, ...extremes }: LifecycleLine): void {
  columns.last[slot] = price;
  columns.excursion(slot, price);
  columns.widen(slot, extremes);
  if (kind === 'max_pnl_updated') columns.storedMaximum[slot] = columns.maximum[slot] ?? 0;
  if (kind === 'min_pnl_updated') columns.storedMinimum[slot] = columns.minimum[slot] ?? 0;
  if (kind === 'price_updated') columns.storedPrice[slot] = columns.grossR(slot, price);
  if (kind === 'tp_approaching') columns.approach[slot] = (columns.approach[slot] ?? 0) | TARGET_BIT;
  if (kind === 'sl_approaching') columns.approach[slot] = (columns.approach[slot] ?? 0) | STOP_BIT;
}

/** One position as others see it. */
export function describeVirtual(columns: VirtualColumns, slot: number, closedAt: EpochMs | null): VirtualPosition {
  const { id, symbol, verdict, signal } = columns.stories[slot] as Story;
  const price = columns.last[slot] ?? 0;
  return {
    id,
    symbol,
    side: signal.side,
    openedAt: epochMs(columns.openedAt[slot] ?? 0),
    plan: signal.plan,
    confidence: signal.confidence,
    quality: signal.quality,
    verdict,
    last: price,
    pnlR: columns.netR(slot, price),
    maxPnlR: columns.maximum[slot] ?? 0,
    minPnlR: columns.minimum[slot] ?? 0,
    closedAt,
    closeReason: null,
  };
}
