// Exact numbers: decimal text to integers and back without loss, units that refuse what is not whole.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimalToUnits, formatUnits, parseDecimal, significantScale, truncateDecimalToUnits } from '../../src-shared/kernel/decimal.ts';
import { assertNever, err, invariant, ok } from '../../src-shared/kernel/result.ts';
import { addMoney, epochMs, lots, money, moneyFromUsdt, moneyToUsdt, negateMoney, subtractMoney, ticks } from '../../src-shared/kernel/units.ts';

describe('decimal text', () => {
  it('comes back as it was for every integer and scale', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 24n), 10n ** 24n), fc.integer({ min: 0, max: 18 }), (units, scale) => {
        expect(decimalToUnits(formatUnits(units, scale), scale)).toBe(units);
      }),
    );
  });

  it('is never written with an exponent', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 30n), 10n ** 30n), fc.integer({ min: 0, max: 20 }), (units, scale) => {
        expect(formatUnits(units, scale)).toMatch(/^-?\d+(\.\d+)?$/);
      }),
    );
    expect(formatUnits(1n, 8)).toBe('0.00000001');
    expect(formatUnits(-5n, 0)).toBe('-5');
  });

  it.each(['1e-7', '', '.', 'NaN', '0x10', '1,000', '1.2.3', 'Infinity', '--1'])('refuses %j', (text) => {
    expect(parseDecimal(text)).toBeNull();
    expect(() => decimalToUnits(text, 2)).toThrow('not a plain decimal');
  });

  it('keeps 0.1 + 0.2 exact', () => {
    expect(decimalToUnits('0.1', 8) + decimalToUnits('0.2', 8)).toBe(decimalToUnits('0.3', 8));
  });

  it('drops digits only where the name says so', () => {
    expect(() => decimalToUnits('1.005', 2)).toThrow('more than 2 decimal places');
    expect(decimalToUnits('1.5000', 1)).toBe(15n);
    expect(truncateDecimalToUnits('1.009', 2)).toBe(100n);
    expect(truncateDecimalToUnits('-1.009', 2)).toBe(-100n);
  });

  it.each([
    ['0.0100', 2],
    ['10', 0],
    ['1.000', 0],
    ['0.00001000', 5],
  ] as const)('sees in %s %i places that matter', (text, scale) => {
    expect(significantScale(text)).toBe(scale);
  });
});

describe('units', () => {
  it.each([0.5, Number.NaN, Infinity, 2 ** 53])('refuse %s', (value) => {
    for (const make of [epochMs, ticks, lots, money]) expect(() => make(value)).toThrow('broken invariant');
  });

  it('money has no negative zero and adds up to the last unit', () => {
    expect(Object.is(negateMoney(money(0)), 0)).toBe(true);
    fc.assert(
      fc.property(fc.integer({ min: -1e15, max: 1e15 }), fc.integer({ min: -1e15, max: 1e15 }), (a, b) => {
        expect(subtractMoney(addMoney(money(a), money(b)), money(b))).toBe(a === 0 ? 0 : a);
      }),
    );
  });

  it('money of a floating amount is the nearest 1e-8', () => {
    expect(moneyFromUsdt(0.1 + 0.2)).toBe(30_000_000);
    expect(moneyToUsdt(money(123_456_789))).toBe(1.234_567_89);
  });
});

describe('results', () => {
  it('carry a value or an error', () => {
    expect(ok(1)).toEqual({ ok: true, value: 1 });
    expect(err('late')).toEqual({ ok: false, error: 'late' });
  });

  it('what cannot happen throws with its reason', () => {
    expect(() => invariant(false, 'stop without a position')).toThrow('broken invariant: stop without a position');
    expect(() => assertNever('ghost' as never)).toThrow('unhandled variant: "ghost"');
  });
});
