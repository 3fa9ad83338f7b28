// ADX_TREND_THRESHOLD: how strong a trend must be to count in the trend score.
import { describe, expect, it } from 'vitest';
import { computeSubScores } from '../../../src-main/core/features/sub-scores.ts';
import { SymbolState } from '../../../src-main/core/structure/symbol-state.ts';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import { syntheticCandles } from '../support/candles.ts';

describe('the trend score', () => {
  it('falls with a higher ADX_TREND_THRESHOLD and nothing else does; a weak trend keeps six tenths', () => {
    const state = new SymbolState('X', defaultSettings(), 1024);
    for (const candle of syntheticCandles({ seed: 41, count: 3000, timeframe: '5m' })) state.appendClosed5m(candle);
    const [low, usual, high] = [5, 20, 60].map((adxTrendThreshold) => computeSubScores(state, 'long', { adxTrendThreshold }));
    if (low === undefined || usual === undefined || high === undefined) throw new Error('no scores');
    expect(low.trendAlignment).toBeGreaterThan(usual.trendAlignment);
    expect(usual.trendAlignment).toBeGreaterThan(high.trendAlignment);
    expect(high.trendAlignment / low.trendAlignment).toBeGreaterThanOrEqual(0.6);
    expect({ ...high, trendAlignment: 0 }).toEqual({ ...usual, trendAlignment: 0 });
  });
});
