// Mark price, index and premium of a symbol as candles: their extremes every five minutes, and the path inside for about a day.
import type { Candle } from '../../src-shared/domain/candle.ts';
import { epochMs } from '../../src-shared/kernel/units.ts';
import { bucketOpen, INTERVALS, nextOpen } from './intervals.ts';
import { minuteCandles } from './minutes.ts';
import { mergeCandles, type CandleRequest } from './series.ts';
import { FIVE_MINUTES } from './source.ts';

export type Reference = 'mark' | 'index' | 'premium';

/** A five-minute path: price, mark and index at evenly spaced points, the last one at the end. */
export interface ReferencePath {
  readonly openTime: number;
  readonly points: Float64Array;
  readonly marks: Float64Array;
  readonly indexes: Float64Array;
}

type Values = Readonly<Record<Reference, number>>;

interface KeptPath extends ReferencePath {
  readonly opens: Values;
}

const REFERENCES = ['mark', 'index', 'premium'] as const;
/** Open time, and open, high, low and close of each reference. */
const FIELDS = 1 + 4 * REFERENCES.length;
/** A bit more than the largest page of five-minute candles. */
const ROWS_KEPT = 1600;
const FORGOTTEN_AT_ONCE = 400;

export class ReferenceSeries {
  readonly #pathsKept: number;
  readonly #paths: KeptPath[] = [];
  #rows = new Float64Array(FIELDS * 256);
  #count = 0;
  #closes: Values | null = null;

  /** `pathsKept`: candles whose inner path stays known. */
  constructor(pathsKept: number) {
    this.#pathsKept = pathsKept;
  }

  /** Takes in a finished path; the arrays are copied. */
  append(path: ReferencePath, keepsPath: boolean): void {
    const opens = this.#closes ?? valuesAt(path, 0);
    if (this.#count >= ROWS_KEPT) this.#forgetOldest();
    if ((this.#count + 1) * FIELDS > this.#rows.length) {
      const grown = new Float64Array(this.#rows.length * 2);
      grown.set(this.#rows);
      this.#rows = grown;
    }
    const at = this.#count * FIELDS;
    this.#rows[at] = path.openTime;
    for (const [column, reference] of REFERENCES.entries()) {
      const row = this.#rows.subarray(at + 1 + 4 * column);
      row[0] = opens[reference];
      writeExtremes(row, path, reference);
    }
    this.#count += 1;
    this.#closes = valuesAt(path, path.points.length - 1);
    if (!keepsPath) return;
    this.#paths.push({ openTime: path.openTime, points: path.points.slice(), marks: path.marks.slice(), indexes: path.indexes.slice(), opens });
    if (this.#paths.length > this.#pathsKept) this.#paths.shift();
  }

  #forgetOldest(): void {
    this.#rows.copyWithin(0, FORGOTTEN_AT_ONCE * FIELDS, this.#count * FIELDS);
    this.#count -= FORGOTTEN_AT_ONCE;
  }

  /** Candles of any interval, oldest first, without volume; `current` is the path that time is on, seen up to `now`. */
  candles(reference: Reference, request: CandleRequest, { current, now }: { readonly current: ReferencePath | null; readonly now: number }): readonly Candle[] {
    const isShort = (INTERVALS[request.interval] ?? FIVE_MINUTES) < FIVE_MINUTES;
    const known = isShort ? this.#minutes(reference) : this.#fiveMinutes(reference, request.interval);
    const forming = current === null ? [] : minutesOf({ ...current, opens: this.#closes ?? valuesAt(current, 0) }, reference, now);
    return mergeCandles([...known, ...forming], request);
  }

  /** From the first whole candle of the interval on. */
  #fiveMinutes(reference: Reference, interval: string): readonly Candle[] {
    const first = this.#rows[0] ?? 0;
    const begin = this.#count === 0 || bucketOpen(interval, first) === first ? first : nextOpen(interval, bucketOpen(interval, first));
    const column = 1 + 4 * REFERENCES.indexOf(reference);
    const field = (index: number, offset: number): number => this.#rows[index * FIELDS + offset] ?? Number.NaN;
    return Array.from({ length: this.#count }, (_, index) => ({
      openTime: epochMs(field(index, 0)),
      open: field(index, column),
      high: field(index, column + 1),
      low: field(index, column + 2),
      close: field(index, column + 3),
      ...NOTHING_TRADED,
    })).filter((candle) => candle.openTime >= begin);
  }

  #minutes(reference: Reference): readonly Candle[] {
    return this.#paths.flatMap((path) => minutesOf(path, reference, path.openTime + FIVE_MINUTES));
  }
}

const NOTHING_TRADED = { volume: 0, quoteVolume: 0, trades: 0, takerBuyVolume: 0 } as const;

/** High, low and close behind the open that stands in `row`: done for every candle of history, so it makes no lists. */
function writeExtremes(row: Float64Array, path: ReferencePath, reference: Reference): void {
  const { points, marks, indexes } = path;
  const open = row[0] ?? 0;
  let high = open;
  let low = open;
  let close = open;
  for (let index = 0; index < points.length; index += 1) {
    const indexPrice = indexes[index] ?? Number.NaN;
    close = reference === 'mark' ? (marks[index] ?? Number.NaN) : reference === 'index' ? indexPrice : (points[index] ?? Number.NaN) / indexPrice - 1;
    if (close > high) high = close;
    if (close < low) low = close;
  }
  row[1] = high;
  row[2] = low;
  row[3] = close;
}

function valuesOf({ points, marks, indexes }: ReferencePath, reference: Reference): Float64Array {
  if (reference === 'premium') return points.map((price, index) => price / (indexes[index] ?? price) - 1);
  return reference === 'mark' ? marks : indexes;
}

function valuesAt({ points, marks, indexes }: ReferencePath, index: number): Values {
  const price = points[index] ?? 0;
  const indexPrice = indexes[index] ?? price;
  return { mark: marks[index] ?? price, index: indexPrice, premium: price / indexPrice - 1 };
}

function minutesOf(path: KeptPath, reference: Reference, until: number): readonly Candle[] {
  const values = valuesOf(path, reference);
  const open = path.opens[reference];
  const whole = { openTime: epochMs(path.openTime), open, high: open, low: open, close: values.at(-1) ?? open, ...NOTHING_TRADED };
  return minuteCandles(whole, values, { until, round: (value) => value });
}
