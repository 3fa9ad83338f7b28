// One synthetic market: its share of the common factor, its own noise, jumps and stop runs, the volume and the premium that go with them.
import type { Candle } from '../../src-shared/domain/candle.ts';
import { epochMs } from '../../src-shared/kernel/units.ts';
import { exactExp, exactGrowth, exactLog, exactSqrt } from './exact-math.ts';
import type { SyntheticListing } from './instruments.ts';
import { createGenerator, type Generator } from './random.ts';
import type { PathedCandle } from './source.ts';
import { VolatilityProcess } from './volatility.ts';

export const PATH_POINTS = 12;
/** Standard deviation of one point's move over that of the candle. */
export const POINT_SHARE = 1 / exactSqrt(PATH_POINTS);
/** Typical five-minute move of the whole market, as a fraction. */
export const FACTOR_VOLATILITY = 0.00085;
const POOL_BARS = 48;
const JUMP_CHANCE = 0.0009;
/** Perpetuals of this kind trade a little below their index, which is why funding sits near zero and not at its base rate. */
const USUAL_PREMIUM = -0.00049;

/** The market-wide move of a candle. */
export interface FactorCandle {
  readonly returns: Float64Array;
  readonly mood: number;
}

export class SyntheticSymbol {
  readonly #listing: SyntheticListing;
  readonly #random: Generator;
  readonly #own: VolatilityProcess;
  readonly #beta: number;
  readonly #usualMove: number;
  readonly #baseVolume: number;
  readonly #points = new Float64Array(PATH_POINTS);
  readonly #premiums = new Float64Array(PATH_POINTS);
  readonly #highs: number[] = [];
  readonly #lows: number[] = [];
  readonly #unit: number;
  readonly #tickUnits: number;
  #logPrice: number;
  /** Where the candle began, as a logarithm and as a price before rounding. */
  #openLog = 0;
  #openPrice = 1;
  #anchor: number;
  #runPull = 0;
  #volumeNoise = 0;
  #sentiment = 0;
  #basis = 0;
  #momentum = 0;
  #next = 0;

  constructor(listing: SyntheticListing, seed: number) {
    this.#listing = listing;
    this.#random = createGenerator(seed, listing.rank);
    const random = this.#random;
    this.#beta = listing.rank === 0 ? 1 : listing.rank === 1 ? 1.35 : 1.4 + 0.5 * random.uniform();
    const ownVolatility =
      listing.rank === 0 ? 0.0004 : listing.rank === 1 ? 0.0009 : 0.0008 + 0.0006 * random.uniform() + Math.min(0.0006, listing.rank * 0.000004);
    this.#own = new VolatilityProcess(random, ownVolatility);
    const common = this.#beta * FACTOR_VOLATILITY;
    this.#usualMove = exactSqrt(common * common + ownVolatility * ownVolatility);
    this.#logPrice = exactLog(listing.startPrice);
    this.#anchor = this.#logPrice;
    this.#unit = 10 ** listing.instrument.priceScale;
    this.#tickUnits = listing.instrument.tickUnits;
    this.#baseVolume = 9_000_000 / (1 + listing.rank * 0.45) / listing.startPrice;
  }

  /** Index of the next candle to make. */
  get next(): number {
    return this.#next;
  }

  make(factor: FactorCandle, openTime: number): PathedCandle {
    const random = this.#random;
    const { instrument } = this.#listing;
    const step = this.#own.next(this.#next, factor.mood);
    const points = this.#points;
    const premiums = this.#premiums;
    const jump = random.uniform() < JUMP_CHANCE ? random.normal() * 9 * this.#usualMove : 0;
    const jumpAt = Math.floor(random.uniform() * PATH_POINTS);
    const run = this.#stopRun(this.#usualMove * (step.volatility > this.#usualMove ? 1.3 : 0.9));
    this.#openLog = this.#logPrice;
    this.#openPrice = exactExp(this.#logPrice);
    const open = this.#price();
    let high = open;
    let low = open;
    for (let point = 0; point < PATH_POINTS; point += 1) {
      const noise = step.volatility * POINT_SHARE * random.normal();
      const pull = (step.reversion * (this.#anchor - this.#logPrice) * 4) / PATH_POINTS;
      this.#logPrice += this.#beta * (factor.returns[point] ?? 0) + step.drift / PATH_POINTS + noise + pull + run(point) + (point === jumpAt ? jump : 0);
      const price = this.#price();
      points[point] = price;
      premiums[point] = this.#premium();
      high = Math.max(high, price);
      low = Math.min(low, price);
    }
    this.#anchor += 0.02 * (this.#logPrice - this.#anchor);
    this.#remember(high, low);
    const close = points[PATH_POINTS - 1] ?? open;
    this.#followMood(exactLog(close / open));
    this.#next += 1;
    const volume = this.#volume(exactLog(high / low) / (this.#usualMove * 1.6));
    const quantity = Math.max(1, Math.round(volume.quantity * 10 ** instrument.quantityScale)) / 10 ** instrument.quantityScale;
    const push = 0.125 * (exactLog(close / open) / (this.#usualMove * 2)) + 0.06 * random.normal();
    const candle: Candle = {
      openTime: epochMs(openTime),
      open,
      high,
      low,
      close,
      volume: quantity,
      quoteVolume: quantity * ((open + close + high + low) / 4),
      trades: volume.trades,
      takerBuyVolume: quantity * Math.min(0.9, Math.max(0.1, 0.5 + push)),
    };
    return { candle, points, premiums };
  }

  /** The price on its tick. */
  #price(): number {
    const price = this.#openPrice * exactGrowth(this.#logPrice - this.#openLog);
    return (Math.round((price * this.#unit) / this.#tickUnits) * this.#tickUnits) / this.#unit;
  }

  /** The premium over the index: the usual one, the sentiment of the day, and the noise of minutes. */
  #premium(): number {
    this.#basis = 0.9 * this.#basis + 0.00024 * (this.#random.uniform() - 0.5);
    return USUAL_PREMIUM + this.#sentiment + this.#basis;
  }

  /** Who is winning pays: after rises longs crowd in and the premium grows. */
  #followMood(move: number): void {
    this.#momentum = 0.995 * this.#momentum + move;
    const target = Math.max(-0.0003, Math.min(0.0004, this.#momentum * 0.0025));
    this.#sentiment += 0.01 * (target - this.#sentiment) + 0.0000065 * this.#random.normal();
  }

  /** Volume follows the range, with a noise of its own that lasts for an hour or two. */
  #volume(relativeRange: number): { readonly quantity: number; readonly trades: number } {
    const random = this.#random;
    this.#volumeNoise = 0.93 * this.#volumeNoise + 0.15 * random.normal();
    const noise = exactExp(this.#volumeNoise + 0.36 * random.normal());
    const quantity = this.#baseVolume * (0.22 + relativeRange * exactSqrt(Math.max(0.05, relativeRange))) * noise;
    return { quantity, trades: Math.max(1, Math.round((40 + 300 * relativeRange) * noise * (0.6 + 0.8 * random.uniform()))) };
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
    if (this.#highs.length < POOL_BARS || chance > 0.12) return () => 0;
    const above = exactLog(Math.max(...this.#highs)) - this.#logPrice;
    const below = this.#logPrice - exactLog(Math.min(...this.#lows));
    const nearest = Math.min(above, below);
    if (nearest < 0 || nearest > 2 * volatility) return () => 0;
    const direction = above < below ? 1 : -1;
    const push = nearest + volatility * (0.5 + 0.8 * random.uniform());
    this.#runPull = -direction * push * (0.8 + 0.8 * random.uniform());
    const turn = 6 + Math.floor(random.uniform() * 3);
    return (point) => (point < turn ? (direction * push) / turn : (-direction * push * 0.8) / (PATH_POINTS - turn));
  }
}
