// The monitoring cadence: four speeds by risk score, and a score that takes the unknown for dangerous.
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import { monitoringCadenceMs, monitoringScore } from '../../../src-main/core/execution/monitoring.ts';

const settings = defaultSettings();

describe('monitoring', () => {
  it.each([
    [0.81, 100],
    [0.8, 500],
    [0.51, 500],
    [0.5, 2000],
    [0.21, 2000],
    [0.2, 5000],
    [0, 5000],
  ])('looks at score %d every %d ms', (score, cadence) => {
    expect(monitoringCadenceMs(score, settings)).toBe(cadence);
  });

  it('looks at everything at the fastest pace when smart monitoring is off or the score is unknown', () => {
    expect(monitoringCadenceMs(0, { ...settings, enableSmartMonitoring: false })).toBe(100);
    expect(monitoringCadenceMs(Number.NaN, settings)).toBe(100);
  });

  it('rises with distance, volatility, leverage and age, stays in [0, 1], and is critical at a barrier', () => {
    const calm = { shareOfWay: 0.1, atrRatio: 1, leverage: 3, ageMs: 0 };
    const base = monitoringScore(calm);
    for (const change of [{ shareOfWay: 0.5 }, { atrRatio: 2 }, { leverage: 10 }, { ageMs: 90 * 3_600_000 }])
      expect(monitoringScore({ ...calm, ...change })).toBeGreaterThan(base);
    expect(monitoringScore({ ...calm, shareOfWay: 0.95 })).toBeGreaterThan(0.8);
    expect(monitoringScore({ shareOfWay: 9, atrRatio: 99, leverage: 125, ageMs: 1e12 })).toBeLessThanOrEqual(1);
    expect(monitoringScore({ ...calm, shareOfWay: Number.NaN })).toBeGreaterThan(0.5);
  });

  it('weighs the way to a barrier 0.6, volatility 0.2, leverage 0.15 and age 0.05, each full at its limit', () => {
    const still = { shareOfWay: 0, atrRatio: 1, leverage: 0, ageMs: 0 };
    const score = (change: Partial<typeof still>): number => monitoringScore({ ...still, ...change });
    expect(score({})).toBe(0);
    const parts: readonly (readonly [Partial<typeof still>, number])[] = [
      [{ shareOfWay: 0.5 }, 0.3],
      [{ shareOfWay: 0.89 }, 0.534],
      [{ shareOfWay: 0.9 }, 0.9],
      [{ shareOfWay: 2 }, 1],
      [{ shareOfWay: -1 }, 0],
      [{ atrRatio: 2 }, 0.1],
      [{ atrRatio: 3 }, 0.2],
      [{ atrRatio: 9 }, 0.2],
      [{ atrRatio: 0.5 }, 0],
      [{ atrRatio: Number.NaN }, 0.2],
      [{ leverage: 10 }, 0.075],
      [{ leverage: 20 }, 0.15],
      [{ leverage: 125 }, 0.15],
      [{ ageMs: 48 * 3_600_000 }, 0.025],
      [{ ageMs: 96 * 3_600_000 }, 0.05],
      [{ ageMs: 1e12 }, 0.05],
      [{ shareOfWay: 0.8, atrRatio: 3, leverage: 20, ageMs: 1e12 }, 0.88],
    ];
    expect(parts.map(([change]) => score(change))).toEqual(parts.map(([, value]) => expect.closeTo(value, 12)));
  });
});
