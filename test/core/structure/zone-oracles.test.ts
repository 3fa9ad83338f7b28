// Zones against plain re-tellings of their rules: each object's whole life is worked out again from all candles, bar by bar.
import { describe, expect, it } from 'vitest';
import type { Candle } from '../../../src-shared/domain/candle.ts';
import type { FairValueGap, LiquidityPool, OrderBlock } from '../../../src-shared/domain/structure.ts';
import { TimeframeState } from '../../../src-main/core/structure/timeframe-state.ts';
import { START, STEP, after, check, closeTime, record, settings } from './random-markets.ts';

const HOUR = 3_600_000;

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
