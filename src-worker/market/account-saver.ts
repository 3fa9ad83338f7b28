// Decides when the account goes to disk: soon after it changed, now and then for the clock's sake, and at the end.
import { AccountFile, type VenueState } from './state-file.ts';

/** An account nobody touches still moves in time: how much of it a crash may cost. */
const IDLE_MS = 60_000;

export class AccountSaver {
  readonly #file: AccountFile;
  readonly #read: () => VenueState;
  #isTouched = true;
  #savedAt = -Infinity;
  #isFailing = false;

  constructor(file: string, read: () => VenueState) {
    this.#file = new AccountFile(file);
    this.#read = read;
  }

  /** The account has changed. */
  touch(): void {
    this.#isTouched = true;
  }

  /** Saves when there is a reason to; `now` is a monotonic clock. A disk that refuses is told once and tried again. */
  look(now: number): void {
    if (!this.#isTouched && now - this.#savedAt < IDLE_MS) return;
    this.#savedAt = now;
    try {
      this.#file.save(this.#read());
      this.#isTouched = false;
      this.#isFailing = false;
    } catch (failure) {
      if (!this.#isFailing)
        process.stderr.write(`The account cannot be saved (${failure instanceof Error ? failure.message : String(failure)}); trying again.\n`);
      this.#isFailing = true;
    }
  }

  close(): void {
    this.touch();
    this.look(Infinity);
    this.#file.close();
  }
}
