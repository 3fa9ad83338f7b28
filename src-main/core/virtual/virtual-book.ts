// Virtual positions: every candidate lives to its own barrier, traded or not. Numbers in columns, one index per symbol.
import type { EngineEventBody } from '../../../src-shared/contract/events.ts';
import type { VirtualSummary } from '../../../src-shared/contract/view.ts';
import type { Candle } from '../../../src-shared/domain/candle.ts';
import type { CloseReason, LifecycleKind, VirtualPosition } from '../../../src-shared/domain/position.ts';
import type { Signal } from '../../../src-shared/domain/signal.ts';
import { epochMs, type EpochMs } from '../../../src-shared/kernel/units.ts';
import type { JournalRecord } from '../ports.ts';
import { APPROACH_AT, nextApproach, REARM_BELOW } from '../execution/lifecycle.ts';

/** Taker fee on both sides plus 0.02 % slippage each way, as a fraction of price; the labels of the training data use the same. */
const ROUND_TRIP_COST = 0.0014;
/** Excursions and prices are stored when they moved this far, so that a thousand positions do not flood the journal. */
const EXCURSION_STEP_R = 0.25;
const PRICE_STEP_R = 0.5;
const CLOSED_KEPT = 1000;
const ENDED_REMEMBERED = 20_000;

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
  readonly approach: number;
}

const END_EVENTS: Readonly<Partial<Record<CloseReason, LifecycleKind>>> = {
  target: 'tp_triggered',
  stop: 'sl_triggered',
  expired: 'expired',
  manual: 'manual_close',
};
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
  /** Profit in R when the maximum, the minimum and the price were last stored. */
  #storedMaximum = new Float64Array(this.#capacity);
  #storedMinimum = new Float64Array(this.#capacity);
  #storedPrice = new Float64Array(this.#capacity);
  readonly #stories: (Story | null)[] = [];
  readonly #free: number[] = [];
  readonly #bySymbol = new Map<string, Set<number>>();
  readonly #ids = new Map<string, number>();
  /** Candidates that have lived; one never opens twice. */
  readonly #ended = new Set<string>();
  /** Per symbol: between these prices no position changes anything but its last price. */
  readonly #quiet = new Map<string, { low: number; high: number; last: number }>();
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
    if (!this.#ids.has(signal.id) && !this.#ended.has(signal.id) && this.#ids.size < this.#limit()) {
      this.#insert({ id: signal.id, symbol: signal.symbol, verdict, signal }, { last: signal.plan.entry, maximum: 0, minimum: 0, approach: 0 });
      this.#opened += 1;
      this.#record(now, {
        kind: 'virtual-opened',
        symbol: signal.symbol,
        summary: `${signal.symbol}: virtual ${signal.side} (${verdict})`,
        data: { signal, verdict },
      });
      const slot = this.#ids.get(signal.id);
      const story = slot === undefined ? null : this.#stories[slot];
      if (slot !== undefined && story !== null && story !== undefined)
        this.#lifecycle(story, 'created', { now, price: signal.plan.entry, pnlR: this.#netR(slot, signal.plan.entry) });
    }
    return this.#take();
  }

  onPrice(symbol: string, price: number, time: EpochMs): VirtualOutput {
    const quiet = this.#quiet.get(symbol);
    if (quiet !== undefined && price > quiet.low && price < quiet.high) {
      quiet.last = price;
      return this.#take();
    }
    const slots = this.#bySymbol.get(symbol);
    if (slots !== undefined && slots.size > 0) {
      for (const slot of [...slots]) this.#visit(slot, price, time);
      this.#narrow(symbol, slots, price);
    }
    return this.#take();
  }

  /** Ends a position for a person. */
  close(id: string, now: EpochMs): VirtualOutput {
    const slot = this.#ids.get(id);
    if (slot !== undefined) {
      this.#touch(slot);
      this.#close(slot, this.#last[slot] ?? 0, { reason: 'manual', now });
    }
    return this.#take();
  }

  /** What ticks may have missed: with both barriers inside one candle the stop counts. Candles from before the entry are ignored. */
  onCandle(symbol: string, candle: Candle, now: EpochMs): VirtualOutput {
    const slots = this.#bySymbol.get(symbol);
    if (slots !== undefined) {
      this.#widen(symbol);
      for (const slot of [...slots]) {
        if ((this.#openedAt[slot] ?? 0) > candle.openTime) continue;
        const isLong = this.#side[slot] === 1;
        const adverse = isLong ? candle.low : candle.high;
        const gap = this.#isBeyondStop(slot, candle.open) ? candle.open : null;
        if (this.#isBeyondStop(slot, adverse)) this.#close(slot, gap ?? this.#stop[slot] ?? adverse, { reason: 'stop', now });
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

  /** Expiry, and prices worth storing. */
  onTick(now: EpochMs): VirtualOutput {
    for (const slot of this.#ids.values()) {
      this.#touch(slot);
      this.#sample(slot, now);
    }
    for (const slot of [...this.#ids.values()])
      if (now >= (this.#expiresAt[slot] ?? Infinity)) this.#close(slot, this.#last[slot] ?? 0, { reason: 'expired', now });
    return this.#take();
  }

  summary(): VirtualSummary {
    return { open: this.#ids.size, opened: this.#opened, closed: this.#closedCount, wins: this.#wins, sumR: this.#sumR };
  }

  list(state: 'open' | 'closed', limit: number): readonly VirtualPosition[] {
    if (state === 'closed') return this.#closed.slice(-limit).toReversed();
    return [...this.#ids.values()]
      .slice(-limit)
      .toReversed()
      .map((slot) => {
        this.#touch(slot);
        return this.#describe(slot, null);
      });
  }

  checkpoint(): VirtualCheckpoint {
    const open = [...this.#ids.values()].flatMap((slot): OpenRow[] => {
      this.#touch(slot);
      const story = this.#stories[slot];
      return story === null || story === undefined
        ? []
        : [{ story, last: this.#last[slot] ?? 0, maximum: this.#maximum[slot] ?? 0, minimum: this.#minimum[slot] ?? 0, approach: this.#approach[slot] ?? 0 }];
    });
    return { open, closed: this.#closed, opened: this.#opened, closedCount: this.#closedCount, wins: this.#wins, sumR: this.#sumR };
  }

  restore(checkpoint: VirtualCheckpoint): void {
    for (const row of checkpoint.open) this.#insert(row.story, { ...row, approach: row.approach ?? 0 });
    this.#closed = [...checkpoint.closed];
    for (const position of checkpoint.closed) this.#ended.add(position.id);
    this.#opened = checkpoint.opened;
    this.#closedCount = checkpoint.closedCount;
    this.#wins = checkpoint.wins;
    this.#sumR = checkpoint.sumR;
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
      this.#count(position);
    } else if (kind === 'virtual-event') {
      const { id, kind: event, price } = data as { readonly id: string; readonly kind: LifecycleKind; readonly price: number };
      const slot = this.#ids.get(id);
      if (slot === undefined) return;
      this.#last[slot] = price;
      this.#excursion(slot, price);
      if (event === 'tp_approaching') this.#approach[slot] = (this.#approach[slot] ?? 0) | TARGET_BIT;
      if (event === 'sl_approaching') this.#approach[slot] = (this.#approach[slot] ?? 0) | STOP_BIT;
    }
  }

  // ── inside ──

  #insert(story: Story, seen: Omit<OpenRow, 'story'>): void {
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
    this.#approach[slot] = seen.approach;
    this.#storedMaximum[slot] = seen.maximum;
    this.#storedMinimum[slot] = seen.minimum;
    this.#storedPrice[slot] = 0;
    this.#widen(story.symbol);
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
    this.#storedMaximum = copy(this.#storedMaximum, new Float64Array(this.#capacity));
    this.#storedMinimum = copy(this.#storedMinimum, new Float64Array(this.#capacity));
    this.#storedPrice = copy(this.#storedPrice, new Float64Array(this.#capacity));
  }

  #visit(slot: number, price: number, now: EpochMs): void {
    this.#last[slot] = price;
    if (this.#isBeyondStop(slot, price)) return this.#close(slot, price, { reason: 'stop', now });
    if (this.#isBeyondTarget(slot, price)) return this.#close(slot, this.#target[slot] ?? price, { reason: 'target', now });
    this.#excursion(slot, price);
    this.#storeExcursion(slot, price, now);
    this.#approaching(slot, price, now);
  }

  /** The last price of a quiet symbol is kept once for all its positions. */
  #touch(slot: number): void {
    const symbol = this.#stories[slot]?.symbol;
    const quiet = symbol === undefined ? undefined : this.#quiet.get(symbol);
    if (quiet !== undefined) this.#last[slot] = quiet.last;
  }

  /** A new position, or one restored: the next price looks at every position of the symbol. */
  #widen(symbol: string): void {
    const quiet = this.#quiet.get(symbol);
    if (quiet === undefined) return;
    for (const slot of this.#bySymbol.get(symbol) ?? []) this.#last[slot] = quiet.last;
    this.#quiet.delete(symbol);
  }

  /** The nearest price on each side that changes a position: a barrier, an alarm, or a new extreme. */
  #narrow(symbol: string, slots: ReadonlySet<number>, price: number): void {
    let low = 0;
    let high = Infinity;
    const consider = (level: number): void => {
      if (level < price && level > low) low = level;
      if (level > price && level < high) high = level;
      if (level === price) low = high = price;
    };
    for (const slot of slots) {
      const entry = this.#entry[slot] ?? 0;
      const risk = (this.#risk[slot] ?? 0) * (this.#side[slot] ?? 1);
      const bits = this.#approach[slot] ?? 0;
      const towardsTarget = (this.#target[slot] ?? entry) - entry;
      const towardsStop = (this.#stop[slot] ?? entry) - entry;
      consider(this.#stop[slot] ?? 0);
      consider(this.#target[slot] ?? Infinity);
      consider(entry + towardsTarget * ((bits & TARGET_BIT) === 0 ? APPROACH_AT : REARM_BELOW));
      consider(entry + towardsStop * ((bits & STOP_BIT) === 0 ? APPROACH_AT : REARM_BELOW));
      consider(entry + (this.#maximum[slot] ?? 0) * risk);
      consider(entry + (this.#minimum[slot] ?? 0) * risk);
    }
    this.#quiet.set(symbol, { low, high, last: price });
  }

  #storeExcursion(slot: number, price: number, now: EpochMs): void {
    const story = this.#stories[slot];
    if (story === null || story === undefined) return;
    const maximum = this.#maximum[slot] ?? 0;
    const minimum = this.#minimum[slot] ?? 0;
    if (maximum >= (this.#storedMaximum[slot] ?? 0) + EXCURSION_STEP_R) {
      this.#storedMaximum[slot] = maximum;
      this.#lifecycle(story, 'max_pnl_updated', { now, price, pnlR: this.#netR(slot, price) });
    }
    if (minimum <= (this.#storedMinimum[slot] ?? 0) - EXCURSION_STEP_R) {
      this.#storedMinimum[slot] = minimum;
      this.#lifecycle(story, 'min_pnl_updated', { now, price, pnlR: this.#netR(slot, price) });
    }
  }

  #sample(slot: number, now: EpochMs): void {
    const story = this.#stories[slot];
    const price = this.#last[slot] ?? 0;
    const profit = this.#grossR(slot, price);
    if (story === null || story === undefined || Math.abs(profit - (this.#storedPrice[slot] ?? 0)) < PRICE_STEP_R) return;
    this.#storedPrice[slot] = profit;
    this.#lifecycle(story, 'price_updated', { now, price, pnlR: this.#netR(slot, price) });
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
      {
        side: story.signal.side,
        entry: this.#entry[slot] ?? 0,
        stop: this.#stop[slot] ?? null,
        target: this.#target[slot] ?? null,
        riskPerUnit: this.#risk[slot] ?? 0,
      },
      price,
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
    this.#lifecycle(story, END_EVENTS[end.reason] ?? 'expired', { now: end.now, price, pnlR: position.pnlR });
    this.#lifecycle(story, 'closed', { now: end.now, price, pnlR: position.pnlR });
    this.#remove(slot);
    this.#count(position);
    this.#record(end.now, {
      kind: 'virtual-closed',
      symbol: story.symbol,
      summary: `${story.symbol}: virtual ${position.side} closed by ${end.reason}, ${position.pnlR.toFixed(2)} R`,
      data: position,
    });
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
    this.#ended.add(position.id);
    if (this.#ended.size > ENDED_REMEMBERED) for (const id of this.#ended) if (this.#ended.delete(id)) break;
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
      id: story.id,
      symbol: story.symbol,
      side: signal.side,
      openedAt: epochMs(this.#openedAt[slot] ?? 0),
      plan: signal.plan,
      confidence: signal.confidence,
      quality: signal.quality,
      verdict: story.verdict,
      last: price,
      pnlR: this.#netR(slot, price),
      maxPnlR: this.#maximum[slot] ?? 0,
      minPnlR: this.#minimum[slot] ?? 0,
      closedAt,
      closeReason: null,
    };
  }

  #lifecycle(story: Story, kind: LifecycleKind, seen: { readonly now: EpochMs; readonly price: number; readonly pnlR: number }): void {
    this.#record(seen.now, {
      kind: 'virtual-event',
      symbol: story.symbol,
      summary: `${story.symbol}: virtual ${kind.replaceAll('_', ' ')}`,
      data: { id: story.id, kind, price: seen.price, pnlR: seen.pnlR },
    });
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
