// Keeps the venue's account on disk, so that a paper or simulated account survives the venue's own restart.
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { ExchangeState } from '../../src-main/core/venue/state.ts';

export interface VenueState {
  /** Market the account belongs to; an account is never carried over to another one. */
  readonly identity: string;
  /** Simulated time at which trading began; the path of the market is counted from it. */
  readonly liveFrom: number;
  readonly simulatedTime: number;
  /** Price gaps the market has been through, as factors. */
  readonly shifts: readonly (readonly [string, number])[];
  readonly exchange: ExchangeState;
}

const headSchema = z.object({
  version: z.literal(1),
  identity: z.string(),
  liveFrom: z.number(),
  simulatedTime: z.number(),
  shifts: z.array(z.tuple([z.string(), z.number()])).default([]),
  exchange: z.looseObject({ ledger: z.looseObject({ wallet: z.number() }) }),
});

/** Null when there is no file or it cannot be understood; the file is then renamed, never overwritten. */
export function loadVenueState(file: string): VenueState | null {
  if (!existsSync(file)) return null;
  try {
    const parsed = headSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    return {
      identity: parsed.identity,
      liveFrom: parsed.liveFrom,
      simulatedTime: parsed.simulatedTime,
      shifts: parsed.shifts,
      exchange: parsed.exchange as unknown as ExchangeState,
    };
  } catch {
    renameSync(file, `${file}.unreadable-${Date.now()}`);
    return null;
  }
}

export function saveVenueState(file: string, state: VenueState): void {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.tmp`;
  const handle = openSync(temporary, 'w', 0o600);
  try {
    writeSync(handle, JSON.stringify({ version: 1, ...state }));
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(temporary, file);
}
