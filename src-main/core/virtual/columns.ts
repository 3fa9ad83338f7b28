// The numbers of virtual positions in columns, one slot a position: no object is touched when a price moves.
import type { Signal } from '../../../src-shared/domain/signal.ts';

/** Taker fee on both sides plus 0.02 % slippage each way, as a fraction of price; the labels of the training data use the same. */
export const ROUND_TRIP_COST = 0.0014;
const FIRST_CAPACITY = 1024;

/** What is remembered of a candidate besides the numbers. */
export interface Story {
  readonly id: string;
  readonly symbol: string;
  readonly verdict: string;
  readonly signal: Signal;
}

/** What a position has seen, as it is saved. Prices; extremes in R before costs; funding paid as a fraction of the entry. */
export interface Seen {
  readonly last: number;
  readonly maximum: number;
  readonly minimum: number;
  readonly approach: number;
  readonly funding?: number;
}

export class VirtualColumns {
  #capacity = FIRST_CAPACITY;
  side = new Int8Array(FIRST_CAPACITY);
  /** Bits of the alarms that have fired. */
  approach = new Uint8Array(FIRST_CAPACITY);
  entry = new Float64Array(FIRST_CAPACITY);
  stop = new Float64Array(FIRST_CAPACITY);
  target = new Float64Array(FIRST_CAPACITY);
  /** Distance entry→stop; the unit of R. */
  risk = new Float64Array(FIRST_CAPACITY);
  openedAt = new Float64Array(FIRST_CAPACITY);
  expiresAt = new Float64Array(FIRST_CAPACITY);
  last = new Float64Array(FIRST_CAPACITY);
  /** Best and worst profit in R before costs. */
  maximum = new Float64Array(FIRST_CAPACITY);
  minimum = new Float64Array(FIRST_CAPACITY);
  /** Funding paid (negative: received), as a fraction of the entry price. */
  funding = new Float64Array(FIRST_CAPACITY);
  /** Profit in R when the maximum, the minimum and the price were last stored. */
  storedMaximum = new Float64Array(FIRST_CAPACITY);
  storedMinimum = new Float64Array(FIRST_CAPACITY);
  storedPrice = new Float64Array(FIRST_CAPACITY);
  readonly stories: (Story | null)[] = [];
  readonly #free: number[] = [];

  /** Takes a slot for a position and fills it. */
  insert(story: Story, seen: Seen): number {
    const slot = this.#free.pop() ?? this.stories.length;
    if (slot >= this.#capacity) this.#grow();
    const { plan, decidedAt } = story.signal;
    this.stories[slot] = story;
    this.side[slot] = plan.side === 'long' ? 1 : -1;
    this.entry[slot] = plan.entry;
    this.stop[slot] = plan.stop;
    this.target[slot] = plan.target;
    this.risk[slot] = Math.abs(plan.entry - plan.stop);
    this.openedAt[slot] = decidedAt;
    this.expiresAt[slot] = plan.expiresAt;
    this.last[slot] = seen.last;
    this.maximum[slot] = seen.maximum;
    this.minimum[slot] = seen.minimum;
    this.approach[slot] = seen.approach;
    this.funding[slot] = seen.funding ?? 0;
    this.storedMaximum[slot] = seen.maximum;
    this.storedMinimum[slot] = seen.minimum;
    // A new position stands at its entry, one from a checkpoint at the price it was saved with.
    this.storedPrice[slot] = this.grossR(slot, seen.last);
    return slot;
  }

  /** Gives the slot back. */
  remove(slot: number): void {
    this.stories[slot] = null;
    this.#free.push(slot);
  }

  /** What is saved of a position's numbers. */
  seen(slot: number): Seen {
    return {
      last: this.last[slot] ?? 0,
      maximum: this.maximum[slot] ?? 0,
      minimum: this.minimum[slot] ?? 0,
      approach: this.approach[slot] ?? 0,
      funding: this.funding[slot] ?? 0,
    };
  }

  isBeyondStop(slot: number, price: number): boolean {
    return this.side[slot] === 1 ? price <= (this.stop[slot] ?? 0) : price >= (this.stop[slot] ?? Infinity);
  }

  isBeyondTarget(slot: number, price: number): boolean {
    return this.side[slot] === 1 ? price >= (this.target[slot] ?? Infinity) : price <= (this.target[slot] ?? 0);
  }

  /** Profit in R before costs. */
  grossR(slot: number, price: number): number {
    const risk = this.risk[slot] ?? 0;
    return risk > 0 ? ((price - (this.entry[slot] ?? 0)) * (this.side[slot] ?? 1)) / risk : 0;
  }

  /** Profit in R after fees, slippage and funding. */
  netR(slot: number, price: number): number {
    const risk = this.risk[slot] ?? 0;
    return risk > 0 ? this.grossR(slot, price) - ((ROUND_TRIP_COST + (this.funding[slot] ?? 0)) * (this.entry[slot] ?? 0)) / risk : 0;
  }

  /** Keeps the best and the worst profit. */
  excursion(slot: number, price: number): void {
    const profit = this.grossR(slot, price);
    if (profit > (this.maximum[slot] ?? 0)) this.maximum[slot] = profit;
    if (profit < (this.minimum[slot] ?? 0)) this.minimum[slot] = profit;
  }

  /** Extremes that are known from elsewhere; they only ever widen what is kept. */
  widen(slot: number, { maximum = 0, minimum = 0 }: Partial<Pick<Seen, 'maximum' | 'minimum'>>): void {
    this.maximum[slot] = Math.max(this.maximum[slot] ?? 0, maximum);
    this.minimum[slot] = Math.min(this.minimum[slot] ?? 0, minimum);
  }

  #grow(): void {
    this.#capacity *= 2;
    const copy = <A extends Float64Array | Int8Array | Uint8Array>(from: A, to: A): A => {
      to.set(from);
      return to;
    };
    const wide = (from: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> => copy(from, new Float64Array(this.#capacity));
    this.side = copy(this.side, new Int8Array(this.#capacity));
    this.approach = copy(this.approach, new Uint8Array(this.#capacity));
    this.entry = wide(this.entry);
    this.stop = wide(this.stop);
    this.target = wide(this.target);
    this.risk = wide(this.risk);
    this.openedAt = wide(this.openedAt);
    this.expiresAt = wide(this.expiresAt);
    this.last = wide(this.last);
    this.maximum = wide(this.maximum);
    this.minimum = wide(this.minimum);
    this.funding = wide(this.funding);
    this.storedMaximum = wide(this.storedMaximum);
    this.storedMinimum = wide(this.storedMinimum);
    this.storedPrice = wide(this.storedPrice);
  }
}
