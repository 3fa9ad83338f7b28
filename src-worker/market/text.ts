// Numbers as the exchange writes them: plain decimal text, never an exponent.
import { formatPrice, type Instrument } from '../../src-shared/domain/instrument.ts';
import { formatUnits } from '../../src-shared/kernel/decimal.ts';
import type { Money, Ticks } from '../../src-shared/kernel/units.ts';

export function moneyText(amount: Money): string {
  return formatUnits(amount, 8);
}

/** A floating number with 8 places. */
export function usdtText(value: number): string {
  return value.toFixed(8);
}

export function priceText(instrument: Instrument, price: number): string {
  return price.toFixed(instrument.priceScale);
}

export function tickText(instrument: Instrument, value: Ticks | null): string {
  return value === null ? '0' : formatPrice(instrument, value);
}

/** Hundredths of a percent as percent: 150 → `1.5`. */
export function callbackText(bps: number): string {
  return String(bps / 100);
}
