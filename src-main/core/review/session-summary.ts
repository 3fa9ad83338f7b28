// Judges a recorded session by its finished trades: a journal holds no equity, so it is rebuilt from what each trade brought when it ended.
import { maxDrawdown } from './returns.ts';
import { summarise, type Summary } from './summary.ts';
import type { ReviewedTrade } from './trade-statistics.ts';

const DAY_MS = 86_400_000;

export interface SessionTime {
  readonly from: number;
  readonly to: number;
  /** Equity at the start, USDT. */
  readonly opening: number;
}

/** Equity at the end of each UTC day, the opening first; every trade counts on the day it ended. Open trades do not show in it. */
export function dailyEquityOf(trades: readonly ReviewedTrade[], { from, to, opening }: SessionTime): readonly number[] {
  const firstDay = Math.floor(from / DAY_MS);
  const days = Math.max(1, Math.floor((to - 1) / DAY_MS) - firstDay + 1);
  const gained = Array.from({ length: days }, () => 0);
  for (const trade of trades) {
    const day = Math.floor(trade.closedAt / DAY_MS) - firstDay;
    if (day >= 0 && day < days) gained[day]! += trade.net;
  }
  const equity = [opening];
  for (const gain of gained) equity.push(equity.at(-1)! + gain);
  return equity;
}

/** Drawdown inside days is not known from a journal; the daily one stands. */
export function summariseSession(trades: readonly ReviewedTrade[], time: SessionTime): Summary {
  return summarise({ trades, dailyEquity: dailyEquityOf(trades, time), maxDrawdown: Number.NaN });
}

export interface EquitySeries {
  readonly times: readonly number[];
  readonly usdt: readonly number[];
}

/** The same with the equity the session kept, minute by minute: open positions count, and falls inside days are seen. */
export function summariseWithEquity(trades: readonly ReviewedTrade[], { times, usdt }: EquitySeries): Summary {
  const daily = [usdt[0] ?? Number.NaN];
  let day = -1;
  for (const [index, time] of times.entries()) {
    const own = Math.floor(time / DAY_MS);
    if (own === day) daily[daily.length - 1] = usdt[index]!;
    else daily.push(usdt[index]!);
    day = own;
  }
  return summarise({ trades, dailyEquity: daily, maxDrawdown: maxDrawdown(usdt).share });
}
