// Average directional index with both directional indicators, after Wilder.
import { WILDER_SIZE, startWilder, stepWilder } from './wilder.ts';

const PREVIOUS_HIGH = 0;
const PREVIOUS_LOW = 1;
const PREVIOUS_CLOSE = 2;
const PLUS_DI = 3;
const MINUS_DI = 4;
const VALUE = 5;
const RANGE = 6;
const UP = RANGE + WILDER_SIZE;
const DOWN = UP + WILDER_SIZE;
const AVERAGE = DOWN + WILDER_SIZE;
/** Numbers one index needs. */
export const ADX_SIZE = AVERAGE + WILDER_SIZE;

/**
 * +DI and −DI from Wilder-smoothed directional movement over true range; ADX is the Wilder average of DX, seeded with the mean of
 * the first n DX. All in 0..100, NaN during warm-up. A market that does not move at all has DI and DX of 0.
 */
export class Adx {
  private readonly memory: Float64Array;
  private readonly at: number;

  /** Works in `memory` from `at`, ADX_SIZE numbers. */
  constructor(period: number, memory: Float64Array = new Float64Array(ADX_SIZE), at = 0) {
    this.memory = memory;
    this.at = at;
    memory.fill(Number.NaN, at, at + RANGE);
    for (const average of [RANGE, UP, DOWN, AVERAGE]) startWilder(memory, at + average, period);
  }

  get plusDi(): number {
    return this.memory[this.at + PLUS_DI]!;
  }

  get minusDi(): number {
    return this.memory[this.at + MINUS_DI]!;
  }

  get value(): number {
    return this.memory[this.at + VALUE]!;
  }

  update(high: number, low: number, close: number): number {
    const { memory, at } = this;
    const previousClose = memory[at + PREVIOUS_CLOSE]!;
    const upMove = high - memory[at + PREVIOUS_HIGH]!;
    const downMove = memory[at + PREVIOUS_LOW]! - low;
    memory[at + PREVIOUS_HIGH] = high;
    memory[at + PREVIOUS_LOW] = low;
    memory[at + PREVIOUS_CLOSE] = close;
    if (Number.isNaN(upMove)) return Number.NaN;
    const top = high > previousClose ? high : previousClose;
    const bottom = low < previousClose ? low : previousClose;
    const range = stepWilder(memory, at + RANGE, top - bottom);
    const up = stepWilder(memory, at + UP, upMove > downMove && upMove > 0 ? upMove : 0);
    const down = stepWilder(memory, at + DOWN, downMove > upMove && downMove > 0 ? downMove : 0);
    if (Number.isNaN(range)) return Number.NaN;
    const plusDi = range === 0 ? 0 : (100 * up) / range;
    const minusDi = range === 0 ? 0 : (100 * down) / range;
    memory[at + PLUS_DI] = plusDi;
    memory[at + MINUS_DI] = minusDi;
    const sum = plusDi + minusDi;
    const value = stepWilder(memory, at + AVERAGE, sum === 0 ? 0 : (100 * Math.abs(plusDi - minusDi)) / sum);
    memory[at + VALUE] = value;
    return value;
  }
}
