// Average true range after Wilder, one value per call.
import { WILDER_SIZE, startWilder, stepWilder } from './wilder.ts';

/** Numbers one average true range needs. */
export const ATR_SIZE = 2 + WILDER_SIZE;
const PREVIOUS_CLOSE = 0;
const VALUE = 1;
const AVERAGE = 2;

/** ATR seeded with the mean of the true ranges of bars 1..n (bar 0 has no previous close). NaN during warm-up. */
export class Atr {
  private readonly memory: Float64Array;
  private readonly at: number;

  /** Works in `memory` from `at`, ATR_SIZE numbers. */
  constructor(period: number, memory: Float64Array = new Float64Array(ATR_SIZE), at = 0) {
    this.memory = memory;
    this.at = at;
    memory[at + PREVIOUS_CLOSE] = Number.NaN;
    memory[at + VALUE] = Number.NaN;
    startWilder(memory, at + AVERAGE, period);
  }

  get value(): number {
    return this.memory[this.at + VALUE]!;
  }

  update(high: number, low: number, close: number): number {
    const { memory, at } = this;
    const previous = memory[at + PREVIOUS_CLOSE]!;
    memory[at + PREVIOUS_CLOSE] = close;
    if (Number.isNaN(previous)) return Number.NaN;
    const top = high > previous ? high : previous;
    const bottom = low < previous ? low : previous;
    const value = stepWilder(memory, at + AVERAGE, top - bottom);
    memory[at + VALUE] = value;
    return value;
  }
}
