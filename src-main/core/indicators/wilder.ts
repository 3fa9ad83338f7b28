// Wilder's smoothing, shared by RSI, ATR and ADX.

/** Wilder average: seeded with the mean of the first n inputs, then previous + (input − previous)/n; NaN before the seed. */
export class WilderAverage {
  readonly period: number;
  private seen = 0;
  private sum = 0;
  value = Number.NaN;

  constructor(period: number) {
    this.period = period;
  }

  update(input: number): number {
    this.seen += 1;
    if (this.seen > this.period) {
      this.value += (input - this.value) / this.period;
      return this.value;
    }
    this.sum += input;
    if (this.seen === this.period) this.value = this.sum / this.period;
    return this.value;
  }
}
