// One budget of request weight per minute with priorities: urgent calls go first and have a reserve, nothing bursts into a 429.
import type { CallPriority } from '../../core/ports.ts';

const ORDER: readonly CallPriority[] = ['protect', 'close', 'trade', 'reconcile', 'data', 'backfill'];
/** Share of the budget each priority may use; the rest is kept for more urgent ones. */
const SHARE: Readonly<Record<CallPriority, number>> = { protect: 1.2, close: 1.2, trade: 1, reconcile: 0.95, data: 0.85, backfill: 0.7 };
const MINUTE_MS = 60_000;

export interface Timers {
  now(): number;
  after(delayMs: number, callback: () => void): void;
}

export const WALL_TIMERS: Timers = { now: () => performance.now(), after: (delayMs, callback) => void setTimeout(callback, delayMs) };

interface Waiting {
  readonly weight: number;
  readonly priority: CallPriority;
  readonly grant: () => void;
}

interface Spent {
  readonly at: number;
  readonly weight: number;
}

/** Weights are counted over a sliding minute of wall time and corrected upwards by what the exchange says it has counted. */
export class RateLimiter {
  readonly #timers: Timers;
  #limit: number;
  #spent: Spent[] = [];
  #waiting: Waiting[] = [];
  #blockedUntil = 0;
  #isScheduled = false;
  #reported: Spent = { at: -MINUTE_MS, weight: 0 };

  constructor(limitPerMinute: number, timers: Timers = WALL_TIMERS) {
    this.#limit = limitPerMinute;
    this.#timers = timers;
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

  /** Weight of the last minute: the larger of our count and the exchange's. */
  get used(): number {
    const now = this.#timers.now();
    this.#spent = this.#spent.filter((entry) => now - entry.at < MINUTE_MS);
    const own = this.#spent.reduce((sum, entry) => sum + entry.weight, 0);
    return now - this.#reported.at < MINUTE_MS ? Math.max(own, this.#reported.weight) : own;
  }

  /** Resolves when the call may go out. */
  acquire(weight: number, priority: CallPriority): Promise<void> {
    return new Promise((grant) => {
      this.#waiting.push({ weight, priority, grant });
      this.#waiting.sort((a, b) => ORDER.indexOf(a.priority) - ORDER.indexOf(b.priority));
      this.#serve();
    });
  }

  /** What `X-MBX-USED-WEIGHT-1M` said; the exchange counts calendar minutes, so it only ever raises our own count. */
  correct(usedWeight: number): void {
    const now = this.#timers.now();
    if (usedWeight > this.used) this.#reported = { at: now, weight: usedWeight };
  }

  /** After 429 or 418: nothing leaves before `retryAfterMs`. */
  block(retryAfterMs: number): void {
    this.#blockedUntil = Math.max(this.#blockedUntil, this.#timers.now() + retryAfterMs);
    this.#serve();
  }

  get blockedForMs(): number {
    return Math.max(0, this.#blockedUntil - this.#timers.now());
  }

  #serve(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (this.blockedForMs > 0 || (next.weight > 0 && this.used + next.weight > this.#limit * SHARE[next.priority])) break;
      this.#waiting.shift();
      this.#spent.push({ at: this.#timers.now(), weight: next.weight });
      next.grant();
    }
    if (this.#waiting.length === 0 || this.#isScheduled) return;
    this.#isScheduled = true;
    this.#timers.after(Math.min(1000, Math.max(50, this.blockedForMs)), () => {
      this.#isScheduled = false;
      this.#serve();
    });
  }
}
