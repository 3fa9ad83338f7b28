// Who may call and how often: API key, HMAC signature over the exact bytes, timestamp window, request weight and order counts.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { VenueFault } from '../../src-main/core/venue/types.ts';

const WEIGHT_PER_MINUTE = 2400;
const ORDERS_PER_10_SECONDS = 300;
const ORDERS_PER_MINUTE = 1200;
const FUTURE_TOLERANCE_MS = 1000;
const DEFAULT_RECEIVE_WINDOW_MS = 5000;

export interface Credentials {
  readonly key: string;
  readonly secret: string;
}

export interface SignedRequest {
  readonly apiKey: string | null;
  /** Query and body exactly as sent, joined without a separator. */
  readonly payload: string;
  /** Simulated milliseconds. */
  readonly serverTime: number;
  readonly wallTime: number;
  readonly speed: number;
}

export function checkKey(apiKey: string | null, credentials: Credentials): VenueFault | null {
  if (apiKey === null || apiKey === '') return { code: -2014, message: 'API-key format invalid.' };
  return apiKey === credentials.key ? null : { code: -2015, message: 'Invalid API-key, IP, or permissions for action, request ip: 127.0.0.1' };
}

/**
 * Checks key, signature and timestamp. The window is judged in wall time, so that a client keeps its 5 seconds however fast the
 * simulated clock runs; a client that signs with real time is accepted as well.
 */
export function checkSignature(request: SignedRequest, credentials: Credentials): VenueFault | null {
  const keyFault = checkKey(request.apiKey, credentials);
  if (keyFault !== null) return keyFault;
  const match = /^(?:(?<signed>.*)&)?signature=(?<signature>[0-9a-fA-F]+)$/s.exec(request.payload);
  const signed = match?.groups?.['signed'];
  if (signed === undefined) return { code: -1102, message: "Mandatory parameter 'signature' was not sent, was empty/null, or malformed." };
  const expected = createHmac('sha256', credentials.secret).update(signed).digest();
  const given = Buffer.from(match?.groups?.['signature'] ?? '', 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return { code: -1022, message: 'Signature for this request is not valid.' };
  const parameters = new URLSearchParams(signed);
  const timestamp = Number(parameters.get('timestamp') ?? Number.NaN);
  const window = Math.min(60_000, Number(parameters.get('recvWindow') ?? DEFAULT_RECEIVE_WINDOW_MS));
  if (!Number.isFinite(timestamp)) return { code: -1102, message: "Mandatory parameter 'timestamp' was not sent, was empty/null, or malformed." };
  const isTimely = (age: number): boolean => age > -FUTURE_TOLERANCE_MS && age <= window;
  if (isTimely((request.serverTime - timestamp) / request.speed) || isTimely(request.wallTime - timestamp)) return null;
  return timestamp > request.serverTime
    ? { code: -1021, message: "Timestamp for this request was 1000ms ahead of the server's time." }
    : { code: -1021, message: 'Timestamp for this request is outside of the recvWindow.' };
}

export interface LimitVerdict {
  readonly headers: Readonly<Record<string, string>>;
  readonly status: 200 | 429 | 418;
  readonly fault: VenueFault | null;
}

/** Weight and order counters in wall time, as the exchange keeps them per IP and account. */
export class UsageLimits {
  #minute = 0;
  #weight = 0;
  #tenSeconds = 0;
  #ordersTen = 0;
  #ordersMinute = 0;
  #violations = 0;
  #bannedUntil = 0;
  /** Largest weight used in any minute. */
  peakWeight = 0;
  refused = 0;

  count(weight: number, orders: number, wallTime: number): LimitVerdict {
    const minute = Math.floor(wallTime / 60_000);
    const tenSeconds = Math.floor(wallTime / 10_000);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#weight = 0;
      this.#ordersMinute = 0;
      this.#violations = 0;
    }
    if (tenSeconds !== this.#tenSeconds) {
      this.#tenSeconds = tenSeconds;
      this.#ordersTen = 0;
    }
    this.#weight += weight;
    this.#ordersTen += orders;
    this.#ordersMinute += orders;
    this.peakWeight = Math.max(this.peakWeight, this.#weight);
    const headers: Record<string, string> = { 'X-MBX-USED-WEIGHT-1M': String(this.#weight) };
    if (orders > 0) {
      headers['X-MBX-ORDER-COUNT-10S'] = String(this.#ordersTen);
      headers['X-MBX-ORDER-COUNT-1M'] = String(this.#ordersMinute);
    }
    if (wallTime < this.#bannedUntil)
      return this.#refuse(418, headers, Math.ceil((this.#bannedUntil - wallTime) / 1000), {
        code: -1003,
        message: `Way too many requests; IP banned until ${this.#bannedUntil}.`,
      });
    if (this.#weight > WEIGHT_PER_MINUTE) {
      this.#violations += 1;
      if (this.#violations > 20) this.#bannedUntil = wallTime + 120_000;
      return this.#refuse(429, headers, 60 - (Math.floor(wallTime / 1000) % 60), {
        code: -1003,
        message: `Too many requests; current limit is ${WEIGHT_PER_MINUTE} request weight per 1 MINUTE.`,
      });
    }
    if (this.#ordersTen > ORDERS_PER_10_SECONDS || this.#ordersMinute > ORDERS_PER_MINUTE)
      return this.#refuse(429, headers, 10, { code: -1015, message: 'Too many new orders; current limit is 300 orders per TEN SECONDS.' });
    return { headers, status: 200, fault: null };
  }

  #refuse(status: 429 | 418, headers: Record<string, string>, retryAfterSeconds: number, fault: VenueFault): LimitVerdict {
    this.refused += 1;
    return { headers: { ...headers, 'Retry-After': String(retryAfterSeconds) }, status, fault };
  }
}
