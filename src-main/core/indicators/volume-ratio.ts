// Volume of a bar against the bars before it.
import { WINDOW_BARS, sumOfWindow } from './window.ts';

export const VOLUME_PERIOD = WINDOW_BARS;

const SEEN = 0;
const VALUE = 1;
const WINDOW = 2;
/** Numbers one ratio needs. */
export const VOLUME_RATIO_SIZE = WINDOW + VOLUME_PERIOD;

/** volume / mean of the previous 20 volumes; NaN before 20 previous bars, 0 after a window without any volume. */
export class VolumeRatio {
  private readonly memory: Float64Array;
  private readonly at: number;

  /** Works in `memory` from `at`, VOLUME_RATIO_SIZE numbers. */
  constructor(memory: Float64Array = new Float64Array(VOLUME_RATIO_SIZE), at = 0) {
    this.memory = memory;
    this.at = at;
    memory[at + SEEN] = 0;
    memory[at + VALUE] = Number.NaN;
  }

  get value(): number {
    return this.memory[this.at + VALUE]!;
  }

  update(volume: number): number {
    const { memory, at } = this;
    const seen = memory[at + SEEN]!;
    if (seen >= VOLUME_PERIOD) {
      const sum = sumOfWindow(memory, at + WINDOW);
      memory[at + VALUE] = sum === 0 ? 0 : (volume * VOLUME_PERIOD) / sum;
    }
    memory[at + WINDOW + (seen % VOLUME_PERIOD)] = volume;
    memory[at + SEEN] = seen + 1;
    return memory[at + VALUE]!;
  }
}
