// What an endpoint of the venue can reach.
import type { Exchange } from '../../src-main/core/venue/exchange.ts';
import type { Market } from './market.ts';

export interface ListenKeys {
  /** The current key; made or extended by the call. */
  obtain(wallNow: number): string;
  /** False when there is no key to extend. */
  extend(wallNow: number): boolean;
  drop(): void;
  isValid(key: string, wallNow: number): boolean;
}

export interface VenueContext {
  readonly exchange: Exchange;
  readonly market: Market;
  readonly listenKeys: ListenKeys;
  /** Simulated time. */
  readonly now: () => number;
  readonly wallNow: () => number;
  readonly makeClientId: () => string;
}

const KEY_LIFE_MS = 3_600_000;

/** One listen key per account, valid for an hour after the last POST or PUT. `random` gives the text; never an underscore. */
export function createListenKeys(random: () => string): ListenKeys {
  let key: string | null = null;
  let validUntil = 0;
  const isAlive = (wallNow: number): boolean => key !== null && wallNow < validUntil;
  return {
    obtain: (wallNow) => {
      if (!isAlive(wallNow)) key = random();
      validUntil = wallNow + KEY_LIFE_MS;
      return key as string;
    },
    extend: (wallNow) => {
      if (!isAlive(wallNow)) return false;
      validUntil = wallNow + KEY_LIFE_MS;
      return true;
    },
    drop: () => void (key = null),
    isValid: (candidate, wallNow) => isAlive(wallNow) && candidate === key,
  };
}
