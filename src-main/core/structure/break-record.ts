// One break of structure: a view of its row in the memory of its ring, which is taken once.
import type { Direction, SwingScale } from '../../../src-shared/domain/structure.ts';
import { RecordRing } from './record-pool.ts';

/** Breaks kept per scale. */
export const BREAKS_KEPT = 64;

const LEVEL = 0;
const SWING_BAR = 1;
const BAR = 2;
const LEG_BAR = 3;
const ORIGIN_TIME = 4;
const CONFIRMED_TIME = 5;
const DISPLACEMENT_ATR = 6;
const WIDTH = 7;

export class BreakRecord {
  kind: 'bos' | 'choch' = 'bos';
  direction: Direction = 'bullish';
  readonly scale: SwingScale;
  private readonly memory: Float64Array;
  private readonly row: number;

  constructor(scale: SwingScale, memory: Float64Array, row: number) {
    this.scale = scale;
    this.memory = memory;
    this.row = row;
  }

  get level(): number {
    return this.memory[this.row + LEVEL]!;
  }
  set level(value: number) {
    this.memory[this.row + LEVEL] = value;
  }

  /** Absolute index of the broken swing's bar. */
  get swingBar(): number {
    return this.memory[this.row + SWING_BAR]!;
  }
  set swingBar(value: number) {
    this.memory[this.row + SWING_BAR] = value;
  }

  /** Absolute index of the bar whose close broke it. */
  get bar(): number {
    return this.memory[this.row + BAR]!;
  }
  set bar(value: number) {
    this.memory[this.row + BAR] = value;
  }

  /** Where the breaking leg began: the opposite extreme between the swing and the break. */
  get legBar(): number {
    return this.memory[this.row + LEG_BAR]!;
  }
  set legBar(value: number) {
    this.memory[this.row + LEG_BAR] = value;
  }

  get originTime(): number {
    return this.memory[this.row + ORIGIN_TIME]!;
  }
  set originTime(value: number) {
    this.memory[this.row + ORIGIN_TIME] = value;
  }

  get confirmedTime(): number {
    return this.memory[this.row + CONFIRMED_TIME]!;
  }
  set confirmedTime(value: number) {
    this.memory[this.row + CONFIRMED_TIME] = value;
  }

  get displacementAtr(): number {
    return this.memory[this.row + DISPLACEMENT_ATR]!;
  }
  set displacementAtr(value: number) {
    this.memory[this.row + DISPLACEMENT_ATR] = value;
  }
}

/** A ring of {@link BREAKS_KEPT} breaks of one scale; all its memory is taken here. */
export function createBreakRing(scale: SwingScale): RecordRing<BreakRecord> {
  const memory = new Float64Array(BREAKS_KEPT * WIDTH);
  return new RecordRing(BREAKS_KEPT, (slot) => new BreakRecord(scale, memory, slot * WIDTH));
}
