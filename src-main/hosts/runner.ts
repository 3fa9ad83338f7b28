// Turns the pure engine into a running one: queues inputs, commits outputs (journal first), runs effects, feeds answers back.
import { assertNever } from '../../src-shared/kernel/result.ts';
import type { Settings } from '../../src-shared/contract/settings.ts';
import type { EpochMs } from '../../src-shared/kernel/units.ts';
import type { EngineEffect, EngineInput, EngineOutput } from '../core/engine/messages.ts';
import type { Holding } from '../core/engine/holdings.ts';
import type { Clock, EventSink, ExecutionVenue, Journal, JournalRecord, Logger, MarketFeed, Notifier, Predictor, SettingsStore } from '../core/ports.ts';
import { reducesRisk } from './risk-reducing.ts';

/** The engine as the runner sees it. */
export interface Processor {
  process(input: EngineInput): EngineOutput;
  /** JSON-safe state for a checkpoint. */
  state(): unknown;
}

export interface RunnerParts {
  readonly engine: Processor;
  readonly journal: Journal;
  readonly sink: EventSink;
  readonly execution: ExecutionVenue;
  readonly feed: MarketFeed;
  /** Null when no model can be served; the strategy then says so. */
  readonly predictor: Predictor | null;
  readonly settingsStore: SettingsStore;
  readonly notifier: Notifier;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called with wall milliseconds spent in `process` for every input. */
  readonly onProcessed?: (kind: EngineInput['kind'], elapsedMs: number) => void;
  /** Called when a person changed the settings. */
  readonly onSettings?: (settings: Settings) => void;
}

type WithoutTime<T> = T extends unknown ? Omit<T, 'at'> : never;
export type TimelessInput = WithoutTime<EngineInput>;
type CommandAnswer = Extract<EngineEffect, { kind: 'answer-command' }>['result'];

const CHECKPOINT_RECORDS = 500;
const CHECKPOINT_WAIT_MS = 20;
/** Records that wait in memory while the journal cannot be written; the oldest go first, the venue still knows the truth. */
const MOST_UNWRITTEN = 50_000;
/** A journal that failed is tried again this often even when there is nothing new to write. */
const JOURNAL_RETRY_MS = 1000;

/**
 * Owns the order of things: one input at a time, journal before screen before world. A journal that cannot be written stops the
 * effects of that output: an order whose intent is not on disk is never sent. What could not be written waits in memory and is
 * written first as soon as there is room.
 */
export class EngineRunner {
  readonly #parts: RunnerParts;
  readonly #queue: EngineInput[] = [];
  readonly #answers = new Map<number, (answer: CommandAnswer) => void>();
  readonly #inFlight = new Set<Promise<unknown>>();
  #draining = false;
  #stopped = false;
  #nextCommandId = 1;
  #recordsSinceCheckpoint = 0;
  #lastJournalId: number;
  #journalFailing = false;
  #checkpointTimer: NodeJS.Timeout | null = null;
  #unwritten: readonly JournalRecord[] = [];
  #triedAt = 0;
  #journalProblem: string | null = null;

  constructor(parts: RunnerParts, lastJournalId: number) {
    this.#parts = parts;
    this.#lastJournalId = lastJournalId;
  }

  /** Why the journal cannot be written now, or null. */
  get journalProblem(): string | null {
    return this.#journalProblem;
  }

  /** Inputs that wait, calls under way and records the journal has not taken. */
  holdings(): readonly Holding[] {
    return [
      { name: 'queued inputs', count: this.#queue.length, most: null },
      { name: 'calls under way', count: this.#inFlight.size, most: null },
      { name: 'commands unanswered', count: this.#answers.size, most: null },
      { name: 'records unwritten', count: this.#unwritten.length, most: MOST_UNWRITTEN },
    ];
  }

  /** Queues an input, stamped with engine time, and processes everything queued unless that is already happening. */
  enqueue(input: TimelessInput): void {
    if (this.#stopped) return;
    this.#queue.push({ ...input, at: this.#parts.clock.now() } as EngineInput);
    this.#drain();
  }

  /** Runs a person's command; resolves with the engine's answer. */
  command(who: string, command: Extract<EngineInput, { kind: 'command' }>['command']): Promise<CommandAnswer> {
    const id = this.#nextCommandId++;
    return new Promise((resolve) => {
      this.#answers.set(id, resolve);
      this.enqueue({ kind: 'command', id, who, command });
    });
  }

  /** Lets calls under way finish (bounded), writes a checkpoint and takes no more input. */
  async stop(): Promise<void> {
    const settled = Promise.allSettled([...this.#inFlight]);
    await Promise.race([settled, new Promise((resolve) => setTimeout(resolve, 3000).unref())]);
    this.#stopped = true;
    if (this.#checkpointTimer !== null) clearTimeout(this.#checkpointTimer);
    this.saveCheckpoint();
  }

  saveCheckpoint(): void {
    const saved = this.#parts.journal.saveCheckpoint({ journalId: this.#lastJournalId, state: this.#parts.engine.state() });
    if (!saved.ok) this.#parts.logger.log('error', 'journal', saved.error.uiMessage);
    else this.#recordsSinceCheckpoint = 0;
  }

  /** Writing it takes milliseconds: not before the orders that were just decided have left. */
  #saveCheckpointLater(): void {
    this.#checkpointTimer ??= setTimeout(() => {
      this.#checkpointTimer = null;
      // While the journal cannot be written, what is in memory is ahead of it.
      if (!this.#stopped && !this.#journalFailing) this.saveCheckpoint();
    }, CHECKPOINT_WAIT_MS);
  }

  #drain(): void {
    if (this.#draining) return;
    this.#draining = true;
    try {
      for (let input = this.#queue.shift(); input !== undefined; input = this.#queue.shift()) this.#step(input);
    } finally {
      this.#draining = false;
    }
  }

  #step(input: EngineInput): void {
    const started = performance.now();
    const output = this.#parts.engine.process(input);
    this.#parts.onProcessed?.(input.kind, performance.now() - started);
    this.#commit(output, input.at);
  }

  #commit(output: EngineOutput, at: EpochMs): void {
    const isRetry = this.#journalFailing && performance.now() - this.#triedAt >= JOURNAL_RETRY_MS;
    if ((output.records.length > 0 || isRetry) && !this.#write(output)) {
      // Risk-reducing effects still run: an unwritten journal must never keep a position from being closed or protected, or a person from seeing it.
      this.#parts.sink.publish(output.events, at);
      for (const effect of output.effects) if (reducesRisk(effect)) this.#run(effect);
      return;
    }
    this.#parts.sink.publish(output.events, at);
    for (const effect of output.effects) this.#run(effect);
    if (this.#recordsSinceCheckpoint >= CHECKPOINT_RECORDS) this.#saveCheckpointLater();
  }

  #write(output: EngineOutput): boolean {
    const records = this.#unwritten.length === 0 ? output.records : [...this.#unwritten, ...output.records];
    this.#triedAt = performance.now();
    const written = this.#parts.journal.append(records, output.durable || this.#journalFailing);
    if (written.ok) {
      this.#lastJournalId = written.value.at(-1) ?? this.#lastJournalId;
      this.#recordsSinceCheckpoint += records.length;
      this.#unwritten = [];
      this.#journalProblem = null;
      if (this.#journalFailing) this.#queue.push({ kind: 'journal-restored', at: this.#parts.clock.now() });
      this.#journalFailing = false;
      return true;
    }
    this.#unwritten = records.slice(-MOST_UNWRITTEN);
    this.#journalProblem = written.error.uiMessage;
    this.#parts.logger.log('error', 'journal', written.error.uiMessage, { code: written.error.code });
    if (!this.#journalFailing) {
      this.#journalFailing = true;
      this.#queue.push({ kind: 'journal-failed', at: this.#parts.clock.now(), code: written.error.code, uiMessage: written.error.uiMessage });
    }
    return false;
  }

  #track(work: Promise<unknown>): void {
    this.#inFlight.add(work);
    void work
      .finally(() => this.#inFlight.delete(work))
      .catch((failure: unknown) => {
        this.#parts.logger.log('error', 'runner', `An adapter broke its contract: ${failure instanceof Error ? failure.message : String(failure)}`);
      });
  }

  #run(effect: EngineEffect): void {
    const { execution, predictor } = this.#parts;
    switch (effect.kind) {
      case 'submit': {
        const { clientOrderId } = effect.intent;
        this.#track(execution.submit(effect.intent).then((result) => this.enqueue({ kind: 'submitted', clientOrderId, result })));
        return;
      }
      case 'cancel': {
        const { clientOrderId } = effect;
        this.#track(execution.cancel(effect).then((result) => this.enqueue({ kind: 'canceled', clientOrderId, result })));
        return;
      }
      case 'amend': {
        const { amendmentId, request } = effect;
        const { clientOrderId } = request;
        this.#track(execution.amendOrder(request).then((result) => this.enqueue({ kind: 'amended', clientOrderId, amendmentId, result })));
        return;
      }
      case 'query': {
        const { clientOrderId } = effect;
        this.#track(execution.query(effect).then((result) => this.enqueue({ kind: 'queried', clientOrderId, result })));
        return;
      }
      case 'prepare-symbol': {
        const { positionId } = effect;
        this.#track(execution.prepareSymbol(effect).then((result) => this.enqueue({ kind: 'prepared', positionId, result })));
        return;
      }
      case 'reconcile':
        this.#track(execution.fetchState(effect).then((result) => this.enqueue({ kind: 'reconciled', request: effect, result })));
        return;
      case 'predict': {
        const { cycle } = effect.batch;
        if (predictor === null) {
          this.enqueue({
            kind: 'prediction',
            cycle,
            result: { ok: false, error: { code: 'no_model', uiMessage: 'No model is loaded; ICT rules decide alone.' } },
          });
          return;
        }
        this.#track(predictor.predict(effect.batch).then((result) => this.enqueue({ kind: 'prediction', cycle, result })));
        return;
      }
      case 'require-symbols':
        this.#parts.feed.require(effect.symbols);
        return;
      case 'save-settings': {
        this.#parts.onSettings?.(effect.settings);
        const saved = this.#parts.settingsStore.save(effect.settings);
        if (!saved.ok) this.#parts.logger.log('error', 'settings', saved.error.uiMessage);
        return;
      }
      case 'notify':
        this.#parts.notifier.notify(effect.notification);
        return;
      case 'answer-command': {
        this.#answers.get(effect.id)?.(effect.result);
        this.#answers.delete(effect.id);
        return;
      }
      default:
        assertNever(effect);
    }
  }
}
