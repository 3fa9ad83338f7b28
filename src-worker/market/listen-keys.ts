// The account's listen key: made by POST, kept alive by POST and PUT, over an hour after the last of them.

export interface ListenKeys {
  /** The current key; made or extended by the call. */
  obtain(wallNow: number): string;
  /** False when there is no key to extend. */
  extend(wallNow: number): boolean;
  drop(): void;
  isValid(key: string, wallNow: number): boolean;
  /** Ends the key now, as after an hour without a call. */
  expire(wallNow: number): boolean;
  /** Ends the key if its hour is over. */
  check(wallNow: number): void;
  onExpired(listener: (key: string, wallNow: number) => void): void;
}

const KEY_LIFE_MS = 3_600_000;

/** `random` gives the text of a key; never an underscore, because the SDK cuts keys there. */
export function createListenKeys(random: () => string): ListenKeys {
  let key: string | null = null;
  let validUntil = 0;
  const listeners: ((key: string, wallNow: number) => void)[] = [];
  const isAlive = (wallNow: number): boolean => key !== null && wallNow < validUntil;
  const end = (wallNow: number): boolean => {
    if (key === null) return false;
    const ended = key;
    key = null;
    for (const listener of listeners) listener(ended, wallNow);
    return true;
  };
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
    expire: end,
    check: (wallNow) => {
      if (key !== null && wallNow >= validUntil) end(wallNow);
    },
    onExpired: (listener) => void listeners.push(listener),
  };
}
