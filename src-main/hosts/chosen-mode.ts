// Which mode a start runs in and why: a flag wins, else the mode chosen on the screen last time; real money never starts by itself.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { MODES, type Mode, type ModeReason } from '../../src-shared/domain/session.ts';
import { err, ok, type Result } from '../../src-shared/kernel/result.ts';
import { writeAtomically } from '../adapters/settings/settings-store.ts';
import type { StartOptions } from './arguments.ts';

const memorySchema = z.object({ version: z.literal(1), mode: z.enum(MODES) });
/** Live prices, no money: nearest to what the last run showed while real money waits for its confirmation. */
const INSTEAD_OF_LIVE: Mode = 'paper';

function fileOf(dataDir: string): string {
  return join(dataDir, 'mode.json');
}

/** The mode a person chose on the screen last; null when nobody did, an error when the file cannot be read. */
export function readChosenMode(dataDir: string): Result<Mode | null, null> {
  const file = fileOf(dataDir);
  try {
    if (!existsSync(file)) return ok(null);
    const parsed = memorySchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success ? ok(parsed.data.mode) : err(null);
  } catch {
    return err(null);
  }
}

/** Keeps what a person chose for the next start; gives one sentence when that is not possible. */
export function keepChosenMode(dataDir: string, mode: Mode): string | null {
  try {
    writeAtomically(fileOf(dataDir), `${JSON.stringify({ version: 1, mode })}\n`);
    return null;
  } catch (failure) {
    const detail = failure instanceof Error ? failure.message : String(failure);
    return `The chosen mode could not be kept for the next start (${detail}); start with --mode ${mode} then.`;
  }
}

/** The options with the mode to start in. A flag, also one that only the simulation has, is left as it is. */
export function withChosenMode(options: StartOptions): StartOptions {
  if (options.modeReason === 'flag') return options;
  const chosen = readChosenMode(options.dataDir);
  const { mode, modeReason } = judge(chosen);
  return { ...options, mode, modeReason };
}

function judge(chosen: Result<Mode | null, null>): { readonly mode: Mode; readonly modeReason: ModeReason } {
  if (!chosen.ok) return { mode: 'simulated', modeReason: 'unreadable' };
  if (chosen.value === null) return { mode: 'simulated', modeReason: 'first_start' };
  if (chosen.value === 'live') return { mode: INSTEAD_OF_LIVE, modeReason: 'live_unconfirmed' };
  return { mode: chosen.value, modeReason: 'remembered' };
}

const SENTENCES: Readonly<Record<ModeReason, string>> = {
  flag: 'The mode comes from the command line.',
  first_start: 'No mode was chosen yet.',
  remembered: 'The mode is the one chosen last time.',
  live_unconfirmed:
    'The mode chosen last time is LIVE; it never starts by itself: confirm it in the mode wizard or start with --mode live. Positions there keep their stops at the exchange.',
  not_startable: 'The mode chosen last time could not be started; it stays chosen for the next start.',
  unreadable: 'The file with the mode chosen last time cannot be read.',
  wizard: 'The mode was chosen on the screen and stays for the next start.',
};

/** Why this mode runs, for the console and the log. */
export function modeReasonInWords(reason: ModeReason): string {
  return SENTENCES[reason];
}
