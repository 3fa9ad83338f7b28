// Which of the possible stream hosts to use: documents disagree about the demo's, so the next is tried until one brings frames.

const TRIES_PER_HOST = 2;

export class SocketHost {
  readonly #hosts: readonly string[];
  #index = 0;
  #failures = 0;
  #hasWorked = false;

  constructor(first: string, ...others: readonly string[]) {
    this.#hosts = [first, ...others];
  }

  get current(): string {
    return this.#hosts[this.#index] ?? '';
  }

  /** A frame came: this host stays for good. */
  worked(): void {
    this.#hasWorked = true;
  }

  /** A connection failed or ended without a frame. Gives the new host when it is time for the next one. */
  failed(): string | null {
    if (this.#hasWorked || this.#hosts.length === 1) return null;
    this.#failures += 1;
    if (this.#failures % TRIES_PER_HOST !== 0) return null;
    this.#index = (this.#index + 1) % this.#hosts.length;
    return this.current;
  }
}
