// Keeps the venue's account on disk, so that a paper or simulated account survives the venue's own restart.
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { Instrument } from '../../src-shared/domain/instrument.ts';
import type { ExchangeState } from '../../src-main/core/venue/state.ts';
import { instrumentSchema } from './followed.ts';

export interface VenueState {
  /** Market the account belongs to; an account is never carried over to another one. */
  readonly identity: string;
  /** Simulated time at which trading began; the path of the market is counted from it. */
  readonly liveFrom: number;
  readonly simulatedTime: number;
  /** Price gaps the market has been through, as factors. */
  readonly shifts: readonly (readonly [string, number])[];
  readonly exchange: ExchangeState;
  /** Contracts of a market whose list comes from another exchange. */
  readonly instruments?: readonly Instrument[];
}

const headSchema = z.object({
  version: z.literal(1),
  identity: z.string(),
  liveFrom: z.number(),
  simulatedTime: z.number(),
  shifts: z.array(z.tuple([z.string(), z.number()])).default([]),
  instruments: z.array(instrumentSchema).optional(),
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
      ...(parsed.instruments === undefined ? {} : { instruments: parsed.instruments }),
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
