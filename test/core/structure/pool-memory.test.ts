// Pools by hand: what decisions are told of them (the nearest, the last sweep), for how long they count, and how many are kept.
import { describe, expect, it } from 'vitest';
import { CandleBook } from '../../../src-main/core/market/candle-book.ts';
import { LiquiditySide, POOLS_KEPT } from '../../../src-main/core/structure/liquidity.ts';
import { DECISION_MEMORY_BARS } from '../../../src-main/core/structure/decision-memory.ts';
import type { SwingRecord } from '../../../src-main/core/structure/swing-record.ts';
import { candleOf } from '../support/candles.ts';

const STEP = 900_000;
/** In log units; a tenth of it joins. */
const ATR = 0.01;

/** A tape of candles around 100 and the pools above highs, or mirrored those below lows. */
class Tape {
  readonly book = new CandleBook('15m', 1024);
  readonly pools: LiquiditySide;
  private readonly isBuy: boolean;

  constructor(side: 'buy' | 'sell') {
    this.pools = new LiquiditySide(side, 0.1);
    this.isBuy = side === 'buy';
  }

  price(value: number): number {
    return this.isBuy ? value : 10_000 / value;
  }

  /** A candle that reaches `far` and closes at `close`; `swing` is the price of a swing point confirmed by it, two bars old. */
  bar(far = 100.5, close = 100, swing: number | null = null): this {
    const { book } = this;
    const [a, b] = [this.price(far), this.price(99.5)];
    const openTime = book.count * STEP;
    book.append(candleOf({ openTime, open: this.price(100), high: Math.max(a, b), low: Math.min(a, b), close: this.price(close), volume: 1 }));
    const bar = book.count - 3;
    const record = { bar, price: this.price(swing ?? 0), originTime: bar * STEP, confirmedTime: book.lastCloseTime };
    this.pools.update(book, swing === null ? null : (record as SwingRecord), ATR);
    return this;
  }

  quiet(count: number): this {
    for (let index = 0; index < count; index += 1) this.bar();
    return this;
  }

  get nearest(): readonly [number, number] {
    return [this.pools.nearestPrice, this.pools.nearestBar];
  }

  get sweep(): readonly [number, number, number] {
    return [this.pools.lastSweepBar, this.pools.lastSweepTime, this.pools.lastSweepPrice];
  }
}

describe.each(['buy', 'sell'] as const)('pools on the %s side', (side) => {
  const start = (): Tape => new Tape(side).quiet(5);
  const NONE = [side === 'buy' ? Infinity : -Infinity, -1];

  it('tell the one that price would reach first and the bar it was last touched at', () => {
    const tape = start();
    expect(tape.nearest).toEqual(NONE);
    expect(tape.bar(100.5, 100, 104).nearest).toEqual([tape.price(104), 3]);
    expect(tape.bar(100.5, 100, 106).nearest).toEqual([tape.price(104), 3]);
    expect(tape.bar(100.5, 100, 102).nearest).toEqual([tape.price(102), 5]);
    // A second point at the same level: the pool was touched again.
    expect(tape.bar(100.5, 100, 102).nearest).toEqual([tape.price(102), 6]);
  });

  it('tell the next one once a wick has gone beyond the nearest, and none when all are reached', () => {
    const tape = start().bar(100.5, 100, 104).bar(100.5, 100, 102);
    tape.bar(102);
    expect(tape.nearest[0]).toBe(tape.price(102));
    tape.bar(102.1);
    expect([tape.nearest, tape.sweep]).toEqual([
      [tape.price(104), 3],
      [8, tape.book.lastCloseTime, tape.price(102)],
    ]);
    expect(tape.bar(105, 104.5).nearest).toEqual(NONE);
  });

  it('are swept when a close comes back at most three bars after the wick, and only then noted', () => {
    const outcome = (closes: readonly number[]): unknown => {
      const tape = start().bar(100.5, 100, 102);
      for (const close of closes) tape.bar(103, close);
      const pool = [...tape.pools.pools.alive, ...tape.pools.pools.ended][0]!;
      return [tape.pools.lastSweepBar, pool.sweptTime / STEP, pool.takenTime / STEP, tape.pools.pools.alive.length];
    };
    expect(outcome([102])).toEqual([6, 7, Number.NaN, 0]);
    expect(outcome([102.5, 102.5, 102.5, 101])).toEqual([9, 10, 7, 0]);
    expect(outcome([102.5, 102.5, 102.5, 102.5, 101])).toEqual([-1, Number.NaN, 7, 0]);
    expect(outcome([102.5, 102.5, 102.5])).toEqual([-1, Number.NaN, 7, 1]);
  });

  it('count for decisions while their newest point is no older than the memory: joining, lying ahead, and their sweep', () => {
    const aged = (bars: number): Tape =>
      start()
        .bar(100.5, 100, 102)
        .quiet(bars - 3);
    const [kept, forgotten] = [DECISION_MEMORY_BARS, DECISION_MEMORY_BARS + 1].map(aged) as [Tape, Tape];
    const ahead = (tape: Tape): boolean => tape.pools.nearestBeyond(tape.price(101), tape.book.count - 1) !== null;
    expect([ahead(kept), ahead(forgotten)]).toEqual([true, true]);
    expect([ahead(kept.bar()), ahead(forgotten.bar())]).toEqual([true, false]);
    const swept = [aged(DECISION_MEMORY_BARS).bar(103), aged(DECISION_MEMORY_BARS + 1).bar(103)];
    expect(swept.map((tape) => [tape.pools.lastSweepBar, tape.pools.pools.ended.length])).toEqual([
      [DECISION_MEMORY_BARS + 3, 1],
      [-1, 1],
    ]);
    const joined = [aged(DECISION_MEMORY_BARS + 2).bar(100.5, 100, 102), aged(DECISION_MEMORY_BARS + 3).bar(100.5, 100, 102)];
    expect(joined.map((tape) => tape.pools.pools.alive.map((pool) => pool.touches))).toEqual([[2], [1, 1]]);
  });

  it('ahead of a price are untouched and strictly beyond it', () => {
    const tape = start().bar(100.5, 100, 104).bar(100.5, 100, 102);
    const ahead = (price: number): number | null => tape.pools.nearestBeyond(tape.price(price), tape.book.count - 1)?.price ?? null;
    expect([101, 102, 103, 104].map(ahead)).toEqual([tape.price(102), tape.price(104), tape.price(104), null]);
    tape.bar(102.5, 102.4);
    expect(ahead(101)).toBe(tape.price(104));
  });

  it('join the nearest level within a tenth of ATR, keep the outer price, and the oldest makes room for the twenty-fifth', () => {
    const tape = start().bar(100.5, 100, 102);
    const at = (offset: number): number => 102 * Math.exp(offset * ATR);
    tape.bar(100.5, 100, at(0.099));
    expect(tape.pools.pools.alive.map((pool) => [pool.touches, pool.price])).toEqual([[2, tape.price(at(0.099))]]);
    tape.bar(100.5, 100, at(0.25)).bar(100.5, 100, at(0.16));
    expect(tape.pools.pools.alive.map((pool) => [pool.touches, pool.price])).toEqual([
      [3, tape.price(at(0.16))],
      [1, tape.price(at(0.25))],
    ]);
    const many = start();
    for (let level = 0; level < POOLS_KEPT; level += 1) many.bar(100.5, 100, 102 + level);
    expect([POOLS_KEPT, many.pools.pools.alive.length, many.pools.pools.ended.length]).toEqual([24, 24, 0]);
    many.bar(100.5, 100, 150);
    expect([many.pools.pools.alive.length, many.pools.pools.alive[0]?.price, many.nearest[0]]).toEqual([24, many.price(103), many.price(103)]);
  });

  it('do not join a level that a wick has reached', () => {
    const tape = start().bar(100.5, 100, 102).bar(103, 102.5).bar(103, 102.5, 102.05);
    expect(tape.pools.pools.alive.map((pool) => [pool.touches, pool.wickBar])).toEqual([
      [1, 6],
      [1, -1],
    ]);
  });

  it('begin with nothing of the record they were written over', () => {
    const tape = start();
    for (let life = 0; life < 60; life += 1) {
      tape.bar(100.5, 100, 102);
      expect(tape.pools.pools.alive).toEqual([
        {
          side,
          price: tape.price(102),
          touches: 1,
          originTime: (tape.book.count - 3) * STEP,
          confirmedTime: tape.book.lastCloseTime,
          bornTime: tape.book.lastCloseTime,
          touchBar: tape.book.count - 3,
          wickBar: -1,
          sweptTime: Number.NaN,
          takenTime: Number.NaN,
        },
      ]);
      tape.bar(103, life % 2 === 0 ? 100 : 102.5).quiet(5);
    }
  });

  it('a swing that pierced a level by less than the tolerance stands with it; one that closed beyond, or went farther, stands alone', () => {
    const stands = (far: number, close: number): unknown => {
      const { alive } = start().bar(100.5, 100, 102).bar(far, close).bar().bar(100.5, 100, far).pools.pools;
      return alive.map((pool) => [pool.touches, pool.originTime / STEP]);
    };
    expect(stands(102.05, 100)).toEqual([[2, 3]]);
    expect(stands(102.05, 102.03)).toEqual([[1, 6]]);
    expect(stands(102.2, 100)).toEqual([[1, 6]]);
  });
});
