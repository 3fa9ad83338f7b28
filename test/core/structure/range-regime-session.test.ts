// Dealing range, regime and kill zones by hand.
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import { describeRange } from '../../../src-main/core/structure/dealing-range.ts';
import { RegimeTracker, regimeMultiplier } from '../../../src-main/core/structure/regime.ts';
import { sessionAt } from '../../../src-main/core/structure/sessions.ts';
import { describeStructure } from '../../../src-main/core/structure/snapshot.ts';
import type { SwingDetector } from '../../../src-main/core/structure/swings.ts';
import { HOUR, START, run } from './hand-made.ts';

describe('dealing range, regime and session', () => {
  it('equilibrium is half way and the entry band 62–79 % back down the leg, in log price', () => {
    const range = describeStructure(
      'X',
      run([
        [100, 100.5, 98, 99],
        [99, 101, 98.8, 100.8],
        [100.8, 103, 100.6, 102.8],
        [102.8, 104, 102, 103.5],
        [103.5, 108, 103, 107],
        [107, 107.2, 105, 105.5],
        [105.5, 106, 104, 104.5],
        [104.5, 105, 103.5, 104],
      ]),
    ).range!;
    expect(range).toMatchObject({ high: 108, low: 98, direction: 'bullish' });
    expect(range.equilibrium).toBeCloseTo(Math.sqrt(108 * 98), 10);
    expect(range.oteTop).toBeCloseTo(108 * (98 / 108) ** 0.62, 10);
    expect(range.oteBottom).toBeCloseTo(108 * (98 / 108) ** 0.79, 10);
  });

  it('there is none before both swings are known, nor between a high and a low of one price', () => {
    const swing = (price: number, originTime: number): unknown => ({ price, originTime, confirmedTime: originTime });
    const rangeOf = (lastHigh: unknown, lastLow: unknown): unknown => describeRange({ lastHigh, lastLow } as SwingDetector, 'bullish');
    expect([rangeOf(null, swing(98, 1)), rangeOf(swing(108, 2), null), rangeOf(swing(100, 2), swing(100, 1))]).toEqual([null, null, null]);
    expect(rangeOf(swing(108, 2), swing(98, 1))).toMatchObject({ direction: 'bullish', originTime: 1, confirmedTime: 2 });
    expect(rangeOf(swing(108, 1), swing(98, 2))).toMatchObject({ direction: 'bearish' });
  });

  it('when one bar is both, the trend tells the way of the leg, and before any trend there is none', () => {
    const both = { lastHigh: { price: 108, originTime: 1, confirmedTime: 2 }, lastLow: { price: 98, originTime: 1, confirmedTime: 2 } } as SwingDetector;
    expect([describeRange(both, null), describeRange(both, 'bullish')?.direction, describeRange(both, 'bearish')?.direction]).toEqual([
      null,
      'bullish',
      'bearish',
    ]);
  });

  it('a regime is entered at its threshold and left one point below it', () => {
    const settings = defaultSettings();
    const tracker = new RegimeTracker(settings);
    const path = [14, 15, 19.9, 20, 19.5, 18.9, 25, 24.2, 23.9, 13].map((adx) => {
      tracker.update(adx);
      return tracker.regime;
    });
    expect(path).toEqual(['choppy', 'ranging', 'ranging', 'trending', 'trending', 'ranging', 'strong_trending', 'strong_trending', 'trending', 'choppy']);
    expect([
      regimeMultiplier('strong_trending', settings),
      regimeMultiplier('trending', settings),
      regimeMultiplier('ranging', settings),
      regimeMultiplier('choppy', settings),
    ]).toEqual([1.2, 1, 0, 0]);
  });

  it('an unknown ADX changes nothing, the first known one enters at once, and a regime is kept at exactly one point below its threshold', () => {
    const tracker = new RegimeTracker(defaultSettings());
    const after = (adx: number): string => {
      tracker.update(adx);
      return tracker.regime;
    };
    expect([Number.NaN, 24.5, Number.NaN, 25, 24, 23.999, 19, 18.999].map(after)).toEqual([
      ...['unknown', 'trending', 'trending', 'strong_trending', 'strong_trending', 'trending', 'trending', 'ranging'],
    ]);
    const fallen = new RegimeTracker(defaultSettings());
    fallen.update(30);
    expect(fallen.regime).toBe('strong_trending');
    fallen.update(3);
    expect(fallen.regime).toBe('choppy');
  });

  it('kill zones begin and end at their minute, and one without length never comes', () => {
    const settings = { ...defaultSettings(), asiaSession: '05:00-05:00', londonSession: '06:30-09:15' };
    const minute = (hours: number, minutes: number): number => START + hours * HOUR + minutes * 60_000;
    const times = [minute(5, 0), minute(6, 29), minute(6, 30), minute(9, 14), minute(9, 15)];
    expect(times.map((time) => sessionAt(time, settings))).toEqual([null, null, 'london', 'london', null]);
  });

  it('kill zones start inclusive, end exclusive, and may cross midnight', () => {
    const settings = { ...defaultSettings(), asiaSession: '22:00-02:00' };
    const hour = (value: number): number => START + value * HOUR;
    expect([21.99, 22, 1.99, 2, 6, 8.99, 9, 11, 14].map((value) => sessionAt(hour(value), settings))).toEqual([
      null,
      'asia',
      'asia',
      null,
      'london',
      'london',
      null,
      'new_york',
      null,
    ]);
  });
});
