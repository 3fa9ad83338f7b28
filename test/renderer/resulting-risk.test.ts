// What stands at the stop after part of a position is closed or more is added; the numbers a person is asked with.
import { describe, expect, it } from 'vitest';
import type { MarketInfo, PositionView } from '../../src-shared/contract/view.ts';
import type { Position } from '../../src-shared/domain/position.ts';
import { lots, ticks } from '../../src-shared/kernel/units.ts';
import { resultAtStop } from '../../src-renderer/state/resulting-risk.ts';
import { samplePosition } from '../support/samples.ts';

const BTC: MarketInfo = { symbol: 'BTCUSDT', baseAsset: 'BTC', priceScale: 1, tickUnits: 1, quantityScale: 3, stepUnits: 1 };
const view = (change: Partial<Position> = {}, mark = 61_000): PositionView =>
  ({ position: samplePosition({ side: 'long', lots: lots(100), entryPrice: 60_000, stop: ticks(594_000), ...change }), mark }) as PositionView;
const at = (of: PositionView, change: number) => resultAtStop(of, { market: BTC, change, equity: 10_000 });

describe('what stands at the stop afterwards', () => {
  it('is the loss of the whole position while nothing changes, and half of it after half is closed', () => {
    expect(at(view(), 0)).toEqual({ usdt: -60, percent: -0.6 });
    expect(at(view(), -50)).toEqual({ usdt: -30, percent: -0.3 });
  });

  it('is nothing after all is closed, and a locked win where the stop is beyond the entry', () => {
    expect(at(view(), -100).usdt).toBe(0);
    expect(at(view({ stop: ticks(605_000) }), -50).usdt).toBe(25);
    expect(at(view({ side: 'short', entryPrice: 59_000 }), 0).usdt).toBe(-40);
  });

  it('counts what is added at the mark, so that adding in profit risks more than its share', () => {
    // 0.1 at 60,000 and 0.1 at 61,000, stopped at 59,400: 60 and 160.
    expect(at(view(), 100).usdt).toBeCloseTo(-220, 9);
    expect(at(view({ stop: null }), 100).usdt).toBeNaN();
  });
});
