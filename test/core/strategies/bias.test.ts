// Step 2 by hand: three votes of the 1h frame, and two that agree make a bias.
import { describe, expect, it } from 'vitest';
import { judgeBias } from '../../../src-main/core/strategies/bias.ts';
import { hourFrame } from './support.ts';

/** ATR of the frame is 0.01: a slope counts from 0.0005 in three bars. */
const bias = (order: number, slope: number, trend: number): ReturnType<typeof judgeBias> =>
  judgeBias(hourFrame({ fast: 1, slow: 1 - order, fastBefore: 1 - slope, trend }));

describe('the 1h bias', () => {
  it.each([
    [0.01, 0.01, 1, 'long', 3],
    [0.01, 0.01, -1, null, 1],
    [0.01, 0.01, 0, 'long', 2],
    [0.01, 0, 1, 'long', 2],
    [0, 0.01, 1, 'long', 2],
    [0.01, -0.01, 1, null, 1],
    [0.01, -0.01, 0, null, 0],
    [0.01, 0, 0, null, 1],
    [0, 0, 0, null, 0],
    [-0.01, 0, 0, null, -1],
    [-0.01, 0, -1, 'short', -2],
    [-0.01, -0.01, 0, 'short', -2],
    [0, -0.01, -1, 'short', -2],
    [-0.01, -0.01, -1, 'short', -3],
  ] as const)('EMA order %s, slope %s, last break %s: %s', (order, slope, trend, side, votes) => {
    expect(bias(order, slope, trend)).toEqual({ side, votes, order: Math.sign(order), slope: Math.sign(slope), structure: trend });
  });

  it('a slope under a twentieth of ATR in three bars is flat, either way', () => {
    expect([0.000495, 0.000505, -0.000495, -0.000505].map((slope) => bias(0.01, slope, 0).slope)).toEqual([0, 1, 0, -1]);
  });
});
