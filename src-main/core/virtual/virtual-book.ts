// Virtual positions: every candidate lives to its own barrier, traded or not. Numbers in columns, one index per symbol.
import type { EngineEventBody } from '../../../src-shared/contract/events.ts';
import type { VirtualSummary } from '../../../src-shared/contract/view.ts';
import type { Candle } from '../../../src-shared/domain/candle.ts';
import type { CloseReason, LifecycleKind, VirtualPosition } from '../../../src-shared/domain/position.ts';
import type { Signal } from '../../../src-shared/domain/signal.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import type { JournalRecord } from '../ports.ts';
import { tellApproach, tellExtremes, tellPrice, type Tell } from './alarms.ts';
import { VirtualColumns, type Seen, type Story } from './columns.ts';
import { EndedPositions, type EndedSums } from './ended.ts';
import { TriggerIndex } from './trigger-index.ts';
import {
  closedRecord,
  describeVirtual,
  endEventOf,
  eventRecord,
  fundingRecord,
  openedRecord,
  replayEvent,
  type LifecycleLine,
  type VirtualRecord,
} from './virtual-records.ts';

export interface VirtualOutput {
  readonly records: readonly JournalRecord[];
  readonly durable: boolean;
  readonly events: readonly EngineEventBody[];
  readonly effects: readonly [];
}

/** Most prices change nothing. */
const NOTHING: VirtualOutput = { records: [], durable: false, events: [], effects: [] };

export interface VirtualCheckpoint extends EndedSums {
  readonly open: readonly OpenRow[];
  readonly closed: readonly VirtualPosition[];
  readonly opened: number;
}

interface OpenRow extends Seen {
  readonly story: Story;
}

export class VirtualBook {
  readonly #columns = new VirtualColumns();
  readonly #index = new TriggerIndex(this.#columns);
  readonly #ids = new Map<string, number>();
  readonly #ended = new EndedPositions();
  #opened = 0;
  #records: JournalRecord[] = [];
  readonly #limit: () => number;

  constructor(limit: () => number) {
    this.#limit = limit;
  }

  get openCount(): number {
    return this.#ids.size;
  }

  /** Ended positions kept whole, and names remembered. */
  get endedCounts(): { readonly closed: number; readonly names: number } {
    return { closed: this.#ended.closed.length, names: this.#ended.nameCount };
  }

  /** One virtual position per candidate; a known id changes nothing. */
  open(signal: Signal, verdict: string, now: EpochMs): VirtualOutput {
    if (!this.#ids.has(signal.id) && !this.#ended.has(signal.id) && this.#ids.size < this.#limit()) {
      this.#insert({ id: signal.id, symbol: signal.symbol, verdict, signal }, { last: signal.plan.entry, maximum: 0, minimum: 0, approach: 0 });
      this.#opened += 1;
      this.#record(now, openedRecord(signal, verdict));
      const slot = this.#ids.get(signal.id);
      const story = slot === undefined ? null : this.#columns.stories[slot];
      if (slot !== undefined && story !== null && story !== undefined)
        this.#lifecycle(story, 'created', { now, price: signal.plan.entry, pnlR: this.#columns.netR(slot, signal.plan.entry) });
    }
    return this.#take();
  }

  onPrice(symbol: string, price: number, time: EpochMs): VirtualOutput {
    if (this.#index.isQuiet(symbol, price)) return this.#take();
    const slots = this.#index.slots(symbol);
    if (slots.size > 0) {
      for (const slot of [...slots]) this.#visit(slot, price, time);
      this.#index.narrow(symbol, price);
    }
    return this.#take();
  }

  /** Ends a position for a person. */
  close(id: string, now: EpochMs): VirtualOutput {
    const slot = this.#ids.get(id);
    if (slot !== undefined) {
      this.#index.touch(slot);
      this.#close(slot, this.#columns.last[slot] ?? 0, { reason: 'manual', now });
    }
    return this.#take();
  }

  /** What ticks may have missed: with both barriers inside one candle the stop counts. Candles from before the entry are ignored. */
  onCandle(symbol: string, candle: Candle, now: EpochMs): VirtualOutput {
    const slots = this.#index.slots(symbol);
    if (slots.size > 0) {
      this.#index.widen(symbol);
      for (const slot of [...slots]) {
        if ((this.#columns.openedAt[slot] ?? 0) > candle.openTime) continue;
        const isLong = this.#columns.side[slot] === 1;
        const adverse = isLong ? candle.low : candle.high;
        const gap = this.#columns.isBeyondStop(slot, candle.open) ? candle.open : null;
        if (this.#columns.isBeyondStop(slot, adverse)) this.#close(slot, gap ?? this.#columns.stop[slot] ?? adverse, { reason: 'stop', now });
        else {
          const favourable = isLong ? candle.high : candle.low;
          this.#columns.excursion(slot, adverse);
          if (this.#columns.isBeyondTarget(slot, favourable)) this.#close(slot, this.#columns.target[slot] ?? favourable, { reason: 'target', now });
          else this.#columns.excursion(slot, favourable);
        }
      }
    }
    return this.#take();
  }

  /** Funding of a symbol was settled: longs pay a positive rate on the price, shorts receive it. Once per symbol and settlement. */
  onFunding(symbol: string, { rate, price, now }: { readonly rate: number; readonly price: number; readonly now: EpochMs }): VirtualOutput {
    if (this.#pay(symbol, rate, price)) this.#record(now, fundingRecord(symbol, rate, price));
    return this.#take();
  }

  /** One position, open or among the newest closed ones; null when it is not known. */
  get(id: string): VirtualPosition | null {
    const slot = this.#ids.get(id);
    if (slot === undefined) return this.#ended.find(id);
    this.#index.touch(slot);
    return describeVirtual(this.#columns, slot, null);
  }

  /** Expiry, and prices worth storing. */
  onTick(now: EpochMs): VirtualOutput {
    for (const slot of this.#ids.values()) {
      this.#index.touch(slot);
      const tell = this.#teller(slot, this.#columns.last[slot] ?? 0, now);
      // Candles may have shown extremes that no price did.
      tellExtremes(this.#columns, slot, tell);
      tellPrice(this.#columns, slot, tell);
    }
    for (const slot of [...this.#ids.values()])
      if (now >= (this.#columns.expiresAt[slot] ?? Infinity)) this.#close(slot, this.#columns.last[slot] ?? 0, { reason: 'expired', now });
    return this.#take();
  }

  summary(): VirtualSummary {
    const { closedCount, wins, sumR } = this.#ended.sums;
    return { open: this.#ids.size, opened: this.#opened, closed: closedCount, wins, sumR };
  }

  list(state: 'open' | 'closed', limit: number): readonly VirtualPosition[] {
    if (state === 'closed') return this.#ended.closed.slice(-limit).toReversed();
    return [...this.#ids.values()]
      .slice(-limit)
      .toReversed()
      .map((slot) => {
        this.#index.touch(slot);
        return describeVirtual(this.#columns, slot, null);
      });
  }

  checkpoint(): VirtualCheckpoint {
    const open = [...this.#ids.values()].flatMap((slot): OpenRow[] => {
      this.#index.touch(slot);
      const story = this.#columns.stories[slot];
      return story === null || story === undefined ? [] : [{ story, ...this.#columns.seen(slot) }];
    });
    return { open, closed: this.#ended.closed, opened: this.#opened, ...this.#ended.sums };
  }

  restore(checkpoint: VirtualCheckpoint): void {
    for (const row of checkpoint.open) this.#insert(row.story, { ...row, approach: row.approach ?? 0 });
    this.#ended.restore(checkpoint.closed, checkpoint);
    this.#opened = checkpoint.opened;
  }

  replay(kind: string, data: unknown): void {
    if (kind === 'virtual-opened') {
      const { signal, verdict } = data as { readonly signal: Signal; readonly verdict: string };
      if (this.#ids.has(signal.id)) return;
      this.#insert({ id: signal.id, symbol: signal.symbol, verdict, signal }, { last: signal.plan.entry, maximum: 0, minimum: 0, approach: 0 });
      this.#opened += 1;
    } else if (kind === 'virtual-closed') {
      const position = data as VirtualPosition;
      const slot = this.#ids.get(position.id);
      if (slot !== undefined) this.#remove(slot);
      this.#ended.add(position);
    } else if (kind === 'virtual-funding') {
      const { symbol, rate, price } = data as { readonly symbol: string; readonly rate: number; readonly price: number };
      this.#pay(symbol, rate, price);
    } else if (kind === 'virtual-event') {
      const line = data as LifecycleLine;
      const slot = this.#ids.get(line.id);
      if (slot !== undefined) replayEvent(this.#columns, slot, line);
    }
  }

  // ── inside ──

  #insert(story: Story, seen: Seen): void {
    const slot = this.#columns.insert(story, seen);
    this.#index.widen(story.symbol);
    this.#ids.set(story.id, slot);
    this.#index.add(story.symbol, slot);
  }

  #pay(symbol: string, rate: number, price: number): boolean {
    const slots = this.#index.slots(symbol);
    const { funding, side, entry } = this.#columns;
    for (const slot of slots) funding[slot] = (funding[slot] ?? 0) + (rate * (side[slot] ?? 1) * price) / (entry[slot] ?? price);
    return slots.size > 0;
  }

  #visit(slot: number, price: number, now: EpochMs): void {
    this.#columns.last[slot] = price;
    if (this.#columns.isBeyondStop(slot, price)) return this.#close(slot, price, { reason: 'stop', now });
    if (this.#columns.isBeyondTarget(slot, price)) return this.#close(slot, this.#columns.target[slot] ?? price, { reason: 'target', now });
    this.#columns.excursion(slot, price);
    const tell = this.#teller(slot, price, now);
    tellExtremes(this.#columns, slot, tell);
    tellApproach(this.#columns, slot, { price, tell });
  }

  #close(slot: number, price: number, end: { readonly reason: CloseReason; readonly now: EpochMs }): void {
    const story = this.#columns.stories[slot];
    if (story === null || story === undefined) return;
    this.#columns.last[slot] = price;
    this.#columns.excursion(slot, price);
    const position = { ...describeVirtual(this.#columns, slot, end.now), closeReason: end.reason };
    this.#lifecycle(story, endEventOf(end.reason), { now: end.now, price, pnlR: position.pnlR });
    this.#lifecycle(story, 'closed', { now: end.now, price, pnlR: position.pnlR });
    this.#remove(slot);
    this.#ended.add(position);
    this.#record(end.now, closedRecord(position, end.reason));
  }

  #remove(slot: number): void {
    const story = this.#columns.stories[slot];
    if (story === null || story === undefined) return;
    this.#ids.delete(story.id);
    this.#index.remove(story.symbol, slot);
    this.#columns.remove(slot);
  }

  #teller(slot: number, price: number, now: EpochMs): Tell {
    return (kind) => {
      const story = this.#columns.stories[slot];
      if (story !== null && story !== undefined) this.#lifecycle(story, kind, { now, price, pnlR: this.#columns.netR(slot, price) });
    };
  }

  #lifecycle(story: Story, kind: LifecycleKind, seen: { readonly now: EpochMs; readonly price: number; readonly pnlR: number }): void {
    const { now, price, pnlR } = seen;
    this.#record(now, eventRecord(story.symbol, { id: story.id, kind, price, pnlR, ...this.#extremes(story.id) }));
  }

  /** Best and worst so far, R before costs: a rebuilt book must know what a candle has shown, not only the price of the moment. */
  #extremes(id: string): Pick<Seen, 'maximum' | 'minimum'> {
    const slot = this.#ids.get(id);
    return slot === undefined ? { maximum: 0, minimum: 0 } : { maximum: this.#columns.maximum[slot] ?? 0, minimum: this.#columns.minimum[slot] ?? 0 };
  }

  #record(time: EpochMs, record: VirtualRecord): void {
    this.#records.push({ time, positionId: null, ...record });
  }

  #take(): VirtualOutput {
    if (this.#records.length === 0) return NOTHING;
    const records = this.#records;
    this.#records = [];
    return { records, durable: false, events: [], effects: [] };
  }
}
