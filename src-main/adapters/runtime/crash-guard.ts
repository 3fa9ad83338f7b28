// A crash of the process that runs the engine: a local report without secrets, and the advice whether a fresh start is worth trying.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { redact } from './redact.ts';

export interface CrashGuardOptions {
  /** e.g. `<data folder>/crashes`; nothing in it is ever sent anywhere. */
  readonly folder: string;
  readonly version: string;
  readonly wallNow: () => number;
}

export interface CrashGuard {
  /** Writes the report and says whether starting again is worth trying. Never throws: it runs while everything else falls. */
  report(failure: unknown): 'start_again' | 'give_up';
}

const REPORTS_KEPT = 20;
const WINDOW_MS = 600_000;
/** Crashes within ten minutes after which a fresh start would only crash again. */
const MOST_RESTARTS = 3;
const NAME = /^crash-(\d+)\.json$/;

/** Writes a report without secrets and says whether to start again; without a folder to count crashes in the answer is `give_up`. */
export function createCrashGuard({ folder, version, wallNow }: CrashGuardOptions): CrashGuard {
  const times = (): readonly number[] =>
    readdirSync(folder)
      .flatMap((name) => NAME.exec(name)?.[1] ?? [])
      .map(Number)
      .toSorted((a, b) => a - b);
  return {
    report: (failure) => {
      const time = wallNow();
      try {
        mkdirSync(folder, { recursive: true });
        const error = failure instanceof Error ? failure : new Error(String(failure));
        const report = {
          time: new Date(time).toISOString(),
          version,
          platform: `${process.platform} ${process.arch}`,
          electron: process.versions['electron'] ?? null,
          node: process.versions.node,
          message: redact(error.message),
          stack: redact(error.stack ?? ''),
        };
        writeFileSync(join(folder, `crash-${time}.json`), `${JSON.stringify(report, null, 2)}\n`, { mode: 0o600 });
        for (const old of times().slice(0, -REPORTS_KEPT)) rmSync(join(folder, `crash-${old}.json`), { force: true });
        return times().filter((at) => time - at < WINDOW_MS).length > MOST_RESTARTS ? 'give_up' : 'start_again';
      } catch {
        // Without a folder the crashes cannot be counted; starting again blindly could loop for ever.
        return 'give_up';
      }
    },
  };
}
