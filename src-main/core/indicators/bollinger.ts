// Bollinger bands over a short fixed window.
import { WINDOW_BARS, squaresOfWindow, sumOfWindow } from './window.ts';

export const BOLLINGER_PERIOD = WINDOW_BARS;
export const BOLLINGER_DEVIATIONS = 2;

const SEEN = 0;
/** Where the next input goes in the window. */
const NEXT = 4;
/** Inputs seen when the bands were last computed. */
const COMPUTED = 1;
const MIDDLE = 2;
const WIDTH = 3;
const WINDOW = 5;
/** Numbers one pair of bands needs. */
export const BOLLINGER_SIZE = WINDOW + BOLLINGER_PERIOD;

/**
 * Mean of the last 20 inputs ± 2 population standard deviations; NaN before 20 inputs. The window is summed anew each time:
 * a running sum of squares drifts over a long history, and 20 additions cost less than that is worth. Bands nobody reads are not computed.
 */
export class Bollinger {
  private readonly memory: Float64Array;
  private readonly at: number;

  /** Works in `memory` from `at`, BOLLINGER_SIZE numbers. */
  constructor(memory: Float64Array = new Float64Array(BOLLINGER_SIZE), at = 0) {
    this.memory = memory;
    this.at = at;
    memory[at + SEEN] = 0;
    memory[at + NEXT] = 0;
    memory[at + COMPUTED] = -1;
  }

  update(input: number): void {
    const { memory, at } = this;
    const place = memory[at + NEXT]! | 0;
    memory[at + WINDOW + place] = input;
    memory[at + NEXT] = place + 1 === BOLLINGER_PERIOD ? 0 : place + 1;
    memory[at + SEEN] = memory[at + SEEN]! + 1;
  }

  get middle(): number {
    this.compute();
    return this.memory[this.at + MIDDLE]!;
  }

  get upper(): number {
    this.compute();
    return this.memory[this.at + MIDDLE]! + this.memory[this.at + WIDTH]!;
  }

  get lower(): number {
    this.compute();
    return this.memory[this.at + MIDDLE]! - this.memory[this.at + WIDTH]!;
  }

  private compute(): void {
    const { memory, at } = this;
    const seen = memory[at + SEEN]!;
    if (memory[at + COMPUTED] === seen) return;
    memory[at + COMPUTED] = seen;
    memory[at + MIDDLE] = Number.NaN;
    if (seen < BOLLINGER_PERIOD) return;
    const mean = sumOfWindow(memory, at + WINDOW) / BOLLINGER_PERIOD;
    const squares = squaresOfWindow(memory, at + WINDOW, mean);
    memory[at + MIDDLE] = mean;
    memory[at + WIDTH] = BOLLINGER_DEVIATIONS * Math.sqrt(squares / BOLLINGER_PERIOD);
  }
}
