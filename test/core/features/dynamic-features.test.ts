// The dynamic feature generator: it keeps what pays, lets luck go, looks at nothing that comes later and treats both directions alike.
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { Candle } from '../../../src-shared/domain/candle.ts';
import { CANDIDATES } from '../../../src-main/core/features/dynamic-candidates.ts';
import { DynamicFeatureGenerator } from '../../../src-main/core/features/dynamic-features.ts';
import { SymbolState } from '../../../src-main/core/structure/symbol-state.ts';
import { candleOf, mirrorCandles, randomOf } from '../support/candles.ts';

const settings: Settings = { ...defaultSettings(), enableDynamicFeatures: true };

/** Several symbols that run one way for days: momentum pays. */
function trendingMarkets(persistence: number, seed: number): readonly (readonly Candle[])[] {
  return Array.from({ length: 5 }, (_, symbol) => {
    const random = randomOf(seed + symbol);
    let price = 100;
    let drift = 0.0004;
    return Array.from({ length: 7200 }, (_unused, index) => {
      if (random() > persistence) drift = -drift;
      const open = price;
      price = open * Math.exp((persistence > 0.5 ? drift : 0) + (random() - 0.5) * 0.004);
      const [high, low] = [Math.max(open, price) * 1.0004, Math.min(open, price) * 0.9996];
      return candleOf({ openTime: Date.UTC(2025, 0, 6) + index * 300_000, open, high, low, close: price, volume: 100 + Math.round(random() * 50) });
    });
  });
}

interface Watch {
  readonly generator: DynamicFeatureGenerator;
  readonly states: readonly SymbolState[];
}

function watch(markets: readonly (readonly Candle[])[], candles: number): Watch {
  const generator = new DynamicFeatureGenerator(settings);
  const states = markets.map((_, index) => new SymbolState(`S${index}`, settings, 1024));
  for (let index = 0; index < candles; index += 1) {
    states.forEach((state, symbol) => {
      state.appendClosed5m(markets[symbol]![index]!);
      generator.observe(state);
    });
  }
  return { generator, states };
}

describe('dynamic features', () => {
  const persistent = trendingMarkets(0.999, 71);
  const learned = watch(persistent, 7200);

  it('keeps what pays out of sample where momentum is real, at most the allowed number, best first', () => {
    const { kept } = learned.generator;
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThanOrEqual(settings.dynamicFeatureMaximum);
    expect(kept[0]!.market).toBe('trending');
    expect(kept.every((feature) => feature.informationRatio >= settings.dynamicFeatureMinSharpe && feature.hours >= 240)).toBe(true);
    expect(kept.map((feature) => feature.informationRatio)).toEqual(kept.map((feature) => feature.informationRatio).toSorted((a, b) => b - a));
    const rising = learned.states.filter((state) => state.frames['15m'].indicators.emaFast.value > state.frames['15m'].indicators.emaSlow.value);
    for (const state of rising) expect(learned.generator.score(state) > 0 || Number.isNaN(learned.generator.score(state))).toBe(true);
  });

  it('keeps next to nothing of a market without memory', () => {
    const kept = [81, 91, 101].map((seed) => watch(trendingMarkets(0.5, seed), 7200).generator.kept.length);
    expect(kept.reduce((sum, count) => sum + count, 0)).toBeLessThan(0.1 * 3 * CANDIDATES.length);
  });

  it('L15 in the mirrored market the same features are kept and say the opposite', () => {
    const mirrored = watch(persistent.map(mirrorCandles), 7200);
    expect(mirrored.generator.kept.map((feature) => feature.name)).toEqual(learned.generator.kept.map((feature) => feature.name));
    mirrored.states.forEach((state, index) => {
      const score = learned.generator.score(learned.states[index]!);
      if (Number.isNaN(score)) expect(mirrored.generator.score(state)).toBeNaN();
      else expect(mirrored.generator.score(state)).toBeCloseTo(-score, 6);
    });
  });

  it('no look-ahead: what is kept now does not depend on what comes later', () => {
    const cut = 5400;
    const alone = watch(
      persistent.map((candles) => candles.slice(0, cut)),
      cut,
    );
    const changed = persistent.map((candles) => [...candles.slice(0, cut), ...mirrorCandles(candles).slice(cut)]);
    expect(watch(changed, cut).generator.kept).toEqual(alone.generator.kept);
  });
});
