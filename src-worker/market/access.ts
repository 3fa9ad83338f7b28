// Who may call and how often: API key, HMAC signature over the exact bytes, timestamp window, request weight and order counts.
import { createHmac, createPublicKey, timingSafeEqual, verify } from 'node:crypto';
import { missingParameter } from '../../src-main/core/venue/faults.ts';
import type { VenueFault } from '../../src-main/core/venue/types.ts';
import type { CallPool, OrderCost } from './routes.ts';

const WEIGHT_PER_MINUTE = 2400;
const ORDERS_PER_10_SECONDS = 300;
const ORDERS_PER_MINUTE = 1200;
const FUTURE_TOLERANCE_MS = 1000;
const DEFAULT_RECEIVE_WINDOW_MS = 5000;
const MAXIMUM_RECEIVE_WINDOW_MS = 60_000;

export interface Credentials {
  readonly key: string;
  readonly secret: string;
  /** PEM of a key whose owner may sign instead of with the secret, and log on to the WebSocket API. */
  readonly ed25519PublicKey?: string;
}

export interface SignedRequest {
  readonly apiKey: string | null;
  /** Query and body exactly as sent, joined without a separator. */
  readonly payload: string;
  /** Simulated milliseconds. */
  readonly serverTime: number;
  readonly wallTime: number;
  readonly speed: number;
  /** Error of the server's clock, rehearsed. */
  readonly skewMs: number;
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
  const match = /^(?:(?<signed>.*)&)?signature=(?<signature>[^&]+)$/s.exec(request.payload);
  const signed = match?.groups?.['signed'];
  if (signed === undefined) return missingParameter('signature');
  if (!isSignedBy(credentials, signed, new URLSearchParams(request.payload).get('signature') ?? '')) return WRONG_SIGNATURE;
  const parameters = new URLSearchParams(signed);
  const timestamp = Number(parameters.get('timestamp') ?? Number.NaN);
  const window = Number(parameters.get('recvWindow') ?? DEFAULT_RECEIVE_WINDOW_MS);
  if (!(window >= 0 && window <= MAXIMUM_RECEIVE_WINDOW_MS)) return { code: -1131, message: 'recvWindow must be less than 60000.' };
  return checkTimestamp(request, timestamp, window);
}

export const WRONG_SIGNATURE: VenueFault = { code: -1022, message: 'Signature for this request is not valid.' };

/** HMAC-SHA256 with the secret in hex, or Ed25519 in base64 where a public key is known. */
export function isSignedBy(credentials: Credentials, signed: string, signature: string): boolean {
  if (/^[0-9a-fA-F]{64}$/.test(signature)) {
    const expected = createHmac('sha256', credentials.secret).update(signed).digest();
    return timingSafeEqual(Buffer.from(signature, 'hex'), expected);
  }
  const { ed25519PublicKey } = credentials;
  // A plus that was not encoded arrives as a blank.
  return (
    ed25519PublicKey !== undefined &&
    verify(null, Buffer.from(signed), createPublicKey(ed25519PublicKey), Buffer.from(signature.replaceAll(' ', '+'), 'base64'))
  );
}

/** The window is open from one second ahead to `window` behind; see {@link checkSignature} for whose time counts. */
export function checkTimestamp(request: Omit<SignedRequest, 'payload' | 'apiKey'>, timestamp: number, window: number): VenueFault | null {
  if (!Number.isFinite(timestamp)) return missingParameter('timestamp');
  const isTimely = (age: number): boolean => age > -FUTURE_TOLERANCE_MS && age <= window;
  const skewed = { server: request.serverTime + request.skewMs, wall: request.wallTime + request.skewMs };
  if (isTimely((skewed.server - timestamp) / request.speed) || isTimely(skewed.wall - timestamp)) return null;
  return timestamp > skewed.server
    ? { code: -1021, message: "Timestamp for this request was 1000ms ahead of the server's time." }
    : { code: -1021, message: 'Timestamp for this request is outside of the recvWindow.' };
}

export interface LimitVerdict {
  readonly headers: Readonly<Record<string, string>>;
  readonly status: 200 | 429 | 418;
  readonly fault: VenueFault | null;
}

const BAN_MS = 120_000;
/** Calls in five minutes. */
const POOL_CALLS: Readonly<Record<CallPool, number>> = { funding: 500, data: 1000 };
const POOL_WINDOW_MS = 300_000;
/** Requests over the limit within a minute that turn 429 into a ban. */
const PATIENCE = 20;

/** Weight and order counters in wall time, as the exchange keeps them per IP and account. */
export class UsageLimits {
  #minute = 0;
  #weight = 0;
  #tenSeconds = 0;
  #ordersTen = 0;
  #ordersMinute = 0;
  #poolWindow = 0;
  readonly #poolCalls = new Map<CallPool, number>();
  #violations = 0;
  #bannedUntil = 0;
  /** Largest weight used in any minute. */
  peakWeight = 0;
  refused = 0;

  count(weight: number, orders: OrderCost | null, wallTime: number): LimitVerdict {
    this.#roll(wallTime);
    this.#weight += weight;
    this.#ordersTen += orders?.tenSeconds ?? 0;
    this.#ordersMinute += orders?.minute ?? 0;
    this.peakWeight = Math.max(this.peakWeight, this.#weight);
    const headers: Record<string, string> = { 'X-MBX-USED-WEIGHT-1M': String(this.#weight) };
    if (orders !== null) {
      headers['X-MBX-ORDER-COUNT-10S'] = String(this.#ordersTen);
      headers['X-MBX-ORDER-COUNT-1M'] = String(this.#ordersMinute);
    }
    if (wallTime < this.#bannedUntil)
      return this.refuse(418, headers, { retryAfterSeconds: Math.ceil((this.#bannedUntil - wallTime) / 1000), fault: this.#banned() });
    if (this.#weight > WEIGHT_PER_MINUTE) {
      this.#violations += 1;
      if (this.#violations > PATIENCE) this.ban(wallTime);
      return this.refuse(429, headers, { retryAfterSeconds: 60 - (Math.floor(wallTime / 1000) % 60), fault: TOO_MUCH_WEIGHT });
    }
    if (orders !== null && (this.#ordersTen > ORDERS_PER_10_SECONDS || this.#ordersMinute > ORDERS_PER_MINUTE)) {
      const isShort = this.#ordersTen > ORDERS_PER_10_SECONDS;
      return this.refuse(429, headers, { retryAfterSeconds: isShort ? 10 : 60, fault: tooManyOrders(isShort) });
    }
    return { headers, status: 200, fault: null };
  }

  /** One more call of a pool. Null when there is room. */
  countPool(pool: CallPool, wallTime: number): VenueFault | null {
    const window = Math.floor(wallTime / POOL_WINDOW_MS);
    if (window !== this.#poolWindow) {
      this.#poolWindow = window;
      this.#poolCalls.clear();
    }
    const calls = (this.#poolCalls.get(pool) ?? 0) + 1;
    this.#poolCalls.set(pool, calls);
    const most = POOL_CALLS[pool];
    return calls > most ? { code: -1003, message: `Too many requests; current limit is ${most} requests per 5 MINUTES.` } : null;
  }

  #roll(wallTime: number): void {
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
  }

  /** Shuts everybody out, for two minutes unless told otherwise. */
  ban(wallTime: number, lengthMs = BAN_MS): void {
    this.#bannedUntil = wallTime + lengthMs;
  }

  #banned(): VenueFault {
    return { code: -1003, message: `Way too many requests; IP banned until ${this.#bannedUntil}. Please use the websocket for live updates to avoid bans.` };
  }

  refuse(
    status: 429 | 418,
    headers: Readonly<Record<string, string>>,
    refusal: { readonly retryAfterSeconds: number; readonly fault: VenueFault },
  ): LimitVerdict {
    this.refused += 1;
    return { headers: { ...headers, 'Retry-After': String(refusal.retryAfterSeconds) }, status, fault: refusal.fault };
  }

  /** GET rateLimit/order. */
  describeOrderLimits(): unknown {
    return [
      { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: ORDERS_PER_10_SECONDS },
      { rateLimitType: 'ORDERS', interval: 'MINUTE', intervalNum: 1, limit: ORDERS_PER_MINUTE },
    ];
  }

  /** `rateLimits` of a WebSocket API answer. */
  describeUsage(orders: boolean): unknown {
    const weight = { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: WEIGHT_PER_MINUTE, count: this.#weight };
    if (!orders) return [weight];
    return [
      { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: ORDERS_PER_10_SECONDS, count: this.#ordersTen },
      { rateLimitType: 'ORDERS', interval: 'MINUTE', intervalNum: 1, limit: ORDERS_PER_MINUTE, count: this.#ordersMinute },
      weight,
    ];
  }
}

export const TOO_MUCH_WEIGHT: VenueFault = {
  code: -1003,
  message: `Too many requests; current limit of IP is ${WEIGHT_PER_MINUTE} requests per minute. Please use the websocket for live updates to avoid polling the API.`,
};

function tooManyOrders(isShort: boolean): VenueFault {
  const limit = isShort ? `${ORDERS_PER_10_SECONDS} orders per TEN SECONDS` : `${ORDERS_PER_MINUTE} orders per MINUTE`;
  return { code: -1015, message: `Too many new orders; current limit is ${limit}.` };
}
