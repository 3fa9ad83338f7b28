// Calls the host answers itself, without the engine: alarms, the change of mode, what is on disk.
import type { Result } from '../kernel/result.ts';
import type { AlarmCommand } from './alarms.ts';
import type { CommandAccepted, CommandRefused } from './commands.ts';
import type { ModeSwitch } from './mode-switch.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { Mode } from '../domain/session.ts';
import type { SystemView } from './system.ts';

export interface HostCalls {
  /** Sets or removes an alarm; the rules and what rang come with the snapshot and the `alarms` event. */
  readonly alarm: { readonly parameters: AlarmCommand; readonly result: Result<CommandAccepted, CommandRefused> };
  /** Accepted: the link closes, the engine starts in the other mode, and the screen connects again. */
  readonly switchMode: { readonly parameters: ModeSwitch; readonly result: Result<CommandAccepted, CommandRefused> };
  /** Tries the exchange of a mode without changing to it; null where there is none to reach. */
  readonly tryMode: { readonly parameters: { readonly mode: Mode }; readonly result: Diagnosis | null };
  /** Copies the journal into the folder of the backups, beside the running engine. */
  readonly backUp: { readonly parameters: null; readonly result: Result<CommandAccepted, CommandRefused> };
  readonly system: { readonly parameters: null; readonly result: SystemView };
}
