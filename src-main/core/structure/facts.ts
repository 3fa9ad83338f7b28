// The few numbers of a timeframe that every decision and feature reads, side by side in memory.

/** +1 bullish, −1 bearish, 0 none yet. */
export const INTERNAL_TREND = 0;
export const SWING_TREND = 1;
/** Bar of the last internal break (−1 before the first) and its displacement in ATR, negative when it went down (0 while unknown). */
export const BREAK_BAR = 2;
export const BREAK_PUSH = 3;
/** Logarithms of the last confirmed swings; NaN while there is none. */
export const INTERNAL_HIGH = 4;
export const INTERNAL_LOW = 5;
export const SWING_HIGH = 6;
export const SWING_LOW = 7;
/** Bars of the last sweeps of the pools above highs and below lows; −1 before the first. */
export const BUY_SWEEP_BAR = 8;
export const SELL_SWEEP_BAR = 9;
/** The untouched pools next to price and the bars they were last touched at; NaN while there is none. */
export const BUY_POOL = 10;
export const BUY_POOL_BAR = 11;
export const SELL_POOL = 12;
export const SELL_POOL_BAR = 13;
/** Newest close and its logarithm. */
export const CLOSE = 14;
export const LOG_CLOSE = 15;

const FACT_COUNT = 16;

/** One-bar log returns of the newest bars, in a ring after the facts: bar b at RETURNS + (b mod RETURN_BARS); NaN before there are any. */
export const RETURNS = FACT_COUNT;
export const RETURN_BARS = 64;

export const FACTS_SIZE = RETURNS + RETURN_BARS;

/** Facts of a timeframe that has seen nothing. */
export function clearFacts(facts: Float64Array): void {
  facts.fill(Number.NaN);
  facts[INTERNAL_TREND] = 0;
  facts[SWING_TREND] = 0;
  facts[BREAK_BAR] = -1;
  facts[BREAK_PUSH] = 0;
  facts[BUY_SWEEP_BAR] = -1;
  facts[SELL_SWEEP_BAR] = -1;
}
