// The panel of the simulated exchange: its clock, and the faults a trader can rehearse, started and stopped from the screen.
import { z } from 'zod';

/** A value of a fault the person can set. */
export interface FaultField {
  readonly name: string;
  readonly label: string;
  /** `symbol` may be left out: the venue then takes one that is held, else its first. */
  readonly kind: 'number' | 'choice' | 'flag' | 'symbol';
  readonly unit: string;
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly choices: readonly string[];
  readonly initial: number | string | boolean;
}

export interface FaultKind {
  readonly kind: string;
  readonly label: string;
  /** One sentence: what it does to the terminal. */
  readonly text: string;
  /** `lasting` goes on until it is stopped; `moment` strikes once, when it is started, and is over. */
  readonly form: 'lasting' | 'moment';
  readonly fields: readonly FaultField[];
}

export interface RunningFault {
  readonly id: number;
  readonly kind: string;
  readonly values: Readonly<Record<string, number | string | boolean>>;
  /** How often it has struck. */
  readonly struck: number;
  /** Simulated time at which it ends by itself, or null. */
  readonly endsAt: number | null;
}

export interface RehearsalView {
  readonly time: number;
  readonly speed: number;
  readonly isPaused: boolean;
  readonly faults: readonly FaultKind[];
  readonly running: readonly RunningFault[];
  /** Newest last, at most 100. */
  readonly log: readonly { readonly time: number; readonly kind: string; readonly detail: string }[];
}

export const rehearsalActionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('set-speed'), speed: z.number().min(1).max(1000) }),
  z.object({ kind: z.literal('pause') }),
  z.object({ kind: z.literal('resume') }),
  /** Moves the paused clock on. */
  z.object({ kind: z.literal('step'), seconds: z.number().positive().max(86_400) }),
  z.object({
    kind: z.literal('start-fault'),
    fault: z.string().min(1).max(40),
    values: z.record(z.string(), z.union([z.number(), z.string().max(40), z.boolean()])),
    /** Simulated seconds after which a lasting fault ends by itself; null for until it is stopped. */
    seconds: z.number().positive().max(604_800).nullable(),
  }),
  z.object({ kind: z.literal('stop-fault'), id: z.number().int().positive() }),
  z.object({ kind: z.literal('stop-all-faults') }),
]);
export type RehearsalAction = z.infer<typeof rehearsalActionSchema>;
