// Simulated time: any speed from a standstill to a thousand times real time, changed while it runs, or moved by hand.

export interface VenueClock {
  /** Simulated milliseconds. */
  now(): number;
  readonly speed: number;
  readonly isPaused: boolean;
  setSpeed(speed: number): void;
  setPaused(paused: boolean): void;
  /** Adds simulated time at once; meant for a paused clock. */
  step(milliseconds: number): void;
}

/** `wallNow` must never go backwards, e.g. performance.now. */
export function createVenueClock(start: number, speed: number, wallNow: () => number): VenueClock {
  let base = start;
  let origin = wallNow();
  let current = speed;
  let paused = false;
  const read = (): number => base + (paused ? 0 : (wallNow() - origin) * current);
  const rebase = (): void => {
    base = read();
    origin = wallNow();
  };
  return {
    now: read,
    get speed() {
      return current;
    },
    get isPaused() {
      return paused;
    },
    setSpeed: (next) => {
      rebase();
      current = next;
    },
    setPaused: (next) => {
      rebase();
      paused = next;
    },
    step: (milliseconds) => {
      rebase();
      base += milliseconds;
    },
  };
}
