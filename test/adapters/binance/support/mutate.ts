// Seeded damage to payloads: broken text, missing and foreign fields, wrong types, absurd numbers.

export type Dice = () => number;

/** Mulberry32: the same seed gives the same damage everywhere. */
export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function pick<T>(dice: Dice, from: readonly T[]): T {
  const chosen = from[Math.floor(dice() * from.length)];
  if (chosen === undefined) throw new Error('nothing to pick from');
  return chosen;
}

const STRANGE: readonly unknown[] = [
  null,
  '',
  ' ',
  '-1',
  -1,
  0,
  '0',
  1e308,
  -1e308,
  2 ** 53 + 2,
  0.1,
  'NaN',
  'Infinity',
  '1e999',
  '99999999999999999999999999',
  '0.0000000000000000000000000000000000000000001',
  '1,5',
  '0x1F',
  'null',
  '币安人生',
  '\u0000',
  '__proto__',
  true,
  false,
  [],
  {},
  [[]],
  { toString: 'x' },
  'x'.repeat(5000),
  Number.MIN_VALUE,
  -0,
  1e-9,
  '1E-9',
  8_640_000_000_000_001,
];

interface Place {
  readonly holder: Record<string, unknown> | unknown[];
  readonly key: string;
}

function places(value: unknown, found: Place[] = []): Place[] {
  if (typeof value !== 'object' || value === null) return found;
  for (const key of Object.keys(value)) {
    found.push({ holder: value as Record<string, unknown>, key });
    places((value as Record<string, unknown>)[key], found);
  }
  return found;
}

/** One to three injuries to a copy of the value. */
export function mutateValue(dice: Dice, original: unknown): unknown {
  const copy = structuredClone({ root: original });
  const injuries = 1 + Math.floor(dice() * 3);
  for (let index = 0; index < injuries; index += 1) {
    const all = places(copy).filter((place) => dice() < 0.02 || place.key !== 'root');
    if (all.length === 0) break;
    const { holder, key } = pick(dice, all);
    const box = holder as Record<string, unknown>;
    const roll = dice();
    if (roll < 0.2) Reflect.deleteProperty(box, key);
    else if (roll < 0.7) box[key] = pick(dice, STRANGE);
    else if (roll < 0.8) box[key] = typeof box[key] === 'string' ? Number(box[key]) : textOf(box[key]);
    else if (roll < 0.9) box[key] = damageText(dice, textOf(box[key]));
    else {
      const other = pick(dice, all);
      box[key] = structuredClone((other.holder as Record<string, unknown>)[other.key]);
    }
  }
  return copy.root;
}

/** Not every object can become text by itself. */
function textOf(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Cuts, flips, inserts or doubles a piece of text. */
export function damageText(dice: Dice, text: string): string {
  const at = Math.floor(dice() * (text.length + 1));
  const end = Math.min(text.length, at + 1 + Math.floor(dice() * 8));
  switch (Math.floor(dice() * 5)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + text.slice(end);
    case 2:
      return text.slice(0, at) + String.fromCodePoint(32 + Math.floor(dice() * 200)) + text.slice(at);
    case 3:
      return text.slice(0, end) + text.slice(at);
    default:
      return text.slice(0, at) + pick(dice, ['"', '}', '[', ',', '\\', '\u0000', '-', 'e', '9', '.']) + text.slice(end);
  }
}

/** Text of a payload, damaged as a value or as text. */
export function mutateText(dice: Dice, payload: unknown): string {
  return dice() < 0.75 ? (JSON.stringify(mutateValue(dice, payload)) ?? '') : damageText(dice, JSON.stringify(payload));
}
