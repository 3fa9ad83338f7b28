// The synthetic market: one common factor and a process per symbol, all from a seed, history and live from the same path.
import { syntheticListings } from './instruments.ts';
import { createGenerator, type Generator } from './random.ts';
import { FIVE_MINUTES, type MarketSource } from './source.ts';
import { FACTOR_VOLATILITY, PATH_POINTS, POINT_SHARE, SyntheticSymbol, type FactorCandle } from './synthetic-symbol.ts';
import { VolatilityProcess } from './volatility.ts';

const HISTORY_DAYS = 21;
const DAY_MS = 86_400_000;
const FACTOR_STREAM = 100_000;
const FACTOR_JUMP_CHANCE = 0.0006;

/** The market-wide move, made once and shared by all symbols. */
class CommonFactor {
  readonly #random: Generator;
  readonly #process: VolatilityProcess;
  readonly #candles: FactorCandle[] = [];

  constructor(seed: number) {
    this.#random = createGenerator(seed, FACTOR_STREAM);
    this.#process = new VolatilityProcess(this.#random, FACTOR_VOLATILITY);
  }

  at(index: number): FactorCandle {
    while (this.#candles.length <= index) {
      const random = this.#random;
      const step = this.#process.next(this.#candles.length, 0);
      const returns = new Float64Array(PATH_POINTS);
      const jump = random.uniform() < FACTOR_JUMP_CHANCE ? random.normal() * 11 * FACTOR_VOLATILITY : 0;
      const jumpAt = Math.floor(random.uniform() * PATH_POINTS);
      for (let point = 0; point < PATH_POINTS; point += 1)
        returns[point] = step.drift / PATH_POINTS + step.volatility * POINT_SHARE * random.normal() + (point === jumpAt ? jump : 0);
      this.#candles.push({ returns, mood: step.mood });
    }
    return this.#candles[index] as FactorCandle;
  }
}

/** Most contracts settle every eight hours; some smaller ones every four, a few every hour, as at the exchange. */
function hoursOf(rank: number): number {
  if (rank > 0 && rank % 37 === 20) return 1;
  return rank > 0 && rank % 11 === 7 ? 4 : 8;
}

export interface SyntheticOptions {
  readonly seed: number;
  readonly symbols: number;
  /** Simulated time at which live trading begins. The path is counted from midnight UTC, 21 days before. */
  readonly liveFrom: number;
}

/** History and live come from the same path: candle i of a symbol depends on the seed and i alone, to the last bit on every machine. */
export function createSyntheticMarket(options: SyntheticOptions): MarketSource {
  const { seed, symbols, liveFrom } = options;
  const origin = Math.floor(liveFrom / DAY_MS) * DAY_MS - HISTORY_DAYS * DAY_MS;
  const listings = syntheticListings(symbols);
  const factor = new CommonFactor(seed);
  const processes = new Map(listings.map((listing) => [listing.instrument.symbol, new SyntheticSymbol(listing, seed)]));
  return {
    identity: `synthetic-${seed}-${symbols}`,
    instruments: listings.map((listing) => listing.instrument),
    liveFrom,
    liveUntil: Infinity,
    firstOpenTime: () => origin,
    fundingAt: () => null,
    fundingHours: (symbol) => hoursOf(listings.findIndex((listing) => listing.instrument.symbol === symbol)),
    candleAt: (symbol, openTime) => {
      const process = processes.get(symbol);
      if (process === undefined) return null;
      const index = (openTime - origin) / FIVE_MINUTES;
      if (process.next !== index) return null;
      return process.make(factor.at(index), openTime);
    },
  };
}
