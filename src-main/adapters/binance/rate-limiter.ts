// One budget of request weight and order counts with priorities: urgent calls go first and have a reserve, nothing bursts into a 429.
import type { CallPriority } from '../../core/ports.ts';
import { OrderWindows } from './order-windows.ts';

const ORDER: readonly CallPriority[] = ['protect', 'close', 'trade', 'reconcile', 'data', 'backfill'];
/** Share of the weight budget each priority may use; the rest is kept for more urgent ones. 1.2 × 1920 stays below the exchange's 2400. */
const SHARE: Readonly<Record<CallPriority, number>> = { protect: 1.2, close: 1.2, trade: 1, reconcile: 0.95, data: 0.85, backfill: 0.7 };
/** A call that waited longer is refused instead of leaving late: an entry after ten seconds is another trade. */
const LONGEST_WAIT_MS: Readonly<Record<CallPriority, number>> = {
  protect: 20_000,
  close: 20_000,
  trade: 10_000,
  reconcile: 60_000,
  data: 120_000,
  backfill: Infinity,
};
const MINUTE_MS = 60_000;
/** Whatever the settings say, the exchange's own limit of 2400 is never approached closer. */
const CEILING = 2350;
const LONGEST_NAP_MS = 1000;
const SHORTEST_NAP_MS = 20;

export interface Timers {
  now(): number;
  after(delayMs: number, callback: () => void): void;
}

export const WALL_TIMERS: Timers = { now: () => performance.now(), after: (delayMs, callback) => void setTimeout(callback, delayMs).unref() };

export interface CallCost {
  /** Request weight of the IP budget. */
  readonly weight: number;
  readonly priority: CallPriority;
  /** Whose share of the weight it may use, and whose turn it has; its own priority's where it is absent. */
  readonly share?: CallPriority;
  /** How many orders the call places or changes: the account's order budget. */
  readonly orders?: number;
}

export type Grant = { readonly kind: 'granted' } | { readonly kind: 'refused'; readonly why: 'blocked' | 'budget' | 'orders'; readonly waitMs: number };

interface Waiting {
  readonly cost: CallCost;
  readonly deadline: number;
  readonly grant: (grant: Grant) => void;
}

interface Spent {
  readonly at: number;
  readonly weight: number;
}

/** Weights are counted over a sliding minute of wall time and corrected by what the exchange says it has counted. */
export class RateLimiter {
  readonly #timers: Timers;
  readonly #orders: OrderWindows;
  #limit: number;
  #spent: Spent[] = [];
  #waiting: Waiting[] = [];
  #blockedUntil = 0;
  #blockReason: 'rate_limited' | 'banned' = 'rate_limited';
  #isScheduled = false;
  #reported: Spent = { at: -MINUTE_MS, weight: 0 };

  constructor(limitPerMinute: number, timers: Timers = WALL_TIMERS) {
    this.#limit = limitPerMinute;
    this.#timers = timers;
    this.#orders = new OrderWindows(() => timers.now());
  }

  set limit(limitPerMinute: number) {
    this.#limit = limitPerMinute;
  }

  get limit(): number {
    return this.#limit;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Weight of the last minute: the larger of our own count, and the exchange's plus what left since. Others may share the address. */
  get used(): number {
    const now = this.#timers.now();
    if (now - (this.#spent[0]?.at ?? now) >= MINUTE_MS) this.#spent = this.#spent.filter((entry) => now - entry.at < MINUTE_MS);
    let own = 0;
    let since = 0;
    for (const { at, weight } of this.#spent) {
      own += weight;
      if (at > this.#reported.at) since += weight;
    }
    return now - this.#reported.at < MINUTE_MS ? Math.max(own, this.#reported.weight + since) : own;
  }

  /** Resolves when the call may go out, or with a refusal when that would be too late. */
  acquire(cost: CallCost): Promise<Grant> {
    return new Promise((grant) => {
      this.#waiting.push({ cost, deadline: this.#timers.now() + LONGEST_WAIT_MS[cost.priority], grant });
      this.#waiting.sort((a, b) => ORDER.indexOf(a.cost.share ?? a.cost.priority) - ORDER.indexOf(b.cost.share ?? b.cost.priority));
      this.#serve();
    });
  }

  /** What `X-MBX-USED-WEIGHT-1M` said in the answer to a call that left at `sentAt`; older news than the last is ignored. */
  correct(usedWeight: number, sentAt: number = this.#timers.now()): void {
    if (sentAt >= this.#reported.at) this.#reported = { at: sentAt, weight: usedWeight };
  }

  /** What `X-MBX-ORDER-COUNT-10S` and `-1M` said; null where the header was missing. */
  correctOrders(tenSeconds: number | null, minute: number | null): void {
    this.#orders.correct(tenSeconds, minute);
  }

  /** After 429, 418 or a firewall page: nothing leaves before `retryAfterMs`. */
  block(retryAfterMs: number, reason: 'rate_limited' | 'banned' = 'rate_limited'): void {
    if (this.blockedForMs === 0 || reason === 'banned') this.#blockReason = reason;
    this.#blockedUntil = Math.max(this.#blockedUntil, this.#timers.now() + retryAfterMs);
    this.#serve();
  }

  /** After -1015: no order leaves before `retryAfterMs`; queries and cancels do. */
  blockOrders(retryAfterMs: number): void {
    this.#orders.block(retryAfterMs);
  }

  get blockReason(): 'rate_limited' | 'banned' {
    return this.#blockReason;
  }

  get blockedForMs(): number {
    return Math.max(0, this.#blockedUntil - this.#timers.now());
  }

  #serve(): void {
    const now = this.#timers.now();
    const kept: Waiting[] = [];
    let isWeightTaken = false;
    for (const entry of this.#waiting) {
      const obstacle = this.#obstacle(entry.cost, isWeightTaken);
      if (obstacle === null) {
        this.#spent.push({ at: now, weight: entry.cost.weight });
        this.#orders.spend(entry.cost.orders ?? 0);
        entry.grant({ kind: 'granted' });
      } else if (now >= entry.deadline || (obstacle.why === 'blocked' && now + obstacle.waitMs > entry.deadline)) {
        entry.grant(obstacle);
      } else {
        // A waiting call keeps its place: nothing less urgent takes weight it is waiting for.
        if (obstacle.why === 'budget') isWeightTaken = true;
        kept.push(entry);
      }
    }
    this.#waiting = kept;
    if (kept.length === 0 || this.#isScheduled) return;
    this.#isScheduled = true;
    this.#timers.after(this.#nap(now), () => {
      this.#isScheduled = false;
      this.#serve();
    });
  }

  #obstacle(cost: CallCost, isWeightTaken: boolean): (Grant & { readonly kind: 'refused' }) | null {
    if (this.blockedForMs > 0) return { kind: 'refused', why: 'blocked', waitMs: this.blockedForMs };
    const ordersWait = this.#orders.waitMs(cost.orders ?? 0, cost.priority === 'protect' || cost.priority === 'close');
    if (ordersWait > 0) return { kind: 'refused', why: 'orders', waitMs: ordersWait };
    if (cost.weight === 0) return null;
    if (isWeightTaken || this.used + cost.weight > Math.min(CEILING, this.#limit * SHARE[cost.share ?? cost.priority]))
      return { kind: 'refused', why: 'budget', waitMs: LONGEST_NAP_MS };
    return null;
  }

  #nap(now: number): number {
    const untilFree = (this.#spent[0]?.at ?? now) + MINUTE_MS - now;
    const wait = this.blockedForMs > 0 ? this.blockedForMs : untilFree;
    return Math.min(LONGEST_NAP_MS, Math.max(SHORTEST_NAP_MS, wait));
  }
}
