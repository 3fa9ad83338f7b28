// Everything a session or a backtest is judged by, from its trades and its daily equity.
import { BREAKDOWN_KEYS, breakDown, histogramOfR, type BreakdownKey, type BreakdownRow, type HistogramBin } from './breakdown.ts';
import type { Interval } from './intervals.ts';
import {
  deflatedSharpe,
  maxDrawdown,
  momentsOf,
  probabilisticSharpe,
  returnsOf,
  sharpePerPeriod,
  sharpeRatio,
  sortinoRatio,
  type Drawdown,
} from './returns.ts';
import { describeTrades, type ReviewedTrade, type TradeStatistics } from './trade-statistics.ts';

export interface SummaryInput {
  readonly trades: readonly ReviewedTrade[];
  /** Equity at the end of each day, the opening balance first, USDT. */
  readonly dailyEquity: readonly number[];
  /** Deepest fall seen inside days as well, as a share; NaN when only daily values are known. */
  readonly maxDrawdown: number;
  /** Daily Sharpe ratios of everything that was tried before this was chosen, itself included. */
  readonly trials?: readonly number[];
}

export interface Performance {
  readonly days: number;
  readonly totalReturn: number;
  /** (1 + total)^(365 / days) − 1; NaN below 30 days, where it means nothing. */
  readonly annualReturn: number;
  readonly sharpe: number;
  readonly sharpeInterval: Interval;
  readonly sortino: number;
  readonly maxDrawdown: number;
  readonly dailyDrawdown: Drawdown;
  /** Annual return over maximum drawdown. Source: Young (1991). */
  readonly calmar: number;
  /** Probability that the true Sharpe ratio is above 0. */
  readonly probabilisticSharpe: number;
  /** The same after the number of trials is taken into account. */
  readonly deflatedSharpe: number;
  readonly trials: number;
}

export interface Summary {
  readonly performance: Performance;
  readonly statistics: TradeStatistics;
  readonly breakdowns: Readonly<Record<BreakdownKey, readonly BreakdownRow[]>>;
  readonly histogram: readonly HistogramBin[];
}

const MINIMUM_DAYS = 30;
const DAYS_PER_YEAR = 365;
const NORMAL_95 = 1.959963984540054;

export function summarise(input: SummaryInput): Summary {
  const breakdowns = Object.fromEntries(BREAKDOWN_KEYS.map((key) => [key, breakDown(input.trades, key)])) as Record<BreakdownKey, readonly BreakdownRow[]>;
  return { performance: judgeEquity(input), statistics: describeTrades(input.trades), breakdowns, histogram: histogramOfR(input.trades) };
}

function judgeEquity({ dailyEquity, maxDrawdown: seenDrawdown, trials }: SummaryInput): Performance {
  const returns = returnsOf(dailyEquity);
  const days = returns.length;
  const first = dailyEquity[0] ?? Number.NaN;
  const totalReturn = (dailyEquity.at(-1) ?? Number.NaN) / first - 1;
  const annualReturn = days < MINIMUM_DAYS ? Number.NaN : (1 + totalReturn) ** (DAYS_PER_YEAR / days) - 1;
  const dailyDrawdown = maxDrawdown(dailyEquity);
  const drawdown = Number.isNaN(seenDrawdown) ? dailyDrawdown.share : Math.max(seenDrawdown, dailyDrawdown.share);
  const tried = trials ?? [sharpePerPeriod(returns)];
  return {
    days,
    totalReturn,
    annualReturn,
    sharpe: sharpeRatio(returns),
    sharpeInterval: sharpeInterval(returns),
    sortino: sortinoRatio(returns),
    maxDrawdown: drawdown,
    dailyDrawdown,
    calmar: drawdown === 0 ? Number.NaN : annualReturn / drawdown,
    probabilisticSharpe: probabilisticSharpe(momentsOf(returns), 0),
    deflatedSharpe: deflatedSharpe(returns, tried),
    trials: tried.length,
  };
}

/** 95 % interval of the annualised ratio for returns that are not normal. Source: Mertens (2002), as in Bailey and López de Prado (2012). */
function sharpeInterval(returns: readonly number[]): Interval {
  const { count, mean, deviation, skewness, kurtosis } = momentsOf(returns);
  const ratio = mean / deviation;
  const spread = Math.sqrt((1 - skewness * ratio + ((kurtosis - 1) / 4) * ratio * ratio) / (count - 1));
  const scale = Math.sqrt(DAYS_PER_YEAR);
  return { low: (ratio - NORMAL_95 * spread) * scale, high: (ratio + NORMAL_95 * spread) * scale };
}
