// What goes into Engine.process and what comes out: plain data, so that the same inputs always give the same outputs.
import type { Command } from '../../../src-shared/contract/commands.ts';
import type { EngineEventBody } from '../../../src-shared/contract/events.ts';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { Result } from '../../../src-shared/kernel/result.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import type { DeskEffect } from '../execution/desk-output.ts';
import type {
  ExchangeError,
  ExchangeStatus,
  JournalRecord,
  MarketEvent,
  OrderAcknowledgement,
  OrderReport,
  PredictionBatch,
  PredictionFailure,
  PredictionResult,
  StateRequest,
  VenueAccount,
  VenueEvent,
  VenueState,
} from '../ports.ts';

/** Everything that can happen to the engine. `at` is engine time, read once by the host when the input is queued. */
export type EngineInput =
  | { readonly kind: 'market'; readonly at: EpochMs; readonly event: MarketEvent }
  | { readonly kind: 'venue'; readonly at: EpochMs; readonly event: VenueEvent }
  | { readonly kind: 'account'; readonly at: EpochMs; readonly account: VenueAccount }
  | { readonly kind: 'live-tick'; readonly at: EpochMs }
  | { readonly kind: 'virtual-tick'; readonly at: EpochMs }
  /** Fast timer (about 4 per wall second): guardians, deadlines, screen ticks. */
  | { readonly kind: 'pulse'; readonly at: EpochMs; readonly exchange: ExchangeStatus }
  | { readonly kind: 'prediction'; readonly at: EpochMs; readonly result: Result<PredictionResult, PredictionFailure>; readonly cycle: number }
  | { readonly kind: 'submitted'; readonly at: EpochMs; readonly clientOrderId: string; readonly result: Result<OrderAcknowledgement, ExchangeError> }
  | { readonly kind: 'canceled'; readonly at: EpochMs; readonly clientOrderId: string; readonly result: Result<null, ExchangeError> }
  | {
      readonly kind: 'amended';
      readonly at: EpochMs;
      readonly clientOrderId: string;
      readonly amendmentId: string;
      readonly result: Result<OrderReport, ExchangeError>;
    }
  | { readonly kind: 'queried'; readonly at: EpochMs; readonly clientOrderId: string; readonly result: Result<OrderReport | null, ExchangeError> }
  | { readonly kind: 'prepared'; readonly at: EpochMs; readonly positionId: string; readonly result: Result<null, ExchangeError> }
  | {
      readonly kind: 'reconciled';
      readonly at: EpochMs;
      /** As asked: a comparison of symbols that failed is wished again, one of the account has its own clock. */
      readonly request: StateRequest;
      readonly result: Result<VenueState, ExchangeError>;
    }
  | { readonly kind: 'command'; readonly at: EpochMs; readonly id: number; readonly who: string; readonly command: Command }
  | { readonly kind: 'settings'; readonly at: EpochMs; readonly settings: Settings }
  /** Simulated time runs at another speed from now on. */
  | { readonly kind: 'speed'; readonly at: EpochMs; readonly speed: number }
  /** The journal can be written again, and holds everything that waited. */
  | { readonly kind: 'journal-restored'; readonly at: EpochMs }
  | { readonly kind: 'journal-failed'; readonly at: EpochMs; readonly code: string; readonly uiMessage: string };

/** What the host must do after the output is committed. Effects run in order; their answers come back as inputs. */
export type EngineEffect =
  | DeskEffect
  | { readonly kind: 'predict'; readonly batch: PredictionBatch }
  | { readonly kind: 'save-settings'; readonly settings: Settings }
  | {
      readonly kind: 'answer-command';
      readonly id: number;
      readonly result: Result<{ readonly message: string }, { readonly code: string; readonly uiMessage: string }>;
    };

export interface EngineOutput {
  /** Written in one transaction before anything is published or sent. */
  readonly records: readonly JournalRecord[];
  /** True when a record must be on disk before the effects run (intents, fills). */
  readonly durable: boolean;
  readonly events: readonly EngineEventBody[];
  readonly effects: readonly EngineEffect[];
}
