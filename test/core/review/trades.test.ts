// What a list of trades says, against numbers worked out by hand and against a second way of counting.
import { describe, expect, test } from 'vitest';
import { drawCases, gradeBlindReview, type BlindCase } from '../../../src-main/core/review/blind-review.ts';
import { breakDown, histogramOfR } from '../../../src-main/core/review/breakdown.ts';
import { scoreOverrides } from '../../../src-main/core/review/override-score.ts';
import { dailyEquityOf, summariseSession } from '../../../src-main/core/review/session-summary.ts';
import { summarise } from '../../../src-main/core/review/summary.ts';
import { describeTrades, type ReviewedTrade } from '../../../src-main/core/review/trade-statistics.ts';

const HOUR = 3_600_000;
const MONDAY = Date.parse('2025-01-06T00:00:00Z');

function trade(net: number, netR: number, part: Partial<ReviewedTrade> = {}): ReviewedTrade {
  const openedAt = part.openedAt ?? MONDAY;
  return {
    symbol: 'BTCUSDT',
    side: 'long',
    openedAt,
    closedAt: openedAt + 2 * HOUR,
    net,
    fees: 1,
    funding: -0.5,
    netR,
    maxR: Math.max(netR, 0.5),
    minR: Math.min(netR, -0.2),
    reason: net > 0 ? 'target' : 'stop',
    regime: 'trending',
    strategy: 'ict',
    ...part,
  };
}

const FIVE = [
  trade(20, 2, { openedAt: MONDAY, maxR: 2.5 }),
  trade(-10, -1, { openedAt: MONDAY + 3 * HOUR, symbol: 'ETHUSDT', side: 'short' }),
  trade(-12, -1.2, { openedAt: MONDAY + 26 * HOUR, symbol: 'ETHUSDT' }),
  trade(15, 1.5, { openedAt: MONDAY + 51 * HOUR, maxR: 3 }),
  trade(-8, Number.NaN, { openedAt: MONDAY + 75 * HOUR, regime: null }),
];

describe('describeTrades', () => {
  test('counts, sums and averages five trades as by hand', () => {
    const described = describeTrades(FIVE);
    expect(described).toMatchObject({
      trades: 5,
      wins: 2,
      losses: 3,
      winRate: 0.4,
      net: 5,
      fees: 5,
      funding: -2.5,
      averageWin: 17.5,
      averageLoss: -10,
      averageHours: 2,
    });
    expect(described).toMatchObject({ largestWin: 20, largestLoss: -12, longestLosingRun: 2, expectancyUsdt: 1 });
    expect(described.profitFactor).toBeCloseTo(35 / 30, 12);
    expect(described.expectancyR).toBeCloseTo((2 - 1 - 1.2 + 1.5) / 4, 12);
    expect(described.winnersKept).toBeCloseTo((2 / 2.5 + 1.5 / 3) / 2, 12);
    expect(described.adverse.mean).toBeCloseTo((-0.2 - 1 - 1.2 - 0.2) / 4, 12);
  });

  test('the interval of the expectancy holds the expectancy', () => {
    const { expectancyUsdt, expectancyUsdtInterval } = describeTrades(FIVE);
    expect(expectancyUsdtInterval.low).toBeLessThan(expectancyUsdt);
    expect(expectancyUsdtInterval.high).toBeGreaterThan(expectancyUsdt);
  });

  test('no trades give no numbers and no error', () => {
    expect(describeTrades([])).toMatchObject({ trades: 0, net: 0, winRate: Number.NaN, profitFactor: Number.NaN, winRateInterval: { low: 0, high: 1 } });
  });

  test('only wins have an infinite profit factor', () => {
    expect(describeTrades([trade(1, 1), trade(2, 2)]).profitFactor).toBe(Infinity);
  });
});

describe('breakDown', () => {
  test.each(['symbol', 'side', 'hour', 'weekday', 'regime', 'strategy', 'reason'] as const)('the rows by %s hold every trade once', (key) => {
    const rows = breakDown(FIVE, key);
    expect(rows.reduce((sum, row) => sum + row.trades, 0)).toBe(5);
    expect(rows.reduce((sum, row) => sum + row.net, 0)).toBeCloseTo(5, 12);
  });

  test('weekdays begin with Monday and hours are those of UTC', () => {
    expect(breakDown(FIVE, 'weekday').map((row) => row.key)).toEqual(['Monday', 'Tuesday', 'Wednesday', 'Thursday']);
    expect(breakDown(FIVE, 'hour').map((row) => row.key)).toEqual(['0', '2', '3']);
  });

  test('a row agrees with the statistics of its own trades', () => {
    const [row] = breakDown(FIVE, 'symbol');
    const own = describeTrades(FIVE.filter((entry) => entry.symbol === row?.key));
    expect(row).toMatchObject({ key: 'BTCUSDT', winRate: own.winRate, net: own.net, profitFactor: own.profitFactor });
  });
});

test('the histogram holds every trade with a plan, the far ones in the outermost bins', () => {
  const bins = histogramOfR([trade(1, 0.1), trade(1, 9), trade(-1, -9), trade(-1, -0.01), trade(0, Number.NaN)]);
  expect(bins.reduce((sum, bin) => sum + bin.count, 0)).toBe(4);
  expect(bins[0]?.count).toBe(1);
  expect(bins.at(-1)?.count).toBe(1);
  expect(bins.find((bin) => bin.from === 0)?.count).toBe(1);
  expect(bins.find((bin) => bin.from === -0.25)?.count).toBe(1);
});

test('a summary joins equity and trades, and takes the deeper of both drawdowns', () => {
  const summary = summarise({ trades: FIVE, dailyEquity: [100, 110, 99, 105], maxDrawdown: 0.2 });
  expect(summary.performance).toMatchObject({ days: 3, maxDrawdown: 0.2, trials: 1 });
  expect(summary.performance.totalReturn).toBeCloseTo(0.05, 12);
  expect(summary.performance.dailyDrawdown.share).toBeCloseTo(0.1, 12);
  expect(summary.performance.annualReturn).toBeNaN();
});

test('a session is judged by the trades that ended in it, each on its day', () => {
  const time = { from: MONDAY + 5 * HOUR, to: MONDAY + 96 * HOUR, opening: 1000 };
  expect(dailyEquityOf(FIVE, time)).toEqual([1000, 1010, 998, 1013, 1005]);
  const { performance, statistics } = summariseSession(FIVE, time);
  expect(performance).toMatchObject({ days: 4, totalReturn: expect.closeTo(0.005, 12) });
  expect(performance.maxDrawdown).toBeCloseTo(12 / 1010, 12);
  expect(statistics.trades).toBe(5);
});

describe('H4 override scoring', () => {
  const override = (actualR: number, planR: number, action = 'close') => ({ id: `${actualR}`, symbol: 'BTCUSDT', action, actualR, planR });

  test('counts what the hand changed against the plan that lived on', () => {
    const score = scoreOverrides([override(0.5, -1), override(0.2, 2), override(1, 1, 'move-stop')]);
    expect(score).toMatchObject({ overrides: 3, helped: 1, hurt: 1, byAction: { 'move-stop': { overrides: 1, difference: 0 } } });
    expect(score.difference).toBeCloseTo((1.5 - 1.8 + 0) / 3, 12);
    expect(score.verdict).toContain('Not proven');
  });

  test('a hand that always helps is said to help, one that always costs to cost', () => {
    const many = (difference: number) => Array.from({ length: 12 }, (_, index) => override(difference + index / 100, 0));
    expect(scoreOverrides(many(1)).verdict).toContain('The hand helped');
    expect(scoreOverrides(many(-1)).verdict).toContain('The hand cost');
    expect(scoreOverrides([]).verdict).toBe('No trade was changed by hand.');
  });
});

describe('H10 blind review', () => {
  const cases: readonly BlindCase[] = [
    { id: 'a', symbol: 'BTCUSDT', decidedAt: 1, confidence: 0.7, netR: 2 },
    { id: 'b', symbol: 'BTCUSDT', decidedAt: 2, confidence: 0.3, netR: -1 },
    { id: 'c', symbol: 'ETHUSDT', decidedAt: 3, confidence: 0.6, netR: -1 },
    { id: 'd', symbol: 'ETHUSDT', decidedAt: 4, confidence: 0.5, netR: 1 },
  ];

  test('grades the person and the system on the same cases', () => {
    const answers = [
      { id: 'a', choice: 'take', probability: 0.9 },
      { id: 'b', choice: 'take', probability: 0.5 },
      { id: 'c', choice: 'skip', probability: 0.2 },
    ] as const;
    const grade = gradeBlindReview(cases, answers, 0.55);
    expect(grade.judged).toBe(3);
    expect(grade.person).toMatchObject({ taken: 2, wins: 1, winRate: 0.5, takenR: 1, skippedR: -1, ranking: 1 });
    expect(grade.person.brier).toBeCloseTo((0.01 + 0.25 + 0.04) / 3, 12);
    expect(grade.system).toMatchObject({ taken: 2, wins: 1, takenR: 1, skippedR: -1, ranking: 1 });
  });

  test('draws each case at most once, in an order that the seed alone fixes', () => {
    const drawn = drawCases(cases, 10, 4).map((entry) => entry.id);
    expect(drawn.toSorted()).toEqual(['a', 'b', 'c', 'd']);
    expect(drawCases(cases, 10, 4).map((entry) => entry.id)).toEqual(drawn);
    const orders = new Set(
      [1, 2, 3, 4, 5, 6, 7, 8].map((seed) =>
        drawCases(cases, 4, seed)
          .map((entry) => entry.id)
          .join(''),
      ),
    );
    expect(orders.size).toBeGreaterThan(3);
  });
});
