// Clocks: the wall, and one that follows a venue's simulated time. Both move forward only, whatever happens to the system clock.
import { epochMs, type EpochMs } from '../../../src-shared/kernel/units.ts';
import type { Clock } from '../../core/ports.ts';

/** Wall time read once and carried on by the monotonic clock; a jump of the system clock cannot move it. `resync` adopts a new wall time. */
export function createSystemClock(): Clock & { resync(): void; driftMs(): number } {
  let originWall = Date.now();
  let originMonotonic = performance.now();
  const read = (): number => originWall + (performance.now() - originMonotonic);
  return {
    speed: 1,
    now: () => epochMs(Math.floor(read())),
    driftMs: () => Date.now() - read(),
    resync: () => {
      const floor = read();
      originWall = Math.max(Date.now(), floor);
      originMonotonic = performance.now();
    },
  };
}

export interface FollowedTime {
  /** Simulated time … */
  readonly engineTime: number;
  /** … at this reading of performance.now(). */
  readonly readAt: number;
  readonly speed: number;
  /** The venue's time stands; its speed is the one it goes on with. */
  readonly isPaused?: boolean;
}

/** Follows a venue's clock: `adopt` takes over what it says now; the time never goes back, it waits until the venue has caught up. */
export function createFollowingClock(first: FollowedTime): Clock & { adopt(followed: FollowedTime): void } {
  let followed = first;
  let newest = 0;
  const read = (): number => {
    const { engineTime, readAt, speed, isPaused = false } = followed;
    newest = Math.max(newest, engineTime + (isPaused ? 0 : (performance.now() - readAt) * speed));
    return newest;
  };
  return {
    get speed() {
      return followed.speed;
    },
    now: (): EpochMs => epochMs(Math.floor(read())),
    adopt: (next) => {
      read();
      followed = next;
    },
  };
}
