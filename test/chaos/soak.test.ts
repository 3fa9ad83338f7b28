// The short version of the soak: some simulated hours of trading leave no more handles and listeners than they found, and both books agree.
import { describe, expect, it } from 'vitest';
import { soak } from './soak.ts';
import { floorRise, growthOf, lastingHandles, overfullStores, sockets, trendOf, trendsOf, type SoakSample } from './soak-report.ts';

const HOURS = Number(process.env['SOAK_HOURS'] ?? 1);
/** Few enough that a busy machine of two cores keeps up. */
const SYMBOLS = 24;

function sampleOf(change: Partial<SoakSample>): SoakSample {
  return {
    ...{
      hour: 0,
      heapMb: 60,
      codeMb: 9,
      bufferMb: 20,
      externalMb: 4,
      residentMb: 300,
      anonymousMb: 250,
      venueMb: 150,
      handles: {},
      listeners: 13,
      objects: {},
      stores: [],
    },
    ...{ openReal: 8, openVirtual: 40, overruns: 0, liveMs: 5, virtualMs: 1 },
    ...change,
  };
}

describe('the judgement of a soak', () => {
  it('measures growth over the span as a share of the mean', () => {
    expect(growthOf([100, 100, 100])).toBe(0);
    expect(growthOf([99, 100, 101])).toBeCloseTo(0.02, 9);
    expect(growthOf([101, 100, 99])).toBeCloseTo(-0.02, 9);
  });

  it('says the line of least squares beside the plain ratio, and nothing of what was not measured', () => {
    expect(trendOf([100, 104, 101])).toEqual({ slope: expect.closeTo(1 / 101.667, 4) as unknown, ratio: expect.closeTo(0.01, 9) as unknown });
    expect(trendOf([null, null, null, 100])).toBeNull();
    expect(trendOf([100, 101])).toBeNull();
  });

  it('a handle that stays raises the floor; one that comes and goes does not, nor do requests under way', () => {
    const counts = [11, 10, 12, 10, 10, 13, 11, 10];
    const steady = counts.map((count) => sampleOf({ handles: { TCPSocketWrap: count, PipeWrap: 3, Timeout: count * 7 } }));
    expect([floorRise(steady, lastingHandles), floorRise(steady, sockets)]).toEqual([0, 0]);
    const leaking = counts.map((count, index) => sampleOf({ handles: { TCPSocketWrap: count + index, PipeWrap: 3 + index } }));
    expect(floorRise(leaking, lastingHandles)).toBe(4);
    expect(floorRise(leaking, sockets)).toBeGreaterThan(0);
  });

  it('sees growth inside the heap, in array buffers and in what else the heap owns', () => {
    const day = (grown: (hour: number) => Partial<SoakSample>): SoakSample[] => Array.from({ length: 24 }, (_, hour) => sampleOf({ hour, ...grown(hour) }));
    expect(trendsOf(day(() => ({})))).toMatchObject({ data: { slope: 0, ratio: 0 }, owned: { slope: 0, ratio: 0 } });
    expect(trendsOf(day((hour) => ({ heapMb: 60 + hour * 0.2 }))).data?.slope).toBeGreaterThan(0.02);
    expect(trendsOf(day((hour) => ({ bufferMb: 20 + hour * 0.2 }))).data?.slope).toBeGreaterThan(0.02);
    expect(trendsOf(day((hour) => ({ externalMb: 4 + hour * 0.2 }))).owned?.slope).toBeGreaterThan(0.02);
    // What only filled in the first half is no growth.
    expect(trendsOf(day((hour) => ({ heapMb: 50 + Math.min(hour, 10) }))).data?.slope).toBe(0);
  });

  it('names a memory that passed its bound, once and at its worst', () => {
    const at = (count: number): SoakSample =>
      sampleOf({
        stores: [
          { name: 'signals', count, most: 10 },
          { name: 'open positions', count: 99, most: null },
        ],
      });
    expect(overfullStores([at(9), at(10)])).toEqual([]);
    expect(overfullStores([at(9), at(12), at(14), at(11)])).toEqual(['signals: 14 of at most 10']);
  });
});

describe('a long day', () => {
  it(`leaves nothing behind after ${HOURS} accelerated hour(s): no handle, no listener, no late loop, no difference between the books`, async () => {
    const said: string[] = [];
    const report = await soak({ hours: HOURS, speed: 240, symbols: SYMBOLS, seed: 3, snapshots: null, say: (line) => said.push(line) });
    expect(report.problem, said.join('\n')).toBeNull();
    expect(report, said.join('\n')).toMatchObject({ warnings: [], differences: [], duplicated: [], unprotected: 0, overfull: [] });
    expect(report.handlesGrown, said.join('\n')).toBeLessThanOrEqual(0);
    expect(report.listenersGrown, said.join('\n')).toBeLessThanOrEqual(0);
    // Caches still fill in the first hours; what grows without end is far above this.
    expect(report.secondHalfGrowth, said.join('\n')).toBeLessThan(0.1);
    expect(report.virtualOpened).toBeGreaterThan(0);
  }, 300_000);
});
