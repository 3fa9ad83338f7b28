// Volume of a bar against the bars before it.
import { WINDOW_BARS, sumOfWindow } from './window.ts';

export const VOLUME_PERIOD = WINDOW_BARS;

const SEEN = 0;
/** Where the next volume goes in the window. */
const NEXT = 1;
const VALUE = 2;
const WINDOW = 3;
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
    memory[at + NEXT] = 0;
    memory[at + VALUE] = Number.NaN;
  }

  get value(): number {
    return this.memory[this.at + VALUE]!;
  }

  /** Mean volume of the last `bars` bars, the newest included, at most {@link VOLUME_PERIOD}; NaN while fewer were seen. */
  meanOf(bars: number): number {
    const { memory, at } = this;
    const seen = memory[at + SEEN]!;
    if (seen < bars) return Number.NaN;
    if (bars === VOLUME_PERIOD) return sumOfWindow(memory, at + WINDOW) / VOLUME_PERIOD;
    let sum = 0;
    let place = memory[at + NEXT]! | 0;
    for (let back = 0; back < bars; back += 1) {
      place = place === 0 ? VOLUME_PERIOD - 1 : place - 1;
      sum += memory[at + WINDOW + place]!;
    }
    return sum / bars;
  }

  update(volume: number): number {
    const { memory, at } = this;
    const seen = memory[at + SEEN]!;
    if (seen >= VOLUME_PERIOD) {
      const sum = sumOfWindow(memory, at + WINDOW);
      memory[at + VALUE] = sum === 0 ? 0 : (volume * VOLUME_PERIOD) / sum;
    }
    const place = memory[at + NEXT]! | 0;
    memory[at + WINDOW + place] = volume;
    memory[at + NEXT] = place + 1 === VOLUME_PERIOD ? 0 : place + 1;
    memory[at + SEEN] = seen + 1;
    return memory[at + VALUE]!;
  }
}
