// Follows equity through a run: hourly and daily closes, the peak, and the deepest fall from it at any point looked at.
import type { Money } from '../../../src-shared/kernel/units.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

export interface EquityCurve {
  /** End of each hour with at least one value, and the equity then, units of 1e-8 USDT. */
  readonly hours: readonly number[];
  readonly hourly: readonly Money[];
  /** Equity at the end of each UTC day, first the opening balance. */
  readonly daily: readonly Money[];
  readonly days: readonly number[];
  readonly peak: Money;
  readonly deepestFall: Money;
  /** Deepest fall as a share of the peak before it. */
  readonly maxDrawdown: number;
}

export class EquityRecorder {
  readonly #hours: number[] = [];
  readonly #hourly: Money[] = [];
  readonly #days: number[] = [];
  readonly #daily: Money[] = [];
  #peak: Money;
  #deepestFall = 0;
  #maxDrawdown = 0;

  constructor(opening: Money, time: number) {
    this.#peak = opening;
    this.#days.push(Math.floor(time / DAY_MS) * DAY_MS);
    this.#daily.push(opening);
  }

  add(equity: Money, time: number): void {
    if (equity > this.#peak) this.#peak = equity;
    const fall = this.#peak - equity;
    if (fall > this.#deepestFall) this.#deepestFall = fall;
    if (fall > 0) this.#maxDrawdown = Math.max(this.#maxDrawdown, fall / this.#peak);
    put(this.#hours, this.#hourly, (Math.floor(time / HOUR_MS) + 1) * HOUR_MS, equity);
    put(this.#days, this.#daily, (Math.floor(time / DAY_MS) + 1) * DAY_MS, equity);
  }

  curve(): EquityCurve {
    return {
      hours: this.#hours,
      hourly: this.#hourly,
      days: this.#days,
      daily: this.#daily,
      peak: this.#peak,
      deepestFall: this.#deepestFall as Money,
      maxDrawdown: this.#maxDrawdown,
    };
  }
}

/** Keeps the newest value of each period. */
function put(ends: number[], values: Money[], end: number, value: Money): void {
  if (ends.at(-1) === end) values[values.length - 1] = value;
  else {
    ends.push(end);
    values.push(value);
  }
}
