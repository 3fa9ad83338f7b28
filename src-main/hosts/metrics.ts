// Wall-clock measurements of the running engine: cycle times, overruns, the slowest input; read by the health view.

const WINDOW = 512;

export interface CycleSummary {
  readonly last: number | null;
  readonly p50: number | null;
  readonly p99: number | null;
  readonly count: number;
}

/** The last 512 durations of one kind. */
export class DurationWindow {
  readonly #values = new Float64Array(WINDOW);
  #count = 0;

  record(milliseconds: number): void {
    this.#values[this.#count % WINDOW] = milliseconds;
    this.#count += 1;
  }

  /** Those kept, in no particular order. */
  values(): Float64Array {
    return this.#values.slice(0, Math.min(this.#count, WINDOW));
  }

  summary(): CycleSummary {
    const sorted = this.values().sort();
    const filled = sorted.length;
    if (filled === 0) return { last: null, p50: null, p99: null, count: 0 };
    return {
      last: this.#values[(this.#count - 1) % WINDOW] ?? null,
      p50: sorted[Math.floor((filled - 1) * 0.5)] ?? null,
      p99: sorted[Math.floor((filled - 1) * 0.99)] ?? null,
      count: this.#count,
    };
  }
}

export interface LoopTimer {
  readonly overruns: () => number;
  readonly nextAtWall: () => number;
  /** From now on; a next run that is farther away than that is brought forward. */
  setInterval(wallMs: number): void;
  stop(): void;
}

/**
 * Calls `run` every `wallMs`; a run that comes late is counted and the missed ones are skipped, never replayed in a burst.
 * `run` must be synchronous, so two runs can never overlap.
 */
export function startLoop(run: () => void, wallMs: number): LoopTimer {
  let interval = wallMs;
  let overruns = 0;
  let next = performance.now() + interval;
  let handle = setTimeout(tick, interval);
  function tick(): void {
    run();
    const now = performance.now();
    next += interval;
    if (next <= now) {
      const missed = Math.floor((now - next) / interval) + 1;
      overruns += missed;
      next += missed * interval;
    }
    handle = setTimeout(tick, next - now);
  }
  return {
    overruns: () => overruns,
    nextAtWall: () => next,
    setInterval: (value) => {
      interval = value;
      const now = performance.now();
      if (next <= now + value) return;
      clearTimeout(handle);
      next = now + value;
      handle = setTimeout(tick, value);
    },
    stop: () => clearTimeout(handle),
  };
}
