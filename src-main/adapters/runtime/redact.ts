// Removes secrets from text before it reaches a log, a screen or a notification: by what they look like, and by their known values.

export const HIDDEN = '[secret]';

/** Values shorter than this are not searched for: they would tear ordinary text apart. */
const SHORTEST_VALUE = 6;

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/(signature=)[0-9a-zA-Z%+/=_-]+/gi, `$1${HIDDEN}`],
  [/(listenKey["']?\s*[=:]\s*["']?)[0-9a-zA-Z]{8,}/gi, `$1${HIDDEN}`],
  [/(x-mbx-apikey["']?\s*[=:]\s*["']?)[0-9a-zA-Z-]+/gi, `$1${HIDDEN}`],
  [/(api_?(?:key|secret)["']?\s*[=:]\s*["']?)[^\s"',&}]+/gi, `$1${HIDDEN}`],
  [/(\/private\/ws\/)[0-9a-zA-Z]{8,}/g, `$1${HIDDEN}`],
  [/(discord(?:app)?\.com\/api\/(?:v\d+\/)?webhooks\/)[^\s"'\\?]+/gi, `$1${HIDDEN}`],
  [/(:\/\/[^\s:/@]+:)[^\s@/]+(@)/g, `$1${HIDDEN}$2`],
  [/(token=)[0-9a-zA-Z_-]{8,}/gi, `$1${HIDDEN}`],
];

/** Every form of every secret this process has read. Process-wide on purpose: a value is secret wherever it turns up. */
const known = new Set<string>();

/** From now on {@link redact} removes this value, also percent-encoded, JSON-escaped and in Base64. */
export function hideValue(value: string): void {
  if (value.length < SHORTEST_VALUE) return;
  const base64 = Buffer.from(value).toString('base64').replaceAll('=', '');
  for (const form of [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1), base64]) known.add(form);
}

/** The text without any secret that was ever read (plain, percent-encoded, escaped, Base64) and without what looks like one. */
export function redact(text: string): string {
  let clean = text;
  for (const form of known) if (clean.includes(form)) clean = clean.replaceAll(form, HIDDEN);
  return PATTERNS.reduce((current, [pattern, replacement]) => current.replace(pattern, replacement), clean);
}

const SECRET_KEY = /api_?key|secret|signature|listenkey|passphrase|webhook|x-mbx-apikey/i;
const DEEPEST = 8;

/** A copy of a plain value in which every text is redacted and texts under a key that names a secret are hidden; too deep is cut off. */
export function redactValue(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redact(value);
  if (typeof value === 'bigint') return String(value);
  if (value === null || typeof value !== 'object') return value;
  if (depth >= DEEPEST) return '[deeper]';
  if (value instanceof Error) return redact(value.message);
  if ('toJSON' in value && typeof value.toJSON === 'function') return redactValue((value.toJSON as () => unknown)(), depth + 1);
  if (Array.isArray(value)) return value.map((entry) => redactValue(entry, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, typeof entry === 'string' && SECRET_KEY.test(key) ? HIDDEN : redactValue(entry, depth + 1)]),
  );
}
