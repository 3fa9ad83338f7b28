// The breakers of one exchange side, one per class of endpoint: trouble with candles never keeps an order back.
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { BreakerGrade } from '../../../src-shared/domain/risk.ts';
import type { CallPriority, ExchangeError } from '../../core/ports.ts';
import { CircuitBreaker, type BreakerLimits } from './circuit-breaker.ts';
import { countsAgainstBreaker } from './errors.ts';
import { heldByBreaker } from './held-back.ts';

interface ClassifiedCall {
  readonly name: string;
  readonly priority: CallPriority;
  readonly isMutation: boolean;
}

const GRADES: readonly BreakerGrade[] = ['normal', 'warning', 'throttled', 'blocked'];

export class BreakerBoard {
  readonly #orders: CircuitBreaker;
  readonly #queries: CircuitBreaker;
  readonly #data: CircuitBreaker;
  readonly #causes = new Map<CircuitBreaker, ExchangeError>();

  constructor(settings: () => Settings, now: () => number) {
    const breaker = (): CircuitBreaker => new CircuitBreaker(() => breakerLimits(settings()), now);
    this.#orders = breaker();
    this.#queries = breaker();
    this.#data = breaker();
  }

  /** The worse grade of orders and account queries: what an entry has to reckon with. */
  get grade(): BreakerGrade {
    return GRADES.indexOf(this.#orders.grade) >= GRADES.indexOf(this.#queries.grade) ? this.#orders.grade : this.#queries.grade;
  }

  /** Waits out a throttle; gives the error of a blocked class, or null when the call may go on. */
  async admit(call: ClassifiedCall): Promise<ExchangeError | null> {
    const breaker = this.#of(call);
    for (;;) {
      const admission = breaker.admit(call.priority);
      if (admission.kind === 'pass') return null;
      if (admission.kind === 'refuse') return heldByBreaker(call.name, admission.probeInMs, this.#causes.get(breaker) ?? null);
      await new Promise((resume) => setTimeout(resume, admission.ms));
    }
  }

  /** An admitted call ended: with an answer (null), or with this error. Our own refused requests are answers too. */
  settle(call: ClassifiedCall, error: ExchangeError | null): void {
    const breaker = this.#of(call);
    if (error === null || error.code === 'rejected') breaker.succeed();
    else if (countsAgainstBreaker(error)) {
      breaker.fail();
      this.#causes.set(breaker, error);
    } else breaker.release();
  }

  #of({ isMutation, priority }: ClassifiedCall): CircuitBreaker {
    if (isMutation) return this.#orders;
    return priority === 'data' || priority === 'backfill' ? this.#data : this.#queries;
  }
}

function breakerLimits(settings: Settings): BreakerLimits {
  return {
    enabled: settings.breakerEnabled,
    warning: settings.breakerWarningFailures,
    throttled: settings.breakerThrottledFailures,
    blocked: settings.breakerBlockedFailures,
    throttleMs: settings.breakerThrottleSeconds * 1000,
    probeMs: settings.breakerProbeSeconds * 1000,
  };
}
