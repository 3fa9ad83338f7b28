// Wilder's smoothing, shared by RSI, ATR and ADX, over memory that its owner keeps together.

/** Numbers one average needs. */
export const WILDER_SIZE = 4;
const PERIOD = 0;
const SEEN = 1;
const SUM = 2;
const VALUE = 3;

/** Prepares the average at `at`: NaN until its seed. */
export function startWilder(memory: Float64Array, at: number, period: number): void {
  memory[at + PERIOD] = period;
  memory[at + SEEN] = 0;
  memory[at + SUM] = 0;
  memory[at + VALUE] = Number.NaN;
}

/** Wilder average: seeded with the mean of the first n inputs, then previous + (input − previous)/n; NaN before the seed. */
export function stepWilder(memory: Float64Array, at: number, input: number): number {
  const previous = memory[at + VALUE]!;
  if (Number.isNaN(previous)) return seed(memory, at, input);
  const value = previous + (input - previous) / memory[at + PERIOD]!;
  memory[at + VALUE] = value;
  return value;
}

function seed(memory: Float64Array, at: number, input: number): number {
  const period = memory[at + PERIOD]!;
  const seen = memory[at + SEEN]! + 1;
  const sum = memory[at + SUM]! + input;
  memory[at + SEEN] = seen;
  memory[at + SUM] = sum;
  if (seen < period) return Number.NaN;
  memory[at + VALUE] = sum / period;
  return sum / period;
}
