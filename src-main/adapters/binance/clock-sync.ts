// The difference between our clock and the exchange's: measured over several round trips, kept fresh, never guessed.

const SAMPLES = 5;
const REFRESH_MS = 10 * 60_000;
const TICK_MS = 10_000;
/** A tick that comes this much early or late means that the machine slept or that its clock was set. */
const JUMPED_MS = 30_000;

export interface ClockSyncOptions {
  /** Engine time, without correction. */
  readonly now: () => number;
  /** Monotonic wall milliseconds. */
  readonly wallNow: () => number;
  /** One question to the exchange: its time, or null when it did not answer. */
  readonly askServerTime: () => Promise<number | null>;
}

export class ClockSync {
  readonly #options: ClockSyncOptions;
  #offsetMs = 0;
  #measuredAt: number | null = null;
  #ongoing: Promise<boolean> | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: ClockSyncOptions) {
    this.#options = options;
  }

  /** Exchange time minus ours; the last good measurement stays in force while a new one fails. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** Engine time plus the measured offset. */
  timestamp(): number {
    return Math.round(this.#options.now() + this.#offsetMs);
  }

  /** Measures again; callers at the same time share one measurement. False when the exchange did not answer. */
  sync(): Promise<boolean> {
    this.#ongoing ??= this.#measure().finally(() => void (this.#ongoing = null));
    return this.#ongoing;
  }

  /** Measures every ten minutes, after the machine has slept and after its clock was set. */
  keep(): void {
    if (this.#timer !== null) return;
    let lastTick = Date.now();
    this.#timer = setInterval(() => {
      const now = Date.now();
      const hasJumped = Math.abs(now - lastTick - TICK_MS) > JUMPED_MS;
      lastTick = now;
      if (hasJumped || this.#measuredAt === null || this.#options.wallNow() - this.#measuredAt >= REFRESH_MS) void this.sync();
    }, TICK_MS);
    this.#timer.unref();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** The sample with the shortest round trip is the one whose middle is known best. */
  async #measure(): Promise<boolean> {
    const { now, wallNow, askServerTime } = this.#options;
    let best: { readonly offset: number; readonly trip: number } | null = null;
    for (let index = 0; index < SAMPLES; index += 1) {
      const sentAt = wallNow();
      const before = now();
      const serverTime = await askServerTime();
      if (serverTime === null) return false;
      const trip = wallNow() - sentAt;
      const offset = serverTime - (before + now()) / 2;
      if (best === null || trip < best.trip) best = { offset, trip };
    }
    this.#offsetMs = Math.round(best?.offset ?? 0);
    this.#measuredAt = wallNow();
    return true;
  }
}
