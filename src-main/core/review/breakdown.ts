// The same trades cut by symbol, side, hour, weekday, regime, strategy and exit reason, and the shape of their results in R.
import { wilsonInterval, type Interval } from './intervals.ts';
import type { ReviewedTrade } from './trade-statistics.ts';

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** 1970-01-01 was a Thursday. */
const FIRST_WEEKDAY = 4;

export const BREAKDOWN_KEYS = ['symbol', 'side', 'hour', 'weekday', 'regime', 'strategy', 'reason'] as const;
export type BreakdownKey = (typeof BREAKDOWN_KEYS)[number];

export interface BreakdownRow {
  readonly key: string;
  readonly trades: number;
  readonly wins: number;
  readonly winRate: number;
  readonly winRateInterval: Interval;
  readonly net: number;
  readonly expectancyR: number;
  readonly profitFactor: number;
}

/** One row per value that occurs, in natural order for hours and weekdays, else by net result, best first. Hours and weekdays are UTC. */
export function breakDown(trades: readonly ReviewedTrade[], by: BreakdownKey): readonly BreakdownRow[] {
  const groups = new Map<string, ReviewedTrade[]>();
  for (const trade of trades) {
    const key = keyOf(trade, by);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [trade]);
    else group.push(trade);
  }
  const rows = [...groups].map(([key, group]) => rowOf(key, group));
  if (by === 'hour') return rows.toSorted((a, b) => Number(a.key) - Number(b.key));
  if (by === 'weekday') return rows.toSorted((a, b) => weekdayRank(a.key) - weekdayRank(b.key));
  return rows.toSorted((a, b) => b.net - a.net || (a.key < b.key ? -1 : 1));
}

function weekdayRank(name: string): number {
  return (WEEKDAYS.findIndex((weekday) => weekday === name) + 6) % 7;
}

function keyOf(trade: ReviewedTrade, by: BreakdownKey): string {
  switch (by) {
    case 'hour':
      return String(Math.floor(trade.openedAt / HOUR_MS) % 24);
    case 'weekday':
      return WEEKDAYS[(Math.floor(trade.openedAt / DAY_MS) + FIRST_WEEKDAY) % 7]!;
    case 'regime':
      return trade.regime ?? 'unknown';
    case 'symbol':
    case 'side':
    case 'strategy':
    case 'reason':
      return trade[by];
  }
}

function rowOf(key: string, group: readonly ReviewedTrade[]): BreakdownRow {
  const wins = group.filter((trade) => trade.net > 0);
  const gained = wins.reduce((total, trade) => total + trade.net, 0);
  const net = group.reduce((total, trade) => total + trade.net, 0);
  const inR = group.map((trade) => trade.netR).filter(Number.isFinite);
  return {
    key,
    trades: group.length,
    wins: wins.length,
    winRate: wins.length / group.length,
    winRateInterval: wilsonInterval(wins.length, group.length),
    net,
    expectancyR: inR.length === 0 ? Number.NaN : inR.reduce((total, value) => total + value, 0) / inR.length,
    profitFactor: wins.length === group.length ? Infinity : gained / (gained - net),
  };
}

export interface HistogramBin {
  /** Inclusive lower edge in R; the first and the last bin are open to their side. */
  readonly from: number;
  readonly count: number;
}

/** Results in bins of `width` R from `-limit` to `limit`; what lies beyond counts in the outermost bin. */
export function histogramOfR(trades: readonly ReviewedTrade[], width = 0.25, limit = 4): readonly HistogramBin[] {
  const bins = Math.round((2 * limit) / width);
  const counts = Array.from({ length: bins }, () => 0);
  for (const { netR } of trades) {
    if (!Number.isFinite(netR)) continue;
    counts[Math.min(bins - 1, Math.max(0, Math.floor((netR + limit) / width)))]! += 1;
  }
  return counts.map((count, index) => ({ from: -limit + index * width, count }));
}
