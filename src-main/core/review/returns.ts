// Risk-adjusted return of a series of period returns, and how much of it may be luck.
import { normalCumulative, normalQuantile } from './normal.ts';

/** Days a year: the market never closes. */
export const DAYS_PER_YEAR = 365;
const EULER_MASCHERONI = 0.577_215_664_901_532_9;

export interface Moments {
  readonly count: number;
  readonly mean: number;
  /** Sample standard deviation, n − 1. */
  readonly deviation: number;
  /** Third and fourth standardised moments (population); 0 and 3 for a normal distribution. */
  readonly skewness: number;
  readonly kurtosis: number;
}

export function momentsOf(values: readonly number[]): Moments {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const central = (power: number): number => values.reduce((sum, value) => sum + (value - mean) ** power, 0) / count;
  const variance = central(2);
  const deviation = count < 2 ? Number.NaN : Math.sqrt((variance * count) / (count - 1));
  return { count, mean, deviation, skewness: central(3) / variance ** 1.5, kurtosis: central(4) / variance ** 2 };
}

/** Simple returns between consecutive equities. */
export function returnsOf(equity: readonly number[]): readonly number[] {
  return equity.slice(1).map((value, index) => value / equity[index]! - 1);
}

/** Mean over standard deviation per period, times √periods a year. NaN below two returns or without variation. Source: Sharpe (1994). */
export function sharpeRatio(returns: readonly number[], periodsPerYear = DAYS_PER_YEAR): number {
  const { mean, deviation, count } = momentsOf(returns);
  return count < 2 || deviation === 0 ? Number.NaN : (mean / deviation) * Math.sqrt(periodsPerYear);
}

/** Mean over downside deviation around 0, annualised. NaN without a loss. Source: Sortino and Price (1994). */
export function sortinoRatio(returns: readonly number[], periodsPerYear = DAYS_PER_YEAR): number {
  const downside = Math.sqrt(returns.reduce((sum, value) => sum + Math.min(0, value) ** 2, 0) / returns.length);
  const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
  return returns.length < 2 || downside === 0 ? Number.NaN : (mean / downside) * Math.sqrt(periodsPerYear);
}

/**
 * Probability that the true Sharpe ratio exceeds `benchmark`, both per period, from the moments of the returns. Source: Bailey and López
 * de Prado, "The Sharpe ratio efficient frontier", J. of Risk 15 (2012), eq. for PSR.
 */
export function probabilisticSharpe({ count, mean, deviation, skewness, kurtosis }: Moments, benchmark: number): number {
  if (count < 3 || !(deviation > 0)) return Number.NaN;
  const ratio = mean / deviation;
  const spread = 1 - skewness * ratio + ((kurtosis - 1) / 4) * ratio * ratio;
  return spread <= 0 ? Number.NaN : normalCumulative(((ratio - benchmark) * Math.sqrt(count - 1)) / Math.sqrt(spread));
}

/**
 * The best Sharpe ratio (per period) expected of `trials` worthless strategies whose ratios vary with `variance`. 0 for one trial.
 * Source: Bailey and López de Prado, "The deflated Sharpe ratio", J. of Portfolio Management 40 (2014), eq. 1.
 */
export function expectedBestOfLuck(trials: number, variance: number): number {
  if (trials <= 1) return 0;
  return Math.sqrt(variance) * ((1 - EULER_MASCHERONI) * normalQuantile(1 - 1 / trials) + EULER_MASCHERONI * normalQuantile(1 - 1 / (trials * Math.E)));
}

/** Probability that the chosen strategy's Sharpe ratio is real after `trials` were tried. Same source, eq. 2. */
export function deflatedSharpe(returns: readonly number[], trials: readonly number[]): number {
  const { deviation } = momentsOf(trials);
  return probabilisticSharpe(momentsOf(returns), expectedBestOfLuck(trials.length, trials.length < 2 ? 0 : deviation ** 2));
}

/** Ratio per period, the unit of the two functions above. */
export function sharpePerPeriod(returns: readonly number[]): number {
  return sharpeRatio(returns, 1);
}

export interface Drawdown {
  /** Deepest fall as a share of the peak before it. */
  readonly share: number;
  readonly amount: number;
  /** Positions in the series: where the peak was, where the deepest point, and where the peak was reached again (null if never). */
  readonly peakIndex: number;
  readonly troughIndex: number;
  readonly recoveredIndex: number | null;
}

export function maxDrawdown(equity: readonly number[]): Drawdown {
  let deepest: Drawdown = { share: 0, amount: 0, peakIndex: 0, troughIndex: 0, recoveredIndex: null };
  let peakIndex = 0;
  for (let index = 1; index < equity.length; index += 1) {
    const peak = equity[peakIndex]!;
    const value = equity[index]!;
    if (value >= peak) peakIndex = index;
    else if ((peak - value) / peak > deepest.share)
      deepest = { share: (peak - value) / peak, amount: peak - value, peakIndex, troughIndex: index, recoveredIndex: null };
  }
  const recovered = equity.findIndex((value, index) => index > deepest.troughIndex && value >= equity[deepest.peakIndex]!);
  return deepest.share === 0 ? deepest : { ...deepest, recoveredIndex: recovered < 0 ? null : recovered };
}
