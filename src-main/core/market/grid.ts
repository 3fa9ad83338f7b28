// Times on a grid, without the remainder of two large doubles, which costs more than the rest of an append.

/** What is left of `time` after whole steps; both are non-negative whole milliseconds. */
export function timeWithin(time: number, step: number): number {
  return time - Math.floor(time / step) * step;
}

/** True when `time` is a multiple of `step`. */
export function isOnGrid(time: number, step: number): boolean {
  const steps = time / step;
  return steps === Math.floor(steps);
}
