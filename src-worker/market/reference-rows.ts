// Candles without volume as growing columns, several at the same times: each opens where it closed before, so the open is not stored.
import type { Candle } from '../../src-shared/domain/candle.ts';
import { epochMs } from '../../src-shared/kernel/units.ts';

const COLUMNS = 3;
/** High, low and close. */
const PER_COLUMN = 3;
const FIELDS = 1 + COLUMNS * PER_COLUMN;
const FORGOTTEN_SHARE = 0.2;

export class ReferenceRows {
  readonly #kept: number;
  #data = new Float64Array(0);
  #count = 0;
  /** Where the oldest row opened. */
  readonly #opens = new Float64Array(COLUMNS).fill(Number.NaN);

  /** `kept`: the newest rows of which the memory is sure; a fifth more are held before the oldest are let go. */
  constructor(kept: number) {
    this.#kept = kept;
  }

  /** A new row; each column of it is then written once. */
  begin(openTime: number): void {
    const most = Math.ceil(this.#kept * (1 + FORGOTTEN_SHARE));
    if (this.#count >= most) this.#forgetOldest(this.#count - this.#kept + 1);
    if (this.#data.length === 0) this.#data = new Float64Array(most * FIELDS);
    this.#data[this.#count * FIELDS] = openTime;
    this.#count += 1;
  }

  /** The open counts for the first row alone; a path may begin beyond its extremes. */
  write(column: number, { open, high, low, close }: Pick<Candle, 'open' | 'high' | 'low' | 'close'>): void {
    if (this.#count === 1) this.#opens[column] = open;
    const at = (this.#count - 1) * FIELDS + 1 + column * PER_COLUMN;
    this.#data[at] = Math.max(open, high);
    this.#data[at + 1] = Math.min(open, low);
    this.#data[at + 2] = close;
  }

  #forgetOldest(rows: number): void {
    for (let column = 0; column < COLUMNS; column += 1) this.#opens[column] = this.#field(rows - 1, column, 2);
    this.#data.copyWithin(0, rows * FIELDS, this.#count * FIELDS);
    this.#count -= rows;
  }

  #field(row: number, column: number, field: number): number {
    return this.#data[row * FIELDS + 1 + column * PER_COLUMN + field] ?? Number.NaN;
  }

  /** One column, oldest first. */
  read(column: number): readonly Candle[] {
    let open = this.#opens[column] ?? Number.NaN;
    return Array.from({ length: this.#count }, (_, row) => {
      const close = this.#field(row, column, 2);
      const openTime = epochMs(this.#data[row * FIELDS] ?? 0);
      const candle = { openTime, open, high: this.#field(row, column, 0), low: this.#field(row, column, 1), close };
      open = close;
      return { ...candle, volume: 0, quoteVolume: 0, trades: 0, takerBuyVolume: 0 };
    });
  }
}
