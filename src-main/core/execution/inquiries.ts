// Open questions to the venue about single orders: when to ask again, and how long the answer has been missing.
import { epochMs, type EpochMs } from '../../../src-shared/kernel/units.ts';

/** Wall milliseconds between two questions about one order; the last value repeats. */
const PAUSES_MS = [500, 1000, 2000, 5000, 10_000];

interface Inquiry {
  readonly since: EpochMs;
  readonly next: EpochMs;
  readonly tries: number;
  /** When it was last asked; null before. */
  readonly askedAt: EpochMs | null;
}

/** A question that became urgent is not repeated sooner than this; wall milliseconds. */
const URGENT_PAUSE_MS = 1000;

export class Inquiries {
  readonly #open = new Map<string, Inquiry>();
  speed: number;

  constructor(speed: number) {
    this.speed = speed;
  }

  /** Asks about an order in `wallMs` wall milliseconds; a question that is already open stays as it is. */
  ask(clientOrderId: string, now: EpochMs, wallMs: number): void {
    if (!this.#open.has(clientOrderId)) this.#open.set(clientOrderId, { since: now, next: epochMs(now + wallMs * this.speed), tries: 0, askedAt: null });
  }

  /** Asks in `wallMs` wall milliseconds where it would be asked later or not at all, and not again within a second. */
  hasten(clientOrderId: string, now: EpochMs, wallMs: number): void {
    const inquiry = this.#open.get(clientOrderId);
    if (inquiry === undefined) return this.ask(clientOrderId, now, wallMs);
    // A question that was answered is open anew since its answer.
    const earliest = Math.max(now, (inquiry.askedAt ?? inquiry.since) + URGENT_PAUSE_MS * this.speed);
    const next = epochMs(earliest + wallMs * this.speed);
    if (next < inquiry.next) this.#open.set(clientOrderId, { ...inquiry, next });
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
      this.#open.set(clientOrderId, { since: inquiry.since, tries: inquiry.tries + 1, next: epochMs(now + pause * this.speed), askedAt: now });
      due.push(clientOrderId);
    }
    return due;
  }
}
