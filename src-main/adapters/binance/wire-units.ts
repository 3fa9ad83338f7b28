// Exact conversions between the exchange's decimal text and the ledger's units.
import type { Instrument } from '../../../src-shared/domain/instrument.ts';
import { truncateDecimalToUnits } from '../../../src-shared/kernel/decimal.ts';
import { money, MONEY_SCALE, ticks, type Money, type Ticks } from '../../../src-shared/kernel/units.ts';

/** Throws when the amount does not fit the ledger (above 90 million USDT). */
export function toMoney(text: string): Money {
  return money(Number(truncateDecimalToUnits(text, MONEY_SCALE)));
}

/** Ticks of a decimal price; off-grid digits are cut, and 0 is no price. */
export function optionalTicks(instrument: Instrument, value: string): Ticks | null {
  const steps = Number(truncateDecimalToUnits(value, instrument.priceScale) / BigInt(instrument.tickUnits));
  return steps === 0 ? null : ticks(steps);
}

/** Whole lots with the sign of the text; a rest below one step is cut. */
export function signedLots(instrument: Instrument, value: string): number {
  return Number(truncateDecimalToUnits(value, instrument.quantityScale) / BigInt(instrument.stepUnits));
}

/** Runs a mapping; null when a value does not fit our units, so that one absurd number never takes the terminal down. */
export function readable<T>(map: () => T): T | null {
  try {
    return map();
  } catch {
    return null;
  }
}
