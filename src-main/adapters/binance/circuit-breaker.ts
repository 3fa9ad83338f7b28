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

  get grade(): BreakerGrade {
    const { enabled, warning, throttled, blocked } = this.#limits();
    if (!enabled || this.#failures < warning) return 'normal';
    if (this.#failures < throttled) return 'warning';
    return this.#failures < blocked ? 'throttled' : 'blocked';
  }

  admit(priority: CallPriority): Admission {
    const now = this.#now();
    if (BYPASS.includes(priority)) return PASS;
    const { throttleMs, probeMs } = this.#limits();
    switch (this.grade) {
      case 'normal':
      case 'warning':
        return PASS;
      case 'throttled': {
        const wait = this.#lastCallAt + throttleMs - now;
        if (wait > 0) return { kind: 'wait', ms: wait };
        this.#lastCallAt = now;
        return PASS;
      }
      case 'blocked': {
        const probeIn = this.#blockedAt + probeMs - now;
        if (probeIn > 0 || this.#isProbing) return { kind: 'refuse', probeInMs: Math.max(0, probeIn) };
        this.#isProbing = true;
        return PASS;
      }
    }
  }

  /** The exchange answered as it should. From blocked one step down at a time, from below at once. */
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
}
