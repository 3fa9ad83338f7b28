// The synthetic market: a common factor with betas, switching regimes, clustered volatility with jumps, volume tied to range, stop runs.
import type { Candle } from '../../src-shared/domain/candle.ts';
import { ticksToPrice, nearestTick } from '../../src-shared/domain/instrument.ts';
import { epochMs } from '../../src-shared/kernel/units.ts';
import { syntheticListings, type SyntheticListing } from './instruments.ts';
import { createGenerator, type Generator } from './random.ts';
import { FIVE_MINUTES, type MarketSource, type PathedCandle } from './source.ts';

export const PATH_POINTS = 12;
const HISTORY_DAYS = 21;
const DAY_MS = 86_400_000;
const BASE_VOLATILITY = 0.0011;
const FACTOR_STREAM = 100_000;
const POOL_BARS = 48;

interface Regime {
  /** Expected return of a candle in units of volatility. */
  readonly drift: number;
  readonly volatility: number;
  /** Pull back towards the anchor, per candle. */
  readonly reversion: number;
}

const REGIMES: readonly Regime[] = [
  { drift: 0.22, volatility: 1, reversion: 0 },
  { drift: -0.22, volatility: 1, reversion: 0 },
  { drift: 0, volatility: 0.75, reversion: 0.03 },
  { drift: 0, volatility: 1.9, reversion: 0.01 },
];
/** Chance that a regime ends at a candle: trends last about 8 hours, volatile spells about 3. */
const REGIME_END: readonly number[] = [0.011, 0.011, 0.013, 0.028];

/** Quiet at 04 UTC, busiest at 14 UTC, by hour. */
const SEASON: readonly number[] = [
  1, 0.92, 0.86, 0.8, 0.76, 0.78, 0.84, 0.95, 1.02, 1, 0.96, 0.95, 1.02, 1.2, 1.34, 1.32, 1.22, 1.12, 1.05, 1.02, 1, 0.98, 0.98, 1,
];

interface FactorCandle {
  readonly returns: Float64Array;
}

/** The market-wide move, made once and shared by all symbols. */
class CommonFactor {
  readonly #random: Generator;
  readonly #process: RegimeProcess;
  readonly #candles: FactorCandle[] = [];

  constructor(seed: number) {
    this.#random = createGenerator(seed, FACTOR_STREAM);
    this.#process = new RegimeProcess(this.#random, 0.7);
  }

  at(index: number): FactorCandle {
    while (this.#candles.length <= index) {
      const step = this.#process.next(this.#candles.length);
      const returns = new Float64Array(PATH_POINTS);
      for (let point = 0; point < PATH_POINTS; point += 1)
        returns[point] = step.drift / PATH_POINTS + (step.volatility / Math.sqrt(PATH_POINTS)) * this.#random.normal();
      this.#candles.push({ returns });
    }
    return this.#candles[index] as FactorCandle;
  }
}

/** Regime and volatility of one process, candle by candle. */
class RegimeProcess {
  readonly #random: Generator;
  readonly #scale: number;
  #regime: number;
  #logVolatility = 0;

  constructor(random: Generator, scale: number) {
    this.#random = random;
    this.#scale = scale;
    this.#regime = Math.floor(random.uniform() * REGIMES.length);
  }

  next(index: number): { readonly drift: number; readonly volatility: number; readonly reversion: number } {
    const random = this.#random;
    if (random.uniform() < (REGIME_END[this.#regime] ?? 0.02)) this.#regime = Math.floor(random.uniform() * REGIMES.length);
    this.#logVolatility = 0.97 * this.#logVolatility + 0.13 * random.normal();
    const regime = REGIMES[this.#regime] as Regime;
    const hour = Math.floor((index * FIVE_MINUTES) / 3_600_000) % 24;
    const volatility = BASE_VOLATILITY * this.#scale * regime.volatility * Math.exp(this.#logVolatility) * (SEASON[hour] ?? 1);
    return { drift: regime.drift * volatility, volatility, reversion: regime.reversion };
  }
}

class SymbolProcess {
  readonly #listing: SyntheticListing;
  readonly #random: Generator;
  readonly #own: RegimeProcess;
  readonly #beta: number;
  readonly #baseVolume: number;
  readonly #highs: number[] = [];
  readonly #lows: number[] = [];
  #logPrice: number;
  #anchor: number;
  #runPull = 0;
  #next = 0;

  constructor(listing: SyntheticListing, seed: number) {
    this.#listing = listing;
    this.#random = createGenerator(seed, listing.rank);
    const random = this.#random;
    this.#beta = listing.rank === 0 ? 0.9 : 0.7 + 0.8 * random.uniform();
    this.#own = new RegimeProcess(random, 0.75 + 0.6 * random.uniform() + Math.min(0.5, listing.rank / 300));
    this.#logPrice = Math.log(listing.startPrice);
    this.#anchor = this.#logPrice;
    this.#baseVolume = 9_000_000 / (1 + listing.rank * 0.45) / listing.startPrice;
  }

  /** Index of the next candle to make. */
  get next(): number {
    return this.#next;
  }

  make(factor: FactorCandle, openTime: number): PathedCandle {
    const random = this.#random;
    const { instrument } = this.#listing;
    const step = this.#own.next(this.#next);
    const points = new Float64Array(PATH_POINTS);
    const jump = random.uniform() < 0.0012 ? random.normal() * 9 * step.volatility : 0;
    const jumpAt = Math.floor(random.uniform() * PATH_POINTS);
    const run = this.#stopRun(step.volatility);
    const open = ticksToPrice(instrument, nearestTick(instrument, Math.exp(this.#logPrice)));
    let high = open;
    let low = open;
    for (let point = 0; point < PATH_POINTS; point += 1) {
      const noise = (step.volatility / Math.sqrt(PATH_POINTS)) * random.normal();
      const pull = step.reversion * (this.#anchor - this.#logPrice) * (1 / PATH_POINTS) * 4;
      this.#logPrice += this.#beta * (factor.returns[point] ?? 0) + step.drift / PATH_POINTS + noise + pull + run(point) + (point === jumpAt ? jump : 0);
      const price = ticksToPrice(instrument, nearestTick(instrument, Math.exp(this.#logPrice)));
      points[point] = price;
      high = Math.max(high, price);
      low = Math.min(low, price);
    }
    this.#anchor += 0.02 * (this.#logPrice - this.#anchor);
    this.#remember(high, low);
    const close = points[PATH_POINTS - 1] ?? open;
    const relativeRange = Math.log(high / low) / (BASE_VOLATILITY * 1.6);
    const volume =
      Math.round(this.#baseVolume * (0.25 + relativeRange * Math.sqrt(Math.max(0.05, relativeRange))) * Math.exp(0.35 * random.normal()) * 100) / 100;
    const takerShare = Math.min(0.9, Math.max(0.1, 0.5 + 0.25 * (Math.log(close / open) / (BASE_VOLATILITY * 2)) * 0.5 + 0.06 * random.normal()));
    this.#next += 1;
    const quantity = Math.max(1, Math.round(volume * 10 ** instrument.quantityScale)) / 10 ** instrument.quantityScale;
    const candle: Candle = {
      openTime: epochMs(openTime),
      open,
      high,
      low,
      close,
      volume: quantity,
      quoteVolume: quantity * ((open + close + high + low) / 4),
      trades: Math.max(1, Math.round(40 + 300 * relativeRange * random.uniform())),
      takerBuyVolume: quantity * takerShare,
    };
    return { candle, points, premiums: null };
  }

  #remember(high: number, low: number): void {
    this.#highs.push(high);
    this.#lows.push(low);
    if (this.#highs.length > POOL_BARS) {
      this.#highs.shift();
      this.#lows.shift();
    }
  }

  /** Near an obvious extreme price is sometimes pushed through it and then rejected: the push of each point of this candle. */
  #stopRun(volatility: number): (point: number) => number {
    const random = this.#random;
    const chance = random.uniform();
    const reversal = this.#runPull;
    this.#runPull = 0;
    if (reversal !== 0) return () => reversal / PATH_POINTS;
    if (this.#highs.length < POOL_BARS || chance > 0.16) return () => 0;
    const above = Math.log(Math.max(...this.#highs)) - this.#logPrice;
    const below = this.#logPrice - Math.log(Math.min(...this.#lows));
    const nearest = Math.min(above, below);
    if (nearest < 0 || nearest > 2.2 * volatility) return () => 0;
    const direction = above < below ? 1 : -1;
    const push = nearest + volatility * (0.6 + random.uniform());
    this.#runPull = -direction * push * (0.9 + 0.9 * random.uniform());
    const turn = 6 + Math.floor(random.uniform() * 3);
    return (point) => (point < turn ? (direction * push) / turn : (-direction * push * 0.8) / (PATH_POINTS - turn));
  }
}

export interface SyntheticOptions {
  readonly seed: number;
  readonly symbols: number;
  /** Simulated time at which live trading begins. The path is counted from midnight UTC, 21 days before. */
  readonly liveFrom: number;
}

/** History and live come from the same path: candle i of a symbol depends on the seed and i alone. */
export function createSyntheticMarket(options: SyntheticOptions): MarketSource {
  const { seed, symbols, liveFrom } = options;
  const origin = Math.floor(liveFrom / DAY_MS) * DAY_MS - HISTORY_DAYS * DAY_MS;
  const listings = syntheticListings(symbols);
  const factor = new CommonFactor(seed);
  const processes = new Map(listings.map((listing) => [listing.instrument.symbol, new SymbolProcess(listing, seed)]));
  return {
    identity: `synthetic-${seed}-${symbols}`,
    instruments: listings.map((listing) => listing.instrument),
    liveFrom,
    liveUntil: Infinity,
    firstOpenTime: () => origin,
    fundingAt: () => null,
    candleAt: (symbol, openTime) => {
      const process = processes.get(symbol);
      if (process === undefined) return null;
      const index = (openTime - origin) / FIVE_MINUTES;
      if (process.next !== index) return null;
      return process.make(factor.at(index), openTime);
    },
  };
}
