// Exponential moving average, one value per call.

/** Numbers one average needs. */
export const EMA_SIZE = 5;
const ALPHA = 0;
/** 1 − α: with it, only one product and one sum wait for the previous value. */
const KEEP = 1;
const SEEN = 2;
const SUM = 3;
const VALUE = 4;

/** EMA with α = 2/(n+1), seeded with the mean of the first n inputs; NaN before. Source: STRATEGY, "Indicators". */
export class Ema {
  readonly period: number;
  private readonly memory: Float64Array;
  private readonly at: number;

  /** Works in `memory` from `at`, EMA_SIZE numbers, so that a set of indicators can lie together. */
  constructor(period: number, memory: Float64Array = new Float64Array(EMA_SIZE), at = 0) {
    this.period = period;
    this.memory = memory;
    this.at = at;
    memory[at + ALPHA] = 2 / (period + 1);
    memory[at + KEEP] = 1 - 2 / (period + 1);
    memory[at + SEEN] = 0;
    memory[at + SUM] = 0;
    memory[at + VALUE] = Number.NaN;
  }

  get value(): number {
    return this.memory[this.at + VALUE]!;
  }

  update(input: number): number {
    const { memory, at } = this;
    const previous = memory[at + VALUE]!;
    if (Number.isNaN(previous)) return this.seed(input);
    const value = previous * memory[at + KEEP]! + input * memory[at + ALPHA]!;
    memory[at + VALUE] = value;
    return value;
  }

  private seed(input: number): number {
    const { memory, at, period } = this;
    const seen = memory[at + SEEN]! + 1;
    const sum = memory[at + SUM]! + input;
    memory[at + SEEN] = seen;
    memory[at + SUM] = sum;
    if (seen < period) return Number.NaN;
    memory[at + VALUE] = sum / period;
    return sum / period;
  }
}
