// Steps 5 and 7 by hand: the weights of confidence, the parts of quality, and what an opinion may do at its very limits.
import { describe, expect, it } from 'vitest';
import type { ModelOpinion, SubScores } from '../../../src-shared/domain/signal.ts';
import { blendOpinion, subScoreSpread, tiltConfidence, weighConfidence } from '../../../src-main/core/strategies/confidence.ts';
import { bareContext } from '../../../src-main/core/strategies/context.ts';
import type { DecisionContext } from '../../../src-main/core/strategies/context.ts';
import { judgeQuality } from '../../../src-main/core/strategies/quality.ts';
import type { QualityInput } from '../../../src-main/core/strategies/quality.ts';
import { NOW, ictSettings } from './support.ts';

const NONE: SubScores = { trendAlignment: 0, marketStructure: 0, pricePosition: 0, momentum: 0, volatility: 0 };

describe('confidence', () => {
  it.each([
    ['trendAlignment', 0.4],
    ['marketStructure', 0.2],
    ['pricePosition', 0.2],
    ['momentum', 0.1],
    ['volatility', 0.1],
  ] as const)('%s counts %s', (score, weight) => {
    expect(weighConfidence({ ...NONE, [score]: 1 })).toBe(weight);
    expect(weighConfidence({ ...NONE, [score]: 0.5 })).toBe(weight / 2);
    // Twice the weighted standard deviation of one score apart from the others.
    expect(subScoreSpread({ ...NONE, [score]: 0.5 })).toBeCloseTo(Math.sqrt(weight * (1 - weight)), 12);
  });

  it('scores that agree have no spread, and the spread is never more than 1', () => {
    const all = (value: number): SubScores => ({ trendAlignment: value, marketStructure: value, pricePosition: value, momentum: value, volatility: value });
    expect(subScoreSpread(all(0.75))).toBeCloseTo(0, 7);
    expect(weighConfidence(all(1))).toBeCloseTo(1, 12);
    expect(subScoreSpread({ ...NONE, trendAlignment: 1, momentum: 1 })).toBe(1);
  });

  it('generated features tilt it by a tenth of their score towards its side, within 0 and 1', () => {
    const tilt = (confidence: number, dynamicScore: number, side: 'long' | 'short'): number =>
      tiltConfidence(confidence, { side, settings: { ...ictSettings, enableDynamicFeatures: true }, context: { ...bareContext(NOW), dynamicScore } });
    expect([tilt(0.5, 0.5, 'long'), tilt(0.5, 0.5, 'short')]).toEqual([expect.closeTo(0.55, 12), expect.closeTo(0.45, 12)]);
    expect([tilt(0.95, 1, 'long'), tilt(0.05, 1, 'short')]).toEqual([1, 0]);
    expect(tilt(0.5, Number.NaN, 'long')).toBe(0.5);
    const rest = { side: 'long', context: bareContext(NOW) } as const;
    expect(tiltConfidence(0.5, { ...rest, settings: { ...ictSettings, enableDynamicFeatures: true } })).toBe(0.5);
    expect(tiltConfidence(0.5, { ...rest, settings: ictSettings, context: { ...bareContext(NOW), dynamicScore: 1 } })).toBe(0.5);
  });
});

describe('quality', () => {
  const free: QualityInput = {
    side: 'long',
    barsAgo: 0,
    distanceAtr: 0,
    volumeRatio: 1,
    maxSpread: 0.002,
    context: { ...bareContext(NOW), spreadFraction: 0 },
  };
  const quality = (change: Partial<QualityInput>, context: Partial<DecisionContext> = {}): number =>
    judgeQuality({ ...free, ...change, context: { ...free.context, ...context } });

  it('is 1 for a fresh signal at the zone, without spread, at full volume, with nothing on', () => {
    expect(quality({})).toBeCloseTo(1, 12);
    expect(quality({ volumeRatio: 5 })).toBeCloseTo(1, 12);
  });

  it.each([
    ['a third of freshness for each candle', { barsAgo: 1 }, {}, 0.25 / 3],
    ['freshness after three candles', { barsAgo: 3 }, {}, 0.25],
    ['half of nearness at 1 ATR', { distanceAtr: 1 }, {}, 0.125],
    ['nearness at 2 ATR', { distanceAtr: 2 }, {}, 0.25],
    ['nearness, no more, at 4 ATR', { distanceAtr: 4 }, {}, 0.25],
    ['half of spread while it is unknown', {}, { spreadFraction: null }, 0.075],
    ['a quarter of spread at a quarter of the bound', {}, { spreadFraction: 0.0005 }, 0.15 / 4],
    ['spread at the bound', {}, { spreadFraction: 0.002 }, 0.15],
    ['half of volume at half the usual', { volumeRatio: 0.5 }, {}, 0.075],
    ['a tenth for a position already open on this side', {}, { openSide: 'long' }, 0.1],
    ['a fifth of correlation for each position of the side', {}, { correlatedPositions: { long: 1, short: 5 } }, 0.02],
    ['correlation at five positions', {}, { correlatedPositions: { long: 5, short: 0 } }, 0.1],
    ['correlation, no more, at nine', {}, { correlatedPositions: { long: 9, short: 0 } }, 0.1],
  ] as const)('loses %s', (_, change, context, loss) => {
    expect(quality(change, context)).toBeCloseTo(1 - loss, 12);
  });

  it('is 0 against an open position, whichever side', () => {
    expect(quality({}, { openSide: 'short' })).toBe(0);
    expect(quality({ side: 'short' }, { openSide: 'long' })).toBe(0);
    expect(quality({ side: 'short' }, { openSide: 'short' })).toBeCloseTo(0.9, 12);
  });
});

describe('a model opinion', () => {
  const terms = { modelWeight: 0.5, vetoProbability: 0.25, rewardRisk: 1, hasEdge: true };
  const says = (winProbability: number, width = 0): ModelOpinion => ({
    model: 'gbdt',
    version: 'v1',
    winProbability,
    low: 0.5 - width / 2,
    high: 0.5 + width / 2,
    effect: 'unused',
  });

  it('is a veto below the set probability, not at it, and then no confidence is left above the probability', () => {
    expect(blendOpinion(0.5, says(0.25), terms).effect).toBe('lowered');
    expect(blendOpinion(0.5, says(0.125, 0.5), terms)).toEqual({ confidence: 0.125, uncertainty: 0.5, effect: 'vetoed' });
    expect(blendOpinion(0.0625, says(0.125), terms).confidence).toBe(0.0625);
  });

  it('weighs less the wider its band', () => {
    // Break-even at 1 : 1 is one half; 0.75 stands 0.25 above it, a score of 0.875.
    expect(blendOpinion(0.5, says(0.75), terms)).toEqual({ confidence: 0.5 * 0.5 + 0.5 * 0.875, uncertainty: 0, effect: 'raised' });
    expect(blendOpinion(0.5, says(0.75, 0.5), terms)).toEqual({ confidence: 0.75 * 0.5 + 0.25 * 0.875, uncertainty: 0.5, effect: 'raised' });
    expect(blendOpinion(0.5, says(0.75, 1.5), terms)).toEqual({ confidence: 0.5, uncertainty: 1, effect: 'confirmed' });
  });

  it('its score ends at 1 and at 0', () => {
    expect(blendOpinion(0.5, says(1), { ...terms, rewardRisk: 3 }).confidence).toBe(0.75);
    expect(blendOpinion(0.5, says(0), { ...terms, vetoProbability: 0, rewardRisk: 0.25 }).confidence).toBe(0.25);
  });

  it('within a hundredth either way it confirms', () => {
    const effectOf = (change: number): string => blendOpinion(0.5, says(0.5 + change / 0.75), terms).effect;
    expect([0.0099, -0.0099, 0.0101, -0.0101].map(effectOf)).toEqual(['confirmed', 'confirmed', 'raised', 'lowered']);
    // Exactly a hundredth: the score lies 0.02 above confidence at half the weight.
    expect(blendOpinion(0, says(0.5), { ...terms, modelWeight: 0.02 })).toMatchObject({ confidence: 0.01, effect: 'confirmed' });
  });

  it('of a model that drifts weighs less and may lower but not raise', () => {
    const drifting = { ...terms, discount: 0.5 };
    expect(blendOpinion(0.5, says(0.75), drifting)).toMatchObject({ confidence: 0.5, effect: 'confirmed' });
    expect(blendOpinion(0.5, says(0.25), drifting)).toMatchObject({ confidence: 0.75 * 0.5 + 0.25 * 0.125, effect: 'lowered' });
    expect(blendOpinion(0.5, says(0.75), { ...terms, hasEdge: false })).toMatchObject({ confidence: 0.5, effect: 'confirmed' });
    expect(blendOpinion(0.5, says(0.75), { ...terms, discount: 1 }).effect).toBe('raised');
  });
});
