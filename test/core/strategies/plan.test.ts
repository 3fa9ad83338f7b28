// Step 6 by hand: entry, stop and target to the last digit, and where each rule begins to hold.
import { describe, expect, it } from 'vitest';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { Side } from '../../../src-shared/domain/signal.ts';
import { buildPlan, chooseTarget, planTrade } from '../../../src-main/core/strategies/plan.ts';
import type { PlanOutcome } from '../../../src-main/core/strategies/plan.ts';
import { NOW, ictSettings, marketAt, quarterFrame, zone, type QuarterNumbers } from './support.ts';

/** Zones 100 – 101 for longs, 99 – 100 for shorts; ATR 1 %, so that a quarter of it is 0.25 %. */
const ZONES = { long: zone({ top: 101, bottom: 100 }), short: zone({ top: 100, bottom: 99 }) };
const plan = (side: Side, price: number, given: { readonly settings?: Partial<Settings>; readonly quarter?: QuarterNumbers } = {}): PlanOutcome =>
  planTrade(
    { state: marketAt(price, { '15m': quarterFrame(given.quarter ?? {}) }), side, zone: ZONES[side], now: NOW },
    { ...ictSettings, entryOrder: 'market', ...given.settings },
  );

describe('the plan', () => {
  it.each([
    ['long', 101.5, Math.log(101.5 / 100) + 0.0025, 1],
    ['short', 98.5, Math.log(100 / 98.5) + 0.0025, -1],
  ] as const)('of a %s: entry at market, stop a quarter of ATR beyond the far edge, target at twice the risk', (side, price, risk, sign) => {
    const outcome = plan(side, price);
    expect(outcome).toMatchObject({ kind: 'planned', targetFrom: 'ratio', plan: { side, entryKind: 'market', entry: price } });
    if (outcome.kind !== 'planned') return;
    expect(outcome.plan.stop).toBeCloseTo(price * Math.exp(-sign * risk), 9);
    expect(outcome.plan.target).toBeCloseTo(price * Math.exp(sign * 2 * risk), 9);
    expect(outcome.plan.rewardRisk).toBeCloseTo(Math.abs(outcome.plan.target - price) / Math.abs(price - outcome.plan.stop), 12);
    expect(outcome.plan.expiresAt).toBe(NOW + 96 * 3_600_000);
  });

  it('a limit waits at the near edge while price is ahead of it; at or inside the zone the entry is at market', () => {
    const kinds = (side: Side, price: number): unknown => {
      const outcome = plan(side, price, { settings: { entryOrder: 'limit' } });
      return outcome.kind === 'planned' ? [outcome.plan.entryKind, outcome.plan.entry] : outcome.code;
    };
    expect([kinds('long', 101.5), kinds('long', 101), kinds('long', 100.5)]).toEqual([
      ['limit', 101],
      ['market', 101],
      ['market', 100.5],
    ]);
    expect([kinds('short', 98.5), kinds('short', 99), kinds('short', 99.5)]).toEqual([
      ['limit', 99],
      ['market', 99],
      ['market', 99.5],
    ]);
  });

  it('the stop is never closer than the minimum, and a stop farther than the maximum is no plan', () => {
    const near = plan('long', 100.01, { quarter: { atr: 0.001 } });
    expect(near.kind === 'planned' ? Math.log(near.plan.entry / near.plan.stop) : null).toBeCloseTo(0.003, 12);
    const limit = ictSettings.maxStopDistancePercent;
    const at = (distance: number): PlanOutcome => plan('long', 100 * Math.exp(distance - 0.0025));
    expect(at((limit - 0.001) / 100).kind).toBe('planned');
    expect(at((limit + 0.001) / 100)).toMatchObject({
      kind: 'impossible',
      code: 'plan.stop_too_far',
      numbers: { stopPercent: expect.closeTo(limit + 0.001, 9), maximumPercent: limit },
    });
    const exact = { minStopDistancePercent: 2, maxStopDistancePercent: 2 };
    expect(plan('long', 100.5, { settings: exact }).kind).toBe('planned');
  });
});

describe('the target', () => {
  const aim = (side: Side, pool: number | undefined): ReturnType<typeof chooseTarget> => {
    const pools = pool === undefined ? {} : { [side === 'long' ? 'buy' : 'sell']: 100 * Math.exp((side === 'long' ? 1 : -1) * pool * 0.01) };
    return chooseTarget({ state: marketAt(100, { '15m': quarterFrame({ pools }) }), side, entry: 100, stopDistance: 0.01 }, ictSettings);
  };

  it.each(['long', 'short'] as const)('of a %s is the next opposing pool between 1.5 and 3 R, else the ratio', (side) => {
    const ratio = { targetR: 2, targetFrom: 'ratio' };
    expect([undefined, 1.499, 3.001].map((pool) => aim(side, pool))).toEqual([ratio, ratio, ratio]);
    for (const pool of [1.501, 2.2, 2.999]) expect(aim(side, pool)).toEqual({ targetR: expect.closeTo(pool, 9), targetFrom: 'pool' });
  });

  it.each(['long', 'short'] as const)('of a %s takes a pool at exactly 1.5 R or 3 R', (side) => {
    // Powers of two, so that the ratio of the logarithms is exact: the pool at 2³ × the entry with 2² or 2 × of risk.
    const poolAt = side === 'long' ? 8 : 1 / 8;
    const pools = side === 'long' ? { buy: poolAt } : { sell: poolAt };
    const state = marketAt(1, { '15m': quarterFrame({ pools }) });
    const distance = Math.abs(Math.log(poolAt));
    for (const [stopDistance, targetR] of [
      [distance / 3, 3],
      [distance / 1.5, 1.5],
    ] as const)
      expect(chooseTarget({ state, side, entry: 1, stopDistance }, ictSettings)).toEqual({ targetR, targetFrom: 'pool' });
  });

  it('in price the ratio differs from that of the logarithms by less than the stop distance', () => {
    const { rewardRisk } = buildPlan({ side: 'long', entry: 100, entryKind: 'market', stopDistance: 0.01, targetR: 2, now: NOW }, ictSettings);
    expect(rewardRisk).toBeCloseTo((Math.exp(0.02) - 1) / (1 - Math.exp(-0.01)), 12);
    expect(Math.abs(rewardRisk / 2 - 1)).toBeLessThan(0.02);
  });
});
