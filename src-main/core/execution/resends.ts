// Entries that the exchange surely did not execute wait here for their next try: how often, how soon, and what the price was.
import { epochMs, type EpochMs } from '../../../src-shared/kernel/units.ts';

/** A question that got no answer is asked again after this, wall milliseconds. */
const ANSWER_MS = 10_000;

export interface Resend {
  /** Times it was sent again so far. */
  readonly tries: number;
  /** When it is asked about next. */
  readonly next: EpochMs;
  /** Waits for its turn; asked about: it leaves only when the exchange says that it does not know it; on its way: its answer decides. */
  readonly phase: 'waiting' | 'asked' | 'sent';
  /** Newest price at the first refusal; null while unknown. */
  readonly price: number | null;
}

/** All times are engine times; `speed` makes wall milliseconds of them. Not kept over a restart: then every order is asked about. */
export class Resends {
  readonly #waiting = new Map<string, Resend>();
  speed: number;

  constructor(speed: number) {
    this.speed = speed;
  }

  get(clientOrderId: string): Resend | null {
    return this.#waiting.get(clientOrderId) ?? null;
  }

  /** The order was refused: its next try is asked about in `wallMs`. */
  schedule(clientOrderId: string, now: EpochMs, { wallMs, price }: { readonly wallMs: number; readonly price: number | null }): void {
    const before = this.#waiting.get(clientOrderId);
    this.#waiting.set(clientOrderId, {
      tries: before?.tries ?? 0,
      next: epochMs(Math.round(now + wallMs * this.speed)),
      phase: 'waiting',
      price: before === undefined ? price : before.price,
    });
  }

  /** It left again; what happens next is told by its answer. */
  sent(clientOrderId: string): void {
    const before = this.#waiting.get(clientOrderId);
    if (before !== undefined) this.#waiting.set(clientOrderId, { ...before, tries: before.tries + 1, phase: 'sent' });
  }

  settle(clientOrderId: string): void {
    this.#waiting.delete(clientOrderId);
  }

  /** The orders to ask about now. */
  takeDue(now: EpochMs): readonly string[] {
    const due: string[] = [];
    for (const [clientOrderId, resend] of this.#waiting) {
      if (resend.phase === 'sent' || now < resend.next) continue;
      this.#waiting.set(clientOrderId, { ...resend, phase: 'asked', next: epochMs(Math.round(now + ANSWER_MS * this.speed)) });
      due.push(clientOrderId);
    }
    return due;
  }
}
