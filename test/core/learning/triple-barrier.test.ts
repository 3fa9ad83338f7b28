// Labels from the plan's own barriers, entered at the next tradable price, costs included.
import { describe, expect, it } from 'vitest';
import { labelTrade } from '../../../src-main/core/learning/triple-barrier.ts';
import { breakEvenOf, ROUND_TRIP_COST } from '../../../src-main/core/strategies/break-even.ts';
import type { Candle } from '../../../src-shared/domain/candle.ts';
import type { TradePlan } from '../../../src-shared/domain/signal.ts';
import { epochMs } from '../../../src-shared/kernel/units.ts';

const STEP = 300_000;
const START = 1_700_000_100_000;

/** Candles as [open, high, low, close]; `skip` leaves a hole before that index. */
function candles(rows: readonly (readonly [number, number, number, number])[], skip = -1): readonly Candle[] {
  return rows.map(([open, high, low, close], index) => ({
    openTime: epochMs(START + (index + (skip >= 0 && index >= skip ? 1 : 0)) * STEP),
    open,
    high,
    low,
    close,
    volume: 1,
    quoteVolume: 1,
    trades: 1,
    takerBuyVolume: 1,
  }));
}

const LONG: TradePlan = { side: 'long', entryKind: 'market', entry: 100, stop: 99, target: 102, rewardRisk: 2, expiresAt: epochMs(START + 5 * STEP) };
const SHORT: TradePlan = { ...LONG, side: 'short', stop: 101, target: 98 };
const COST = 100 * ROUND_TRIP_COST;

describe('triple barrier', () => {
  it('enters at the open of the next candle, never at the decision candle', () => {
    // The decision candle (index 0) would have hit the target; it must not count.
    const label = labelTrade(
      LONG,
      candles([
        [100, 103, 99.5, 100],
        [100.5, 100.6, 100.4, 100.5],
        [100.5, 102.5, 100.4, 102],
      ]),
      1,
    );
    expect(label).toEqual({ won: true, resultR: (1.5 - 100.5 * ROUND_TRIP_COST) / 1.5, endedAt: START + 3 * STEP, reason: 'target' });
  });

  it('target first is a win, stop first a loss, both in one candle a loss', () => {
    expect(labelTrade(LONG, candles([[100, 102, 99.5, 101]]), 0)).toEqual({ won: true, resultR: 2 - COST, endedAt: START + STEP, reason: 'target' });
    expect(labelTrade(LONG, candles([[100, 101, 99, 100]]), 0)).toEqual({ won: false, resultR: -1 - COST, endedAt: START + STEP, reason: 'stop' });
    expect(labelTrade(LONG, candles([[100, 103, 98, 102]]), 0)).toMatchObject({ won: false, reason: 'stop' });
  });

  it('a short in the mirrored market has the mirrored outcome', () => {
    expect(labelTrade(SHORT, candles([[100, 100.5, 98, 99]]), 0)).toEqual({ won: true, resultR: 2 - COST, endedAt: START + STEP, reason: 'target' });
    expect(labelTrade(SHORT, candles([[100, 101, 99, 100]]), 0)).toEqual({ won: false, resultR: -1 - COST, endedAt: START + STEP, reason: 'stop' });
  });

  it('a gap through the stop fills at the open, worse than the stop', () => {
    expect(
      labelTrade(
        LONG,
        candles([
          [100, 100.2, 99.8, 100],
          [97, 97.5, 96, 97],
        ]),
        0,
      ),
    ).toMatchObject({ won: false, resultR: -3 - COST, reason: 'stop' });
  });

  it('expiry takes the sign of the result after costs', () => {
    const flat = (close: number): readonly Candle[] => candles(Array.from({ length: 5 }, () => [100, 100.9, 99.5, close] as const));
    expect(labelTrade(LONG, flat(100.5), 0)).toMatchObject({ won: true, reason: 'expired', endedAt: START + 5 * STEP });
    // Up, but by less than the costs.
    expect(labelTrade(LONG, flat(100.1), 0)).toMatchObject({ won: false, reason: 'expired' });
  });

  it('gives no label when the entry is already beyond a barrier, candles are missing or the data ends', () => {
    expect(labelTrade(LONG, candles([[98.5, 99, 98, 98.5]]), 0)).toBeNull();
    expect(labelTrade(LONG, candles([[102.5, 103, 102, 103]]), 0)).toBeNull();
    expect(
      labelTrade(
        LONG,
        candles(
          [
            [100, 100.5, 99.5, 100],
            [100, 103, 99.5, 100],
          ],
          1,
        ),
        0,
      ),
    ).toBeNull();
    expect(labelTrade(LONG, candles([[100, 100.5, 99.5, 100]]), 0)).toBeNull();
    expect(labelTrade(LONG, candles([[100, 100.5, 99.5, 100]]), 1)).toBeNull();
  });

  it('an entry at the stop itself risks nothing, one at the target has nothing to win: neither is a trade', () => {
    expect(labelTrade(LONG, candles([[99, 100, 98.5, 99.5]]), 0)).toBeNull();
    expect(labelTrade(LONG, candles([[102, 103, 101, 102.5]]), 0)).toBeNull();
    expect(labelTrade(SHORT, candles([[101, 101.5, 100, 100.5]]), 0)).toBeNull();
    expect(labelTrade(SHORT, candles([[98, 99, 97, 97.5]]), 0)).toBeNull();
    expect(labelTrade(LONG, candles([[101.5, 102, 101.2, 102]]), 0)).toMatchObject({ won: true, reason: 'target' });
  });

  it('a short that gaps through its stop fills at the open, and one that expires is paid by the fall', () => {
    expect(
      labelTrade(
        SHORT,
        candles([
          [100, 100.2, 99.8, 100],
          [103, 103.5, 102.5, 103],
        ]),
        0,
      ),
    ).toMatchObject({ won: false, resultR: -3 - COST, reason: 'stop' });
    const fallen = candles(Array.from({ length: 5 }, () => [100, 100.5, 99.1, 99.4] as const));
    expect(labelTrade(SHORT, fallen, 0)!.resultR).toBeCloseTo(0.6 - COST, 9);
  });

  it('a trade costs 0.05 % of fee and 0.02 % of slippage each way', () => {
    expect(ROUND_TRIP_COST).toBe(2 * (0.0005 + 0.0002));
  });

  it('the break-even of a short is that of its mirrored long', () => {
    expect(breakEvenOf(SHORT)).toBe(breakEvenOf(LONG));
    expect(breakEvenOf({ ...LONG, stop: 99.5, target: 101 })).toBeCloseTo((1 + 2 * COST) / 3, 12);
  });

  it('break-even is the probability at which wins and losses after costs cancel', () => {
    const p = breakEvenOf(LONG);
    expect(p * (2 - COST) - (1 - p) * (1 + COST)).toBeCloseTo(0, 12);
    expect(p).toBeGreaterThan(1 / 3);
  });
});
