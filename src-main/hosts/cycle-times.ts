// How long the two loops take, put together from the engine's inputs.
import type { EngineInput } from '../core/engine/messages.ts';
import { DurationWindow } from './metrics.ts';

/** A tick shorter than this had no new candle to look at and is not a cycle, milliseconds. */
const IDLE_TICK_MS = 0.2;

export class CycleTimes {
  readonly live = new DurationWindow();
  readonly virtual = new DurationWindow();
  #startMs = 0;

  /** A cycle is its start (features of all dirty symbols) and its conclusion, which waits for the models unless ICT decides alone. */
  record(kind: EngineInput['kind'], elapsedMs: number, waitsForModels: boolean): void {
    if (kind === 'live-tick' && elapsedMs > IDLE_TICK_MS) this.#startMs = elapsedMs;
    if (kind === 'prediction' || (kind === 'live-tick' && !waitsForModels && elapsedMs > IDLE_TICK_MS)) {
      this.live.record(elapsedMs + (kind === 'prediction' ? this.#startMs : 0));
      this.#startMs = 0;
    }
    if (kind === 'virtual-tick') this.virtual.record(elapsedMs);
  }
}
