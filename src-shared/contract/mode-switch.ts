// Changing the mode from the wizard: the host stops the engine, journals why, and starts it in the other mode.
import { z } from 'zod';
import { MODES } from '../domain/session.ts';

/** What a person types before real money is traded. */
export const LIVE_PHRASE = 'LIVE';

export const modeSwitchSchema = z.object({
  mode: z.enum(MODES),
  /** Ignored except for `live`, where it must be {@link LIVE_PHRASE}. */
  phrase: z.string().max(40),
});
export type ModeSwitch = z.infer<typeof modeSwitchSchema>;
