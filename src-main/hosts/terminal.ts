// What a terminal is to the process that hosts it: how it is asked for, and what can be done with it once it runs.
import type { Link } from '../../src-shared/contract/rpc.ts';
import type { Mode } from '../../src-shared/domain/session.ts';
import type { FileLogger } from '../adapters/runtime/logger.ts';
import type { Holding } from '../core/engine/holdings.ts';
import type { ExecutionVenue, Journal, WorkerLauncher } from '../core/ports.ts';
import type { StartOptions } from './arguments.ts';
import type { SecretStore } from './secrets.ts';

export interface StartRequest {
  readonly options: StartOptions;
  readonly host: 'electron' | 'node';
  readonly projectRoot: string;
  readonly launcher: WorkerLauncher;
  readonly secrets: SecretStore;
  /** Sequence of the first snapshot; above all of an engine that ran before with the same screens. */
  readonly firstSequence?: number;
  /** A person has chosen another mode and it is journalled; absent where the host cannot start the engine again. */
  readonly onSwitch?: (mode: Mode) => void;
  /** Puts something between the engine and the world: a recorder, a profiler, a torturer. Absent in the app itself. */
  readonly wrapPorts?: (ports: WrappedPorts) => WrappedPorts;
}

export interface WrappedPorts {
  readonly journal: Journal;
  readonly execution: ExecutionVenue;
}

export interface Terminal {
  readonly logger: FileLogger;
  /** Connects a screen. */
  attach(link: Link): void;
  /** Resolves once the engine streams, or when the terminal stops before. */
  readonly whenStreaming: Promise<'streaming' | 'stopped'>;
  /** The computer slept: the clock jumps to the wall, and orders, positions and balances are read anew before anything is opened. */
  wake(sleptMs: number): void;
  stop(why: string): Promise<void>;
}

export interface StartedTerminal extends Terminal {
  /** How much each bounded memory holds. */
  holdings(): readonly Holding[];
}
