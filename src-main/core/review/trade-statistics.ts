// What a list of finished trades says: expectancy with its interval, win rate with its interval, profit factor, how far trades went both ways.
import { bootstrapMean, quantileOfSorted, wilsonInterval, type Interval } from './intervals.ts';

/** One finished trade, as far as statistics need it. Amounts in USDT, net of fees and funding. */
export interface ReviewedTrade {
  readonly symbol: string;
  readonly side: 'long' | 'short';
  readonly openedAt: number;
  readonly closedAt: number;
  readonly net: number;
  readonly fees: number;
  readonly funding: number;
  /** NaN when the trade had no plan. */
  readonly netR: number;
  readonly maxR: number;
  readonly minR: number;
  readonly reason: string;
  readonly regime: string | null;
  readonly strategy: string;
}

export interface TradeStatistics {
  readonly trades: number;
  readonly wins: number;
  readonly losses: number;
  readonly winRate: number;
  readonly winRateInterval: Interval;
  readonly net: number;
  readonly fees: number;
  readonly funding: number;
  /** Gains over losses; Infinity without a loss, NaN without a trade. */
  readonly profitFactor: number;
  readonly expectancyUsdt: number;
  readonly expectancyUsdtInterval: Interval;
  readonly expectancyR: number;
  readonly expectancyRInterval: Interval;
  readonly averageWin: number;
  readonly averageLoss: number;
  readonly largestWin: number;
  readonly largestLoss: number;
  readonly longestLosingRun: number;
  /** Mean and quartiles of the best and the worst point of a trade, in R. Source: Sweeney, "Campaign Trading" (1996). */
  readonly favourable: Spread;
  readonly adverse: Spread;
  /** Mean share of the best point that was kept by winners. */
  readonly winnersKept: number;
  readonly averageHours: number;
}

export interface Spread {
  readonly mean: number;
  readonly lower: number;
  readonly median: number;
  readonly upper: number;
}

const HOUR_MS = 3_600_000;

export function describeTrades(trades: readonly ReviewedTrade[], seed = 1): TradeStatistics {
  const nets = trades.map((trade) => trade.net);
  const gains = nets.filter((net) => net > 0);
  const losses = nets.filter((net) => net <= 0);
  const inR = trades.map((trade) => trade.netR).filter(Number.isFinite);
  const winners = trades.filter((trade) => trade.net > 0 && trade.maxR > 0 && Number.isFinite(trade.netR));
  return {
    trades: trades.length,
    wins: gains.length,
    losses: losses.length,
    winRate: gains.length / trades.length,
    winRateInterval: wilsonInterval(gains.length, trades.length),
    net: sum(nets),
    fees: sum(trades.map((trade) => trade.fees)),
    funding: sum(trades.map((trade) => trade.funding)),
    profitFactor: trades.length === 0 ? Number.NaN : sum(losses) === 0 ? Infinity : sum(gains) / -sum(losses),
    expectancyUsdt: mean(nets),
    expectancyUsdtInterval: bootstrapMean(nets, { seed }),
    expectancyR: mean(inR),
    expectancyRInterval: bootstrapMean(inR, { seed }),
    averageWin: mean(gains),
    averageLoss: mean(losses),
    largestWin: nets.reduce((best, net) => Math.max(best, net), 0),
    largestLoss: nets.reduce((worst, net) => Math.min(worst, net), 0),
    longestLosingRun: longestLosingRun(trades),
    favourable: spreadOf(trades.map((trade) => trade.maxR)),
    adverse: spreadOf(trades.map((trade) => trade.minR)),
    winnersKept: mean(winners.map((trade) => trade.netR / trade.maxR)),
    averageHours: mean(trades.map((trade) => (trade.closedAt - trade.openedAt) / HOUR_MS)),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : sum(values) / values.length;
}

function spreadOf(values: readonly number[]): Spread {
  const finite = values.filter(Number.isFinite).toSorted((a, b) => a - b);
  return { mean: mean(finite), lower: quantileOfSorted(finite, 0.25), median: quantileOfSorted(finite, 0.5), upper: quantileOfSorted(finite, 0.75) };
}

function longestLosingRun(trades: readonly ReviewedTrade[]): number {
  let longest = 0;
  let current = 0;
  for (const trade of trades.toSorted((a, b) => a.closedAt - b.closedAt)) {
    current = trade.net > 0 ? 0 : current + 1;
    longest = Math.max(longest, current);
  }
  return longest;
}
