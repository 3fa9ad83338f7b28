// Values measured once and written into the rows of both sides.
import type { RowWriter } from './row-writer.ts';

const CAPACITY = 64;

/** Measurements in schema order; a value that changes its sign with the side is marked. */
export class Measurements {
  private readonly values = new Float64Array(CAPACITY);
  private readonly signed = new Uint8Array(CAPACITY);
  private count = 0;

  clear(): void {
    this.count = 0;
  }

  /** A value that reads the same from both sides. */
  even(value: number): void {
    this.values[this.count] = value;
    this.signed[this.count] = 0;
    this.count += 1;
  }

  /** A value as the long sees it; the short sees its negative. */
  odd(value: number): void {
    this.values[this.count] = value;
    this.signed[this.count] = 1;
    this.count += 1;
  }

  write(writer: RowWriter, sign: number): void {
    for (let index = 0; index < this.count; index += 1) {
      const value = this.values[index]!;
      writer.put(this.signed[index] === 1 ? sign * value : value);
    }
  }
}
