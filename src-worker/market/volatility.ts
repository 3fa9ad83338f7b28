// How wild a market is from candle to candle: regimes that switch, volatility that comes in clusters of hours and of days, the hour of day.
import { exactExp, exactSqrt } from './exact-math.ts';
import type { Generator } from './random.ts';
import { FIVE_MINUTES } from './source.ts';

interface Regime {
  /** Expected return of a candle in units of volatility. */
  readonly drift: number;
  readonly volatility: number;
  /** Pull back towards the anchor, per candle. */
  readonly reversion: number;
}

const REGIMES: readonly Regime[] = [
  { drift: 0.16, volatility: 1, reversion: 0 },
  { drift: -0.16, volatility: 1, reversion: 0 },
  { drift: 0, volatility: 0.8, reversion: 0.02 },
  { drift: 0, volatility: 1.6, reversion: 0.006 },
];
/** Chance that a regime ends at a candle: trends last about 8 hours, volatile spells about 3. */
const REGIME_END: readonly number[] = [0.011, 0.011, 0.013, 0.028];

/** Quiet at 04 UTC, busiest at 14 UTC, by hour. */
const SEASON: readonly number[] = [
  1, 0.92, 0.86, 0.8, 0.77, 0.79, 0.84, 0.93, 0.98, 0.97, 0.95, 0.95, 1.02, 1.19, 1.32, 1.3, 1.2, 1.11, 1.05, 1.02, 1, 0.98, 0.98, 1,
];

/** Clusters of hours (memory of a candle 0.965) and of days (0.9988), as spreads of the logarithm of volatility. */
const HOURS = { memory: 0.965, spread: 0.45 };
const DAYS = { memory: 0.9988, spread: 0.34 };

const HOURS_STEP = HOURS.spread * exactSqrt(1 - HOURS.memory * HOURS.memory);
const DAYS_STEP = DAYS.spread * exactSqrt(1 - DAYS.memory * DAYS.memory);

export interface VolatilityStep {
  /** Expected return of the candle, as a fraction. */
  readonly drift: number;
  /** Standard deviation of the candle's return, as a fraction. */
  readonly volatility: number;
  readonly reversion: number;
  /** Volatility over its base, without regime and season: what others can share. */
  readonly mood: number;
}

/** One process with a base volatility; `next` is called once per candle. */
export class VolatilityProcess {
  readonly #random: Generator;
  readonly #base: number;
  #regime: number;
  #hours = 0;
  #days: number;

  constructor(random: Generator, base: number) {
    this.#random = random;
    this.#base = base;
    this.#regime = Math.floor(random.uniform() * REGIMES.length);
    this.#days = DAYS.spread * random.normal();
  }

  /** `shared` is the mood of the whole market, of which this one takes half. */
  next(index: number, shared: number): VolatilityStep {
    const random = this.#random;
    if (random.uniform() < (REGIME_END[this.#regime] ?? 0.02)) this.#regime = Math.floor(random.uniform() * REGIMES.length);
    this.#hours = HOURS.memory * this.#hours + HOURS_STEP * random.normal();
    this.#days = DAYS.memory * this.#days + DAYS_STEP * random.normal();
    const regime = REGIMES[this.#regime] as Regime;
    const hour = Math.floor((index * FIVE_MINUTES) / 3_600_000) % 24;
    const mood = this.#hours + this.#days;
    const volatility = this.#base * regime.volatility * exactExp(shared === 0 ? mood : 0.6 * mood + 0.7 * shared) * (SEASON[hour] ?? 1);
    return { drift: regime.drift * volatility, volatility, reversion: regime.reversion, mood };
  }
}
