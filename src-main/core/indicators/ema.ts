// Exponential moving average, one value per call.

/** Numbers one average needs. */
export const EMA_SIZE = 4;
const ALPHA = 0;
const SEEN = 1;
const SUM = 2;
const VALUE = 3;

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
    const value = previous + (input - previous) * memory[at + ALPHA]!;
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
