// The version of a structure: charts draw it anew when it grows, so it must grow with everything they draw.
import { describe, expect, it } from 'vitest';
import { describeStructure } from '../../../src-main/core/structure/snapshot.ts';
import { TimeframeState } from '../../../src-main/core/structure/timeframe-state.ts';
import { check, settings } from './random-markets.ts';

/** What a chart draws, apart from what moves a little with every candle: strength, and how far a gap is filled. */
function drawn(state: TimeframeState): string {
  const { swings, breaks, orderBlocks, gaps, pools, range, trend } = describeStructure('X', state);
  return JSON.stringify([
    [swings, breaks, pools, range, trend],
    orderBlocks.map((block) => [block.id, block.state, block.tests, block.endedTime]),
    gaps.map((gap) => [gap.id, gap.halfFilledTime, gap.filledTime]),
  ]);
}

describe('the version of a structure', () => {
  it('grows with every candle that changes anything drawn, and stays where nothing changes', () => {
    let [quiet, busy] = [0, 0];
    check((candles) => {
      const state = new TimeframeState('15m', settings, 512);
      let [before, version] = [drawn(state), state.structureVersion];
      for (const candle of candles) {
        state.append(candle);
        const after = drawn(state);
        const isNew = after !== before;
        expect([candle.openTime, state.structureVersion - version]).toEqual([candle.openTime, isNew ? 1 : 0]);
        [before, version] = [after, state.structureVersion];
        if (isNew) busy += 1;
        else quiet += 1;
      }
    }, 15);
    expect([quiet > 300, busy > 300]).toEqual([true, true]);
  });
});
