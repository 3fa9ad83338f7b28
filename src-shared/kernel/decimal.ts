// Exact decimal text to scaled integers and back; no floating point, never an exponent.
import { invariant } from './result.ts';

export interface ScaledDecimal {
  readonly units: bigint;
  /** Number of decimal places that `units` counts. */
  readonly scale: number;
}

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d*))?$/;

/** Parses plain decimal text such as `-12.340`. Returns null on anything else (exponents included). */
export function parseDecimal(text: string): ScaledDecimal | null {
  const match = DECIMAL.exec(text.trim());
  if (!match) return null;
  const fraction = match[3] ?? '';
  const units = BigInt((match[2] ?? '0') + fraction);
  return { units: match[1] === '-' ? -units : units, scale: fraction.length };
}

/**
 * The decimal as an integer count of 10^-scale. Digits beyond `scale` must be zero: a non-zero remainder is a broken
 * invariant, because the caller promised the text is a multiple.
 */
export function decimalToUnits(text: string, scale: number): bigint {
  const parsed = parseDecimal(text);
  invariant(parsed !== null, `not a plain decimal: ${text}`);
  if (parsed.scale <= scale) return parsed.units * 10n ** BigInt(scale - parsed.scale);
  const divisor = 10n ** BigInt(parsed.scale - scale);
  invariant(parsed.units % divisor === 0n, `${text} has more than ${scale} decimal places`);
  return parsed.units / divisor;
}

/** Like {@link decimalToUnits}, but drops digits beyond `scale` (towards zero). Lossy by name. */
export function truncateDecimalToUnits(text: string, scale: number): bigint {
  const parsed = parseDecimal(text);
  invariant(parsed !== null, `not a plain decimal: ${text}`);
  if (parsed.scale <= scale) return parsed.units * 10n ** BigInt(scale - parsed.scale);
  return parsed.units / 10n ** BigInt(parsed.scale - scale);
}

/** Writes an integer count of 10^-scale as plain decimal text with exactly `scale` places. */
export function formatUnits(units: bigint | number, scale: number): string {
  const value = BigInt(units);
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const fraction = scale > 0 ? `.${digits.slice(digits.length - scale)}` : '';
  return `${value < 0n ? '-' : ''}${whole}${fraction}`;
}

/** Number of decimal places that matter in a decimal text: `0.0100` → 2, `10` → 0. */
export function significantScale(text: string): number {
  const fraction = /\.(\d*?)0*$/.exec(text.trim())?.[1] ?? '';
  return fraction.length;
}
