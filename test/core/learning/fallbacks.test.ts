// The rules that stand in for networks: same shapes, sensible answers.
import { describe, expect, it } from 'vitest';
import { indicatorFeatures, reachProbability, structureStatistics, volumeNodes } from '../../../src-main/core/learning/fallbacks.ts';
import { DISCOVERED_FEATURES } from '../../../src-main/core/learning/model-inputs.ts';
import { buildStructureWindow, STRUCTURE_CODE, STRUCTURE_WIDTH } from '../../../src-main/core/learning/structure-window.ts';
import { FEATURE_COUNT, FEATURES } from '../../../src-main/core/features/schema.ts';
import { createMarketState } from '../../../src-main/core/structure/market-state.ts';
import type { TimeframeState } from '../../../src-main/core/structure/timeframe-state.ts';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import type { Candle } from '../../../src-shared/domain/candle.ts';
import { candleOf, randomOf, syntheticCandles } from '../support/candles.ts';

function frameOf(candles: readonly Candle[]): TimeframeState {
  const market = createMarketState(defaultSettings());
  for (const candle of candles) market.appendClosed5m('A', candle);
  return market.get('A')!.frames['15m'];
}

describe('fallbacks', () => {
  it('sixteen finite statistics that tell a rise from a fall', () => {
    const out = new Float32Array(STRUCTURE_WIDTH);
    const frame = frameOf(syntheticCandles({ seed: 5, count: 3000, timeframe: '5m' }));
    expect(buildStructureWindow(frame, 'long', { out, offset: 0 })).toBe(true);
    const long = structureStatistics(out);
    expect(long.length).toBe(STRUCTURE_CODE);
    expect(long.every((value) => Math.abs(value) <= 1)).toBe(true);
    expect(new Set(long).size).toBe(STRUCTURE_CODE);
    buildStructureWindow(frame, 'short', { out, offset: 0 });
    const short = structureStatistics(out);
    // Net move, efficiency and both slopes turn round.
    for (const at of [4, 5, 6, 7]) expect(short[at]).toBeCloseTo(-long[at]!, 4);
  });

  it('32 base features that measure something stand in for the discovered ones', () => {
    const row = Float32Array.from({ length: FEATURE_COUNT }, (_, at) => at);
    const chosen = [...indicatorFeatures(row)];
    expect(chosen).toHaveLength(DISCOVERED_FEATURES);
    expect(chosen.every((at) => FEATURES[at]!.unit !== 'flag')).toBe(true);
  });

  it('finds the price at which most was traded, above and below', () => {
    // Two prices hold the volume, 3 % apart; the last close lies between them.
    const candles = Array.from({ length: 600 }, (_, index) => {
      const isLast = index > 590;
      const middle = isLast ? 101.5 : index % 60 < 28 ? 100 : index % 60 < 32 ? 101.5 : 103;
      const volume = middle === 101.5 ? 1 : 100;
      return candleOf({ openTime: 1_700_000_100_000 + index * 300_000, open: middle, high: middle * 1.001, low: middle * 0.999, close: middle, volume });
    });
    const frame = frameOf(candles);
    const [above, below, reachAbove, reachBelow] = volumeNodes(frame)!;
    expect(Math.exp(above * frame.atr) * 101.5).toBeCloseTo(103, 0);
    expect(101.5 / Math.exp(below * frame.atr)).toBeCloseTo(100, 0);
    expect(reachAbove).toBeGreaterThan(0);
    expect(reachBelow).toBeLessThanOrEqual(1);
    expect(volumeNodes(frameOf(candles.slice(0, 30)))).toBeNull();
  });

  it('the chance of reaching a distance is that of a random walk, measured', () => {
    expect(reachProbability(0)).toBeCloseTo(1, 6);
    expect(reachProbability(Number.NaN)).toBe(0);
    const random = randomOf(3);
    for (const distance of [1, 3, 5]) {
      let reached = 0;
      for (let walk = 0; walk < 2000; walk += 1) {
        let at = 0;
        // Many small steps, so that the walk is close to continuous.
        for (let step = 0; step < 24 * 20; step += 1) {
          at += (random() < 0.5 ? 1 : -1) / (1.6 * Math.sqrt(20));
          if (at >= distance) {
            reached += 1;
            break;
          }
        }
      }
      expect(Math.abs(reached / 2000 - reachProbability(distance))).toBeLessThan(0.05);
    }
  });
});
