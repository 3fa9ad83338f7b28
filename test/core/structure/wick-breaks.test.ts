// Breaks by wicks, behind their setting: an outside bar passes swings on both sides, and its body decides which break it was.
import { describe, expect, it } from 'vitest';
import { describeStructure } from '../../../src-main/core/structure/snapshot.ts';
import type { TimeframeState } from '../../../src-main/core/structure/timeframe-state.ts';
import { at, run, type Bar } from './hand-made.ts';

/** A swing high of 105 at bar 2 and a swing low of 97 at bar 5, both known and unbroken when bar 8 comes. */
const BETWEEN: readonly Bar[] = [
  [100, 101, 100, 101],
  [101, 103, 100.8, 103],
  [103, 105, 102.5, 104],
  [104, 104.2, 101, 101],
  [101, 101.5, 98, 98.2],
  [98.2, 99, 97, 98.8],
  [98.8, 100.5, 98.5, 100.2],
  [100.2, 102, 99.5, 101],
];

const after = (...bars: readonly Bar[]): TimeframeState => run([...BETWEEN, ...bars], { wicksBreakStructure: true });
const brokenAt = (state: TimeframeState, price: number): number | null =>
  describeStructure('X', state).swings.find((swing) => swing.scale === 'internal' && swing.price === price)?.brokenTime ?? null;

describe('an outside bar whose wicks pass a high and a low', () => {
  it('with a rising body breaks upwards, and the low is spent without a word', () => {
    const state = after([101, 106, 96, 103]);
    expect(state.internalBreaks.latest).toMatchObject({ kind: 'bos', direction: 'bullish', level: 105, bar: 38, swingBar: 32, legBar: 35 });
    expect(state.internalBreaks.latest!.displacementAtr).toBeCloseTo(Math.log(106 / 97) / state.atr, 9);
    expect([state.internalBreaks.trend, state.internalBreaks.breaks.size]).toEqual(['bullish', 1]);
    expect([brokenAt(state, 105), brokenAt(state, 97)]).toEqual([at(9), at(9)]);
  });

  it('with a falling body breaks downwards, and the high is spent', () => {
    const state = after([101, 106, 96, 99]);
    expect(state.internalBreaks.latest).toMatchObject({ kind: 'bos', direction: 'bearish', level: 97, swingBar: 35, legBar: 37 });
    expect(state.internalBreaks.latest!.displacementAtr).toBeCloseTo(Math.log(102 / 96) / state.atr, 9);
    expect([state.internalBreaks.trend, state.internalBreaks.breaks.size]).toEqual(['bearish', 1]);
    expect([brokenAt(state, 105), brokenAt(state, 97)]).toEqual([at(9), at(9)]);
  });

  it('without a body spends both and says nothing', () => {
    const state = after([101, 106, 96, 101]);
    expect([state.internalBreaks.latest, state.internalBreaks.trend]).toEqual([null, null]);
    expect([brokenAt(state, 105), brokenAt(state, 97)]).toEqual([at(9), at(9)]);
    expect(after([101, 106, 96, 101], [101, 107, 95, 103]).internalBreaks.latest).toBeNull();
  });
});

describe('a wick that passes one side only', () => {
  it('breaks it whichever way the body goes', () => {
    expect(after([101, 106, 100, 100.5]).internalBreaks.latest).toMatchObject({ direction: 'bullish', level: 105 });
    expect(after([101, 102, 96, 101.5]).internalBreaks.latest).toMatchObject({ direction: 'bearish', level: 97 });
  });

  it('does not break at the very price of the swing', () => {
    expect(after([101, 105, 97, 103]).internalBreaks.latest).toBeNull();
  });
});
