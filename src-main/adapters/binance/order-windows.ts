// The account's order budget: 300 orders in ten seconds and 1200 a minute, with a reserve that only protection and closes may use.

interface Window {
  readonly lengthMs: number;
  readonly limit: number;
}

/** Source: general info, rate limits (ORDERS), the same on mainnet for every account without a special agreement. */
const WINDOWS: readonly Window[] = [
  { lengthMs: 10_000, limit: 300 },
  { lengthMs: 60_000, limit: 1200 },
];
const SHARE_OF_ENTRIES = 0.8;
const SHARE_OF_ALL = 0.95;

export class OrderWindows {
  readonly #now: () => number;
  #sent: number[] = [];
  #blockedUntil = 0;
  readonly #reported: { at: number; count: number }[] = WINDOWS.map(({ lengthMs }) => ({ at: -lengthMs, count: 0 }));

  constructor(now: () => number) {
    this.#now = now;
  }

  spend(orders: number): void {
    const now = this.#now();
    for (let index = 0; index < orders; index += 1) this.#sent.push(now);
    if (this.#sent.length > 4000) this.#sent = this.#sent.filter((at) => now - at < 60_000);
  }

  /** Counts of other programs on the same account come in through the exchange's own count. */
  correct(tenSeconds: number | null, minute: number | null): void {
    for (const [index, count] of [tenSeconds, minute].entries()) if (count !== null) this.#reported[index] = { at: this.#now(), count };
  }

  block(milliseconds: number): void {
    this.#blockedUntil = Math.max(this.#blockedUntil, this.#now() + milliseconds);
  }

  /** How long a call with so many orders has to wait; 0 when it may go. */
  waitMs(orders: number, isUrgent: boolean): number {
    if (orders === 0) return 0;
    const now = this.#now();
    if (this.#blockedUntil > now) return this.#blockedUntil - now;
    const share = isUrgent ? SHARE_OF_ALL : SHARE_OF_ENTRIES;
    let wait = 0;
    for (const [index, { lengthMs, limit }] of WINDOWS.entries())
      if (this.#used(index, lengthMs) + orders > limit * share) wait = Math.max(wait, this.#untilFree(lengthMs));
    return wait;
  }

  #used(index: number, lengthMs: number): number {
    const now = this.#now();
    const own = this.#sentAfter(now - lengthMs);
    const reported = this.#reported[index];
    if (reported === undefined || now - reported.at >= lengthMs) return own;
    return Math.max(own, reported.count + this.#sentAfter(reported.at));
  }

  /** Times are ascending, so a count is one binary search. */
  #sentAfter(time: number): number {
    let low = 0;
    let high = this.#sent.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#sent[middle] ?? 0) > time) high = middle;
      else low = middle + 1;
    }
    return this.#sent.length - low;
  }

  #untilFree(lengthMs: number): number {
    const now = this.#now();
    const oldest = this.#sent[this.#sent.length - this.#sentAfter(now - lengthMs)];
    return Math.max(20, oldest === undefined ? 1000 : oldest + lengthMs - now);
  }
}
