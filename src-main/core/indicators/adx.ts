// Average directional index with both directional indicators, after Wilder.
import { WilderAverage } from './wilder.ts';

/**
 * +DI and −DI from Wilder-smoothed directional movement over true range; ADX is the Wilder average of DX, seeded with the mean of
 * the first n DX. All in 0..100, NaN during warm-up. A market that does not move at all has DI and DX of 0.
 */
export class Adx {
  private readonly range: WilderAverage;
  private readonly up: WilderAverage;
  private readonly down: WilderAverage;
  private readonly average: WilderAverage;
  private previousHigh = Number.NaN;
  private previousLow = Number.NaN;
  private previousClose = Number.NaN;
  plusDi = Number.NaN;
  minusDi = Number.NaN;
  value = Number.NaN;

  constructor(period: number) {
    this.range = new WilderAverage(period);
    this.up = new WilderAverage(period);
    this.down = new WilderAverage(period);
    this.average = new WilderAverage(period);
  }

  update(high: number, low: number, close: number): number {
    const upMove = high - this.previousHigh;
    const downMove = this.previousLow - low;
    const trueRange = Math.max(high, this.previousClose) - Math.min(low, this.previousClose);
    this.previousHigh = high;
    this.previousLow = low;
    this.previousClose = close;
    if (Number.isNaN(upMove)) return this.value;
    const range = this.range.update(trueRange);
    const up = this.up.update(upMove > downMove && upMove > 0 ? upMove : 0);
    const down = this.down.update(downMove > upMove && downMove > 0 ? downMove : 0);
    if (Number.isNaN(range)) return this.value;
    this.plusDi = range === 0 ? 0 : (100 * up) / range;
    this.minusDi = range === 0 ? 0 : (100 * down) / range;
    const sum = this.plusDi + this.minusDi;
    this.value = this.average.update(sum === 0 ? 0 : (100 * Math.abs(this.plusDi - this.minusDi)) / sum);
    return this.value;
  }
}
