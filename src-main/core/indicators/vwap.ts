// Volume-weighted average price, anchored to the UTC day.

const DAY_MS = 86_400_000;
const DAY = 0;
const WEIGHTED = 1;
const VOLUME = 2;
/** Numbers one average needs. */
export const VWAP_SIZE = 3;

/** Σ typical·volume / Σ volume since 00:00 UTC, typical = (high + low + close)/3. NaN until the day has volume. */
export class Vwap {
  private readonly memory: Float64Array;
  private readonly at: number;

  /** Works in `memory` from `at`, VWAP_SIZE numbers. */
  constructor(memory: Float64Array = new Float64Array(VWAP_SIZE), at = 0) {
    this.memory = memory;
    this.at = at;
    memory[at + DAY] = Number.NaN;
  }

  get value(): number {
    const volume = this.memory[this.at + VOLUME]!;
    return volume > 0 ? this.memory[this.at + WEIGHTED]! / volume : Number.NaN;
  }

  update(openTime: number, typical: number, volume: number): number {
    const { memory, at } = this;
    const day = Math.floor(openTime / DAY_MS);
    if (day !== memory[at + DAY]) {
      memory[at + DAY] = day;
      memory[at + WEIGHTED] = 0;
      memory[at + VOLUME] = 0;
    }
    memory[at + WEIGHTED] = memory[at + WEIGHTED]! + typical * volume;
    memory[at + VOLUME] = memory[at + VOLUME]! + volume;
    return this.value;
  }
}
