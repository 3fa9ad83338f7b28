// Volume of a bar against the bars before it.

export const VOLUME_PERIOD = 20;

/** volume / mean of the previous 20 volumes; NaN before 20 previous bars, 0 after a window without any volume. */
export class VolumeRatio {
  private readonly window = new Float64Array(VOLUME_PERIOD);
  private seen = 0;
  value = Number.NaN;

  update(volume: number): number {
    const window = this.window;
    if (this.seen >= VOLUME_PERIOD) {
      let sum = 0;
      for (let index = 0; index < VOLUME_PERIOD; index += 1) sum += window[index]!;
      this.value = sum === 0 ? 0 : (volume * VOLUME_PERIOD) / sum;
    }
    window[this.seen % VOLUME_PERIOD] = volume;
    this.seen += 1;
    return this.value;
  }
}
