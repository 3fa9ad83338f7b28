// Virtual positions: every candidate lives to its own barrier, traded or not. Numbers in columns, one index per symbol.
import type { EngineEventBody } from '../../../src-shared/contract/events.ts';
import type { VirtualSummary } from '../../../src-shared/contract/view.ts';
import type { Candle } from '../../../src-shared/domain/candle.ts';
import type { CloseReason, LifecycleKind, VirtualPosition } from '../../../src-shared/domain/position.ts';
import type { Signal } from '../../../src-shared/domain/signal.ts';
import { epochMs, type EpochMs } from '../../../src-shared/kernel/units.ts';
import type { JournalRecord } from '../ports.ts';
import { nextApproach } from '../execution/lifecycle.ts';

/** Entry and exit at the taker fee, as a fraction of price. */
const ROUND_TRIP_COST = 0.001;
const CLOSED_KEPT = 1000;

export interface VirtualOutput {
  readonly records: readonly JournalRecord[];
  readonly durable: boolean;
  readonly events: readonly EngineEventBody[];
  readonly effects: readonly [];
}

/** What is remembered of a candidate besides the numbers; the numbers are columns. */
interface Story {
  readonly id: string;
  readonly symbol: string;
  readonly verdict: string;
  readonly signal: Signal;
}

export interface VirtualCheckpoint {
  readonly open: readonly OpenRow[];
  readonly closed: readonly VirtualPosition[];
  readonly opened: number;
  readonly closedCount: number;
  readonly wins: number;
  readonly sumR: number;
}

interface OpenRow {
  readonly story: Story;
  readonly last: number;
  readonly maximum: number;
  readonly minimum: number;
}

const TARGET_BIT = 1;
const STOP_BIT = 2;

export class VirtualBook {
  #capacity = 1024;
  #side = new Int8Array(this.#capacity);
  #entry = new Float64Array(this.#capacity);
  #stop = new Float64Array(this.#capacity);
  #target = new Float64Array(this.#capacity);
  #risk = new Float64Array(this.#capacity);
  #openedAt = new Float64Array(this.#capacity);
  #expiresAt = new Float64Array(this.#capacity);
  #last = new Float64Array(this.#capacity);
  /** Best and worst profit in R before costs. */
  #maximum = new Float64Array(this.#capacity);
  #minimum = new Float64Array(this.#capacity);
  #approach = new Uint8Array(this.#capacity);
  readonly #stories: (Story | null)[] = [];
  readonly #free: number[] = [];
  readonly #bySymbol = new Map<string, Set<number>>();
  readonly #ids = new Map<string, number>();
  #closed: VirtualPosition[] = [];
  #opened = 0;
  #closedCount = 0;
  #wins = 0;
  #sumR = 0;
  #records: JournalRecord[] = [];
  readonly #limit: () => number;

  constructor(limit: () => number) {
    this.#limit = limit;
  }

  get openCount(): number {
    return this.#ids.size;
  }

  /** One virtual position per candidate; a known id changes nothing. */
  open(signal: Signal, verdict: string, now: EpochMs): VirtualOutput {
    if (!this.#ids.has(signal.id) && this.#ids.size < this.#limit()) {
      this.#insert({ id: signal.id, symbol: signal.symbol, verdict, signal }, { last: signal.plan.entry, maximum: 0, minimum: 0 });
      this.#opened += 1;
      this.#record(now, { kind: 'virtual-opened', symbol: signal.symbol, summary: `${signal.symbol}: virtual ${signal.side} (${verdict})`, data: { signal, verdict } });
    }
    return this.#take();
  }

  onPrice(symbol: string, price: number, time: EpochMs): VirtualOutput {
    const slots = this.#bySymbol.get(symbol);
    if (slots !== undefined) for (const slot of [...slots]) this.#visit(slot, price, time);
    return this.#take();
  }

  /** What ticks may have missed: with both barriers inside one candle the stop counts. Candles from before the entry are ignored. */
  onCandle(symbol: string, candle: Candle, now: EpochMs): VirtualOutput {
    const slots = this.#bySymbol.get(symbol);
    if (slots !== undefined) {
      for (const slot of [...slots]) {
        if ((this.#openedAt[slot] ?? 0) > candle.openTime) continue;
        const isLong = this.#side[slot] === 1;
        const adverse = isLong ? candle.low : candle.high;
        const gap = this.#isBeyondStop(slot, candle.open) ? candle.open : null;
        if (this.#isBeyondStop(slot, adverse)) this.#close(slot, gap ?? (this.#stop[slot] ?? adverse), { reason: 'stop', now });
        else {
          const favourable = isLong ? candle.high : candle.low;
          this.#excursion(slot, adverse);
          if (this.#isBeyondTarget(slot, favourable)) this.#close(slot, this.#target[slot] ?? favourable, { reason: 'target', now });
          else this.#excursion(slot, favourable);
        }
      }
    }
    return this.#take();
  }

  /** Expiry. */
  onTick(now: EpochMs): VirtualOutput {
    for (const slot of this.#ids.values()) if (now >= (this.#expiresAt[slot] ?? Infinity)) this.#close(slot, this.#last[slot] ?? 0, { reason: 'expired', now });
    return this.#take();
  }

  summary(): VirtualSummary {
    return { open: this.#ids.size, opened: this.#opened, closed: this.#closedCount, wins: this.#wins, sumR: this.#sumR };
  }

  list(state: 'open' | 'closed', limit: number): readonly VirtualPosition[] {
    if (state === 'closed') return this.#closed.slice(-limit).toReversed();
    return [...this.#ids.values()].slice(-limit).toReversed().map((slot) => this.#describe(slot, null));
  }

  checkpoint(): VirtualCheckpoint {
    const open = [...this.#ids.values()].flatMap((slot): OpenRow[] => {
      const story = this.#stories[slot];
      return story === null || story === undefined ? [] : [{ story, last: this.#last[slot] ?? 0, maximum: this.#maximum[slot] ?? 0, minimum: this.#minimum[slot] ?? 0 }];
    });
    return { open, closed: this.#closed, opened: this.#opened, closedCount: this.#closedCount, wins: this.#wins, sumR: this.#sumR };
  }

  restore(checkpoint: VirtualCheckpoint): void {
    for (const row of checkpoint.open) this.#insert(row.story, row);
    this.#closed = [...checkpoint.closed];
    this.#opened = checkpoint.opened;
    this.#closedCount = checkpoint.closedCount;
    this.#wins = checkpoint.wins;
    this.#sumR = checkpoint.sumR;
  }

  replay(kind: string, data: unknown): void {
    if (kind === 'virtual-opened') {
      const { signal, verdict } = data as { readonly signal: Signal; readonly verdict: string };
      if (this.#ids.has(signal.id)) return;
      this.#insert({ id: signal.id, symbol: signal.symbol, verdict, signal }, { last: signal.plan.entry, maximum: 0, minimum: 0 });
      this.#opened += 1;
    } else if (kind === 'virtual-closed') {
      const position = data as VirtualPosition;
      const slot = this.#ids.get(position.id);
      if (slot !== undefined) this.#remove(slot);
      this.#count(position);
    }
  }

  // ── inside ──

  #insert(story: Story, seen: { readonly last: number; readonly maximum: number; readonly minimum: number }): void {
    const slot = this.#free.pop() ?? this.#stories.length;
    if (slot >= this.#capacity) this.#grow();
    const { plan, decidedAt } = story.signal;
    this.#stories[slot] = story;
    this.#side[slot] = plan.side === 'long' ? 1 : -1;
    this.#entry[slot] = plan.entry;
    this.#stop[slot] = plan.stop;
    this.#target[slot] = plan.target;
    this.#risk[slot] = Math.abs(plan.entry - plan.stop);
    this.#openedAt[slot] = decidedAt;
    this.#expiresAt[slot] = plan.expiresAt;
    this.#last[slot] = seen.last;
    this.#maximum[slot] = seen.maximum;
    this.#minimum[slot] = seen.minimum;
    this.#approach[slot] = 0;
    this.#ids.set(story.id, slot);
    const slots = this.#bySymbol.get(story.symbol) ?? new Set();
    slots.add(slot);
    this.#bySymbol.set(story.symbol, slots);
  }

  #grow(): void {
    this.#capacity *= 2;
    const copy = <A extends Float64Array | Int8Array | Uint8Array>(from: A, to: A): A => {
      to.set(from);
      return to;
    };
    this.#side = copy(this.#side, new Int8Array(this.#capacity));
    this.#approach = copy(this.#approach, new Uint8Array(this.#capacity));
    this.#entry = copy(this.#entry, new Float64Array(this.#capacity));
    this.#stop = copy(this.#stop, new Float64Array(this.#capacity));
    this.#target = copy(this.#target, new Float64Array(this.#capacity));
    this.#risk = copy(this.#risk, new Float64Array(this.#capacity));
    this.#openedAt = copy(this.#openedAt, new Float64Array(this.#capacity));
    this.#expiresAt = copy(this.#expiresAt, new Float64Array(this.#capacity));
    this.#last = copy(this.#last, new Float64Array(this.#capacity));
    this.#maximum = copy(this.#maximum, new Float64Array(this.#capacity));
    this.#minimum = copy(this.#minimum, new Float64Array(this.#capacity));
  }

  #visit(slot: number, price: number, now: EpochMs): void {
    this.#last[slot] = price;
    if (this.#isBeyondStop(slot, price)) return this.#close(slot, price, { reason: 'stop', now });
    if (this.#isBeyondTarget(slot, price)) return this.#close(slot, this.#target[slot] ?? price, { reason: 'target', now });
    this.#excursion(slot, price);
    this.#approaching(slot, price, now);
  }

  #isBeyondStop(slot: number, price: number): boolean {
    return this.#side[slot] === 1 ? price <= (this.#stop[slot] ?? 0) : price >= (this.#stop[slot] ?? Infinity);
  }

  #isBeyondTarget(slot: number, price: number): boolean {
    return this.#side[slot] === 1 ? price >= (this.#target[slot] ?? Infinity) : price <= (this.#target[slot] ?? 0);
  }

  #grossR(slot: number, price: number): number {
    const risk = this.#risk[slot] ?? 0;
    return risk > 0 ? ((price - (this.#entry[slot] ?? 0)) * (this.#side[slot] ?? 1)) / risk : 0;
  }

  #excursion(slot: number, price: number): void {
    const profit = this.#grossR(slot, price);
    if (profit > (this.#maximum[slot] ?? 0)) this.#maximum[slot] = profit;
    if (profit < (this.#minimum[slot] ?? 0)) this.#minimum[slot] = profit;
  }

  #approaching(slot: number, price: number, now: EpochMs): void {
    const story = this.#stories[slot];
    const bits = this.#approach[slot] ?? 0;
    if (story === null || story === undefined) return;
    const { state, fired } = nextApproach(
      { side: story.signal.side, entry: this.#entry[slot] ?? 0, stop: this.#stop[slot] ?? null, target: this.#target[slot] ?? null, riskPerUnit: this.#risk[slot] ?? 0 }, price,
      { target: (bits & TARGET_BIT) !== 0, stop: (bits & STOP_BIT) !== 0 },
    );
    this.#approach[slot] = (state.target ? TARGET_BIT : 0) | (state.stop ? STOP_BIT : 0);
    for (const kind of fired) this.#lifecycle(story, kind, { now, price, pnlR: this.#netR(slot, price) });
  }

  #netR(slot: number, price: number): number {
    const risk = this.#risk[slot] ?? 0;
    return risk > 0 ? this.#grossR(slot, price) - (ROUND_TRIP_COST * (this.#entry[slot] ?? 0)) / risk : 0;
  }

  #close(slot: number, price: number, end: { readonly reason: CloseReason; readonly now: EpochMs }): void {
    const story = this.#stories[slot];
    if (story === null || story === undefined) return;
    this.#last[slot] = price;
    this.#excursion(slot, price);
    const position = { ...this.#describe(slot, end.now), closeReason: end.reason };
    this.#lifecycle(story, end.reason === 'target' ? 'tp_triggered' : end.reason === 'stop' ? 'sl_triggered' : 'expired', { now: end.now, price, pnlR: position.pnlR });
    this.#remove(slot);
    this.#count(position);
    this.#record(end.now, { kind: 'virtual-closed', symbol: story.symbol, summary: `${story.symbol}: virtual ${position.side} closed by ${end.reason}, ${position.pnlR.toFixed(2)} R`, data: position });
  }

  #remove(slot: number): void {
    const story = this.#stories[slot];
    if (story === null || story === undefined) return;
    this.#ids.delete(story.id);
    this.#bySymbol.get(story.symbol)?.delete(slot);
    this.#stories[slot] = null;
    this.#free.push(slot);
  }

  #count(position: VirtualPosition): void {
    this.#closedCount += 1;
    this.#sumR += position.pnlR;
    if (position.pnlR > 0) this.#wins += 1;
    this.#closed.push(position);
    if (this.#closed.length > CLOSED_KEPT) this.#closed = this.#closed.slice(-CLOSED_KEPT);
  }

  #describe(slot: number, closedAt: EpochMs | null): VirtualPosition {
    const story = this.#stories[slot] as Story;
    const price = this.#last[slot] ?? 0;
    const { signal } = story;
    return {
      id: story.id, symbol: story.symbol, side: signal.side, openedAt: epochMs(this.#openedAt[slot] ?? 0), plan: signal.plan, confidence: signal.confidence, quality: signal.quality, verdict: story.verdict, last: price,
      pnlR: this.#netR(slot, price), maxPnlR: this.#maximum[slot] ?? 0, minPnlR: this.#minimum[slot] ?? 0, closedAt, closeReason: null,
    };
  }

  #lifecycle(story: Story, kind: LifecycleKind, seen: { readonly now: EpochMs; readonly price: number; readonly pnlR: number }): void {
    this.#record(seen.now, { kind: 'virtual-event', symbol: story.symbol, summary: `${story.symbol}: virtual ${kind.replaceAll('_', ' ')}`, data: { id: story.id, kind, price: seen.price, pnlR: seen.pnlR } });
  }

  #record(time: EpochMs, record: Omit<JournalRecord, 'time' | 'positionId'>): void {
    this.#records.push({ time, positionId: null, ...record });
  }

  #take(): VirtualOutput {
    const records = this.#records;
    this.#records = [];
    return { records, durable: false, events: [], effects: [] };
  }
}
