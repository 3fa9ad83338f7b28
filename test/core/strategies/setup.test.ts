// Step 3 by hand: structure agrees, price on the right side of equilibrium, and the zone that is taken.
import { describe, expect, it } from 'vitest';
import { distanceToZone, findSetUp } from '../../../src-main/core/strategies/setup.ts';
import { DECISION_MEMORY_BARS } from '../../../src-main/core/structure/decision-memory.ts';
import { block, gap, ictSettings, marketAt, quarterFrame, type QuarterNumbers } from './support.ts';

/** The set-up at a price; the dealing range reaches from 90 to 110, so equilibrium lies at √9900 ≈ 99.5, and ATR is 1 % (in log price). */
const find = (price: number, numbers: QuarterNumbers, side: 'long' | 'short' = 'long'): ReturnType<typeof findSetUp> =>
  findSetUp(marketAt(price, { '15m': quarterFrame(numbers) }), side, ictSettings);
const codeOf = (found: ReturnType<typeof findSetUp>): string => (found.kind === 'missing' ? found.code : found.zone.kind);
const short: QuarterNumbers = { trend: 'bearish' };
const above = { direction: 'bearish', top: 106, bottom: 105 } as const;

describe('structure and place', () => {
  it('the internal trend of 15m must be of the side', () => {
    expect(find(95.5, { trend: 'bearish', blocks: [block()] })).toEqual({
      kind: 'missing',
      code: 'setup.structure_against',
      numbers: { trend: -1 },
      closeness: 0.1,
    });
    expect(find(95.5, { trend: null, blocks: [block()] })).toMatchObject({ code: 'setup.structure_against', numbers: { trend: 0 } });
    expect(find(105, { trend: 'bullish' }, 'short')).toMatchObject({ code: 'setup.structure_against', numbers: { trend: 1 } });
  });

  it('a range is needed, and one whose high lies at its low is none', () => {
    expect(find(95, { high: Number.NaN })).toMatchObject({ code: 'setup.no_range', closeness: 0.2 });
    expect(codeOf(find(95, { high: 90 }))).toBe('setup.no_range');
  });

  it('a long is bought in discount or at equilibrium itself, a short sold in premium, and closeness says how far it is off', () => {
    // A range of 64 to 256 has its middle at 128 exactly.
    const wide = { high: 256, low: 64 };
    const edge = { top: 128, bottom: 127 };
    expect(codeOf(find(128, { ...wide, blocks: [block(edge)] }))).toBe('order_block');
    expect(codeOf(find(128, { ...wide, ...short, blocks: [block({ direction: 'bearish', top: 129, bottom: 128 })] }, 'short'))).toBe('order_block');
    const premium = find(64 * 4 ** 0.6, { ...wide, blocks: [block()] });
    expect(premium).toMatchObject({ code: 'setup.in_premium', numbers: { rangePosition: expect.closeTo(0.6, 12) }, closeness: expect.closeTo(0.6, 12) });
    const discount = find(64 * 4 ** 0.4, { ...wide, ...short }, 'short');
    expect(discount).toMatchObject({ code: 'setup.in_discount', numbers: { rangePosition: expect.closeTo(0.4, 12) }, closeness: expect.closeTo(0.6, 12) });
    expect(codeOf(find(64 * 4 ** 0.51, { ...wide, blocks: [block()] }))).toBe('setup.in_premium');
    expect(find(64 * 4 ** 1.5, wide)).toMatchObject({ code: 'setup.in_premium', closeness: expect.closeTo(0.3, 12) });
  });
});

describe('the zone', () => {
  it('without a zone ahead there is none, with one beyond 1 ATR it is too far, and its distance is told', () => {
    expect(find(95.5, {})).toMatchObject({ code: 'setup.no_zone', closeness: 0.5 });
    const far = find(95 * Math.exp(0.02), { blocks: [block()] });
    expect(far).toMatchObject({ code: 'setup.zone_too_far', numbers: { distanceAtr: expect.closeTo(2, 9), reachAtr: 1 }, closeness: expect.closeTo(0.75, 9) });
    const farGap = find(105 * Math.exp(-0.04), { ...short, gaps: [gap(above)] }, 'short');
    expect(farGap).toMatchObject({ code: 'setup.zone_too_far', numbers: { distanceAtr: expect.closeTo(4, 9) }, closeness: expect.closeTo(0.625, 9) });
  });

  it.each([
    ['long', {}, 95, 1],
    ['short', { ...short }, 105, -1],
  ] as const)('a %s reaches 1 ATR to the near edge, no further, and counts 0 inside', (side, frame, edge, sign) => {
    const own = side === 'long' ? {} : above;
    for (const zones of [{ blocks: [block(own)] }, { gaps: [gap(own)] }]) {
      const at = (atr: number): ReturnType<typeof findSetUp> => find(edge * Math.exp(sign * atr * 0.01), { ...frame, ...zones }, side);
      expect(at(0.999)).toMatchObject({ kind: 'found', distanceAtr: expect.closeTo(0.999, 9) });
      expect(codeOf(at(1.001))).toBe('setup.zone_too_far');
      expect(at(-0.3)).toMatchObject({ kind: 'found', distanceAtr: 0 });
    }
  });

  it('a zone exactly 1 ATR away is within reach', () => {
    // ATR of ln 2: a price of twice the edge is exactly one away, and 128 is the middle of 32 to 512.
    const frame = { atr: Math.LN2, high: 512, low: 32 };
    expect(find(128, { ...frame, blocks: [block({ top: 64, bottom: 60 })] })).toMatchObject({ kind: 'found', distanceAtr: 1 });
    expect(find(128, { ...frame, gaps: [gap({ top: 64, bottom: 60 })] })).toMatchObject({ kind: 'found', distanceAtr: 1 });
    const twice = { direction: 'bearish', top: 260, bottom: 256 } as const;
    expect(find(128, { ...frame, ...short, blocks: [block(twice)] }, 'short')).toMatchObject({ kind: 'found', distanceAtr: 1 });
    expect(find(128, { ...frame, ...short, gaps: [gap(twice)] }, 'short')).toMatchObject({ kind: 'found', distanceAtr: 1 });
  });

  it('price beyond the far edge is through the zone; at the edge it still is in it', () => {
    expect(find(94, { blocks: [block()] })).toMatchObject({ kind: 'found', distanceAtr: 0 });
    expect(codeOf(find(93.99, { blocks: [block()] }))).toBe('setup.no_zone');
    expect(find(94, { gaps: [gap()] })).toMatchObject({ kind: 'found', distanceAtr: 0 });
    expect(codeOf(find(93.99, { gaps: [gap()] }))).toBe('setup.no_zone');
    expect(find(106, { ...short, blocks: [block(above)] }, 'short')).toMatchObject({ kind: 'found', distanceAtr: 0 });
    expect(codeOf(find(106.01, { ...short, blocks: [block(above)] }, 'short'))).toBe('setup.no_zone');
    expect(find(106, { ...short, gaps: [gap(above)] }, 'short')).toMatchObject({ kind: 'found', distanceAtr: 0 });
    expect(codeOf(find(106.01, { ...short, gaps: [gap(above)] }, 'short'))).toBe('setup.no_zone');
  });

  it('only active blocks and gaps of the side, young enough and with a short enough leg, may be traded', () => {
    const oldest = 1000 - 1 - DECISION_MEMORY_BARS;
    const price = 95.5;
    const isFound = (...blocks: Parameters<typeof block>): boolean => find(price, { blocks: [block(...blocks)] }).kind === 'found';
    expect([{ state: 'weak' }, { state: 'breaker' }, { direction: 'bearish' }].map((wrong) => isFound(wrong as Parameters<typeof block>[0]))).toEqual([
      false,
      false,
      false,
    ]);
    const { orderBlockLookback } = ictSettings;
    expect([isFound({ legBars: orderBlockLookback }), isFound({ legBars: orderBlockLookback + 1 })]).toEqual([true, false]);
    expect([isFound({ bar: oldest }), isFound({ bar: oldest - 1 })]).toEqual([true, false]);
    const isGapFound = (change: Parameters<typeof gap>[0]): boolean => find(price, { gaps: [gap(change)] }).kind === 'found';
    expect([isGapFound({}), isGapFound({ direction: 'bearish' })]).toEqual([true, false]);
    expect([isGapFound({ firstBar: oldest }), isGapFound({ firstBar: oldest - 1 })]).toEqual([true, false]);
  });

  it('within reach the strongest counts, half discounted for a whole ATR of distance; the newer of equals', () => {
    const near = block({ top: 95, bottom: 94, strength: 0.5, originTime: 11 });
    const strong = block({ top: 94.5, bottom: 93.5, strength: 0.9, originTime: 12 });
    const price = 95;
    // 0.5 at the edge against 0.9 × (1 − 0.5 × 0.5277 ATR) = 0.66.
    expect(find(price, { blocks: [near, strong] })).toMatchObject({ zone: { originTime: 12, strength: 0.9 }, distanceAtr: expect.closeTo(0.5277, 4) });
    // 0.5 at the edge against 0.7 × (1 − 0.5 × 0.5277 ATR) = 0.515; discounted any further it would lose.
    expect(find(price, { blocks: [near, { ...strong, strength: 0.7 }] })).toMatchObject({ zone: { originTime: 12 } });
    expect(find(price, { blocks: [near, { ...strong, strength: 0.67 }] })).toMatchObject({ zone: { originTime: 11 }, distanceAtr: 0 });
    expect(find(price, { blocks: [near, { ...strong, strength: 0.6 }] })).toMatchObject({ zone: { originTime: 11 } });
    expect(find(price, { blocks: [near, { ...near, originTime: 13 }] })).toMatchObject({ zone: { originTime: 13 } });
    expect(find(price, { blocks: [{ ...near, strength: 0.8 }], gaps: [gap()] })).toMatchObject({ zone: { kind: 'order_block' } });
    expect(find(price, { blocks: [near], gaps: [gap()] })).toMatchObject({ zone: { kind: 'fair_value_gap', strength: 0.7 } });
  });

  it('is described as it stands: a block with its tests, a gap with whether it was entered', () => {
    expect(find(95, { blocks: [block({ tests: 2 })] })).toMatchObject({
      zone: { kind: 'order_block', timeframe: '15m', top: 95, bottom: 94, strength: 0.8, tests: 2, originTime: 1, confirmedTime: 2 },
    });
    expect(find(95, { gaps: [gap()] })).toMatchObject({ zone: { kind: 'fair_value_gap', timeframe: '15m', top: 95, bottom: 94, tests: 0, strength: 0.7 } });
    expect(find(95, { gaps: [gap({ filledFraction: 0.25 })] })).toMatchObject({ zone: { tests: 1, strength: expect.closeTo(0.525, 12) } });
  });
});

describe('the distance to the nearest zone', () => {
  const distance = (price: number, numbers: QuarterNumbers, side: 'long' | 'short' = 'long'): number | null =>
    distanceToZone(marketAt(price, { '15m': quarterFrame(numbers) }), side, ictSettings);

  it('is that of the nearest zone beyond reach, of whichever kind, and null without one ahead', () => {
    const lower = { top: 90, bottom: 89 };
    const higher = { ...above, top: 111, bottom: 110 };
    const price = 98;
    const ratio = (edge: number): number => Math.abs(Math.log(price / edge)) / 0.01;
    expect(distance(price, {})).toBeNull();
    expect(distance(price, { blocks: [block(lower), block()] })).toBeCloseTo(ratio(95), 9);
    expect(distance(price, { blocks: [block(), block(lower)] })).toBeCloseTo(ratio(95), 9);
    expect(distance(price, { blocks: [block(lower)], gaps: [gap(), gap(lower)] })).toBeCloseTo(ratio(95), 9);
    expect(distance(price, { ...short, blocks: [block(higher), block(above)] }, 'short')).toBeCloseTo(ratio(105), 9);
    expect(distance(price, { ...short, blocks: [block(above), block(higher)] }, 'short')).toBeCloseTo(ratio(105), 9);
    expect(distance(price, { ...short, blocks: [block(higher)], gaps: [gap(above), gap(higher)] }, 'short')).toBeCloseTo(ratio(105), 9);
    expect(distance(94.5, { blocks: [block()] })).toBe(0);
  });
});
