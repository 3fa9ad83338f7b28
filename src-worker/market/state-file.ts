// Keeps the venue's account on disk, so that a paper or simulated account survives the venue's own restart.
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { Instrument } from '../../src-shared/domain/instrument.ts';
import type { ExchangeState } from '../../src-main/core/venue/state.ts';
import { instrumentSchema } from './followed.ts';
import { applyChange, ChangeTracker } from './state-changes.ts';

export interface VenueState {
  /** Market the account belongs to; an account is never carried over to another one. */
  readonly identity: string;
  /** Simulated time at which trading began; the path of the market is counted from it. */
  readonly liveFrom: number;
  readonly simulatedTime: number;
  /** Price gaps the market has been through, as factors. */
  readonly shifts: readonly (readonly [string, number])[];
  readonly exchange: ExchangeState;
  /** Contracts of a market whose list comes from another exchange; in a change only where they have changed. */
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

/**
 * Puts the account of this market into its place: that of another one is kept beside it and comes back when its market does. Throws what
 * the file system says.
 */
export function claimStateFile(file: string, identity: string): void {
  const besideOf = (market: string): string => `${file}.of-${market.replaceAll(/[^\w-]+/g, '-').slice(-80)}`;
  const found = loadVenueState(file);
  if (found !== null && found.identity === identity) return;
  if (found !== null) {
    renameSync(file, besideOf(found.identity));
    process.stderr.write(`${file} held the account of another market (${found.identity}). It was kept as ${besideOf(found.identity)}.\n`);
  }
  const own = besideOf(identity);
  if (existsSync(own)) renameSync(own, file);
}

/** Null when there is no file or its first line cannot be understood; the file is then renamed, never overwritten. */
export function loadVenueState(file: string): VenueState | null {
  if (!existsSync(file)) return null;
  const [first = '', ...changes] = readFileSync(file, 'utf8').split('\n');
  let state = parseState(first);
  if (state === null) {
    const kept = `${file}.unreadable-${Date.now()}`;
    renameSync(file, kept);
    process.stderr.write(`The account in ${file} cannot be read. It was kept as ${kept}, and a new account begins.\n`);
    return null;
  }
  for (const line of changes) {
    // The last line may be torn by a loss of power; what it held is a moment old.
    const change = line === '' ? null : parseState(line);
    if (change === null) break;
    state = applyChange(state, change);
  }
  return state;
}

function parseState(line: string): VenueState | null {
  let raw: unknown;
  try {
    raw = JSON.parse(line);
  } catch {
    return null;
  }
  const parsed = headSchema.safeParse(raw);
  if (!parsed.success) return null;
  const { identity, liveFrom, simulatedTime, shifts, exchange, instruments } = parsed.data;
  return { identity, liveFrom, simulatedTime, shifts, exchange: exchange as unknown as ExchangeState, ...(instruments === undefined ? {} : { instruments }) };
}

/** Changes longer than this are folded into the first line, or than the first line itself where that is longer. */
const SHORTEST_FOLD = 1_000_000;

/** One file: the account as a whole in its first line, written at once or not at all, and changes appended to it line by line. */
export class AccountFile {
  readonly #file: string;
  readonly #tracker = new ChangeTracker();
  #handle: number | null = null;
  #wholeBytes = 0;
  #carried = 0;
  #changeBytes = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /** On disk and synced when it returns. Throws what the file system says; the next saving writes the whole account anew. */
  save(state: VenueState): void {
    try {
      const isLong = this.#changeBytes > Math.max(SHORTEST_FOLD, this.#wholeBytes);
      // Income lines that the ledger let go must not come back from the file.
      const hasLetGo = (state.exchange.ledger.carried ?? 0) !== this.#carried;
      if (this.#handle === null || isLong || hasLetGo) this.#writeWhole(state);
      else this.#append(this.#handle, state);
    } catch (failure) {
      this.close();
      throw failure;
    }
  }

  #append(handle: number, state: VenueState): void {
    const line = `${JSON.stringify({ version: 1, ...this.#tracker.take(state) })}\n`;
    writeSync(handle, line);
    fsyncSync(handle);
    this.#changeBytes += line.length;
  }

  close(): void {
    if (this.#handle !== null) closeSync(this.#handle);
    this.#handle = null;
  }

  #writeWhole(state: VenueState): void {
    this.close();
    mkdirSync(dirname(this.#file), { recursive: true });
    const line = `${JSON.stringify({ version: 1, ...state })}\n`;
    const temporary = `${this.#file}.tmp`;
    const handle = openSync(temporary, 'w', 0o600);
    try {
      writeSync(handle, line);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(temporary, this.#file);
    this.#handle = openSync(this.#file, 'a', 0o600);
    this.#tracker.reset(state);
    this.#carried = state.exchange.ledger.carried ?? 0;
    this.#wholeBytes = line.length;
    this.#changeBytes = 0;
  }
}
