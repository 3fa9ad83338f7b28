// Remembers in a file until when the exchange has banned this address, so that a restart does not knock again.
import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

export interface BanMemory {
  /** Milliseconds until the ban ends; 0 when there is none. */
  remainingMs(): number;
  remember(forMs: number): void;
}

const LONGEST_BAN_MS = 3 * 24 * 3_600_000;
const fileSchema = z.record(z.string(), z.number());

/** One file for all hosts, one entry per host. A file that cannot be read or written costs only the memory, never the start. */
export function createBanFile(file: string, host: string, now: () => number): BanMemory {
  const read = (): Readonly<Record<string, number>> => {
    try {
      const parsed = fileSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
      return parsed.success ? parsed.data : {};
    } catch {
      return {};
    }
  };
  return {
    remainingMs: () => Math.min(LONGEST_BAN_MS, Math.max(0, (read()[host] ?? 0) - now())),
    remember: (forMs) => {
      try {
        writeFileSync(file, JSON.stringify({ ...read(), [host]: now() + forMs }));
      } catch {
        // The limiter holds the ban for this run; only a restart would knock once more.
      }
    },
  };
}
