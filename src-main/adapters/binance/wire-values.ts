// The exchange's numbers as they come over the wire: exact decimal text, finite numbers, times and ids, refused when they are anything else.
import { z } from 'zod';

const WIRE_DECIMAL = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;
const LONGEST_WHOLE = 18;
const LONGEST_FRACTION = 30;
const LATEST_TIME = 8_640_000_000_000_000;

/** Plain decimal text without exponent, digit for digit (`0E-8` → `0.00000000`), or null for anything that is not a number of sane length. */
export function plainDecimal(text: string): string | null {
  const match = WIRE_DECIMAL.exec(text);
  if (match === null || text.length > 60) return null;
  const [, sign = '', whole = '0', fraction = '', exponent = '0'] = match;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  const padded = point <= 0 ? '0'.repeat(1 - point) + digits : digits.padEnd(point, '0');
  const at = Math.max(1, point);
  const left = padded.slice(0, at).replace(/^0+(?=\d)/, '');
  const right = padded.slice(at);
  if (left.length > LONGEST_WHOLE || right.length > LONGEST_FRACTION) return null;
  return `${sign === '-' ? '-' : ''}${left}${right === '' ? '' : `.${right}`}`;
}

/** Exact decimal text. */
export const decimal = z.union([z.string(), z.number()]).transform((value, context): string => {
  const plain = plainDecimal(String(value));
  if (plain !== null) return plain;
  context.addIssue({ code: 'custom', message: 'not a decimal number' });
  return z.NEVER;
});

/** Exact decimal text that is not below zero: quantities and prices. */
export const unsigned = decimal.refine((value) => !value.startsWith('-') || Number(value) === 0, 'negative');

/** Floating point, for prices and volumes that are only analysed. */
export const number = z
  .union([z.number(), z.string()])
  .transform((value, context): number => {
    if (typeof value === 'number') return value;
    if (value.length <= 60 && WIRE_DECIMAL.test(value)) return Number(value);
    context.addIssue({ code: 'custom', message: 'not a number' });
    return z.NEVER;
  })
  .refine((value) => Math.abs(value) < 1e21, 'not a sane number');
export const positive = number.refine((value) => value > 0, 'not positive');
export const notNegative = number.refine((value) => value >= 0, 'negative');

/** Milliseconds since 1970. */
export const time = z.number().int().min(0).max(LATEST_TIME);
export const count = z.number().int().min(0);
/** Ids may exceed 2^53 in text; as a number beyond it they have already lost digits and only serve as text. */
export const id = z.union([z.string().min(1), z.number().refine(Number.isInteger)]).transform(String);
export const symbolName = z.string().min(1).max(60);

export interface Rows<T> {
  readonly rows: readonly T[];
  /** Rows that were not understood and are left out. */
  readonly malformed: number;
}

/** Market lists: a row that cannot be read is left out and counted, the others stand. Never for the account: there a missing row is a wrong state. */
export function rowsOf<S extends z.ZodType>(row: S): z.ZodType<Rows<z.infer<S>>> {
  return z.array(z.unknown()).transform((entries): Rows<z.infer<S>> => {
    const rows: z.infer<S>[] = [];
    for (const entry of entries) {
      const parsed = row.safeParse(entry);
      if (parsed.success) rows.push(parsed.data);
    }
    return { rows, malformed: entries.length - rows.length };
  });
}
