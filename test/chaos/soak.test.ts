// The short version of the soak: some simulated hours of trading leave no more handles and listeners than they found, and both books agree.
import { describe, expect, it } from 'vitest';
import { growthOf, soak } from './soak.ts';

const HOURS = Number(process.env['SOAK_HOURS'] ?? 1);

describe('a long day', () => {
  it('measures growth over the span as a share of the mean', () => {
    expect(growthOf([100, 100, 100])).toBe(0);
    expect(growthOf([99, 100, 101])).toBeCloseTo(0.02, 9);
    expect(growthOf([101, 100, 99])).toBeCloseTo(-0.02, 9);
  });

  it(`leaves nothing behind after ${HOURS} accelerated hour(s): no handle, no listener, no late loop, no difference between the books`, async () => {
    const said: string[] = [];
    const report = await soak({ hours: HOURS, speed: 240, seed: 3, say: (line) => said.push(line) });
    expect(report.problem, said.join('\n')).toBeNull();
    expect(report, said.join('\n')).toMatchObject({ warnings: [], differences: [], duplicated: [], unprotected: 0 });
    expect(report.handlesGrown).toBeLessThanOrEqual(0);
    expect(report.listenersGrown).toBeLessThanOrEqual(0);
    // Caches still fill in the first hours; what grows without end is far above this.
    expect(report.secondHalfGrowth, said.join('\n')).toBeLessThan(0.1);
    expect(report.virtualOpened).toBeGreaterThan(0);
  }, 300_000);
});
