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
});
