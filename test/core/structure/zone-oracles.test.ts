// Zones against plain re-tellings of their rules: each object's whole life is worked out again from all candles, bar by bar.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { Candle } from '../../../src-shared/domain/candle.ts';
import type { FairValueGap, LiquidityPool, OrderBlock } from '../../../src-shared/domain/structure.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import { HistoryRecorder } from '../../../src-main/core/structure/history.ts';
import type { StructureHistory } from '../../../src-main/core/structure/history.ts';
import { TimeframeState } from '../../../src-main/core/structure/timeframe-state.ts';
import { candleOf, randomOf } from '../support/candles.ts';

const STEP = 900_000;
const START = Date.UTC(2025, 0, 6);
const HOUR = 3_600_000;
const settings: Settings = {
  ...defaultSettings(),
  internalSwingLength: 2,
  swingLength: 4,
  orderBlockMaxHistory: 200,
  orderBlockMinVolumeRatio: 0.5,
  orderBlockTimeDecayHours: 6,
  orderBlockDecayRatePercent: 60,
};

/** A jumpy walk on a coarse grid: equal prices, outside bars and flat bars are common. */
const markets = fc
  .record({ seed: fc.integer({ min: 1, max: 1_000_000 }), count: fc.integer({ min: 60, max: 260 }), wildness: fc.integer({ min: 1, max: 6 }) })
  .map(walk);

function walk(shape: { readonly seed: number; readonly count: number; readonly wildness: number }): readonly Candle[] {
  const random = randomOf(shape.seed);
  const jump = (): number => Math.round((random() - 0.5) * 2 * shape.wildness);
  let price = 200;
  return Array.from({ length: shape.count }, (_, index) => {
    const open = Math.max(50, price + (random() < 0.15 ? jump() : 0));
    const close = Math.max(50, open + jump());
    const high = Math.max(open, close) + Math.abs(random() < 0.6 ? jump() : 0);
    const low = Math.max(40, Math.min(open, close) - Math.abs(random() < 0.6 ? jump() : 0));
    price = close;
    return candleOf({ openTime: START + index * STEP, open, high, low, close, volume: 1 + Math.round(random() * 100) });
  });
}

function record(candles: readonly Candle[]): StructureHistory {
  const recorder = new HistoryRecorder('15m', settings, 512);
  for (const candle of candles) recorder.append(candle);
  return recorder.finish();
}

const closeTime = (candle: Candle): EpochMs => (candle.openTime + STEP) as EpochMs;
const after = (candles: readonly Candle[], time: number): readonly Candle[] => candles.filter((candle) => closeTime(candle) > time);
const check = (holds: (candles: readonly Candle[]) => void): void => fc.assert(fc.property(markets, holds), { numRuns: 60, seed: 20_261_121 });

describe('fair value gaps', () => {
  it('are all the three-candle imbalances there are, once ATR is known', () => {
    check((candles) => {
      const found = new Set(record(candles).gaps.map((gap) => `${gap.direction} ${gap.confirmedTime} ${gap.top} ${gap.bottom}`));
      candles.forEach((candle, index) => {
        const first = candles[index - 2];
        if (first === undefined || index < 40) return;
        const isBullish = candle.low > first.high;
        const isBearish = candle.high < first.low;
        const [top, bottom] = isBullish ? [candle.low, first.high] : [first.low, candle.high];
        // On this grid a gap is at least half a percent, the mean range at most a few: a tenth of ATR is never larger than a gap.
        if (isBullish || isBearish) expect(found.has(`${isBullish ? 'bullish' : 'bearish'} ${closeTime(candle)} ${top} ${bottom}`)).toBe(true);
      });
    });
  });

  it('fill as deep as any later price went, half fill and full fill at the candle that did it, and never empty again', () => {
    check((candles) => {
      for (const gap of record(candles).gaps) expect(pick(gap)).toEqual(fillAgain(gap, candles));
    });
  });
});

function pick(gap: FairValueGap): unknown {
  return [gap.filledFraction.toFixed(9), gap.halfFilledTime, gap.filledTime];
}

function fillAgain(gap: FairValueGap, candles: readonly Candle[]): unknown {
  let fraction = 0;
  let half: number | null = null;
  for (const candle of after(candles, gap.confirmedTime)) {
    const depth = gap.direction === 'bullish' ? Math.log(gap.top / candle.low) : Math.log(candle.high / gap.bottom);
    const isFull = gap.direction === 'bullish' ? candle.low <= gap.bottom : candle.high >= gap.top;
    fraction = isFull ? 1 : Math.max(fraction, depth / Math.log(gap.top / gap.bottom));
    if (fraction >= 0.5) half ??= closeTime(candle);
    if (isFull) return [(1).toFixed(9), half, closeTime(candle)];
  }
  return [Math.max(0, fraction).toFixed(9), half, null];
}

describe('liquidity pools', () => {
  it('are swept by a wick that closes back within three bars, taken by a close beyond, and otherwise wait', () => {
    check((candles) => {
      for (const pool of record(candles).pools) {
        const lives = followAgain(pool, candles);
        if (lives !== null) expect([pool.id, pool.sweptTime, pool.takenTime]).toEqual([pool.id, ...lives]);
      }
    });
  });
});

describe('the pool next to price', () => {
  it('is the nearest of all untouched pools beyond it, whatever their age', () => {
    check((candles) => {
      const state = new TimeframeState('15m', settings, 256);
      for (const candle of candles) {
        state.append(candle);
        for (const side of [state.buySide, state.sellSide]) {
          for (const price of [candle.close, candle.close + 2, candle.close - 2]) {
            const beyond = side.pools.alive.filter((pool) => pool.wickBar < 0 && (side.side === 'buy' ? pool.price > price : pool.price < price));
            const distance = (pool: { readonly price: number }): number => Math.abs(pool.price - price);
            const nearest = beyond.toSorted((a, b) => distance(a) - distance(b))[0];
            expect(side.nearestBeyond(price, state.book.count - 1)?.price).toBe(nearest?.price);
          }
        }
      }
    });
  });
});

/** Sweep and taking of a pool from its birth on; null when its story was cut short by making room. */
function followAgain(pool: LiquidityPool, candles: readonly Candle[]): readonly [number | null, number | null] | null {
  const born = Number(pool.id.split('-').at(-1));
  const isBeyond = (price: number): boolean => (pool.side === 'buy' ? price > pool.price : price < pool.price);
  const later = after(candles, born);
  const wick = later.findIndex((candle) => isBeyond(pool.side === 'buy' ? candle.high : candle.low));
  if (wick < 0) return [null, null];
  if (pool.sweptTime === null && pool.takenTime === null) return null;
  const judged = later.slice(wick, wick + 4);
  const back = judged.findIndex((candle) => !isBeyond(candle.close));
  const takenAt = judged.findIndex((candle) => isBeyond(candle.close));
  const taken = takenAt >= 0 && (back < 0 || takenAt < back) ? closeTime(judged[takenAt]!) : null;
  return [back < 0 ? null : closeTime(judged[back]!), taken];
}

describe('order blocks', () => {
  it('are tested by separate visits, worn and aged by the formula, and end broken, tested out or decayed exactly when the rules say', () => {
    let compared = 0;
    check((candles) => {
      const { orderBlocks, gaps } = record(candles);
      for (const block of orderBlocks) {
        if (block.endReason === 'evicted') continue;
        const isBreaker = orderBlocks.some(
          (other) =>
            other.endReason === 'broken' &&
            other.endedTime === block.confirmedTime &&
            other.originTime === block.originTime &&
            other.direction !== block.direction,
        );
        const life = liveAgain(block, { candles, gaps: isBreaker ? [] : gaps });
        expect([block.id, block.tests, block.endedTime, block.endReason, block.strength.toFixed(9)]).toEqual([block.id, ...life]);
        compared += 1;
      }
    });
    expect(compared).toBeGreaterThan(300);
  });

  it('a broken block lives on as one breaker of the other side, which only ends when it is broken in turn', () => {
    check((candles) => {
      const { orderBlocks } = record(candles);
      for (const block of orderBlocks.filter((entry) => entry.endReason === 'broken')) {
        const breakers = orderBlocks.filter(
          (other) => other.confirmedTime === block.endedTime && other.originTime === block.originTime && other.direction !== block.direction,
        );
        expect(breakers.length).toBeLessThanOrEqual(1);
        for (const breaker of breakers) expect([breaker.top, breaker.bottom]).toEqual([block.top, block.bottom]);
      }
    });
  });
});

function liveAgain(
  block: OrderBlock,
  market: { readonly candles: readonly Candle[]; readonly gaps: readonly FairValueGap[] },
): readonly [number, number | null, OrderBlock['endReason'], string] {
  const { candles } = market;
  const indexOf = (time: number): number => (time - START) / STEP;
  const bar = indexOf(block.originTime);
  const isBullish = block.direction === 'bullish';
  // A gap is drawn at its middle candle: its first candle is the one before.
  const adjoining = market.gaps.filter(
    (gap) => gap.direction === block.direction && indexOf(gap.originTime) - 1 >= bar && indexOf(gap.originTime) - 1 <= bar + 2,
  );
  const isOpenAt = (gap: FairValueGap, time: number): boolean => gap.filledTime === null || gap.filledTime > time;
  const isInside = (candle: Candle): boolean => (isBullish ? candle.low <= block.top : candle.high >= block.bottom);
  let gap = adjoining.findLast((entry) => entry.confirmedTime <= block.confirmedTime && isOpenAt(entry, block.confirmedTime)) ?? null;
  let isVisited = isInside(candles[indexOf(block.confirmedTime) - 1]!);
  let tests = 0;
  let strength = strengthAgain(block, { tests, hasGap: gap !== null, time: block.confirmedTime });
  if (strength < 0.1 && block.endedTime === block.confirmedTime) return [0, block.confirmedTime, 'decay', strength.toFixed(9)];
  for (const candle of after(candles, block.confirmedTime)) {
    const time = closeTime(candle);
    gap = adjoining.find((entry) => entry.confirmedTime === time) ?? gap;
    if (gap !== null && !isOpenAt(gap, time)) gap = null;
    if (!isVisited && isInside(candle)) {
      isVisited = true;
      tests += 1;
    }
    const away = isBullish ? Math.log(candle.close / block.top) : Math.log(block.bottom / candle.close);
    if (away >= 0.5 * Math.log(block.top / block.bottom)) isVisited = false;
    strength = strengthAgain(block, { tests, hasGap: gap !== null, time });
    const end = (reason: OrderBlock['endReason']): readonly [number, number, OrderBlock['endReason'], string] => [tests, time, reason, strength.toFixed(9)];
    if (isBullish ? candle.close < block.bottom : candle.close > block.top) return end('broken');
    if (tests > settings.orderBlockMaxTestCount) return end('tests');
    if (strength < 0.1) return end('decay');
  }
  return [tests, null, null, strength.toFixed(9)];
}

function strengthAgain(block: OrderBlock, now: { readonly tests: number; readonly hasGap: boolean; readonly time: number }): number {
  const fresh = 0.4 * Math.min(1, block.volumeRatio / 3) + 0.4 * Math.min(1, block.displacementAtr / 3) + (now.hasGap ? 0.2 : 0);
  const worn = Math.max(0, 1 - now.tests / (settings.orderBlockMaxTestCount + 1));
  const late = Math.max(0, (now.time - block.confirmedTime) / HOUR - settings.orderBlockTimeDecayHours);
  return fresh * worn * (1 - settings.orderBlockDecayRatePercent / 100) ** (late / 24);
}
