// Which candle an order block is, searched from the extreme of the leg, five bars back at most, in what the book still remembers; and its birth.
import { describe, expect, it } from 'vitest';
import type { BreakRecord } from '../../../src-main/core/structure/break-record.ts';
import { findBlockBar, impulseVolume } from '../../../src-main/core/structure/order-block-rules.ts';
import { CandleBook } from '../../../src-main/core/market/candle-book.ts';
import { candleOf } from '../support/candles.ts';
import { BULLISH_BREAK, at, run, type Bar } from './hand-made.ts';

/** Flat candles but for the ones named, which move by the value given; volume ratios as given. */
function bookOf(
  moves: Readonly<Record<number, number>>,
  given: { readonly count?: number; readonly ratios?: Readonly<Record<number, number>> } = {},
): CandleBook {
  const book = new CandleBook('15m', 256);
  for (let bar = 0; bar < (given.count ?? 30); bar += 1) {
    const move = moves[bar] ?? 0;
    book.append(candleOf({ openTime: bar * 900_000, open: 100, high: 100 + Math.max(0, move), low: 100 + Math.min(0, move), close: 100 + move, volume: 1 }));
    book.volumeRatio[book.slot(bar)] = given.ratios?.[bar] ?? Number.NaN;
  }
  return book;
}

const legOf = (legBar: number, direction: 'bullish' | 'bearish'): BreakRecord => ({ legBar, direction }) as BreakRecord;

describe.each([
  ['bullish', -1],
  ['bearish', 1],
] as const)('the candle of a %s block', (direction, against) => {
  const find = (moves: Readonly<Record<number, number>>, legBar = 20, count = 30): number => findBlockBar(bookOf(moves, { count }), legOf(legBar, direction));

  it('is the extreme itself when it runs against the break, else the last one before it that does', () => {
    expect(find({ 20: against, 19: against })).toBe(20);
    expect(find({ 18: against, 17: against, 19: -against })).toBe(18);
    expect(find({ 21: against })).toBe(20);
  });

  it('is five bars back at most, else the extreme', () => {
    expect([find({ 15: against }), find({ 14: against })]).toEqual([15, 20]);
  });

  it('is never a candle without a body', () => {
    expect(find({ 18: -against })).toBe(20);
  });

  it('is found as far as the book remembers, and not at all when the extreme is forgotten', () => {
    // 300 candles in a book of 256: bar 44 is the oldest.
    expect(find({ 44: against, 43: against }, 46, 300)).toBe(44);
    expect(find({ 43: against, 42: against }, 46, 300)).toBe(46);
    expect([find({}, 44, 300), find({}, 43, 300)]).toEqual([44, -1]);
  });
});

describe('the volume of an impulse', () => {
  it('is the highest ratio of the block and the two bars after it, as far as they exist', () => {
    const ratios = { 9: 9, 10: 1, 11: 2, 12: 3, 13: 9 };
    const volume = (bar: number, count: number): number => impulseVolume(bookOf({}, { count, ratios }), bar);
    expect([volume(10, 30), volume(10, 12), volume(10, 11), volume(11, 30)]).toEqual([3, 2, 1, 9]);
    // In a full book the place after the newest bar holds the oldest one.
    expect(impulseVolume(bookOf({}, { count: 300, ratios: { 44: 9, 298: 1, 299: 2 } }), 298)).toBe(2);
  });

  it('is 0 while no ratio is known', () => {
    expect(impulseVolume(bookOf({}), 10)).toBe(0);
  });
});

describe('the birth of a block', () => {
  it('exactly OB_MIN_VOLUME_RATIO is enough, and the record knows its leg', () => {
    // 150 against a mean of 100; the bars after it have less.
    const enough = BULLISH_BREAK.map(([open, high, low, close], index): Bar => [open, high, low, close, index === 4 ? 150 : 100]);
    const [block] = run(enough).orderBlocks.blocks.alive;
    expect(block).toMatchObject({ state: 'active', volumeRatio: 1.5, bar: 34, legBars: 4 });
  });

  it('one that is too weak from the beginning ends at its birth, and is not born again by the other scale', () => {
    const faint: readonly Bar[] = [
      [100, 100.6, 99.9, 100.1],
      [100.1, 100.4, 100.05, 100.3],
      [100.3, 100.4, 100.05, 100.2],
      [100.2, 100.5, 100.1, 100.4],
      [100.4, 100.66, 100.3, 100.62, 1],
    ];
    const { blocks } = run(faint.map(([open, high, low, close]): Bar => [open, high, low, close, 1])).orderBlocks;
    expect(blocks.alive).toEqual([]);
    expect(blocks.ended).toMatchObject([{ endReason: 'decay', endedTime: at(5), confirmedTime: at(5), state: 'ended' }]);
    expect(blocks.ended[0]!.strength).toBeLessThan(0.1);
  });

  it('a leg whose extreme is no longer remembered has none', () => {
    // Every candle a little higher than the one before: no swing comes between.
    const climb = Array.from({ length: 260 }, (_, index): Bar => [100.2, 100.5, 99.9, 100.21].map((price) => price + index * 0.016) as unknown as Bar);
    const { internalBreaks, orderBlocks } = run([...BULLISH_BREAK.slice(0, 6), ...climb, [104.4, 106.5, 104.2, 106]]);
    expect(internalBreaks.latest).toMatchObject({ level: 105, legBar: 35 });
    expect(orderBlocks.blocks.alive).toEqual([]);
  });
});
