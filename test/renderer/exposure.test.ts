// The arithmetic of risk on the screen: naked clock, shock test, liquidation ladder, levels.
import { describe, expect, it } from 'vitest';
import { outcomeAt } from '../../src-renderer/chart/geometry.ts';
import { needsPhrase } from '../../src-renderer/dialogs/danger.ts';
import { exposuresOf, leverageBands, liquidationLadder, shock, sumExposure, type Exposure } from '../../src-renderer/state/exposure.ts';
import { judgeTicket } from '../../src-renderer/state/ticket.ts';
import { nakedRisk } from '../../src-renderer/state/selectors.ts';
import { defaultSettings } from '../../src-shared/contract/settings.ts';
import { lots } from '../../src-shared/kernel/units.ts';
import { fixtureSnapshot } from './fixture-market.ts';

const long: Exposure = { id: 'a', symbol: 'A', sign: 1, quantity: 10, mark: 100, notional: 1000, leverage: 10, stop: 97, liquidation: 91 };
const short: Exposure = { id: 'b', symbol: 'B', sign: -1, quantity: 2, mark: 50, notional: 100, leverage: 5, stop: 52, liquidation: 60 };

describe('the shock test', () => {
  it('loses the whole move in one jump, and only to the stop when stops fill', () => {
    const result = shock([long], -0.05);
    expect([result.gap, result.stopped, result.liquidated]).toEqual([-50, -30, 0]);
  });

  it('counts what a fall earns on a short', () => {
    const result = shock([long, short], -0.05);
    expect(result.gap).toBeCloseTo(-50 + 5, 9);
    expect(result.stopped).toBeCloseTo(-30 + 5, 9);
  });

  it('names positions that would be liquidated, longs in a fall and shorts in a rise', () => {
    expect(
      shock([long, short], -0.1)
        .lines.filter((line) => line.isLiquidated)
        .map((line) => line.symbol),
    ).toEqual(['A']);
    expect(
      shock([long, short], 0.2)
        .lines.filter((line) => line.isLiquidated)
        .map((line) => line.symbol),
    ).toEqual(['B']);
  });

  it('takes a position without a stop at the whole move', () => {
    expect(shock([{ ...long, stop: null }], -0.05).stopped).toBe(-50);
  });
});

describe('sums and ladder', () => {
  it('separates long, short, gross and net, and values every stop from the mark', () => {
    expect(sumExposure([long, short])).toEqual({ long: 1000, short: 100, gross: 1100, net: 900, atStops: -34 });
  });

  it('puts the nearest liquidation first and says when it would come before the stop', () => {
    const late = { ...short, id: 'c', symbol: 'C', stop: 61 };
    expect(liquidationLadder([short, long, late]).map((rung) => [rung.symbol, rung.isBehindStop])).toEqual([
      ['A', true],
      ['B', true],
      ['C', false],
    ]);
  });

  it('reads positions with their instrument, ignoring what is not filled', () => {
    const snapshot = fixtureSnapshot();
    const views = Object.values(snapshot.positions).filter((view) => view.position.phase !== 'closed');
    const unfilled = views.map((view) => ({ ...view, position: { ...view.position, lots: lots(0) } }));
    expect(exposuresOf(views, snapshot.markets).length).toBe(views.filter((view) => view.position.lots > 0).length);
    expect(exposuresOf(unfilled, snapshot.markets)).toEqual([]);
  });
});

describe('the naked-risk clock', () => {
  const snapshot = fixtureSnapshot();
  const view = Object.values(snapshot.positions).find((entry) => entry.position.phase === 'open');
  if (view === undefined) throw new Error('the fixture has no open position');
  const naked = { ...view, mark: 100, position: { ...view.position, lots: lots(10_000), protection: 'naked' as const, nakedSince: 1000 as never } };

  it('counts seconds times value from the moment protection was lost', () => {
    const market = snapshot.markets[view.position.symbol];
    const quantity = market === undefined ? 0 : (10_000 * market.stepUnits) / 10 ** market.quantityScale;
    expect(nakedRisk([naked], snapshot.markets, 5000)).toEqual({ count: 1, longestMs: 4000, secondsUsdt: 4 * quantity * 100 });
  });

  it('stands at zero when every stop is confirmed', () => {
    expect(nakedRisk([{ ...naked, position: { ...naked.position, protection: 'protected' } }], snapshot.markets, 5000)).toEqual({
      count: 0,
      longestMs: 0,
      secondsUsdt: 0,
    });
  });
});

describe('a level before it is sent', () => {
  const position = { side: 'short', entryPrice: 100, riskPerUnit: 4, liquidationPrice: 120 } as const;
  it('gives R and money with the sign of the side', () => {
    expect(outcomeAt(position, 3, 92)).toMatchObject({ r: 2, usdt: 24, isBeyondLiquidation: false });
  });
  it('warns when liquidation comes first', () => {
    expect(outcomeAt(position, 3, 121).isBeyondLiquidation).toBe(true);
    expect(outcomeAt({ ...position, riskPerUnit: 0 }, 3, 92).r).toBeNaN();
  });
});

describe('changes that need a typed phrase with real money', () => {
  const settings = defaultSettings();
  it('are enabling trading, raising a limit and lowering a floor', () => {
    expect(needsPhrase(settings, { tradingEnabled: true })).toBe(true);
    expect(needsPhrase(settings, { dailyLossLimitPercent: settings.dailyLossLimitPercent + 1 })).toBe(true);
    expect(needsPhrase(settings, { minStopDistancePercent: settings.minStopDistancePercent / 2 })).toBe(true);
    expect(needsPhrase(settings, { volatilityBreakerEnabled: false })).toBe(true);
  });
  it('are not tightening a limit or choosing a theme', () => {
    expect(needsPhrase(settings, { dailyLossLimitPercent: 1, maxLeverage: 5, theme: 'light' })).toBe(false);
    expect(needsPhrase(settings, { maxLeverage: settings.maxLeverage })).toBe(false);
  });
});

describe('a position opened by hand, before it is asked for', () => {
  const settings = defaultSettings();
  const ticket = { side: 'long', price: 100, stop: 98, target: null, settings } as const;

  it('places the target by the reward ratio and measures the stop from the price', () => {
    expect(judgeTicket(ticket)).toEqual({ problem: null, distancePercent: 2, rewardRisk: settings.rewardRiskRatio, target: 104 });
  });

  it('names what the engine would refuse: missing, wrong side, too close, too far', () => {
    const problem = (change: object): string | null => judgeTicket({ ...ticket, ...change }).problem;
    expect([
      problem({ stop: 0 }),
      problem({ stop: 101 }),
      problem({ stop: 99.9 }),
      problem({ stop: 80 }),
      problem({ target: 99 }),
      problem({ side: 'short', stop: 102, target: 97 }),
    ]).toEqual(['stop_missing', 'stop_wrong_side', 'stop_too_close', 'stop_too_far', 'target_wrong_side', null]);
  });
});

describe('open positions', () => {
  it('spread over leverage without losing any worth', () => {
    const rows = [
      { leverage: 3, notional: 100 },
      { leverage: 4, notional: 200 },
      { leverage: 20, notional: 100 },
    ];
    const bands = leverageBands(rows);
    expect(bands.map(({ upTo, count, share }) => [upTo, count, share])).toEqual([
      [3, 1, 0.25],
      [5, 1, 0.5],
      [10, 0, 0],
      [15, 0, 0],
      [20, 1, 0.25],
    ]);
    expect(leverageBands([]).every(({ share }) => share === 0)).toBe(true);
  });
});
