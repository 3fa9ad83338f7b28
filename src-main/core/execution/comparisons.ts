// Wishes to compare single symbols with the venue: each is asked soon, again when the answer failed, and less often when it keeps coming.
import { epochMs, type EpochMs } from '../../../src-shared/kernel/units.ts';

/** Wall milliseconds between two questions about one symbol; the last value repeats. One question costs some 20 of the venue's weight. */
const PAUSES_MS = [0, 1000, 2000, 4000, 8000];
/** A symbol nobody asked about for this long starts with the shortest pause again, wall milliseconds. */
const CALM_MS = 30_000;
/** An answer that has not come after this is not waited for any more, wall milliseconds. */
const ANSWER_MS = 20_000;
/** Symbols of one question; the rest follows in the next. */
const MOST_SYMBOLS = 10;

interface Wish {
  /** Fills are wanted from this time on; null when nothing is wished. */
  readonly since: EpochMs | null;
  readonly askedAt: EpochMs | null;
  readonly isInFlight: boolean;
  readonly tries: number;
  /** What the question in flight asked for, in case it fails. */
  readonly asked: EpochMs | null;
}

export interface ComparisonRequest {
  readonly symbols: readonly string[];
  readonly fillsSince: EpochMs;
}

const NEVER: Wish = { since: null, askedAt: null, isInFlight: false, tries: 0, asked: null };

/** All times are engine times; `speed` makes wall milliseconds of them. */
export class Comparisons {
  readonly #wishes = new Map<string, Wish>();
  speed: number;

  constructor(speed: number) {
    this.speed = speed;
  }

  /** Wishes a comparison of one symbol with its fills since a time. */
  want(symbol: string, since: EpochMs): void {
    const wish = this.#wishes.get(symbol) ?? NEVER;
    this.#wishes.set(symbol, { ...wish, since: epochMs(Math.min(since, wish.since ?? since)) });
  }

  /** The question to ask now, or null. Its answer must be told by `settle`. */
  take(now: EpochMs): ComparisonRequest | null {
    const due: string[] = [];
    for (const symbol of this.#wishes.keys()) if (due.length < MOST_SYMBOLS && this.#isDue(this.#wishes.get(symbol)!, now)) due.push(symbol);
    if (due.length === 0) return null;
    let fillsSince: number = now;
    for (const symbol of due) {
      const wish = this.#wishes.get(symbol)!;
      fillsSince = Math.min(fillsSince, wish.since ?? now);
      const isCalm = wish.askedAt === null || now - wish.askedAt > CALM_MS * this.speed;
      this.#wishes.set(symbol, { since: null, askedAt: now, isInFlight: true, tries: isCalm ? 1 : wish.tries + 1, asked: wish.since });
    }
    return { symbols: due, fillsSince: epochMs(fillsSince) };
  }

  /** The answer came, or failed: then the wish stands again. Wishes that arose meanwhile stay. */
  settle(symbols: readonly string[], isAnswered: boolean): void {
    for (const symbol of symbols) {
      const wish = this.#wishes.get(symbol);
      if (wish === undefined) continue;
      // A question that failed is not a busy symbol: it is asked again after the shortest pause.
      this.#wishes.set(symbol, { ...wish, isInFlight: false, asked: null, tries: isAnswered ? wish.tries : 1 });
      if (!isAnswered && wish.asked !== null) this.want(symbol, wish.asked);
    }
  }

  #isDue(wish: Wish, now: EpochMs): boolean {
    if (wish.since === null) return false;
    if (wish.askedAt === null) return true;
    const waited = (now - wish.askedAt) / this.speed;
    if (wish.isInFlight) return waited > ANSWER_MS;
    return waited >= (PAUSES_MS[Math.min(wish.tries, PAUSES_MS.length - 1)] ?? 0);
  }
}
