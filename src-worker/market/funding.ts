// Premium, mark price and funding: the mark follows the index and a slow average of the premium, the rate follows the premium.
import type { PathedCandle } from './source.ts';

export const HOUR_MS = 3_600_000;
/** The usual interval; rates are defined for it and shared out over shorter ones. */
export const USUAL_HOURS = 8;
const FUNDING_CAP = 0.0075;
const INTEREST = 0.0001;
const CLAMP = 0.0005;
/** Weight of the newest point in the premium average of the mark price. */
const MARK_WEIGHT = 0.1;
/** Weight of the newest point in the average price that stands in for an index where the source has none. */
const INDEX_WEIGHT = 0.5;

/**
 * Binance's formula: average premium plus the interest rate, the difference held within ±0.05 %, divided by the number of settlements in
 * eight hours. Source: introduction to funding rates.
 */
export function fundingFromPremium(premium: number, hours = USUAL_HOURS): number {
  const rate = (premium + Math.max(-CLAMP, Math.min(CLAMP, INTEREST - premium))) / (USUAL_HOURS / hours);
  return Math.max(-FUNDING_CAP, Math.min(FUNDING_CAP, rate));
}

export interface FundingRecord {
  readonly time: number;
  readonly rate: number;
  readonly mark: number;
}

/** Index and mark price at each point of a candle's path. */
export interface MarkPath {
  readonly indexes: Float64Array;
  readonly marks: Float64Array;
}

/** What carries over from candle to candle of one symbol. */
export class MarkProcess {
  readonly #hours: number;
  #path: MarkPath = { indexes: new Float64Array(0), marks: new Float64Array(0) };
  #average = 0;
  #index = 0;
  #sum = 0;
  #count = 0;

  /** `hours` between settlements. */
  constructor(hours = USUAL_HOURS) {
    this.#hours = hours;
  }

  /** Premium averaged since the last settlement. */
  get averagePremium(): number {
    return this.#count === 0 ? this.#average : this.#sum / this.#count;
  }

  /** Follows one whole candle; the path is good until the next call. Deterministic: depends on the candles given so far and nothing else. */
  follow(pathed: PathedCandle): MarkPath {
    const { points, premiums } = pathed;
    if (this.#path.marks.length !== points.length) this.#path = { indexes: new Float64Array(points.length), marks: new Float64Array(points.length) };
    const { indexes, marks } = this.#path;
    if (this.#index === 0) this.#index = pathed.candle.open;
    for (let index = 0; index < points.length; index += 1) {
      const price = points[index] ?? pathed.candle.close;
      this.#index = premiums === null ? this.#index + INDEX_WEIGHT * (price - this.#index) : price / (1 + (premiums[index] ?? 0));
      const premium = price / this.#index - 1;
      this.#average += MARK_WEIGHT * (premium - this.#average);
      this.#sum += premium;
      this.#count += 1;
      indexes[index] = this.#index;
      marks[index] = this.#index * (1 + this.#average);
    }
    return this.#path;
  }

  /** Ends a funding period and gives its rate. */
  settle(recorded: number | null): number {
    const rate = recorded ?? fundingFromPremium(this.averagePremium, this.#hours);
    this.#sum = 0;
    this.#count = 0;
    return rate;
  }

  /** The rate as it stands. */
  rate(): number {
    return fundingFromPremium(this.averagePremium, this.#hours);
  }
}
