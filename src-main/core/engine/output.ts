// Collects what one input produced, in order, from all parts of the engine.
import type { EngineEventBody } from '../../../src-shared/contract/events.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import type { JournalRecord, Notification } from '../ports.ts';
import type { EngineEffect, EngineOutput } from './messages.ts';

const NONE: readonly never[] = [];
/** What most inputs have to say. */
const NOTHING: EngineOutput = { records: NONE, durable: false, events: NONE, effects: NONE };

export class OutputBuilder {
  // Made when there is something to put in: most inputs have nothing to say.
  #records: JournalRecord[] | null = null;
  #events: EngineEventBody[] | null = null;
  #effects: EngineEffect[] | null = null;
  #durable = false;

  /** Takes over everything another part of the engine produced. */
  absorb(part: {
    readonly records: readonly JournalRecord[];
    readonly durable: boolean;
    readonly events: readonly EngineEventBody[];
    readonly effects: readonly EngineEffect[];
  }): void {
    if (part.records.length > 0) (this.#records ??= []).push(...part.records);
    if (part.events.length > 0) (this.#events ??= []).push(...part.events);
    if (part.effects.length > 0) (this.#effects ??= []).push(...part.effects);
    this.#durable ||= part.durable;
  }

  record(record: JournalRecord): void {
    if (this.#records === null) this.#records = [record];
    else this.#records.push(record);
  }

  /** Most outputs hold one event: a list of one is a tenth of an empty list that grew. */
  event(body: EngineEventBody): void {
    if (this.#events === null) this.#events = [body];
    else this.#events.push(body);
  }

  effect(effect: EngineEffect): void {
    (this.#effects ??= []).push(effect);
  }

  notify(notification: Notification): void {
    (this.#effects ??= []).push({ kind: 'notify', notification });
  }

  /** A journal line about the engine itself. */
  note(time: EpochMs, kind: string, summary: string, data: unknown = null): void {
    (this.#records ??= []).push({ time, kind, positionId: null, symbol: null, summary, data });
  }

  build(): EngineOutput {
    if (this.#records === null && this.#events === null && this.#effects === null && !this.#durable) return NOTHING;
    return { records: this.#records ?? NONE, durable: this.#durable, events: this.#events ?? NONE, effects: this.#effects ?? NONE };
  }
}
