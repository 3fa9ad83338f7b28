// Levels and sweeps of the liquidity hunter by hand: how a level is ranked, which sweep counts, and when the edge of the range stands in.
import { describe, expect, it } from 'vitest';
import type { Side } from '../../../src-shared/domain/signal.ts';
import { findSweep, rankLevels, scoreLevel, type LiquidityLevel } from '../../../src-main/core/strategies/liquidity-pools.ts';
import { CandleBook } from '../../../src-main/core/market/candle-book.ts';
import type { SymbolState } from '../../../src-main/core/structure/symbol-state.ts';
import type { TimeframeState } from '../../../src-main/core/structure/timeframe-state.ts';
import { candleOf } from '../support/candles.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2025, 0, 6);
const STEPS = { '5m': 300_000, '15m': 900_000 } as const;

/** A pool below lows for longs; for shorts everything is mirrored around 100. */
interface Pool {
  readonly price: number;
  readonly touches?: number;
  readonly originTime?: number;
  readonly wickBar?: number;
  readonly sweptTime?: number;
}

interface Tape {
  /** [low, close] of the newest bars of 15m and 5m, the newest last; all others stay at 101 to 102. */
  readonly quarter?: readonly (readonly [number, number])[];
  readonly five?: readonly (readonly [number, number])[];
  /** Bars of 5m after the newest 15m close. */
  readonly late?: number;
  readonly alive?: readonly Pool[];
  readonly ended?: { readonly '5m'?: readonly Pool[]; readonly '15m'?: readonly Pool[] };
  readonly edge?: number;
}

const QUARTERS = 40;
const closeOfQuarter = START + QUARTERS * STEPS['15m'];

function market(side: Side, tape: Tape): SymbolState {
  const price = (value: number): number => (side === 'long' ? value : 10_000 / value);
  const bookOf = (timeframe: '5m' | '15m', count: number, newest: readonly (readonly [number, number])[] = []): CandleBook => {
    const book = new CandleBook(timeframe, 256);
    for (let bar = 0; bar < count; bar += 1) {
      const [far, close] = newest[bar - count + newest.length] ?? [101, 101.5];
      const prices = [price(102), price(far)].toSorted((a, b) => a - b);
      book.append(
        candleOf({ openTime: START + bar * STEPS[timeframe], open: price(101.5), high: prices[1]!, low: prices[0]!, close: price(close), volume: 1 }),
      );
    }
    return book;
  };
  const frameOf = (timeframe: '5m' | '15m'): TimeframeState => {
    const records = (list: readonly Pool[] = []): unknown[] =>
      list.map(({ price: level, ...rest }) => ({ touches: 1, originTime: START, wickBar: -1, sweptTime: Number.NaN, ...rest, price: price(level) }));
    const ended = tape.ended?.[timeframe] ?? [];
    const swept = ended.map((pool) => pool.sweptTime ?? Number.NaN).filter(Number.isFinite);
    const own = {
      lastSweepTime: swept.length === 0 ? Number.NaN : Math.max(...swept),
      pools: { alive: records(timeframe === '15m' ? tape.alive : []), ended: records(ended) },
    };
    const none = { lastSweepTime: Number.NaN, pools: { alive: [], ended: [] } };
    const swing = tape.edge === undefined ? null : { price: price(tape.edge), originTime: START + 7 };
    const count = timeframe === '15m' ? QUARTERS : QUARTERS * 3 + (tape.late ?? 0);
    return {
      atr: 0.01,
      book: bookOf(timeframe, count, timeframe === '15m' ? tape.quarter : tape.five),
      sellSide: side === 'long' ? own : none,
      buySide: side === 'long' ? none : own,
      swings: side === 'long' ? { lastLow: swing, lastHigh: null } : { lastLow: null, lastHigh: swing },
    } as unknown as TimeframeState;
  };
  return { frames: { '5m': frameOf('5m'), '15m': frameOf('15m') } } as unknown as SymbolState;
}

describe('the rank of a level', () => {
  const level = (touches: number, ageHours: number, distanceAtr: number): LiquidityLevel => ({
    source: 'pool',
    frame: { atr: 0.01 } as TimeframeState,
    price: 100 * Math.exp(distanceAtr * 0.01),
    touches,
    originTime: START - ageHours * HOUR,
  });
  const score = (touches: number, ageHours: number, distanceAtr: number, modelProbability: number | null = null): number =>
    scoreLevel(level(touches, ageHours, distanceAtr), { price: 100, now: START, modelProbability });

  it('is 0.4 size, full at three touches, 0.3 age, full at a day, and 0.3 nearness, nothing at 4 ATR', () => {
    expect([3, 6, 1.5].map((touches) => score(touches, 0, 4))).toEqual([0.4, 0.4, 0.2].map((value) => expect.closeTo(value, 9)));
    expect([24, 48, 6, -5].map((hours) => score(0, hours, 4))).toEqual([0.3, 0.3, 0.075, 0].map((value) => expect.closeTo(value, 9)));
    expect([0, 1, -1, 4, 9].map((atr) => score(0, 0, atr))).toEqual([0.3, 0.225, 0.225, 0, 0].map((value) => expect.closeTo(value, 9)));
  });

  it('with a model counts its probability 0.4 and the rest 0.6', () => {
    expect(score(3, 24, 0, 0.5)).toBeCloseTo(0.6 + 0.2, 9);
    expect(score(0, 0, 4, 1)).toBeCloseTo(0.4, 9);
  });
});

describe.each(['long', 'short'] as const)('for a %s', (side) => {
  const mirrored = (value: number): number => (side === 'long' ? value : 10_000 / value);
  const terms = { price: mirrored(101.5), now: START + 24 * HOUR, modelProbability: null };

  it('levels are the untouched pools of 15m, best first, and the edge of the range only where there is none', () => {
    const alive = [
      { price: 99, touches: 1 },
      { price: 98, touches: 3 },
      { price: 97, touches: 9, wickBar: 3 },
    ];
    const ranked = rankLevels(market(side, { alive, edge: 95 }), side, terms);
    expect(ranked.map(({ level }) => [level.source, level.price, level.touches])).toEqual([
      ['pool', mirrored(98), 3],
      ['pool', mirrored(99), 1],
    ]);
    expect(ranked.map(({ level, score }) => score - scoreLevel(level, terms))).toEqual([0, 0]);
    expect(rankLevels(market(side, { edge: 95, alive: [alive[2]!] }), side, terms).map(({ level }) => level)).toMatchObject([
      { source: 'range', price: mirrored(95), touches: 1, originTime: START + 7 },
    ]);
    expect(rankLevels(market(side, {}), side, terms)).toEqual([]);
  });

  it('equal ranks stand in order of price', () => {
    const twins = rankLevels(market(side, { alive: [{ price: 99 }, { price: 99 * (1 + 1e-14) }] }), side, { ...terms, price: 1 });
    expect(twins.map(({ level }) => level.price)).toEqual(twins.map(({ level }) => level.price).toSorted((a, b) => a - b));
  });

  it('the freshest swept pool of 15m comes before one of 5m, with the farthest wick since it was pierced', () => {
    const ended = {
      '15m': [
        { price: 100, sweptTime: closeOfQuarter - STEPS['15m'], wickBar: 37 },
        { price: 99, touches: 2, sweptTime: closeOfQuarter, wickBar: 38, originTime: START + 5 },
      ],
      '5m': [{ price: 100.5, sweptTime: closeOfQuarter, wickBar: 119 }],
    };
    const quarter = [
      [96, 98],
      [98.5, 98.6],
      [98.2, 99.5],
    ] as const;
    expect(findSweep(market(side, { ended, quarter }), side)).toMatchObject({
      level: { source: 'pool', price: mirrored(99), touches: 2, originTime: START + 5 },
      time: closeOfQuarter,
      barsAgo: 0,
      extreme: mirrored(98.2),
    });
    const five = [[100.1, 101]] as const;
    expect(findSweep(market(side, { ended: { '5m': ended['5m'] }, five }), side)).toMatchObject({
      level: { price: mirrored(100.5) },
      barsAgo: 0,
      extreme: mirrored(100.1),
    });
  });

  it('a sweep counts for three candles of 5m', () => {
    const ended = { '15m': [{ price: 99, sweptTime: closeOfQuarter, wickBar: 39 }] };
    const ages = [0, 1, 2, 3].map((late) => findSweep(market(side, { ended, late }), side)?.barsAgo ?? null);
    expect(ages).toEqual([0, 1, 2, null]);
  });

  describe('without any pool of 15m the edge of the range is swept', () => {
    const edge = 100;
    const swept = (quarter: Tape['quarter'], more: Tape = {}): unknown => {
      const found = findSweep(market(side, { edge, quarter: quarter ?? [], ...more }), side);
      return found === null ? null : [found.level.source, found.time, found.barsAgo, found.extreme];
    };

    it('by a wick beyond it on the candle that closes back, or by a close beyond before it', () => {
      expect(swept([[99, 100.5]])).toEqual(['range', closeOfQuarter, 0, mirrored(99)]);
      expect(swept([[99, 100]])).toEqual(['range', closeOfQuarter, 0, mirrored(99)]);
      expect(
        swept([
          [98, 99.5],
          [99.2, 99.8],
          [99.6, 100.5],
        ]),
      ).toEqual(['range', closeOfQuarter, 0, mirrored(98)]);
    });

    it('not by a candle that closes beyond, nor by one whose wick only reaches it', () => {
      expect([swept([[99, 99.9]]), swept([[100, 100.5]])]).toEqual([null, null]);
    });

    it('only by the first candle to close back, and within three bars', () => {
      expect(
        swept([
          [99, 100.5],
          [100.2, 100.6],
        ]),
      ).toBeNull();
      const below = [98, 99] as const;
      const back = [99.5, 100.5] as const;
      expect(swept([below, [97, 99.5], [98.5, 99.5], back])).toEqual(['range', closeOfQuarter, 0, mirrored(97)]);
      expect(swept([[99, 100.5], below, [97, 99.5], [98.5, 99.5], back])).toEqual(['range', closeOfQuarter, 0, mirrored(97)]);
    });

    it('that stayed beyond for more than three bars is taken, not swept', () => {
      const below = [98, 99] as const;
      expect(swept([below, below, below, below, [99.5, 100.5]])).toBeNull();
      expect(swept([...Array.from({ length: 20 }, () => below), [99.5, 100.5]])).toBeNull();
    });

    it('for three candles of 5m, and never while a pool is known', () => {
      const quarter = [[99, 100.5]] as const;
      expect([swept(quarter, { late: 2 }), swept(quarter, { late: 3 })]).toEqual([['range', closeOfQuarter, 2, mirrored(99)], null]);
      expect(swept(quarter, { alive: [{ price: 90 }] })).toBeNull();
      expect(findSweep(market(side, { quarter }), side)).toBeNull();
    });
  });
});
