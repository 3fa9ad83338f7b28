// The stack of unbroken swings over a long market: what is forgotten leaves it, and every swing knows its price in both scales.
import { describe, expect, it } from 'vitest';
import { CandleBook } from '../../../src-main/core/market/candle-book.ts';
import { BreakDetector } from '../../../src-main/core/structure/breaks.ts';
import { SWINGS_KEPT } from '../../../src-main/core/structure/swing-record.ts';
import { SwingDetector } from '../../../src-main/core/structure/swings.ts';
import { candleOf } from '../support/candles.ts';

const STEP = 900_000;

/** A zigzag of five bars a wave that never passes its last turn on one side: falling for highs, or rising for lows. */
function zigzag(waves: number, way: 1 | -1): { readonly swings: SwingDetector; readonly breaks: BreakDetector; readonly close: (price: number) => void } {
  const book = new CandleBook('15m', 1024);
  const swings = new SwingDetector('internal', 2);
  const breaks = new BreakDetector('internal', false);
  const append = (middle: number, close = middle): void => {
    const range = { high: Math.max(middle + 0.2, close), low: Math.min(middle - 0.2, close) };
    book.append(candleOf({ openTime: book.count * STEP, open: middle, ...range, close, volume: 1 }));
    breaks.update(book, swings, 0.01);
    swings.update(book);
  };
  for (let bar = 0; bar < waves * 5; bar += 1) append(1000 + way * (Math.floor(bar / 5) + [0, 1, 2, 1, 0][bar % 5]! * -way * 3));
  return { swings, breaks, close: (price) => append(1000 + way * waves, price) };
}

describe.each([
  ['high', -1],
  ['low', 1],
] as const)('unbroken swing %ss', (kind, way) => {
  const stackOf = (swings: SwingDetector): SwingDetector['unbrokenHighs'] => (kind === 'high' ? swings.unbrokenHighs : swings.unbrokenLows);

  it('stay until they are broken, and leave when the ring writes over them, the oldest first', () => {
    const { swings } = zigzag(SWINGS_KEPT + 30, way);
    const stack = stackOf(swings);
    const ring = kind === 'high' ? swings.highs : swings.lows;
    expect(ring.total).toBeGreaterThan(SWINGS_KEPT + 20);
    expect(stack).toHaveLength(SWINGS_KEPT);
    expect(new Set(stack).size).toBe(SWINGS_KEPT);
    expect(stack.map((swing) => swing.bar)).toEqual(stack.map((swing) => swing.bar).toSorted((a, b) => a - b));
    expect(stack[0]).toBe(ring.at(0));
    expect(stack.every((swing) => Number.isNaN(swing.brokenTime))).toBe(true);
  });

  it('know their price and its logarithm', () => {
    for (const swing of stackOf(zigzag(12, way).swings)) expect(swing.logPrice).toBeCloseTo(Math.log(swing.price), 12);
    const { swings } = zigzag(12, way);
    for (const ring of [swings.highs, swings.lows])
      for (let position = 0; position < ring.size; position += 1) expect(ring.at(position).logPrice).toBeCloseTo(Math.log(ring.at(position).price), 12);
  });

  it('are all broken at once by a close beyond the farthest, and it is one break, of the newest', () => {
    const { swings, breaks, close } = zigzag(20, way);
    const newest = stackOf(swings).at(-1)!;
    const { price, bar } = newest;
    const before = breaks.breaks.total;
    close(way === -1 ? 1100 : 900);
    expect(stackOf(swings)).toEqual([]);
    expect([breaks.breaks.total - before, breaks.latest?.level, breaks.latest?.swingBar]).toEqual([1, price, bar]);
    // The leg reaches from the farthest turn since the newest swing.
    expect(breaks.latest!.legBar).toBeGreaterThan(bar);
  });
});
