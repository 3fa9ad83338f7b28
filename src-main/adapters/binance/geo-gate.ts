// The refused location as a state of its own: gentle probes, no storm of calls against a closed door.
import type { CallPriority, ExchangeError } from '../../core/ports.ts';

const PROBE_MS = 60_000;
/** A question about an order may hide a missing stop; it is not held back as long as data. */
const QUESTION_PROBE_MS = 2000;
/** What protects or closes is tried even here: the block may lie on one host or end at any moment. */
const ALWAYS: readonly CallPriority[] = ['protect', 'close'];

export class GeoGate {
  readonly #now: () => number;
  #error: ExchangeError | null = null;
  #probeAt = 0;
  #questionAt = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  get isBlocked(): boolean {
    return this.#error !== null;
  }

  /** The error to answer with, or null when the call may go out. */
  admit(priority: CallPriority): ExchangeError | null {
    if (this.#error === null || ALWAYS.includes(priority)) return null;
    const now = this.#now();
    if (priority === 'reconcile' && now >= this.#questionAt) {
      this.#questionAt = now + QUESTION_PROBE_MS;
      return null;
    }
    if (now < this.#probeAt) return this.#error;
    this.#probeAt = now + PROBE_MS;
    return null;
  }

  close(error: ExchangeError): void {
    this.#error = error;
    this.#probeAt = this.#now() + PROBE_MS;
    this.#questionAt = this.#now() + QUESTION_PROBE_MS;
  }

  open(): void {
    this.#error = null;
  }
}
