// What is on disk and how long cycles take, for the System screen; read when asked, never in the engine's way.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { CycleHistogram, StoredFile, SystemView } from '../../src-shared/contract/system.ts';
import { epochMs } from '../../src-shared/kernel/units.ts';
import { reportStreams } from '../adapters/binance/open-streams.ts';
import type { DurationWindow } from './metrics.ts';

/** Bins a trader can read: from a frame to the budget of a live cycle. */
const BOUNDS_MS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000] as const;

/** Counts durations into the bins between the bounds. */
export function histogramOf(window: DurationWindow): CycleHistogram {
  const counts = Array.from({ length: BOUNDS_MS.length + 1 }, () => 0);
  for (const value of window.values()) {
    const bin = BOUNDS_MS.findIndex((bound) => value <= bound);
    const index = bin === -1 ? BOUNDS_MS.length : bin;
    counts[index] = (counts[index] ?? 0) + 1;
  }
  const { p50, p99 } = window.summary();
  return { boundsMs: BOUNDS_MS, counts, p50Ms: p50, p99Ms: p99 };
}

/** Names, sizes and times of the files of a folder that `isWanted`; an absent folder has none. */
function filesIn(folder: string, isWanted: (name: string) => boolean): readonly StoredFile[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() && isWanted(entry.name))
      .map(({ name }) => {
        const { size, mtimeMs } = statSync(join(folder, name));
        return { name, bytes: size, changedAt: epochMs(Math.round(mtimeMs)) };
      });
  } catch {
    return [];
  }
}

export interface SystemParts {
  readonly dataDir: string;
  readonly live: DurationWindow;
  readonly virtual: DurationWindow;
}

export function reportSystem({ dataDir, live, virtual }: SystemParts): SystemView {
  return {
    streams: reportStreams(),
    liveCycles: histogramOf(live),
    virtualCycles: histogramOf(virtual),
    databases: filesIn(dataDir, (name) => /\.sqlite(-wal)?$/.test(name)).toSorted((a, b) => b.bytes - a.bytes),
    backups: filesIn(join(dataDir, 'backups'), (name) => name.endsWith('.backup')).toSorted((a, b) => b.changedAt - a.changedAt),
    dataFolder: dataDir,
  };
}
