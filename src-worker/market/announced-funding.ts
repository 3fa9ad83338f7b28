// Settlements another exchange has announced: each symbol has its own interval there, and the next one may already be told when one is due.

export class AnnouncedFunding {
  readonly #rates = new Map<number, number>();
  #isFollowed = false;

  /** True from the first announcement on: no settlement takes place unless it was announced. */
  get isFollowed(): boolean {
    return this.#isFollowed;
  }

  /** The earliest settlement that is still to come, or null. */
  get next(): number | null {
    return this.#rates.size === 0 ? null : Math.min(...this.#rates.keys());
  }

  /** `rate` is what stands now; the last word before the settlement counts. */
  announce(time: number, rate: number): void {
    this.#isFollowed = true;
    this.#rates.set(time, rate);
  }

  /** The rate of the settlement that is due by now, or null. */
  take(now: number): number | null {
    let rate: number | null = null;
    for (const [time, announced] of this.#rates) {
      if (time > now) continue;
      rate = announced;
      this.#rates.delete(time);
    }
    return rate;
  }
}
