// Filters as integers: rounding goes the stated way, text carries no exponent, notional is exact.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ceilToTick,
  floorToStep,
  floorToTick,
  formatPrice,
  formatQuantity,
  lotsToQuantity,
  nearestTick,
  notional,
  ticksToPrice,
  type Instrument,
} from '../../src-shared/domain/instrument.ts';
import { epochMs, lots, money, ticks } from '../../src-shared/kernel/units.ts';

const SHAPE: Instrument = {
  symbol: 'TESTUSDT',
  baseAsset: 'TEST',
  quoteAsset: 'USDT',
  contractType: 'PERPETUAL',
  status: 'TRADING',
  onboardTime: epochMs(0),
  priceScale: 2,
  tickUnits: 10,
  quantityScale: 3,
  stepUnits: 1,
  minPrice: ticks(1),
  maxPrice: ticks(1e9),
  minLots: lots(1),
  maxLots: lots(1e9),
  marketMinLots: lots(1),
  marketMaxLots: lots(1e9),
  marketStepLots: 1,
  minNotional: money(0),
  multiplierUp: 1.05,
  multiplierDown: 0.95,
  triggerProtect: 0.05,
  liquidationFee: 0.0125,
  marketTakeBound: 0.05,
  brackets: [],
};
const tiny: Instrument = { ...SHAPE, symbol: 'TINYUSDT', priceScale: 7, tickUnits: 1, quantityScale: 0 };

const shapes = fc
  .record({
    priceScale: fc.integer({ min: 0, max: 8 }),
    tickUnits: fc.constantFrom(1, 5, 10, 25),
    quantityScale: fc.integer({ min: 0, max: 4 }),
    stepUnits: fc.constantFrom(1, 10),
  })
  .map((part) => ({ ...SHAPE, ...part }));

describe('prices', () => {
  it('every tick survives the way over a floating price, by each rounding', () => {
    fc.assert(
      fc.property(shapes, fc.integer({ min: 1, max: 50_000_000 }), (instrument, count) => {
        const price = ticksToPrice(instrument, ticks(count));
        expect([nearestTick(instrument, price), floorToTick(instrument, price), ceilToTick(instrument, price)]).toEqual([count, count, count]);
      }),
    );
  });

  it('floor and ceiling enclose a price between two ticks', () => {
    expect([floorToTick(SHAPE, 100.04), ceilToTick(SHAPE, 100.04)]).toEqual([1000, 1001]);
  });

  it('a price of 0.0000001 is written in full', () => {
    expect(formatPrice(tiny, ticks(1))).toBe('0.0000001');
    expect(formatPrice(SHAPE, ticks(1001))).toBe('100.10');
  });
});

describe('quantities', () => {
  it('only ever round down, and never below zero', () => {
    fc.assert(
      fc.property(shapes, fc.double({ min: 0, max: 1e6, noNaN: true }), (instrument, quantity) => {
        const rounded = lotsToQuantity(instrument, floorToStep(instrument, quantity));
        const step = instrument.stepUnits / 10 ** instrument.quantityScale;
        expect(rounded).toBeLessThanOrEqual(quantity + step * 1e-8);
        expect(quantity - rounded).toBeLessThan(step * (1 + 1e-8));
      }),
    );
    expect(floorToStep(SHAPE, -1)).toBe(0);
  });

  it('whole lots survive the way over a floating quantity', () => {
    fc.assert(
      fc.property(shapes, fc.integer({ min: 0, max: 1_000_000 }), (instrument, count) => {
        expect(floorToStep(instrument, lotsToQuantity(instrument, lots(count)))).toBe(count);
      }),
    );
    expect(formatQuantity(SHAPE, lots(5))).toBe('0.005');
  });
});

describe('notional', () => {
  it('is exact where floating point is not', () => {
    const instrument = { ...SHAPE, priceScale: 1, tickUnits: 1, quantityScale: 1 };
    expect(notional(instrument, ticks(1), lots(1))).toBe(1_000_000);
    expect(notional(instrument, ticks(3), lots(1)) - notional(instrument, ticks(2), lots(1)) - notional(instrument, ticks(1), lots(1))).toBe(0);
  });

  it('drops what lies below 1e-8 USDT towards zero', () => {
    expect(notional({ ...tiny, quantityScale: 3 }, ticks(19), lots(1))).toBe(0);
    expect(notional({ ...tiny, quantityScale: 3 }, ticks(119), lots(1))).toBe(1);
  });
});
