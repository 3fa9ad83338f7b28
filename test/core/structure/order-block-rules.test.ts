// The rules of order blocks one by one: when strength is used up, which gap adjoins, and which block is nearest.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import { GapDetector } from '../../../src-main/core/structure/fair-value-gaps.ts';
import type { GapRecord } from '../../../src-main/core/structure/fair-value-gaps.ts';
import { MIN_STRENGTH, adjoins, attachGap, blockStrength, decayTime, emptyBlock } from '../../../src-main/core/structure/order-block-rules.ts';
import type { OrderBlockRecord } from '../../../src-main/core/structure/order-block-rules.ts';
import { OrderBlockDetector } from '../../../src-main/core/structure/order-blocks.ts';
import { TimeframeState } from '../../../src-main/core/structure/timeframe-state.ts';
import { candleOf, syntheticCandles } from '../support/candles.ts';

const settings = defaultSettings();
const HOUR = 3_600_000;
const blockOf = (overrides: Partial<OrderBlockRecord> = {}): OrderBlockRecord => ({
  ...emptyBlock(),
  confirmedTime: 0,
  volumeRatio: 3,
  displacementAtr: 3,
  state: 'active',
  ...overrides,
});
const gapAt = (firstBar: number, direction: 'bullish' | 'bearish' = 'bullish'): GapRecord => ({ firstBar, direction }) as GapRecord;

describe('strength', () => {
  it('volume and displacement count no more than 3, and tests beyond the last one leave nothing', () => {
    expect(blockStrength(blockOf({ volumeRatio: 9, displacementAtr: 0 }), 0, settings)).toBeCloseTo(0.4, 12);
    expect(blockStrength(blockOf({ volumeRatio: 0, displacementAtr: 9 }), 0, settings)).toBeCloseTo(0.4, 12);
    expect(blockStrength(blockOf({ volumeRatio: 0.75, displacementAtr: 1.5, gap: gapAt(0) }), 0, settings)).toBeCloseTo(0.1 + 0.2 + 0.2, 12);
    expect([3, 4, 9].map((tests) => blockStrength(blockOf({ tests }), 0, settings))).toEqual([expect.closeTo(0.2, 12), 0, 0]);
  });

  it('ages from its confirmation, after OB_TIME_DECAY_HOURS, by OB_DECAY_RATE a day', () => {
    const block = blockOf({ confirmedTime: 5 * HOUR });
    const at = (hours: number): number => blockStrength(block, (5 + hours) * HOUR, settings);
    expect([0, 48, 72, 84].map(at)).toEqual([0.8, 0.8, 0.72, 0.8 * 0.9 ** 1.5].map((value) => expect.closeTo(value, 12)));
  });

  it('is used up by age no more than a minute after the time that is noted for it, and never before', () => {
    const numbers = fc.record({
      volumeRatio: fc.double({ min: 0.8, max: 5, noNaN: true }),
      displacementAtr: fc.double({ min: 0.8, max: 5, noNaN: true }),
      tests: fc.integer({ min: 0, max: 3 }),
      rate: fc.double({ min: 1, max: 99, noNaN: true }),
      hours: fc.integer({ min: 1, max: 500 }),
    });
    fc.assert(
      fc.property(numbers, ({ volumeRatio, displacementAtr, tests, rate, hours }) => {
        const block = blockOf({ volumeRatio, displacementAtr, tests, confirmedTime: 7 * HOUR });
        const used = { ...settings, orderBlockDecayRatePercent: rate, orderBlockTimeDecayHours: hours };
        const time = decayTime(block, used);
        const isSpent = blockStrength(block, block.confirmedTime, used) < MIN_STRENGTH;
        expect(time === -Infinity).toBe(isSpent);
        if (isSpent) return;
        expect(blockStrength(block, time, used)).toBeGreaterThanOrEqual(MIN_STRENGTH);
        expect(blockStrength(block, time + 61_000, used)).toBeLessThan(MIN_STRENGTH);
      }),
    );
  });

  it('is never used up by age while decay is off or takes nothing', () => {
    expect(decayTime(blockOf(), { ...settings, orderBlockDecayEnabled: false })).toBe(Infinity);
    expect(decayTime(blockOf(), { ...settings, orderBlockDecayRatePercent: 0 })).toBe(Infinity);
    expect(decayTime(blockOf(), { ...settings, orderBlockDecayRatePercent: -5 })).toBe(Infinity);
  });
});

describe('a gap', () => {
  it('adjoins when it runs the way of the block and begins at it or at one of the two bars after it', () => {
    const block = blockOf({ bar: 10, direction: 'bullish' });
    expect([9, 10, 11, 12, 13].map((bar) => adjoins(block, gapAt(bar)))).toEqual([false, true, true, true, false]);
    expect(adjoins(block, gapAt(11, 'bearish'))).toBe(false);
  });

  it('strengthens a block it adjoins, but no breaker', () => {
    const of = (state: OrderBlockRecord['state'], bar: number): GapRecord | null => {
      const block = blockOf({ bar: 10, direction: 'bullish', state });
      attachGap(block, gapAt(bar));
      return block.gap;
    };
    expect([of('active', 11), of('weak', 11), of('active', 14), of('breaker', 11)].map((gap) => gap !== null)).toEqual([true, true, false, false]);
  });
});

describe('the nearest zone', () => {
  it('of a direction is the active block, or the open gap, with the shortest way to its nearer edge, none below the oldest bar', () => {
    let blocks = 0;
    let gaps = 0;
    const state = new TimeframeState('15m', { ...settings, orderBlockMinVolumeRatio: 1 }, 1024);
    for (const candle of syntheticCandles({ seed: 5, count: 1500, timeframe: '15m' })) {
      state.append(candle);
      if (state.book.count % 10 !== 0) continue;
      // The limit is now and then the very bar of a zone, which then still counts.
      const limits = [state.book.count - 300, state.orderBlocks.blocks.alive[0]?.bar ?? 0, state.gaps.gaps.alive[0]?.firstBar ?? 0];
      const oldest = limits[(state.book.count / 10) % 3]!;
      for (const direction of ['bullish', 'bearish'] as const) {
        for (const price of [candle.close, candle.close * 1.01, candle.close * 0.99]) {
          const way = ({ top, bottom }: { readonly top: number; readonly bottom: number }): number =>
            Math.max(0, Math.log(price / top), Math.log(bottom / price));
          const own = state.orderBlocks.blocks.alive.filter((block) => block.direction === direction && block.state === 'active' && block.bar >= oldest);
          const found = state.orderBlocks.nearestActive(direction, price, oldest);
          expect(found === null).toBe(own.length === 0);
          if (found !== null) expect([own.includes(found), way(found)]).toEqual([true, expect.closeTo(Math.min(...own.map(way)), 12)]);
          // Of equal ones, such as several that price is inside of, the newest.
          const inside = own.filter((block) => way(block) === 0);
          if (inside.length > 0) expect(found).toBe(inside.at(-1));
          const open = state.gaps.gaps.alive.filter((gap) => gap.direction === direction && gap.firstBar >= oldest);
          const distance = state.gaps.nearestDistance(direction, price, oldest);
          if (open.length === 0) expect(distance).toBeNaN();
          else expect(distance).toBeCloseTo(Math.min(...open.map(way)), 12);
          blocks += own.length;
          gaps += open.length;
        }
      }
    }
    expect([blocks > 1000, gaps > 1000]).toEqual([true, true]);
  });

  it('does not exist before any zone is known', () => {
    expect(new OrderBlockDetector(settings).nearestActive('bullish', 100, 0)).toBeNull();
    expect(new GapDetector(0.1).nearestDistance('bullish', 100, 0)).toBeNaN();
  });

  it('at the edge of a gap is at it, and its first bar is still old enough', () => {
    const state = new TimeframeState('15m', settings, 256);
    const bars = [
      ...Array.from({ length: 30 }, () => [100, 100.5, 99.5, 100]),
      [100, 100.5, 99.5, 100.2],
      [100.2, 103, 100.1, 102.8],
      [102.8, 103.5, 102.4, 103.2],
    ];
    bars.forEach(([open, high, low, close], index) =>
      state.append(candleOf({ openTime: index * 900_000, open: open!, high: high!, low: low!, close: close!, volume: 1 })),
    );
    const [gap] = state.gaps.gaps.alive;
    expect([gap?.bottom, gap?.top, gap?.firstBar]).toEqual([100.5, 102.4, 30]);
    const distance = (price: number, oldest = 30): number => state.gaps.nearestDistance('bullish', price, oldest);
    expect([distance(100.5), distance(102.4), distance(101)]).toEqual([0, 0, 0]);
    expect([distance(102.4 * Math.E), distance(100.5 / Math.E)]).toEqual([expect.closeTo(1, 12), expect.closeTo(1, 12)]);
    expect([distance(101, 31), state.gaps.nearestDistance('bearish', 101, 0)]).toEqual([Number.NaN, Number.NaN]);
    expect([state.gaps.firstSince(30), state.gaps.firstSince(31)]).toEqual([0, 1]);
  });
});
