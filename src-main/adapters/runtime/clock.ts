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
}

export function createFollowingClock(followed: FollowedTime): Clock {
  return {
    speed: followed.speed,
    now: (): EpochMs => epochMs(Math.floor(followed.engineTime + (performance.now() - followed.readAt) * followed.speed)),
  };
}
