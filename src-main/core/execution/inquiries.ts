// Open questions to the venue about single orders: when to ask again, and how long the answer has been missing.
import { epochMs, type EpochMs } from '../../../src-shared/kernel/units.ts';

/** Wall milliseconds between two questions about one order; the last value repeats. */
const PAUSES_MS = [500, 1000, 2000, 5000, 10_000];

interface Inquiry {
  readonly since: EpochMs;
  readonly next: EpochMs;
  readonly tries: number;
}

export class Inquiries {
  readonly #open = new Map<string, Inquiry>();
  speed: number;

  constructor(speed: number) {
    this.speed = speed;
  }

  /** Asks about an order in `wallMs` wall milliseconds; a question that is already open stays as it is. */
  ask(clientOrderId: string, now: EpochMs, wallMs: number): void {
    if (!this.#open.has(clientOrderId)) this.#open.set(clientOrderId, { since: now, next: epochMs(now + wallMs * this.speed), tries: 0 });
  }

  settle(clientOrderId: string): void {
    this.#open.delete(clientOrderId);
  }

  /** Engine milliseconds since the question was first asked; 0 when it is not open. */
  waited(clientOrderId: string, now: EpochMs): number {
    const inquiry = this.#open.get(clientOrderId);
    return inquiry === undefined ? 0 : now - inquiry.since;
  }

  /** The questions to ask now; each is scheduled again, later every time. */
  takeDue(now: EpochMs): readonly string[] {
    const due: string[] = [];
    for (const [clientOrderId, inquiry] of this.#open) {
      if (now < inquiry.next) continue;
      const pause = PAUSES_MS[Math.min(inquiry.tries, PAUSES_MS.length - 1)] ?? 10_000;
      this.#open.set(clientOrderId, { since: inquiry.since, tries: inquiry.tries + 1, next: epochMs(now + pause * this.speed) });
      due.push(clientOrderId);
    }
    return due;
  }
}
