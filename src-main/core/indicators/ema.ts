// Exponential moving average, one value per call.

/** EMA with α = 2/(n+1), seeded with the mean of the first n inputs; NaN before. Source: STRATEGY, "Indicators". */
export class Ema {
  readonly period: number;
  private readonly alpha: number;
  private seen = 0;
  private sum = 0;
  value = Number.NaN;

  constructor(period: number) {
    this.period = period;
    this.alpha = 2 / (period + 1);
  }

  update(input: number): number {
    this.seen += 1;
    if (this.seen > this.period) {
      this.value += (input - this.value) * this.alpha;
      return this.value;
    }
    this.sum += input;
    if (this.seen === this.period) this.value = this.sum / this.period;
    return this.value;
  }
}
