// Keeps the engine's clock on the simulated venue's: speed, pause and steps are set there, by the panel or by anybody else.
import type { createFollowingClock } from '../adapters/runtime/clock.ts';
import { joinVenue } from './venue-process.ts';

export interface FollowedVenue {
  readonly url: string;
  readonly clock: ReturnType<typeof createFollowingClock>;
}

export interface VenueClockFollower {
  /** Reads the venue's clock now; for after a change that a person made. */
  look(): Promise<void>;
  stop(): void;
}

const LOOK_MS = 1000;
/** A reading is as exact as half its round trip; smaller differences are noise. */
const TOLERANCE_MS = 100;

/** `onSpeed` is called with the new speed whenever it is another one. A venue that does not answer changes nothing. */
export function followVenueClock({ url, clock }: FollowedVenue, onSpeed: (speed: number) => void): VenueClockFollower {
  let isStopped = false;
  let isPaused = false;
  const look = async (): Promise<void> => {
    const answer = await joinVenue(url);
    if (!answer.ok || isStopped) return;
    const { clock: told, readAt } = answer.value;
    const before = clock.speed;
    const expected = clock.now() - (isPaused ? 0 : (performance.now() - readAt) * before);
    const isOff = Math.abs(told.serverTime - expected) > TOLERANCE_MS * Math.max(1, before);
    if (told.speed === before && told.isPaused === isPaused && !isOff) return;
    isPaused = told.isPaused;
    clock.adopt({ engineTime: told.serverTime, readAt, speed: told.speed, isPaused });
    if (told.speed !== before) onSpeed(told.speed);
  };
  const timer = setInterval(() => void look(), LOOK_MS);
  timer.unref();
  return {
    look,
    stop: () => {
      isStopped = true;
      clearInterval(timer);
    },
  };
}
