// Time that stands still until a test moves it.
import type { Timers } from '../../../../src-main/adapters/binance/rate-limiter.ts';

export class ManualTimers implements Timers {
  #now = 1_000_000;
  #due: { readonly at: number; readonly callback: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(delayMs: number, callback: () => void): void {
    this.#due.push({ at: this.#now + delayMs, callback });
  }

  /** Moves time, running what falls due on the way in order, and lets promises settle. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    await settle();
    for (;;) {
      const next = this.#due.filter((entry) => entry.at <= end).toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#due.splice(this.#due.indexOf(next), 1);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
      await settle();
    }
    this.#now = end;
    await settle();
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await Promise.resolve();
}
