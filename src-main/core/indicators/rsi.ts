// Relative strength index after Wilder, one value per call.
import { WILDER_SIZE, startWilder, stepWilder } from './wilder.ts';

/** Numbers one index needs. */
export const RSI_SIZE = 2 + 2 * WILDER_SIZE;
const PREVIOUS = 0;
const VALUE = 1;
const GAIN = 2;
const LOSS = GAIN + WILDER_SIZE;

/** RSI in 0..100 from Wilder averages of gains and losses; a window without any move reads 50. NaN during warm-up. */
export class Rsi {
  private readonly memory: Float64Array;
  private readonly at: number;

  /** Works in `memory` from `at`, RSI_SIZE numbers. */
  constructor(period: number, memory: Float64Array = new Float64Array(RSI_SIZE), at = 0) {
    this.memory = memory;
    this.at = at;
    memory[at + PREVIOUS] = Number.NaN;
    memory[at + VALUE] = Number.NaN;
    startWilder(memory, at + GAIN, period);
    startWilder(memory, at + LOSS, period);
  }

  get value(): number {
    return this.memory[this.at + VALUE]!;
  }

  update(close: number): number {
    const { memory, at } = this;
    const change = close - memory[at + PREVIOUS]!;
    memory[at + PREVIOUS] = close;
    if (Number.isNaN(change)) return Number.NaN;
    const gain = stepWilder(memory, at + GAIN, change > 0 ? change : 0);
    const loss = stepWilder(memory, at + LOSS, change < 0 ? -change : 0);
    const total = gain + loss;
    const value = total === 0 ? 50 : (100 * gain) / total;
    memory[at + VALUE] = value;
    return value;
  }
}
