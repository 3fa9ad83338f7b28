// The calls the host answers itself: alarms, the change of mode, what is on disk.
import type { HostCalls } from '../../src-shared/contract/host-calls.ts';
import { modeSwitchSchema, LIVE_PHRASE, type ModeSwitch } from '../../src-shared/contract/mode-switch.ts';
import { inEnglish, say, type Said } from '../../src-shared/contract/said.ts';
import type { CommandAccepted, CommandRefused } from '../../src-shared/contract/commands.ts';
import type { Diagnosis } from '../../src-shared/contract/diagnosis.ts';
import { CallError, type CallHandlers } from '../../src-shared/contract/rpc.ts';
import type { Snapshot, SessionView } from '../../src-shared/contract/view.ts';
import type { SystemView } from '../../src-shared/contract/system.ts';
import { describeMode, type Mode } from '../../src-shared/domain/session.ts';
import { err, ok, type Result } from '../../src-shared/kernel/result.ts';
import type { AlarmDesk } from './alarms.ts';

export interface HostCallParts {
  readonly alarms: Pick<AlarmDesk, 'command'>;
  readonly system: () => SystemView;
  readonly backUp: () => Promise<Result<CommandAccepted, CommandRefused>>;
  readonly snapshot: () => Pick<Snapshot, 'session' | 'positions'>;
  readonly tryMode: (mode: Mode) => Promise<Result<Diagnosis | null, string>>;
  /** Writes down that a person changes the mode; false when it could not be written. */
  readonly journalSwitch: (from: Mode, to: Mode) => boolean;
  /** Starts the change; null where the host cannot restart the engine. */
  readonly beginSwitch: ((mode: Mode) => void) | null;
}

export function createHostCalls(parts: HostCallParts): Pick<CallHandlers, keyof HostCalls> {
  return {
    alarm: (raw) => Promise.resolve(parts.alarms.command(raw)),
    system: () => Promise.resolve(parts.system()),
    backUp: () => parts.backUp(),
    tryMode: async (raw) => {
      const parsed = modeSwitchSchema.pick({ mode: true }).safeParse(raw);
      if (!parsed.success) throw new CallError('rpc.parameters', 'That is not a mode.');
      const tried = await parts.tryMode(parsed.data.mode);
      if (!tried.ok) throw new CallError('mode.proxy', tried.error);
      return tried.value;
    },
    switchMode: (raw) => Promise.resolve(switchMode(parts, raw)),
  };
}

function refuse(code: string, said: Said): Result<never, CommandRefused> {
  return err({ code, uiMessage: inEnglish(said), said });
}

function switchMode(parts: HostCallParts, raw: unknown): Result<CommandAccepted, CommandRefused> {
  const parsed = modeSwitchSchema.safeParse(raw);
  if (!parsed.success) return refuse('mode.malformed', say('refused.modeMalformed'));
  const { session, positions } = parts.snapshot();
  const open = Object.values(positions).filter((view) => view.position.phase !== 'closed').length;
  const refusal = reviewSwitch(parsed.data, session, open);
  if (refusal !== null) return refusal;
  const { beginSwitch } = parts;
  const { mode } = parsed.data;
  if (beginSwitch === null) return refuse('mode.host', say('refused.modeHost', { mode }));
  if (!parts.journalSwitch(session.mode, mode)) return refuse('mode.journal', say('refused.modeJournal'));
  beginSwitch(mode);
  const { badge, marketFrom, ordersTo } = describeMode(mode);
  const said = say('answer.modeChanging', { badge, from: marketFrom, to: ordersTo });
  return ok({ message: inEnglish(said), said });
}

/** Why the change is not allowed, or null. */
function reviewSwitch({ mode, phrase }: ModeSwitch, session: Pick<SessionView, 'mode'>, open: number): Result<never, CommandRefused> | null {
  if (mode === session.mode) return refuse('mode.same', say('refused.modeSame'));
  if (describeMode(mode).realMoney && phrase.trim().toUpperCase() !== LIVE_PHRASE)
    return refuse('mode.phrase', say('refused.modePhrase', { phrase: LIVE_PHRASE }));
  // Positions at the local venue are kept in its file; those at an exchange would be left to their stops alone.
  if (describeMode(session.mode).ordersTo !== 'local venue' && open > 0) return refuse('mode.positions', say('refused.modePositions', { count: open }));
  return null;
}
