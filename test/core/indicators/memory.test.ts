// What a set of indicators remembers: past values, and the two comparisons taken from them.
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import { HOURLY_ATR_HISTORY, INDICATOR_HISTORY, IndicatorSet } from '../../../src-main/core/indicators/indicator-set.ts';
import { TimeframeState } from '../../../src-main/core/structure/timeframe-state.ts';
import { syntheticCandles } from '../support/candles.ts';

const settings = defaultSettings();
const candles = syntheticCandles({ seed: 9, count: 2600, timeframe: '1h' });

describe('indicator memory', () => {
  it('the mean of seven days of hourly ATR is taken over 168 true values, and of sixty days over 1,440', () => {
    const state = new TimeframeState('1h', settings, 1024);
    const published: number[] = [];
    for (const candle of candles) {
      state.append(candle);
      published.push(state.atr);
    }
    for (const hours of [7 * 24, 60 * 24]) {
      const remembered = Array.from({ length: hours }, (_, ago) => state.indicators.atrAgo(ago));
      expect(remembered).toEqual(published.slice(-hours).toReversed());
    }
    expect(state.indicators.atrAgo(HOURLY_ATR_HISTORY)).toBeNaN();
  });

  it('every remembered series gives back what it published, and NaN beyond', () => {
    const set = new IndicatorSet(settings);
    const published = candles.map((candle) => {
      set.update(candle);
      return [set.emaFast.value, set.rsi.value, set.atr.value, set.adx.value] as const;
    });
    const past = (ago: number): readonly number[] => [set.emaFastAgo(ago), set.rsiAgo(ago), set.atrAgo(ago), set.adxAgo(ago)];
    for (const ago of [0, 1, 3, 96, 167, INDICATOR_HISTORY - 1]) expect(past(ago)).toEqual(published.at(-1 - ago));
    expect(past(INDICATOR_HISTORY).every(Number.isNaN)).toBe(true);
  });

  it('ATR is compared with its last 96 values: the ratio to their mean, the share of the 96 before it that lie below', () => {
    const set = new IndicatorSet(settings);
    const values: number[] = [];
    for (const candle of candles.slice(0, 400)) {
      set.update(candle);
      if (Number.isNaN(set.atr.value)) {
        expect([set.atrRatio, set.atrPercentile].every(Number.isNaN)).toBe(true);
        continue;
      }
      values.push(set.atr.value);
      const lately = values.slice(-96);
      const before = values.slice(-97, -1);
      expect(set.atrRatio).toBeCloseTo(set.atr.value / (lately.reduce((sum, value) => sum + value, 0) / lately.length), 9);
      if (before.length === 0) expect(set.atrPercentile).toBeNaN();
      else expect(set.atrPercentile).toBeCloseTo(before.filter((value) => value < set.atr.value).length / before.length, 12);
    }
  });

  it('VWAP of a set is that of the typical price since 00:00 UTC, weighted by volume', () => {
    const set = new IndicatorSet(settings);
    let [day, paid, volume] = [-1, 0, 0];
    for (const candle of candles.slice(0, 100)) {
      set.update(candle);
      const today = Math.floor(candle.openTime / 86_400_000);
      if (today !== day) [day, paid, volume] = [today, 0, 0];
      paid += ((candle.high + candle.low + candle.close) / 3) * candle.volume;
      volume += candle.volume;
      expect(set.vwap.value).toBeCloseTo(paid / volume, 9);
    }
  });

  it('sets do not share memory', () => {
    const [a, b] = [new IndicatorSet(settings), new IndicatorSet(settings)];
    for (const candle of candles.slice(0, 200)) a.update(candle);
    expect([b.emaFast.value, b.rsi.value, b.atr.value, b.adx.value, b.bollinger.upper, b.volumeRatio.value, b.vwap.value].every(Number.isNaN)).toBe(true);
  });
});
