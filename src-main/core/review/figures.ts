// A summary as rows for the screen: every number with its unit and, where there is one, its 95 % interval; null where it means nothing.
import type { ReviewBreakdownRow, ReviewFigure, SessionDetail } from '../../../src-shared/contract/review.ts';
import type { BreakdownRow } from './breakdown.ts';
import type { Interval } from './intervals.ts';
import type { Summary } from './summary.ts';

type Unit = ReviewFigure['unit'];

/** Null for what JSON cannot carry. */
export function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function figure(id: string, unit: Unit, value: number, interval: Interval | null = null): ReviewFigure {
  return { id, unit, value: orNull(value), low: interval === null ? null : orNull(interval.low), high: interval === null ? null : orNull(interval.high) };
}

/** All figures of a summary, most asked for first. */
export function figuresOf({ performance, statistics }: Summary): readonly ReviewFigure[] {
  return [
    figure('net', 'usdt', statistics.net),
    figure('totalReturn', 'share', performance.totalReturn),
    figure('trades', 'count', statistics.trades),
    figure('winRate', 'share', statistics.winRate, statistics.winRateInterval),
    figure('expectancyR', 'R', statistics.expectancyR, statistics.expectancyRInterval),
    figure('expectancyUsdt', 'usdt', statistics.expectancyUsdt, statistics.expectancyUsdtInterval),
    figure('profitFactor', 'ratio', statistics.profitFactor),
    figure('sharpe', 'ratio', performance.sharpe, performance.sharpeInterval),
    figure('sortino', 'ratio', performance.sortino),
    figure('maxDrawdown', 'share', performance.maxDrawdown),
    figure('calmar', 'ratio', performance.calmar),
    figure('annualReturn', 'share', performance.annualReturn),
    figure('probabilisticSharpe', 'share', performance.probabilisticSharpe),
    figure('deflatedSharpe', 'share', performance.deflatedSharpe),
    figure('averageWin', 'usdt', statistics.averageWin),
    figure('averageLoss', 'usdt', statistics.averageLoss),
    figure('largestWin', 'usdt', statistics.largestWin),
    figure('largestLoss', 'usdt', statistics.largestLoss),
    figure('longestLosingRun', 'count', statistics.longestLosingRun),
    figure('favourable', 'R', statistics.favourable.mean, { low: statistics.favourable.lower, high: statistics.favourable.upper }),
    figure('adverse', 'R', statistics.adverse.mean, { low: statistics.adverse.lower, high: statistics.adverse.upper }),
    figure('winnersKept', 'share', statistics.winnersKept),
    figure('averageHours', 'hours', statistics.averageHours),
    figure('fees', 'usdt', statistics.fees),
    figure('funding', 'usdt', statistics.funding),
  ];
}

function breakdownRow(row: BreakdownRow): ReviewBreakdownRow {
  const { key, trades, winRate, winRateInterval, net, expectancyR, profitFactor } = row;
  return {
    key,
    trades,
    winRate: orNull(winRate),
    low: orNull(winRateInterval.low),
    high: orNull(winRateInterval.high),
    net,
    expectancyR: orNull(expectancyR),
    profitFactor: orNull(profitFactor),
  };
}

/** Everything of a summary that the screen draws. */
export function drawableSummary(summary: Summary): Pick<SessionDetail, 'figures' | 'histogram' | 'breakdowns'> {
  return {
    figures: figuresOf(summary),
    histogram: summary.histogram,
    breakdowns: Object.fromEntries(Object.entries(summary.breakdowns).map(([key, rows]) => [key, rows.map(breakdownRow)])),
  };
}
