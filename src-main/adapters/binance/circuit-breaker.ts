// The graded circuit breaker: failures in a row warn, throttle and block; calls that reduce risk always pass.
import type { BreakerGrade } from '../../../src-shared/domain/risk.ts';
import type { CallPriority } from '../../core/ports.ts';

export interface BreakerLimits {
  readonly enabled: boolean;
  readonly warning: number;
  readonly throttled: number;
  readonly blocked: number;
  readonly throttleMs: number;
  readonly probeMs: number;
}

/** The bypass list: close, emergency stop, adjust stop or target, query positions and orders, cancel. */
const BYPASS: readonly CallPriority[] = ['protect', 'close', 'reconcile'];

export type Admission = { readonly kind: 'pass' } | { readonly kind: 'wait'; readonly ms: number } | { readonly kind: 'refuse'; readonly probeInMs: number };

const PASS: Admission = { kind: 'pass' };

export class CircuitBreaker {
  readonly #limits: () => BreakerLimits;
  readonly #now: () => number;
  #failures = 0;
  #lastCallAt = -Infinity;
  #blockedAt = -Infinity;
  #isProbing = false;

  constructor(limits: () => BreakerLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  get failures(): number {
    return this.#failures;
  }

  /** Half-open counts as throttled: whoever waits for the end of "blocked" may send the one probing call. */
  get grade(): BreakerGrade {
    const { enabled, warning, throttled, blocked, probeMs } = this.#limits();
    if (!enabled || this.#failures < warning) return 'normal';
    if (this.#failures < throttled) return 'warning';
    if (this.#failures < blocked) return 'throttled';
    return this.#now() >= this.#blockedAt + probeMs ? 'throttled' : 'blocked';
  }

  /** Each admitted call must end in exactly one of {@link succeed}, {@link fail} and {@link release}. */
  admit(priority: CallPriority): Admission {
    const now = this.#now();
    const { enabled, throttled, blocked, throttleMs, probeMs } = this.#limits();
    if (BYPASS.includes(priority) || !enabled || this.#failures < throttled) {
      this.#lastCallAt = now;
      return PASS;
    }
    if (this.#failures >= blocked) {
      const probeIn = Math.max(0, this.#blockedAt + probeMs - now);
      if (probeIn > 0 || this.#isProbing) return { kind: 'refuse', probeInMs: probeIn };
      this.#isProbing = true;
      return PASS;
    }
    const wait = this.#lastCallAt + throttleMs - now;
    if (wait > 0) return { kind: 'wait', ms: wait };
    this.#lastCallAt = now;
    return PASS;
  }

  /** The exchange answered as it should. From blocked one step down at a time: blocked, throttled, warning, normal. */
  succeed(): void {
    const { warning, throttled, blocked } = this.#limits();
    this.#isProbing = false;
    if (this.#failures >= blocked) this.#failures = throttled;
    else if (this.#failures >= throttled) this.#failures = warning;
    else this.#failures = 0;
  }

  /** A failure of the exchange or the way to it; our own invalid requests never come here. */
  fail(): void {
    this.#failures += 1;
    this.#isProbing = false;
    if (this.#failures >= this.#limits().blocked) this.#blockedAt = this.#now();
  }

  /** The call ended and says nothing about the exchange's health, or never left: the next one may probe. */
  release(): void {
    this.#isProbing = false;
  }
}
