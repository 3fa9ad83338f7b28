// The units of the ledger: integers with a name, so that a price can never be added to a quantity.
import { invariant } from './result.ts';

declare const brand: unique symbol;
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = Brand<number, 'EpochMs'>;
/** A price as a whole number of the instrument's tick size. */
export type Ticks = Brand<number, 'Ticks'>;
/** A quantity as a whole number of the instrument's step size. */
export type Lots = Brand<number, 'Lots'>;
/** An amount of quote currency in units of 1e-8 USDT. */
export type Money = Brand<number, 'Money'>;

/** Decimal places of {@link Money}. */
export const MONEY_SCALE = 8;
export const MONEY_UNITS_PER_USDT = 1e8;
export const ZERO_MONEY = 0 as Money;

/** Apart from the checks, so that no message is built for a number that is fine. */
function refuse(unit: string, value: number): never {
  invariant(false, `${unit} must be a safe integer, got ${value}`);
}

/** Milliseconds since 1970, UTC. Throws when it is no safe integer. */
export function epochMs(value: number): EpochMs {
  if (!Number.isSafeInteger(value)) refuse('EpochMs', value);
  return value as EpochMs;
}

/** A price in whole ticks. Throws when it is no safe integer. */
export function ticks(value: number): Ticks {
  if (!Number.isSafeInteger(value)) refuse('Ticks', value);
  return value as Ticks;
}

/** A quantity in whole steps. Throws when it is no safe integer. */
export function lots(value: number): Lots {
  if (!Number.isSafeInteger(value)) refuse('Lots', value);
  return value as Lots;
}

/** An amount in units of 1e-8 USDT. Throws when it is no safe integer. */
export function money(units: number): Money {
  if (!Number.isSafeInteger(units)) refuse('Money (1e-8 USDT)', units);
  return (units === 0 ? 0 : units) as Money;
}

/** Lossy: rounds a floating amount of USDT to the nearest 1e-8. For estimates and display, never for the venue's own ledger. */
export function moneyFromUsdt(usdt: number): Money {
  return money(Math.round(usdt * MONEY_UNITS_PER_USDT));
}

/** Lossy: a floating amount of USDT for display and ratios. */
export function moneyToUsdt(amount: Money): number {
  return amount / MONEY_UNITS_PER_USDT;
}

/** Exact; throws when the sum is no safe integer (about 90 million USDT). */
export function addMoney(a: Money, b: Money): Money {
  return money(a + b);
}

/** Exact; throws when the difference is no safe integer. */
export function subtractMoney(a: Money, b: Money): Money {
  return money(a - b);
}

export function negateMoney(a: Money): Money {
  return money(-a);
}
