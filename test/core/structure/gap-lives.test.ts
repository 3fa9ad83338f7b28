// Fair value gaps by hand, both ways: birth at its exact threshold, fills, strength, and what is left in a record that is used again.
import { describe, expect, it } from 'vitest';
import { CandleBook } from '../../../src-main/core/market/candle-book.ts';
import { FILLED_GAPS_KEPT, GapDetector, OPEN_GAPS_KEPT, gapStrength } from '../../../src-main/core/structure/fair-value-gaps.ts';
import type { GapRecord } from '../../../src-main/core/structure/fair-value-gaps.ts';
import { candleOf } from '../support/candles.ts';

const STEP = 900_000;
const ATR = 0.01;

/** Candles as [low, high]; for bearish gaps everything is mirrored around 100. */
class Tape {
  readonly book = new CandleBook('15m', 1024);
  readonly gaps: GapDetector;
  private readonly isBullish: boolean;

  constructor(direction: 'bullish' | 'bearish', minGapAtr = 0.1) {
    this.gaps = new GapDetector(minGapAtr);
    this.isBullish = direction === 'bullish';
  }

  price(value: number): number {
    return this.isBullish ? value : 10_000 / value;
  }

  bar(low: number, high: number, atr = ATR): this {
    const [a, b] = [this.price(low), this.price(high)].toSorted((x, y) => x - y) as [number, number];
    this.book.append(candleOf({ openTime: this.book.count * STEP, open: a, high: b, low: a, close: b, volume: 1 }));
    this.gaps.update(this.book, atr);
    return this;
  }

  get open(): readonly GapRecord[] {
    return this.gaps.gaps.alive;
  }
}

describe('the strength of a gap', () => {
  it('is 0.7 at 1.5 ATR and no more, in proportion below, less what is filled', () => {
    const of = (sizeAtr: number, filledFraction = 0): number => gapStrength({ sizeAtr, filledFraction } as GapRecord);
    expect([of(0.75), of(1.5), of(3), of(1.5, 0.25), of(3, 1)]).toEqual([0.35, 0.7, 0.7, 0.525, 0].map((value) => expect.closeTo(value, 12)));
  });
});

describe.each(['bullish', 'bearish'] as const)('a %s gap', (direction) => {
  /** A gap of 100.5 to 102.5 known at the third candle. */
  const born = (): Tape => new Tape(direction).bar(100, 100.5).bar(100.4, 102.6).bar(102.5, 103);

  it('is born at the third candle, lies between the first and the third, and is the newest only there', () => {
    const tape = born();
    const [bottom, top] = [tape.price(100.5), tape.price(102.5)].toSorted((a, b) => a - b);
    expect(tape.open).toMatchObject([{ direction, bottom, top, firstBar: 0, originTime: STEP, confirmedTime: 3 * STEP, filledFraction: 0, isOpen: true }]);
    expect(tape.open[0]!.sizeAtr).toBeCloseTo(Math.log(102.5 / 100.5) / ATR, 9);
    expect([tape.gaps.latest, tape.gaps.changes, tape.gaps.closedTotal]).toEqual([tape.open[0], 1, 0]);
    expect([tape.bar(102.6, 103).gaps.latest, tape.gaps.changes]).toEqual([null, 1]);
  });

  it('needs three candles, a known ATR, air between them, and at least the smallest size', () => {
    expect(new Tape(direction).bar(100, 100.5).bar(102.5, 103).open).toEqual([]);
    expect(new Tape(direction).bar(100, 100.5).bar(100.4, 102.6).bar(102.5, 103, Number.NaN).open).toEqual([]);
    expect(new Tape(direction, 0).bar(100, 100.5).bar(100.4, 102.6).bar(100.5, 103).open).toEqual([]);
    const sized = (gapAtr: number): number => {
      const third = 100.5 * Math.exp(gapAtr * ATR);
      return new Tape(direction).bar(100, 100.5).bar(100.4, 102).bar(third, 103).open.length;
    };
    expect([sized(0.0999), sized(0.1001)]).toEqual([0, 1]);
    // Exactly the smallest size: ATR is the gap itself.
    const tape = new Tape(direction, 1);
    const atr = Math.abs(Math.log(tape.price(100)) - Math.log(tape.price(50)));
    expect(tape.bar(25, 50, atr).bar(49, 101, atr).bar(100, 120, atr).open).toHaveLength(1);
  });

  it('fills as deep as price goes, is half filled and filled once, and ends', () => {
    const tape = born();
    tape.bar(101.8, 103);
    const [gap] = tape.open;
    expect(gap!.filledFraction).toBeCloseTo(Math.log(102.5 / 101.8) / Math.log(102.5 / 100.5), 12);
    expect([gap!.halfFilledTime, tape.gaps.changes]).toEqual([Number.NaN, 1]);
    const half = tape.book.lastCloseTime + STEP;
    tape.bar(101, 103).bar(101.4, 103).bar(100.9, 103);
    expect([gap!.halfFilledTime, gap!.filledTime, tape.gaps.changes]).toEqual([half, Number.NaN, 2]);
    tape.bar(100.5, 103);
    expect(gap).toMatchObject({ filledFraction: 1, halfFilledTime: half, filledTime: tape.book.lastCloseTime, isOpen: false });
    expect([tape.open.length, tape.gaps.gaps.ended.length, tape.gaps.closedTotal, tape.gaps.changes]).toEqual([0, 1, 1, 3]);
  });

  it('half filled and filled by one candle counts both', () => {
    expect(born().bar(99, 103).gaps.changes).toBe(3);
  });

  it('begins with nothing of the record it was written over', () => {
    const tape = new Tape(direction);
    for (let life = 0; life < 2 * FILLED_GAPS_KEPT; life += 1) {
      tape.bar(100, 100.5).bar(100.4, 102.6).bar(102.5, 103);
      expect(tape.open).toMatchObject([{ filledFraction: 0, halfFilledTime: Number.NaN, filledTime: Number.NaN, isOpen: true, firstBar: tape.book.count - 3 }]);
      tape.bar(99, 103).bar(99, 103).bar(99, 103);
      expect(tape.open).toEqual([]);
    }
  });

  it('the oldest makes room for the forty-ninth, and the others fill as before', () => {
    const tape = new Tape(direction);
    for (let step = 0; step < OPEN_GAPS_KEPT + 2; step += 1) tape.bar(100 + step, 100.4 + step);
    expect([OPEN_GAPS_KEPT, tape.open.length, tape.open[0]?.firstBar, tape.gaps.gaps.ended.length]).toEqual([48, 48, 0, 0]);
    const [first] = tape.open;
    tape.bar(150, 150.4);
    expect([tape.open.length, tape.open[0]?.firstBar, first!.isOpen, first!.filledTime, tape.gaps.closedTotal]).toEqual([48, 1, false, Number.NaN, 1]);
    // Down through the newest three: the nearest edges are those of the gaps that are left.
    tape.bar(146.9, 150);
    expect(tape.open.filter((gap) => gap.filledFraction > 0).length + tape.gaps.gaps.ended.length - 1).toBe(4);
    tape.bar(90, 150);
    expect(tape.open).toEqual([]);
  });
});
