// Per symbol, the prices between which no position changes anything but its last price: most ticks end here.
import { APPROACH_AT, REARM_BELOW } from '../execution/lifecycle.ts';
import type { VirtualColumns } from './columns.ts';

export const TARGET_BIT = 1;
export const STOP_BIT = 2;

interface Quiet {
  low: number;
  high: number;
  last: number;
}

const NO_SLOTS: ReadonlySet<number> = new Set();

export class TriggerIndex {
  readonly #columns: VirtualColumns;
  readonly #bySymbol = new Map<string, Set<number>>();
  readonly #quiet = new Map<string, Quiet>();

  constructor(columns: VirtualColumns) {
    this.#columns = columns;
  }

  slots(symbol: string): ReadonlySet<number> {
    return this.#bySymbol.get(symbol) ?? NO_SLOTS;
  }

  add(symbol: string, slot: number): void {
    const slots = this.#bySymbol.get(symbol) ?? new Set();
    slots.add(slot);
    this.#bySymbol.set(symbol, slots);
  }

  remove(symbol: string, slot: number): void {
    this.#bySymbol.get(symbol)?.delete(slot);
  }

  /** True when the price changes nothing but the last price, which is then kept once for all positions of the symbol. */
  isQuiet(symbol: string, price: number): boolean {
    const quiet = this.#quiet.get(symbol);
    if (quiet === undefined || !(price > quiet.low && price < quiet.high)) return false;
    quiet.last = price;
    return true;
  }

  /** Brings the last price of one position up to date. */
  touch(slot: number): void {
    const symbol = this.#columns.stories[slot]?.symbol;
    const quiet = symbol === undefined ? undefined : this.#quiet.get(symbol);
    if (quiet !== undefined) this.#columns.last[slot] = quiet.last;
  }

  /** A new position, or one restored: the next price looks at every position of the symbol. */
  widen(symbol: string): void {
    const quiet = this.#quiet.get(symbol);
    if (quiet === undefined) return;
    for (const slot of this.slots(symbol)) this.#columns.last[slot] = quiet.last;
    this.#quiet.delete(symbol);
  }

  /** The nearest price on each side that changes a position: a barrier, an alarm, or a new extreme. */
  narrow(symbol: string, price: number): void {
    const { entry: entries, risk: risks, side, approach, target, stop, maximum, minimum } = this.#columns;
    let low = 0;
    let high = Infinity;
    const consider = (level: number): void => {
      if (level < price && level > low) low = level;
      if (level > price && level < high) high = level;
      if (level === price) low = high = price;
    };
    for (const slot of this.slots(symbol)) {
      const entry = entries[slot] ?? 0;
      const risk = (risks[slot] ?? 0) * (side[slot] ?? 1);
      const bits = approach[slot] ?? 0;
      const towardsTarget = (target[slot] ?? entry) - entry;
      const towardsStop = (stop[slot] ?? entry) - entry;
      consider(stop[slot] ?? 0);
      consider(target[slot] ?? Infinity);
      consider(entry + towardsTarget * ((bits & TARGET_BIT) === 0 ? APPROACH_AT : REARM_BELOW));
      consider(entry + towardsStop * ((bits & STOP_BIT) === 0 ? APPROACH_AT : REARM_BELOW));
      consider(entry + (maximum[slot] ?? 0) * risk);
      consider(entry + (minimum[slot] ?? 0) * risk);
    }
    this.#quiet.set(symbol, { low, high, last: price });
  }
}
