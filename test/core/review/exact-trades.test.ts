// Lists of trades at their edges: trades that end at nothing, ties, order of time, and sums worked out by hand.
import { describe, expect, test } from 'vitest';
import { drawCases, gradeBlindReview, type BlindCase } from '../../../src-main/core/review/blind-review.ts';
import { breakDown, histogramOfR } from '../../../src-main/core/review/breakdown.ts';
import { bootstrapMean, wilsonInterval } from '../../../src-main/core/review/intervals.ts';
import { scoreOverrides } from '../../../src-main/core/review/override-score.ts';
import { dailyEquityOf, summariseWithEquity } from '../../../src-main/core/review/session-summary.ts';
import { momentsOf, returnsOf, sharpeRatio } from '../../../src-main/core/review/returns.ts';
import { summarise } from '../../../src-main/core/review/summary.ts';
import { describeTrades, type ReviewedTrade } from '../../../src-main/core/review/trade-statistics.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MONDAY = Date.parse('2025-01-06T00:00:00Z');

function trade(net: number, part: Partial<ReviewedTrade> = {}): ReviewedTrade {
  return {
    symbol: 'BTCUSDT',
    side: 'long',
    openedAt: MONDAY,
    closedAt: MONDAY + HOUR,
    net,
    fees: 1,
    funding: 0,
    netR: net / 10,
    maxR: Math.max(net / 10, 0),
    minR: Math.min(net / 10, 0),
    reason: 'stop',
    regime: 'trending',
    strategy: 'ict',
    ...part,
  };
}

describe('describeTrades', () => {
  test('a trade that ends at nothing is no win and goes on with a losing run', () => {
    const described = describeTrades([trade(0), trade(5), trade(0, { closedAt: MONDAY + 3 * HOUR }), trade(-1, { closedAt: MONDAY + 4 * HOUR })]);
    expect(described).toMatchObject({ wins: 1, losses: 3, averageLoss: -1 / 3, longestLosingRun: 2 });
  });

  test('a losing run is one of time, not of the order of the list', () => {
    const at = (net: number, hour: number): ReviewedTrade => trade(net, { closedAt: MONDAY + hour * HOUR });
    expect(describeTrades([at(-1, 1), at(2, 2), at(-1, 3), at(-1, 0)]).longestLosingRun).toBe(2);
    expect(describeTrades([at(-1, 0), at(2, 2), at(-1, 1)]).longestLosingRun).toBe(2);
  });

  test('the spread of the best and worst points has its quartiles in order of size, without those unknown', () => {
    const { favourable, adverse } = describeTrades([8, 1, Number.NaN, 4, 2].map((maxR) => trade(1, { maxR, minR: -maxR })));
    expect(favourable).toEqual({ mean: 3.75, lower: 1.75, median: 3, upper: 5 });
    expect(adverse).toEqual({ mean: -3.75, lower: -5, median: -3, upper: -1.75 });
  });

  test('what winners kept leaves out trades that never stood above their entry or had no plan', () => {
    const kept = describeTrades([
      trade(10, { netR: 1, maxR: 2 }),
      trade(10, { netR: 1, maxR: 0 }),
      trade(10, { netR: Number.NaN, maxR: 2 }),
      trade(-10, { netR: -1, maxR: 2 }),
      trade(0, { netR: 0, maxR: 2 }),
    ]);
    expect(kept.winnersKept).toBe(0.5);
  });

  test('intervals are those of its nets and results in R, by the seed', () => {
    const trades = [12, -7, 3, -2].map((net) => trade(net));
    expect(describeTrades(trades, 5).expectancyUsdtInterval).toEqual(bootstrapMean([12, -7, 3, -2], { seed: 5 }));
    expect(describeTrades(trades).expectancyRInterval).toEqual(bootstrapMean([1.2, -0.7, 0.3, -0.2], { seed: 1 }));
  });

  test('the largest win is at least nothing, the largest loss at most', () => {
    expect(describeTrades([trade(-5), trade(-2)])).toMatchObject({ largestWin: 0, largestLoss: -5, averageWin: Number.NaN, profitFactor: 0 });
    expect(describeTrades([trade(5), trade(2)])).toMatchObject({ largestWin: 5, largestLoss: 0, averageLoss: Number.NaN });
  });
});

describe('breakDown', () => {
  test('best first, equal ones by name, each with its own figures', () => {
    const rows = breakDown(
      [
        trade(5, { symbol: 'B' }),
        trade(9, { symbol: 'C' }),
        trade(-4, { symbol: 'C' }),
        trade(5, { symbol: 'A', netR: Number.NaN }),
        trade(0, { symbol: '0' }),
      ],
      'symbol',
    );
    expect(rows).toEqual([
      { key: 'A', trades: 1, wins: 1, winRate: 1, winRateInterval: wilsonInterval(1, 1), net: 5, expectancyR: Number.NaN, profitFactor: Infinity },
      { key: 'B', trades: 1, wins: 1, winRate: 1, winRateInterval: wilsonInterval(1, 1), net: 5, expectancyR: 0.5, profitFactor: Infinity },
      { key: 'C', trades: 2, wins: 1, winRate: 0.5, winRateInterval: wilsonInterval(1, 2), net: 5, expectancyR: 0.25, profitFactor: 2.25 },
      { key: '0', trades: 1, wins: 0, winRate: 0, winRateInterval: wilsonInterval(0, 1), net: 0, expectancyR: 0, profitFactor: Number.NaN },
    ]);
  });

  test('weekdays run from Monday to Sunday, hours by number', () => {
    const week = [6, 0, 3, 5, 1, 2, 4].map((day) => trade(day, { openedAt: MONDAY + day * DAY }));
    expect(breakDown(week, 'weekday').map((row) => [row.key.slice(0, 3), row.net])).toEqual([
      ['Mon', 0],
      ['Tue', 1],
      ['Wed', 2],
      ['Thu', 3],
      ['Fri', 4],
      ['Sat', 5],
      ['Sun', 6],
    ]);
    const hours = [23, 2, 10].map((hour) => trade(1, { openedAt: MONDAY + hour * HOUR + HOUR - 1 }));
    expect(breakDown(hours, 'hour').map((row) => row.key)).toEqual(['2', '10', '23']);
  });
});

test('a bin of the histogram holds its lower edge; the last one its upper too', () => {
  const bins = histogramOfR([-4, -3.75, 0, 0.2499, 0.25, 3.99, 4].map((netR) => trade(0, { netR })));
  expect([bins.length, bins[0]?.from, bins.at(-1)?.from]).toEqual([32, -4, 3.75]);
  expect(bins.filter((bin) => bin.count > 0)).toEqual([
    { from: -4, count: 1 },
    { from: -3.75, count: 1 },
    { from: 0, count: 2 },
    { from: 0.25, count: 1 },
    { from: 3.75, count: 2 },
  ]);
  expect(histogramOfR([trade(0, { netR: 0.9 })], 0.5, 1)).toEqual([
    { from: -1, count: 0 },
    { from: -0.5, count: 0 },
    { from: 0, count: 0 },
    { from: 0.5, count: 1 },
  ]);
});

describe('summaries', () => {
  const rising = (days: number): number[] => Array.from({ length: days + 1 }, (_, day) => 1000 * 1.001 ** day + (day % 3));

  test('the annual return begins at thirty days and compounds', () => {
    const { performance } = summarise({ trades: [], dailyEquity: rising(30), maxDrawdown: 0.1 });
    expect(performance.annualReturn).toBeCloseTo((rising(30)[30]! / 1000) ** (365 / 30) - 1, 12);
    expect(performance.calmar).toBeCloseTo(performance.annualReturn / 0.1, 12);
    expect(summarise({ trades: [], dailyEquity: rising(29), maxDrawdown: 0.1 }).performance.annualReturn).toBeNaN();
  });

  test('without a fall there is no Calmar ratio, and an unknown fall inside days is the daily one', () => {
    const only = Array.from({ length: 40 }, (_, day) => 100 + day);
    expect(summarise({ trades: [], dailyEquity: only, maxDrawdown: 0 }).performance).toMatchObject({ maxDrawdown: 0, calmar: Number.NaN });
    expect(summarise({ trades: [], dailyEquity: [10, 8, 9], maxDrawdown: Number.NaN }).performance.maxDrawdown).toBeCloseTo(0.2, 12);
    expect(summarise({ trades: [], dailyEquity: [10, 8, 9], maxDrawdown: 0.1 }).performance.maxDrawdown).toBeCloseTo(0.2, 12);
  });

  test('the interval of the Sharpe ratio is that of Mertens, annualised, around the ratio', () => {
    const dailyEquity = [100, 103, 101, 104, 106, 105, 109];
    const { performance } = summarise({ trades: [], dailyEquity, maxDrawdown: Number.NaN, trials: [0.1, 0.2, 0.3] });
    const { count, mean, deviation, skewness, kurtosis } = momentsOf(returnsOf(dailyEquity));
    const ratio = mean / deviation;
    const error = Math.sqrt((1 - skewness * ratio + ((kurtosis - 1) * ratio ** 2) / 4) / (count - 1)) * Math.sqrt(365);
    expect(performance.sharpe).toBe(sharpeRatio(returnsOf(dailyEquity)));
    expect(performance.sharpeInterval.low).toBeCloseTo(performance.sharpe - 1.959963984540054 * error, 9);
    expect(performance.sharpeInterval.high).toBeCloseTo(performance.sharpe + 1.959963984540054 * error, 9);
    expect([performance.days, performance.trials]).toEqual([6, 3]);
  });

  test('a trade counts on the day it ended, from the first day of a session to its last', () => {
    const time = { from: MONDAY + HOUR, to: MONDAY + 2 * DAY, opening: 100 };
    const at = (offset: number): ReviewedTrade => trade(1, { closedAt: MONDAY + offset });
    expect(dailyEquityOf([at(-1), at(0), at(DAY - 1), at(DAY), at(2 * DAY - 1), at(2 * DAY)], time)).toEqual([100, 102, 104]);
    expect(dailyEquityOf([], { ...time, to: MONDAY + 2 * DAY + 1 })).toEqual([100, 100, 100, 100]);
    expect(dailyEquityOf([], { ...time, to: time.from })).toEqual([100, 100]);
  });

  test('with the equity of a session the last value of each day counts, and falls inside days are seen', () => {
    const times = [MONDAY, MONDAY + HOUR, MONDAY + DAY - 1, MONDAY + DAY, MONDAY + 3 * DAY];
    const { performance } = summariseWithEquity([], { times, usdt: [100, 50, 110, 90, 120] });
    expect(performance).toMatchObject({ days: 3, maxDrawdown: 0.5, totalReturn: expect.closeTo(0.2, 12) });
    expect(performance.dailyDrawdown.share).toBeCloseTo(20 / 110, 12);
  });
});

describe('H4 override scoring', () => {
  test('says by how much, with its sign, and by action', () => {
    const override = (actualR: number, planR: number, action: string) => ({ id: action, symbol: 'X', action, actualR, planR });
    const score = scoreOverrides([override(1, 0.5, 'close'), override(2, 1, 'close'), override(0, 3, 'take-over'), override(1, 1, 'move-stop')]);
    expect(score).toMatchObject({ overrides: 4, helped: 2, hurt: 1, helpedShare: 0.5, helpedInterval: wilsonInterval(2, 4) });
    expect(score.byAction).toEqual({
      close: { overrides: 2, difference: 0.75 },
      'take-over': { overrides: 1, difference: -3 },
      'move-stop': { overrides: 1, difference: 0 },
    });
    expect(score.verdict).toBe('Not proven either way: −0.38 R per override over 4.');
    expect(score.differenceInterval).toEqual(bootstrapMean([0.5, 1, -3, 0]));
    const same = (difference: number): string => scoreOverrides([override(difference, 0, 'close'), override(difference, 0, 'close')]).verdict;
    expect([same(0.5), same(-0.5), same(0)]).toEqual([
      'The hand helped: +0.50 R per override over 2.',
      'The hand cost: −0.50 R per override over 2.',
      'Not proven either way: +0.00 R per override over 2.',
    ]);
    expect(scoreOverrides([])).toMatchObject({ difference: Number.NaN, helpedShare: Number.NaN, byAction: {} });
  });
});

describe('H10 blind review', () => {
  const blind = (id: string, confidence: number, netR: number): BlindCase => ({ id, symbol: 'X', decidedAt: 0, confidence, netR });

  test('the system takes what reaches its minimum, a trade that ends at nothing is no win, equal ratings count half', () => {
    const cases = [blind('a', 0.5, 1), blind('b', 0.6, 0), blind('c', 0.49, -1)];
    const answers = cases.map(({ id }) => ({ id, choice: 'skip', probability: 0.5 }) as const);
    const { system, person } = gradeBlindReview(cases, answers, 0.5);
    expect(system).toMatchObject({ taken: 2, wins: 1, winRate: 0.5, takenR: 1, skippedR: -1, ranking: 0.5 });
    expect(system.brier).toBeCloseTo((0.25 + 0.36 + 0.49 ** 2) / 3, 12);
    expect(person).toMatchObject({ taken: 0, wins: 0, winRate: Number.NaN, takenR: 0, skippedR: 0, brier: 0.25, ranking: 0.5 });
    expect(person.winRateInterval).toEqual({ low: 0, high: 1 });
  });

  test('draws no more than asked for', () => {
    const cases = ['a', 'b', 'c', 'd'].map((id) => blind(id, 0.5, 1));
    expect([0, 1, 3, 4].map((count) => new Set(drawCases(cases, count, 7)).size)).toEqual([0, 1, 3, 4]);
    expect(cases).toHaveLength(4);
  });
});
