// Mark price, index and premium of a symbol as candles: their extremes of every five minutes, and of every minute of the last hours.
import type { Candle } from '../../src-shared/domain/candle.ts';
import { epochMs } from '../../src-shared/kernel/units.ts';
import { bucketOpen, INTERVALS, nextOpen } from './intervals.ts';
import { minuteCandles } from './minutes.ts';
import { ReferenceRows } from './reference-rows.ts';
import { mergeCandles, type CandleRequest } from './series.ts';
import { FIVE_MINUTES } from './source.ts';

export const REFERENCES = ['mark', 'index', 'premium'] as const;
export type Reference = (typeof REFERENCES)[number];

/** A five-minute path: price, mark and index at evenly spaced points, the last one at the end. */
export interface ReferencePath {
  readonly openTime: number;
  readonly points: Float64Array;
  readonly marks: Float64Array;
  readonly indexes: Float64Array;
}

/** A bit more than the largest page of five-minute candles, and the usual page of one-minute candles. */
const ROWS_KEPT = 1600;
const MINUTES_KEPT = 500;

export class ReferenceSeries {
  readonly #rows = new ReferenceRows(ROWS_KEPT);
  readonly #minutes = new ReferenceRows(MINUTES_KEPT);
  readonly #rowsFrom: number;
  readonly #minutesFrom: number;
  #closes: Readonly<Record<Reference, number>> | null = null;

  /** Of the history before `now` only what will be kept is worked out. */
  constructor(now: number) {
    this.#rowsFrom = now - ROWS_KEPT * FIVE_MINUTES;
    this.#minutesFrom = now - (MINUTES_KEPT * FIVE_MINUTES) / 5;
  }

  /** Takes in a finished path; nothing of it is held on to. */
  append(path: ReferencePath): void {
    if (path.openTime >= this.#minutesFrom) this.#appendMinutes(path);
    if (path.openTime >= this.#rowsFrom) {
      this.#rows.begin(path.openTime);
      for (const [index, reference] of REFERENCES.entries())
        this.#rows.write(index, { open: this.#closes?.[reference] ?? valueAt(path, reference, 0), ...extremesOf(path, reference) });
    }
    const last = path.points.length - 1;
    this.#closes = { mark: valueAt(path, 'mark', last), index: valueAt(path, 'index', last), premium: valueAt(path, 'premium', last) };
  }

  #appendMinutes(path: ReferencePath): void {
    const columns = REFERENCES.map((reference) => this.#minutesOf(path, reference, path.openTime + FIVE_MINUTES));
    for (const [minute, { openTime }] of (columns[0] ?? []).entries()) {
      this.#minutes.begin(openTime);
      for (const [index, candles] of columns.entries()) {
        const candle = candles[minute];
        if (candle !== undefined) this.#minutes.write(index, candle);
      }
    }
  }

  #minutesOf(path: ReferencePath, reference: Reference, until: number): readonly Candle[] {
    const values = path.points.map((_, index) => valueAt(path, reference, index));
    const open = this.#closes?.[reference] ?? values[0] ?? 0;
    const whole = { openTime: epochMs(path.openTime), open, high: open, low: open, close: values.at(-1) ?? open, ...NOTHING_TRADED };
    return minuteCandles(whole, values, { until, round: (value) => value });
  }

  /** Candles of any interval, oldest first, without volume; `current` is the path that time is on, seen up to `now`. */
  candles(reference: Reference, request: CandleRequest, { current, now }: { readonly current: ReferencePath | null; readonly now: number }): readonly Candle[] {
    const { interval } = request;
    const rows = (INTERVALS[interval] ?? FIVE_MINUTES) < FIVE_MINUTES ? this.#minutes : this.#rows;
    const known = rows.read(REFERENCES.indexOf(reference));
    // What is left of the oldest candle is not that candle.
    const first = known[0]?.openTime ?? 0;
    const begin = bucketOpen(interval, first) === first ? first : nextOpen(interval, bucketOpen(interval, first));
    const forming = current === null ? [] : this.#minutesOf(current, reference, now);
    const all = [...known, ...forming].filter((candle) => candle.openTime >= begin);
    return mergeCandles(all, request).map((candle) => ({ ...candle, ...NOTHING_TRADED }));
  }
}

const NOTHING_TRADED = { volume: 0, quoteVolume: 0, trades: 0, takerBuyVolume: 0 } as const;

function valueAt({ points, marks, indexes }: ReferencePath, reference: Reference, at: number): number {
  const index = indexes[at] ?? Number.NaN;
  if (reference === 'premium') return (points[at] ?? Number.NaN) / index - 1;
  return reference === 'mark' ? (marks[at] ?? Number.NaN) : index;
}

/** Without a list in between: this runs for every candle of the history. */
function extremesOf(path: ReferencePath, reference: Reference): { readonly high: number; readonly low: number; readonly close: number } {
  let high = -Infinity;
  let low = Infinity;
  let close = Number.NaN;
  for (let at = 0; at < path.points.length; at += 1) {
    close = valueAt(path, reference, at);
    if (close > high) high = close;
    if (close < low) low = close;
  }
  return { high, low, close };
}
