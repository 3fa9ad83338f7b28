// The arithmetic behind the screen's benchmark.
import { describe, expect, it } from 'vitest';
import { frameRate, growthPerMinute, judgeHeap, percentile } from '../bench/ui-samples.ts';

describe('samples of the screen', () => {
  it('take percentiles by nearest rank', () => {
    expect([percentile([3, 1, 2], 0.5), percentile([3, 1, 2], 0.99), percentile([7], 0.01), percentile([], 0.5)]).toEqual([2, 3, 7, Number.NaN]);
  });

  it('count frames by the time between them and late ones separately', () => {
    const even = Array.from({ length: 61 }, (_, index) => (index * 1000) / 60);
    expect(frameRate(even).framesPerSecond).toBeCloseTo(60, 6);
    expect(frameRate([0, 16, 100])).toMatchObject({ worstMs: 84, late: 1, framesPerSecond: 20 });
  });

  it('measure growth as a slope, not as last minus first', () => {
    expect(growthPerMinute([0, 1, 2, 3].map((minute) => ({ minute, value: 10 + 2 * minute })))).toBeCloseTo(2, 9);
    expect(growthPerMinute([10, 20, 10, 20, 10].map((value, minute) => ({ minute, value })))).toBeCloseTo(0, 9);
  });

  it('call a heap flat that settles after a warm-up, growing one that does not, and say nothing of a short watch', () => {
    const watch = (value: (minute: number) => number, minutes = 10): readonly { minute: number; value: number }[] =>
      Array.from({ length: minutes * 4 + 1 }, (_, index) => ({ minute: index / 4, value: value(index / 4) + (index % 2) * 0.4 }));
    const settling = judgeHeap(watch((minute) => 12 - 3 * Math.exp(-minute)));
    expect(settling.verdict).toBe('flat');
    expect(settling.mbPerMinute).toBeGreaterThan(settling.lateMbPerMinute);
    expect(judgeHeap(watch((minute) => 10 + 0.4 * minute))).toMatchObject({ verdict: 'grows' });
    expect(judgeHeap(watch(() => 10, 1)).verdict).toBe('too short to say');
    const { lateLow, lateMbPerMinute, lateHigh } = judgeHeap(watch((minute) => 10 + 0.05 * minute));
    expect(lateLow).toBeLessThan(lateMbPerMinute);
    expect(lateMbPerMinute).toBeLessThan(lateHigh);
    expect(lateMbPerMinute).toBeCloseTo(0.05, 1);
  });
});
