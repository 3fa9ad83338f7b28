// The engine's side of the screen: gives every event its sequence, keeps the snapshot and pushes to all connected screens.
import { applyBody } from '../../src-shared/contract/replica.ts';
import type { EngineEvent, EngineEventBody } from '../../src-shared/contract/events.ts';
import type { Snapshot } from '../../src-shared/contract/view.ts';
import type { EpochMs } from '../../src-shared/kernel/units.ts';
import type { EventSink } from '../core/ports.ts';

export type PushHandler = (events: readonly EngineEvent[]) => void;

export class ViewStore implements EventSink {
  #snapshot: Snapshot;
  readonly #subscribers = new Set<PushHandler>();

  constructor(initial: Snapshot) {
    this.#snapshot = initial;
  }

  snapshot(): Snapshot {
    return this.#snapshot;
  }

  publish(bodies: readonly EngineEventBody[], time: EpochMs): void {
    if (bodies.length === 0) return;
    const events: EngineEvent[] = [];
    let { sequence } = this.#snapshot;
    let next = this.#snapshot;
    for (const body of bodies) {
      sequence += 1;
      next = applyBody(next, body);
      events.push({ sequence, time, body });
    }
    this.#snapshot = { ...next, sequence, engineTime: time };
    for (const push of this.#subscribers) push(events);
  }

  /** Returns the unsubscribe function. */
  subscribe(push: PushHandler): () => void {
    this.#subscribers.add(push);
    return () => void this.#subscribers.delete(push);
  }
}
