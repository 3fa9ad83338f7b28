// The five sub-scores by hand: each formula at its corners, for both sides.
import { describe, expect, it } from 'vitest';
import type { Side, SubScores } from '../../../src-shared/domain/signal.ts';
import { computeSubScores } from '../../../src-main/core/features/sub-scores.ts';
import { BREAK_PUSH, FACTS_SIZE, INTERNAL_TREND, SWING_HIGH, SWING_LOW, SWING_TREND, clearFacts } from '../../../src-main/core/structure/facts.ts';
import type { SymbolState } from '../../../src-main/core/structure/symbol-state.ts';
import type { Timeframe } from '../../../src-shared/domain/candle.ts';

/** What a frame holds; distances of averages in ATR. Left out, everything is neutral. */
interface Frame {
  readonly order?: number;
  readonly slope?: number;
  readonly adx?: number;
  readonly plusDi?: number;
  readonly minusDi?: number;
  readonly rsi?: number;
  readonly atrRatio?: number;
  readonly swingTrend?: number;
  readonly internalTrend?: number;
  readonly push?: number;
  readonly range?: readonly [low: number, high: number];
  readonly price?: number;
}

const ATR = 0.01;

function frame(given: Frame): unknown {
  const facts = new Float64Array(FACTS_SIZE);
  clearFacts(facts);
  facts[SWING_TREND] = given.swingTrend ?? 0;
  facts[INTERNAL_TREND] = given.internalTrend ?? 0;
  facts[BREAK_PUSH] = given.push ?? 0;
  facts[SWING_LOW] = given.range?.[0] ?? Number.NaN;
  facts[SWING_HIGH] = given.range?.[1] ?? Number.NaN;
  const fast = 5;
  return {
    atr: ATR,
    facts,
    logClose: given.price ?? 0,
    indicators: {
      emaFast: { value: fast },
      emaSlow: { value: fast - (given.order ?? 0) * ATR },
      emaFastAgo: (bars: number) => (bars === 3 ? fast - (given.slope ?? 0) * ATR : Number.NaN),
      adx: { value: given.adx ?? 0, plusDi: given.plusDi ?? 20, minusDi: given.minusDi ?? 20 },
      rsi: { value: given.rsi ?? 50 },
      atrRatio: given.atrRatio ?? 1,
    },
  };
}

function scores(side: Side, frames: Partial<Record<Timeframe, Frame>>, adxTrendThreshold = 20): SubScores {
  const state = { frames: { '5m': frame(frames['5m'] ?? {}), '15m': frame(frames['15m'] ?? {}), '1h': frame(frames['1h'] ?? {}) } };
  return computeSubScores(state as unknown as SymbolState, side, { adxTrendThreshold });
}

const close = (value: number): number => expect.closeTo(value, 9) as number;

describe('trend alignment', () => {
  const trend = (side: Side, frames: Partial<Record<Timeframe, Frame>>, threshold?: number): number => scores(side, frames, threshold).trendAlignment;
  const NEUTRAL = 0.3;

  it('is three tenths where nothing moves and ADX is low: half of six tenths', () => {
    expect(trend('long', {})).toBeCloseTo(NEUTRAL, 12);
    expect(trend('short', {})).toBeCloseTo(NEUTRAL, 12);
  });

  it('counts 1h half, 15m three tenths, 5m a fifth', () => {
    const full = { order: 5, slope: 5, adx: 35 };
    expect(trend('long', { '1h': full, '15m': full, '5m': full })).toBeCloseTo(1, 12);
    expect(trend('short', { '1h': full, '15m': full, '5m': full })).toBe(0);
    for (const [timeframe, weight] of [
      ['1h', 0.5],
      ['15m', 0.3],
      ['5m', 0.2],
    ] as const) {
      expect(trend('long', { [timeframe]: full })).toBeCloseTo(NEUTRAL + weight * (1 - NEUTRAL), 12);
      expect(trend('short', { [timeframe]: full })).toBeCloseTo(NEUTRAL - weight * NEUTRAL, 12);
    }
  });

  it('the order of the averages spans 1.5 ATR either way, their slope 0.75', () => {
    const of = (given: Frame): number => (trend('long', { '1h': given }) - NEUTRAL) / 0.5;
    expect([0.75, 1.5, 2, -0.75, -2].map((order) => of({ order }))).toEqual([0.075, 0.15, 0.15, -0.075, -0.15].map(close));
    expect([0.375, 0.75, 2, -0.375, -2].map((slope) => of({ slope }))).toEqual([0.075, 0.15, 0.15, -0.075, -0.15].map(close));
  });

  it('strength begins at three quarters of the threshold and is full one threshold later', () => {
    const of = (adx: number, threshold?: number): number => (trend('long', { '1h': { order: 5, slope: 5, adx } }, threshold) - NEUTRAL) / 0.5 + NEUTRAL;
    expect([0, 15, 25, 35, 60].map((adx) => of(adx))).toEqual([0.6, 0.6, 0.8, 1, 1].map(close));
    expect([30, 50, 70].map((adx) => of(adx, 40))).toEqual([0.6, 0.8, 1].map(close));
  });
});

describe('market structure', () => {
  const structure = (side: Side, frames: Partial<Record<Timeframe, Frame>>): number => scores(side, frames).marketStructure;

  it('counts the 1h swing trend 0.35, the internal trends of 15m 0.30 and of 5m 0.15: whole with, half before any, nothing against', () => {
    expect(structure('long', {})).toBeCloseTo(0.4, 12);
    for (const [frames, weight] of [
      [{ '1h': { swingTrend: 1 } }, 0.35],
      [{ '15m': { internalTrend: 1 } }, 0.3],
      [{ '5m': { internalTrend: 1 } }, 0.15],
    ] as const) {
      expect(structure('long', frames)).toBeCloseTo(0.4 + weight / 2, 12);
      expect(structure('short', frames)).toBeCloseTo(0.4 - weight / 2, 12);
    }
    expect(structure('long', { '1h': { internalTrend: 1 }, '15m': { swingTrend: 1 }, '5m': { swingTrend: 1 } })).toBeCloseTo(0.4, 12);
  });

  it('adds up to a fifth for the displacement of the last 15m break this way, full at 3 ATR', () => {
    const added = (side: Side, push: number): number => structure(side, { '15m': { push } }) - 0.4;
    expect([1.5, 3, 6, -3].map((push) => added('long', push))).toEqual([0.1, 0.2, 0.2, 0].map(close));
    expect([-1.5, 3].map((push) => added('short', push))).toEqual([0.1, 0].map(close));
    expect(structure('long', { '5m': { push: 3 }, '1h': { push: 3 } })).toBeCloseTo(0.4, 12);
  });
});

describe('price position', () => {
  const at = (side: Side, price: number): number => scores(side, { '5m': { price }, '15m': { range: [0, 1] } }).pricePosition;

  it.each([
    [-0.5, 0],
    [-0.25, 0],
    [-0.075, 0.5],
    [0.0999, 0.9997],
    [0.1, 1],
    [0.3, 1],
    [0.38, 1],
    [0.4, 0.9167],
    [0.44, 0.75],
    [0.5, 0.5],
    [0.52, 0.46],
    [0.625, 0.25],
    [0.75, 0],
    [1, 0],
  ])('at %s of the range a long has %s, and a short the same as far from the top', (place, score) => {
    expect(at('long', place)).toBeCloseTo(score, 3);
    expect(at('short', 1 - place)).toBeCloseTo(score, 3);
  });

  it('is half without a range', () => {
    expect(scores('long', {}).pricePosition).toBe(0.5);
    expect(scores('long', { '15m': { range: [1, 1] } }).pricePosition).toBe(0.5);
  });
});

describe('momentum', () => {
  const momentum = (side: Side, frames: Partial<Record<Timeframe, Frame>>): number => scores(side, frames).momentum;
  const NEUTRAL = 0.5 * 0.5 + 0.3 * 0.5 + 0.2;

  it('counts the 5m RSI from 30 to 70 half', () => {
    expect(momentum('long', {})).toBeCloseTo(NEUTRAL, 12);
    const of = (side: Side, rsi: number): number => (momentum(side, { '5m': { rsi } }) - NEUTRAL) / 0.5 + 0.5;
    expect([20, 30, 40, 60, 70, 90].map((rsi) => of('long', rsi))).toEqual([0, 0, 0.25, 0.75, 1, 1].map(close));
    expect([30, 60].map((rsi) => of('short', rsi))).toEqual([1, 0.25].map(close));
  });

  it('counts the 15m difference of DI, to 25 either way, three tenths', () => {
    const of = (side: Side, difference: number): number => (momentum(side, { '15m': { plusDi: 30 + difference, minusDi: 30 } }) - NEUTRAL) / 0.3 + 0.5;
    expect([-30, -25, 12.5, 25, 40].map((difference) => of('long', difference))).toEqual([0, 0, 0.75, 1, 1].map(close));
    expect([-25, 12.5].map((difference) => of('short', difference))).toEqual([1, 0.25].map(close));
  });

  it('counts the room before the 15m RSI is exhausted a fifth: whole up to 50, none from 75', () => {
    const of = (side: Side, rsi: number): number => (momentum(side, { '15m': { rsi } }) - NEUTRAL) / 0.2 + 1;
    expect([30, 50, 62.5, 75, 90].map((rsi) => of('long', rsi))).toEqual([1, 1, 0.5, 0, 0].map(close));
    expect([70, 50, 37.5, 25, 10].map((rsi) => of('short', rsi))).toEqual([1, 1, 0.5, 0, 0].map(close));
  });
});

describe('volatility', () => {
  it('is full from 0.8 to 1.6 of the usual ATR of 15m, and nothing below 0.3 or above 3, for both sides', () => {
    for (const side of ['long', 'short'] as const) {
      const of = (atrRatio: number): number => scores(side, { '15m': { atrRatio } }).volatility;
      expect([0.2, 0.3, 0.55, 0.8, 1.6, 2.3, 3, 4].map(of)).toEqual([0, 0, 0.5, 1, 1, 0.5, 0, 0].map(close));
    }
  });
});
