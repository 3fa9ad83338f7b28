// One swing: a view of its row in the memory of its ring. Numbers in one array take half the room of numbers in objects, and all of it at once.
import { RecordRing } from './record-pool.ts';

/** Swings kept per scale and side. Highs and lows have rings of their own: the mirrored market must forget the mirrored swings. */
export const SWINGS_KEPT = 96;

const BAR = 0;
const PRICE = 1;
const LOG_PRICE = 2;
const ORIGIN_TIME = 3;
const CONFIRMED_TIME = 4;
const BROKEN_TIME = 5;
const EXTREME_PRICE = 6;
const EXTREME_BAR = 7;
const WIDTH = 8;

export class SwingRecord {
  readonly kind: 'high' | 'low';
  private readonly memory: Float64Array;
  private readonly row: number;

  constructor(kind: 'high' | 'low', memory: Float64Array, row: number) {
    this.kind = kind;
    this.memory = memory;
    this.row = row;
  }

  /** Absolute bar index of the swing. */
  get bar(): number {
    return this.memory[this.row + BAR]!;
  }
  set bar(value: number) {
    this.memory[this.row + BAR] = value;
  }

  get price(): number {
    return this.memory[this.row + PRICE]!;
  }
  set price(value: number) {
    this.memory[this.row + PRICE] = value;
  }

  get logPrice(): number {
    return this.memory[this.row + LOG_PRICE]!;
  }
  set logPrice(value: number) {
    this.memory[this.row + LOG_PRICE] = value;
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

  /** Close time of the bar that broke it; NaN while unbroken. */
  get brokenTime(): number {
    return this.memory[this.row + BROKEN_TIME]!;
  }
  set brokenTime(value: number) {
    this.memory[this.row + BROKEN_TIME] = value;
  }

  /** Farthest opposite price since the swing (lowest low after a high, highest high after a low), and its bar. */
  get extremePrice(): number {
    return this.memory[this.row + EXTREME_PRICE]!;
  }
  set extremePrice(value: number) {
    this.memory[this.row + EXTREME_PRICE] = value;
  }

  get extremeBar(): number {
    return this.memory[this.row + EXTREME_BAR]!;
  }
  set extremeBar(value: number) {
    this.memory[this.row + EXTREME_BAR] = value;
  }
}

/** A ring of {@link SWINGS_KEPT} swings of one side; all its memory is taken here. */
export function createSwingRing(kind: 'high' | 'low'): RecordRing<SwingRecord> {
  const memory = new Float64Array(SWINGS_KEPT * WIDTH);
  return new RecordRing(SWINGS_KEPT, (slot) => new SwingRecord(kind, memory, slot * WIDTH));
}
