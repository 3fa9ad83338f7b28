// Volume-weighted average price, anchored to the UTC day.

const DAY_MS = 86_400_000;

/** Σ typical·volume / Σ volume since 00:00 UTC, typical = (high + low + close)/3. NaN until the day has volume. */
export class Vwap {
  private day = Number.NaN;
  private weighted = 0;
  private volume = 0;
  value = Number.NaN;

  update(openTime: number, typical: number, volume: number): number {
    const day = Math.floor(openTime / DAY_MS);
    if (day !== this.day) {
      this.day = day;
      this.weighted = 0;
      this.volume = 0;
    }
    this.weighted += typical * volume;
    this.volume += volume;
    this.value = this.volume === 0 ? Number.NaN : this.weighted / this.volume;
    return this.value;
  }
}
