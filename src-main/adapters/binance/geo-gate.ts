// The refused location as a state of its own: one gentle probe a minute, no storm of calls against a closed door.
import type { CallPriority, ExchangeError } from '../../core/ports.ts';

const PROBE_MS = 60_000;
/** What protects or closes is tried even here: the block may lie on one host or end at any moment. */
const ALWAYS: readonly CallPriority[] = ['protect', 'close'];

export class GeoGate {
  readonly #now: () => number;
  #error: ExchangeError | null = null;
  #probeAt = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  get isBlocked(): boolean {
    return this.#error !== null;
  }

  /** The error to answer with, or null when the call may go out. */
  admit(priority: CallPriority): ExchangeError | null {
    if (this.#error === null || ALWAYS.includes(priority)) return null;
    if (this.#now() < this.#probeAt) return this.#error;
    this.#probeAt = this.#now() + PROBE_MS;
    return null;
  }

  close(error: ExchangeError): void {
    this.#error = error;
    this.#probeAt = this.#now() + PROBE_MS;
  }

  open(): void {
    this.#error = null;
  }
}
