// Sums over a window of twenty numbers, taken anew each time: running sums drift over a long history.

export const WINDOW_BARS = 20;

/** Sum of twenty numbers. Four running sums, because one would wait for itself at every addition. */
export function sumOfWindow(memory: Float64Array, first: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let index = first; index < first + WINDOW_BARS; index += 4) {
    a += memory[index]!;
    b += memory[index + 1]!;
    c += memory[index + 2]!;
    d += memory[index + 3]!;
  }
  return a + b + (c + d);
}

/** Sum of squared distances from `mean`. */
export function squaresOfWindow(memory: Float64Array, first: number, mean: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let index = first; index < first + WINDOW_BARS; index += 4) {
    a += (memory[index]! - mean) ** 2;
    b += (memory[index + 1]! - mean) ** 2;
    c += (memory[index + 2]! - mean) ** 2;
    d += (memory[index + 3]! - mean) ** 2;
  }
  return a + b + (c + d);
}
