// Notices when the exchange accepted an order but its account stream stays silent: a stream that is connected is not proven alive.

const WAIT_MS = 2000;
const REMEMBERED = 1000;

export class AckWatch {
  readonly #onSilence: (clientOrderId: string, inARow: number) => void;
  readonly #waitMs: number;
  readonly #waiting = new Map<string, NodeJS.Timeout>();
  /** Events may come before the answer to the request. */
  readonly #seen = new Set<string>();
  #inARow = 0;

  constructor(onSilence: (clientOrderId: string, inARow: number) => void, waitMs: number = WAIT_MS) {
    this.#onSilence = onSilence;
    this.#waitMs = waitMs;
  }

  /** The exchange has acknowledged the order: its event is due. */
  acknowledged(clientOrderId: string): void {
    if (this.#seen.has(clientOrderId) || this.#waiting.has(clientOrderId)) return;
    const timer = setTimeout(() => {
      this.#waiting.delete(clientOrderId);
      this.#inARow += 1;
      this.#onSilence(clientOrderId, this.#inARow);
    }, this.#waitMs);
    this.#waiting.set(clientOrderId, timer);
  }

  /** An event of the order has come. */
  seen(clientOrderId: string): void {
    this.#inARow = 0;
    this.#seen.delete(clientOrderId);
    this.#seen.add(clientOrderId);
    for (const oldest of this.#seen) {
      if (this.#seen.size <= REMEMBERED) break;
      this.#seen.delete(oldest);
    }
    clearTimeout(this.#waiting.get(clientOrderId));
    this.#waiting.delete(clientOrderId);
  }

  stop(): void {
    for (const timer of this.#waiting.values()) clearTimeout(timer);
    this.#waiting.clear();
  }
}
