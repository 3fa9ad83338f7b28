// Who may talk to the loopback server: the right Host, our own page as Origin, the token of this start, and not too many screens.
import { timingSafeEqual } from 'node:crypto';

export interface UpgradeAsk {
  /** The request target as it came; may be anything. */
  readonly target: string;
  readonly host: string;
  readonly origin: string;
  /** Screens that are connected now. */
  readonly screens: number;
}

export interface GuardRules {
  readonly port: number;
  readonly token: string;
  readonly maximumScreens: number;
}

export interface Refusal {
  readonly status: 400 | 401 | 403 | 404 | 503;
  readonly reason: string;
}

/** The parsed request target, or null for one that is no address (`//`, `http://`): such a request must be refused, not thrown about. */
export function parseTarget(target: string): URL | null {
  // Absolute targets (`GET http://other/`) are for proxies; we are none.
  if (!target.startsWith('/') || target.startsWith('//')) return null;
  return URL.canParse(target, 'http://localhost') ? new URL(target, 'http://localhost') : null;
}

/** Only these names reach us on loopback; any other is a name that was rebound to this machine (DNS rebinding). */
export function isOwnHost(host: string, port: number): boolean {
  return host === `127.0.0.1:${port}` || host === `localhost:${port}`;
}

/** Null when the screen may come in. Checks in the order cheap and telling first; the token is compared in constant time. */
export function refuseUpgrade(ask: UpgradeAsk, rules: GuardRules): Refusal | null {
  const url = parseTarget(ask.target);
  if (url === null) return { status: 400, reason: 'A connection with a malformed address was refused.' };
  if (!isOwnHost(ask.host, rules.port)) return { status: 403, reason: 'A connection with a foreign Host header was refused.' };
  if (!ask.origin.startsWith('http://') || !isOwnHost(ask.origin.slice('http://'.length), rules.port))
    return { status: 403, reason: 'A connection from a foreign page was refused.' };
  if (url.pathname !== '/link') return { status: 404, reason: 'A connection to an unknown path was refused.' };
  if (!isSameToken(url.searchParams.get('token') ?? '', rules.token)) return { status: 401, reason: 'A connection without the right token was refused.' };
  if (ask.screens >= rules.maximumScreens) return { status: 503, reason: `More than ${rules.maximumScreens} screens were refused.` };
  return null;
}

function isSameToken(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}
