// Writes one feature row in schema order; the place where NaN stops.
import { invariant } from '../../../src-shared/kernel/result.ts';
import { clamp } from './scale.ts';

/** x/(1+|x|): bounded by ±1, linear near 0. */
export function soft(value: number): number {
  return value / (1 + Math.abs(value));
}

/** What may stand in a row: a value in [−2, 2]; an unknown one becomes 0. */
export function bounded(value: number): number {
  return Number.isNaN(value) ? 0 : clamp(value, -2, 2);
}

/** A cursor over a shared matrix. Reused for every row, so that building one allocates nothing. */
export class RowWriter {
  private out: Float32Array = new Float32Array(0);
  private start = 0;
  private position = 0;

  begin(out: Float32Array, offset: number): void {
    this.out = out;
    this.start = offset;
    this.position = offset;
  }

  /** A value in [−2, 2]; an unknown one becomes 0. */
  put(value: number): void {
    this.putBounded(bounded(value));
  }

  /** A value that was bounded before. Adding 0 turns −0 into 0. */
  putBounded(value: number): void {
    this.out[this.position] = value + 0;
    this.position += 1;
  }

  /** A value followed by its missing indicator. */
  putOptional(value: number): void {
    this.put(value);
    this.put(Number.isNaN(value) ? 1 : 0);
  }

  end(width: number): void {
    const written = this.position - this.start;
    if (written !== width) invariant(false, `a feature row has ${written} values, the schema ${width}`);
  }
}
