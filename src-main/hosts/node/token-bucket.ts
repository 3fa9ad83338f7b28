// A token bucket: so many at once, so many a second; what is beyond that is refused, never queued.

export interface BucketRate {
  /** Most that may pass at once. */
  readonly burst: number;
  readonly perSecond: number;
}

export class TokenBucket {
  readonly #rate: BucketRate;
  readonly #now: () => number;
  #tokens: number;
  #filledAt: number;

  /** `now` gives monotonic milliseconds. */
  constructor(rate: BucketRate, now: () => number) {
    this.#rate = rate;
    this.#now = now;
    this.#tokens = rate.burst;
    this.#filledAt = now();
  }

  /** Takes one token; false when none is left. */
  take(): boolean {
    const now = this.#now();
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + ((now - this.#filledAt) / 1000) * this.#rate.perSecond);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
