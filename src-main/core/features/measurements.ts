// Values measured once and written into the rows of both sides.
import { bounded } from './row-writer.ts';
import type { RowWriter } from './row-writer.ts';

const CAPACITY = 64;

/** Measurements in schema order; a value that changes its sign with the side is marked. */
export class Measurements {
  private readonly values = new Float64Array(CAPACITY);
  /** What the long and the short multiply a value with. */
  private readonly shortSigns = new Float64Array(CAPACITY);
  private count = 0;

  clear(): void {
    this.count = 0;
  }

  /** A value that reads the same from both sides. */
  even(value: number): void {
    this.values[this.count] = bounded(value);
    this.shortSigns[this.count] = 1;
    this.count += 1;
  }

  /** A value as the long sees it; the short sees its negative. */
  odd(value: number): void {
    this.values[this.count] = bounded(value);
    this.shortSigns[this.count] = -1;
    this.count += 1;
  }

  write(writer: RowWriter, isLong: boolean): void {
    const { values, shortSigns, count } = this;
    if (isLong) for (let index = 0; index < count; index += 1) writer.putBounded(values[index]!);
    else for (let index = 0; index < count; index += 1) writer.putBounded(values[index]! * shortSigns[index]!);
  }
}
