// Every detector on hand-made candles where the right answer can be checked by eye.
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import { describeStructure } from '../../../src-main/core/structure/snapshot.ts';
import type { TimeframeState } from '../../../src-main/core/structure/timeframe-state.ts';
import { blockStrength } from '../../../src-main/core/structure/order-block-rules.ts';
import type { OrderBlockRecord } from '../../../src-main/core/structure/order-block-rules.ts';
import { candleOf } from '../support/candles.ts';
import { BULLISH_BREAK, HOUR, at, run, type Bar } from './hand-made.ts';

describe('swings', () => {
  it('of equal highs the first is the swing, known when enough bars stand after it', () => {
    const state = run([
      [100, 101, 100, 100.8],
      [100.8, 104, 100.7, 102],
      [102, 104, 101, 101.5],
      [101.5, 102, 100.6, 101],
      [101, 101.2, 100.6, 100.8],
    ]);
    const highs = describeStructure('X', state).swings.filter((swing) => swing.kind === 'high' && swing.scale === 'internal' && swing.price > 101);
    expect(highs).toEqual([{ kind: 'high', scale: 'internal', price: 104, brokenTime: null, originTime: at(1), confirmedTime: at(4) }]);
  });
});

describe('breaks of structure', () => {
  it('the first close beyond a swing is a BOS, and a wick alone is none', () => {
    const wick: Bar = [104.4, 107, 104, 104.9];
    expect(run([...BULLISH_BREAK.slice(0, 8), wick]).internalBreaks.latest).toBeNull();
    const snapshot = describeStructure('X', run(BULLISH_BREAK));
    const last = snapshot.breaks.findLast((entry) => entry.scale === 'internal');
    expect(last).toMatchObject({ kind: 'bos', direction: 'bullish', level: 105, originTime: at(2), confirmedTime: at(9) });
    expect(last!.displacementAtr).toBeGreaterThan(3);
    expect(snapshot.swings.find((swing) => swing.price === 105 && swing.scale === 'internal')?.brokenTime).toBe(at(9));
  });

  it('a wick breaks when the setting says so', () => {
    const state = run([...BULLISH_BREAK.slice(0, 8), [104.4, 107, 104, 104.9]], { wicksBreakStructure: true });
    expect(state.internalBreaks.latest).toMatchObject({ kind: 'bos', direction: 'bullish', level: 105 });
  });

  it('against the trend it is a CHOCH and the trend flips; the swing breaks only once', () => {
    const state = run([...BULLISH_BREAK, [106, 106.2, 103, 103.2], [103.2, 103.5, 100, 100.1], [100.1, 100.4, 97, 97.5]]);
    expect(state.internalBreaks.latest).toMatchObject({ kind: 'choch', direction: 'bearish', level: 98 });
    expect(state.internalBreaks.trend).toBe('bearish');
    state.append(candleOf({ openTime: at(12), open: 97.5, high: 97.6, low: 96, close: 96.2, volume: 100 }));
    expect(state.internalBreaks.latest).toBeNull();
  });
});

describe('order blocks', () => {
  it('the block is the last down candle at or before the lowest low of the leg, with its own range', () => {
    const { orderBlocks } = describeStructure('X', run(BULLISH_BREAK));
    expect(orderBlocks).toHaveLength(1);
    expect(orderBlocks[0]).toMatchObject({
      direction: 'bullish',
      top: 101.5,
      bottom: 99.5,
      originTime: at(4),
      confirmedTime: at(9),
      tests: 0,
      state: 'active',
    });
    expect(orderBlocks[0]!.volumeRatio).toBeCloseTo(4, 6);
  });

  it('low impulse volume keeps it, flagged weak', () => {
    const quiet = BULLISH_BREAK.map(([open, high, low, close]): Bar => [open, high, low, close, 100]);
    expect(describeStructure('X', run(quiet)).orderBlocks[0]).toMatchObject({ state: 'weak' });
  });

  it('a visit counts once until a close has left by half the height; a close through it makes it a breaker', () => {
    const away: Bar = [106, 106.2, 105, 106];
    const touch: Bar = [103, 103.2, 101.2, 101.8];
    const once = run([...BULLISH_BREAK, touch, [101.8, 102.2, 101, 101.9]]);
    expect(once.orderBlocks.blocks.alive[0]).toMatchObject({ tests: 1, isVisited: true });
    const twice = run([...BULLISH_BREAK, touch, away, touch]);
    expect(twice.orderBlocks.blocks.alive[0]).toMatchObject({ tests: 2 });
    const { orderBlocks } = describeStructure('X', run([...BULLISH_BREAK, touch, [101.8, 101.9, 98.5, 99]]));
    const [broken, breaker] = [
      orderBlocks.find((block) => block.direction === 'bullish'),
      orderBlocks.find((block) => block.direction === 'bearish' && block.top === 101.5),
    ];
    expect(broken).toMatchObject({ state: 'ended', endReason: 'broken', endedTime: at(11) });
    expect(breaker).toMatchObject({ state: 'breaker', top: 101.5, bottom: 99.5, confirmedTime: at(11) });
  });

  it('one test too many ends it', () => {
    const visit: Bar[] = [
      [103, 103.2, 101.2, 101.8],
      [106, 106.2, 105, 106],
    ];
    const state = run([...BULLISH_BREAK, ...visit, ...visit], { orderBlockMaxTestCount: 1 });
    expect(state.orderBlocks.blocks.alive).toHaveLength(0);
    expect(state.orderBlocks.blocks.ended.at(-1)).toMatchObject({ endReason: 'tests', tests: 2 });
  });

  it('strength is 0.4 volume + 0.4 displacement + 0.2 gap, worn by tests and by age', () => {
    const settings = defaultSettings();
    const block = { volumeRatio: 1.5, displacementAtr: 6, gap: {}, tests: 1, confirmedTime: 0 } as unknown as OrderBlockRecord;
    const fresh = (0.4 * 0.5 + 0.4 + 0.2) * (1 - 1 / 4);
    expect(blockStrength(block, 48 * HOUR, settings)).toBeCloseTo(fresh, 12);
    expect(blockStrength(block, 96 * HOUR, settings)).toBeCloseTo(fresh * 0.9 ** 2, 12);
    expect(blockStrength(block, 96 * HOUR, { ...settings, orderBlockDecayEnabled: false })).toBeCloseTo(fresh, 12);
  });

  it('no more than OB_MAX_HISTORY stay alive', () => {
    const wave: Bar[] = Array.from({ length: 12 }, (_, index) =>
      BULLISH_BREAK.map(([open, high, low, close, volume]): Bar => [open + index * 6, high + index * 6, low + index * 6, close + index * 6, volume ?? 100]),
    ).flat();
    const state = run(wave, { orderBlockMaxHistory: 3 });
    expect(state.orderBlocks.blocks.alive).toHaveLength(3);
    expect(state.orderBlocks.blocks.ended.some((block) => block.endReason === 'evicted')).toBe(true);
  });
});

describe('fair value gaps', () => {
  const gapUp: readonly Bar[] = [
    [100, 100.4, 99.6, 100.2],
    [100.2, 103, 100.1, 102.8],
    [102.8, 103.5, 102.4, 103.2],
  ];

  it('spans from the first high to the third low, sits at the middle candle and is known at the close of the third', () => {
    expect(describeStructure('X', run(gapUp)).gaps).toMatchObject([
      { direction: 'bullish', top: 102.4, bottom: 100.4, originTime: at(1), confirmedTime: at(3), filledFraction: 0 },
    ]);
  });

  it('tracks half and full fill, and never unfills', () => {
    const half = describeStructure('X', run([...gapUp, [103.2, 103.3, 101.3, 103]])).gaps[0]!;
    expect(half.halfFilledTime).toBe(at(4));
    expect(half.filledFraction).toBeCloseTo(Math.log(102.4 / 101.3) / Math.log(102.4 / 100.4), 12);
    const full = describeStructure('X', run([...gapUp, [103.2, 103.3, 101.3, 103], [103, 103.2, 100.3, 102]])).gaps[0]!;
    expect(full).toMatchObject({ filledFraction: 1, halfFilledTime: at(4), filledTime: at(5) });
  });

  it('smaller than a tenth of ATR is no gap', () => {
    expect(
      describeStructure(
        'X',
        run([
          [100, 100.4, 99.6, 100.2],
          [100.2, 101, 100.1, 100.8],
          [100.8, 101.4, 100.45, 101],
        ]),
      ).gaps,
    ).toEqual([]);
  });
});

describe('liquidity', () => {
  const doubleTop: readonly Bar[] = [
    [100, 102, 100, 101],
    [101, 104, 101, 103],
    [103, 103.2, 101, 101.5],
    [101.5, 101.8, 100.8, 101],
    [101, 103, 100.9, 102.5],
    [102.5, 104.05, 102, 103],
    [103, 103.1, 101.5, 102],
    [102, 102.2, 101, 101.2],
  ];
  const poolAt = (state: TimeframeState, below = 110): unknown =>
    describeStructure('X', state).pools.findLast((pool) => pool.side === 'buy' && pool.price > 103 && pool.price < below);

  it('two highs within a tenth of ATR are one pool at the outer price, known at the second', () => {
    expect(poolAt(run(doubleTop))).toMatchObject({
      price: 104.05,
      touches: 2,
      weak: false,
      originTime: at(1),
      confirmedTime: at(8),
      sweptTime: null,
      takenTime: null,
    });
  });
  it('a wick beyond with a close back sweeps it', () => {
    expect(poolAt(run([...doubleTop, [101.2, 104.5, 101, 103.5]]))).toMatchObject({ sweptTime: at(9), takenTime: null });
  });
  it('a close beyond takes it', () => {
    expect(poolAt(run([...doubleTop, [101.2, 105, 101, 104.8], [104.8, 106, 104.6, 105.5], [105.5, 107, 105, 106], [106, 108, 105.8, 107]]))).toMatchObject({
      sweptTime: null,
      takenTime: at(9),
    });
  });
  it('a close back within three bars of the wick is still a sweep', () => {
    expect(poolAt(run([...doubleTop, [101.2, 105, 101, 104.8], [104.8, 104.9, 104.6, 104.7], [104.7, 104.8, 103, 103.2]]), 104.5)).toMatchObject({
      sweptTime: at(11),
      takenTime: at(9),
    });
  });
});
