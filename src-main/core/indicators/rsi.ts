// Relative strength index after Wilder, one value per call.
import { WilderAverage } from './wilder.ts';

/** RSI in 0..100 from Wilder averages of gains and losses; a window without any move reads 50. NaN during warm-up. */
export class Rsi {
  private readonly gain: WilderAverage;
  private readonly loss: WilderAverage;
  private previous = Number.NaN;
  value = Number.NaN;

  constructor(period: number) {
    this.gain = new WilderAverage(period);
    this.loss = new WilderAverage(period);
  }

  update(close: number): number {
    const change = close - this.previous;
    this.previous = close;
    if (Number.isNaN(change)) return this.value;
    const gain = this.gain.update(change > 0 ? change : 0);
    const loss = this.loss.update(change < 0 ? -change : 0);
    const total = gain + loss;
    this.value = total === 0 ? 50 : (100 * gain) / total;
    return this.value;
  }
}
