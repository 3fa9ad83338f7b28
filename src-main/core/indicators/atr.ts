// Average true range after Wilder, one value per call.
import { WilderAverage } from './wilder.ts';

/** ATR seeded with the mean of the true ranges of bars 1..n (bar 0 has no previous close). NaN during warm-up. */
export class Atr {
  private readonly average: WilderAverage;
  private previousClose = Number.NaN;
  /** True range of the last bar; NaN on the first. */
  trueRange = Number.NaN;
  value = Number.NaN;

  constructor(period: number) {
    this.average = new WilderAverage(period);
  }

  update(high: number, low: number, close: number): number {
    const previous = this.previousClose;
    this.previousClose = close;
    if (Number.isNaN(previous)) return this.value;
    this.trueRange = Math.max(high, previous) - Math.min(low, previous);
    this.value = this.average.update(this.trueRange);
    return this.value;
  }
}
