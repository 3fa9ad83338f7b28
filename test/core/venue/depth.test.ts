// A taker is shown as much of the book as it wants, and what it is shown is the beginning of the whole book.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ticks } from '../../../src-shared/kernel/units.ts';
import { deriveInstrument } from '../../../src-main/core/backtest/derived-instrument.ts';
import { takerLevels } from '../../../src-main/core/venue/depth.ts';
import { generateCandles } from '../../bench/market.ts';

const instrument = deriveInstrument('AAAUSDT', generateCandles(3, 40));

describe('the levels a taker meets', () => {
  it('as far as it wants are the first ones of the whole book, hold what it wants where the book does, and not one level more', () => {
    fc.assert(
      fc.property(
        fc.record({
          last: fc.integer({ min: 1, max: 5_000_000 }),
          side: fc.constantFrom('BUY' as const, 'SELL' as const),
          quoteVolume24h: fc.double({ min: 0, max: 1e11, noNaN: true }),
          taken: fc.double({ min: 0, max: 1e6, noNaN: true }),
          thickness: fc.constantFrom(0.01, 1, 3),
          wanted: fc.integer({ min: 1, max: 1_000_000 }),
        }),
        ({ last, wanted, ...market }) => {
          const whole = takerLevels(instrument, ticks(last), market);
          const part = takerLevels(instrument, ticks(last), { ...market, wanted });
          const sum = (levels: typeof whole): number => levels.reduce((total, level) => total + level.lots, 0);
          expect(part).toEqual(whole.slice(0, part.length));
          if (part.length < whole.length) expect(sum(part)).toBeGreaterThanOrEqual(wanted);
          expect(sum(part.slice(0, -1))).toBeLessThan(wanted);
        },
      ),
    );
  });
});
