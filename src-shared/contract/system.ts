// What the System screen shows beyond health: how long cycles take, what is on disk, and the copies made of it.
import type { EpochMs } from '../kernel/units.ts';

export interface CycleHistogram {
  /** Upper bounds of the bins in milliseconds, ascending; the last bin has none. */
  readonly boundsMs: readonly number[];
  /** One count more than there are bounds. */
  readonly counts: readonly number[];
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

export interface StoredFile {
  readonly name: string;
  readonly bytes: number;
  readonly changedAt: EpochMs;
}

/** One connection to the exchange. */
export interface StreamView {
  readonly name: string;
  readonly isOpen: boolean;
  /** Subscribed topics; 0 where the address says it all. */
  readonly topics: number;
  /** Since it opened, wall milliseconds; null while it is down. */
  readonly openMs: number | null;
  /** Since its last frame, wall milliseconds; null while it is down. Some are silent by nature: nothing happens on the account. */
  readonly silentMs: number | null;
  /** How often it had to be opened again. */
  readonly reconnections: number;
  /** Why it was lost the last time; null when it never was. */
  readonly lastDrop: string | null;
}

export interface SystemView {
  /** Absent from a host of an earlier version. */
  readonly streams?: readonly StreamView[];
  readonly liveCycles: CycleHistogram;
  readonly virtualCycles: CycleHistogram;
  /** Databases with their write-ahead logs, largest first. */
  readonly databases: readonly StoredFile[];
  /** Copies of the journal, newest first. */
  readonly backups: readonly StoredFile[];
  readonly dataFolder: string;
}
