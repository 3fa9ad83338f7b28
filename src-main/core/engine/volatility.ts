// Market-wide volatility for the capital guard: the universe's ATR against its own mean, and BTC's one-minute move.
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import type { TimeframeState } from '../structure/timeframe-state.ts';

const MINUTE_MS = 60_000;
const DAY_HOURS = 24;
/** Days of the median that a calm market is measured against. */
export const CALM_DAYS = 30;

/** Hourly candles: their ATR now and so many candles ago, NaN where memory ends. */
type HourlyAtr = Pick<TimeframeState, 'atr'> & { readonly indicators: Pick<TimeframeState['indicators'], 'atrAgo'> };

/** Follows one price and gives the largest relative move within the last minute of event time. */
export class MinuteMove {
  readonly #times: number[] = [];
  readonly #prices: number[] = [];

  /** `price` > 0 at `time`; older samples than a minute are forgotten. */
  add(price: number, time: EpochMs): void {
    this.#times.push(time);
    this.#prices.push(price);
    while (this.#times.length > 0 && (this.#times[0] ?? 0) < time - MINUTE_MS) {
      this.#times.shift();
      this.#prices.shift();
    }
  }

  /** |last / first − 1| over the minute, in percent; 0 with fewer than two samples. */
  percent(): number {
    const first = this.#prices[0];
    const last = this.#prices.at(-1);
    if (first === undefined || last === undefined || this.#prices.length < 2) return 0;
    return Math.abs(last / first - 1) * 100;
  }
}

/** Median of the finite values, or NaN when there is none. */
export function medianOf(values: readonly number[]): number {
  const finite = values.filter((value) => Number.isFinite(value)).toSorted((a, b) => a - b);
  if (finite.length === 0) return Number.NaN;
  const middle = finite.length >> 1;
  return finite.length % 2 === 1 ? (finite[middle] ?? Number.NaN) : ((finite[middle - 1] ?? 0) + (finite[middle] ?? 0)) / 2;
}

/** ATR of the hourly candles over its mean of the last `days`, as far as memory reaches; NaN with less than a day. */
export function ratioToMean(hour: HourlyAtr, days: number): number {
  const past = pastAtr(hour, days);
  return past.length < DAY_HOURS ? Number.NaN : hour.atr / (past.reduce((sum, value) => sum + value, 0) / past.length);
}

/** The same over the median. ATR is measured on logarithms, so it is a share of the price. */
export function ratioToMedian(hour: HourlyAtr, days: number): number {
  const past = pastAtr(hour, days);
  return past.length < DAY_HOURS ? Number.NaN : hour.atr / medianOf(past);
}

function pastAtr(hour: HourlyAtr, days: number): readonly number[] {
  const past: number[] = [];
  for (let ago = 0; ago < days * DAY_HOURS; ago += 1) {
    const value = hour.indicators.atrAgo(ago);
    if (!Number.isFinite(value)) break;
    past.push(value);
  }
  return past;
}
