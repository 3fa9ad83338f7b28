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

export interface SystemView {
  readonly liveCycles: CycleHistogram;
  readonly virtualCycles: CycleHistogram;
  /** Databases with their write-ahead logs, largest first. */
  readonly databases: readonly StoredFile[];
  /** Copies of the journal, newest first. */
  readonly backups: readonly StoredFile[];
  readonly dataFolder: string;
}
