// Arithmetic of the screen's benchmark: percentiles, frame rates, growth per minute.

/** The value below which `share` of the samples lie (nearest rank); NaN for no sample. */
export function percentile(samples: readonly number[], share: number): number {
  if (samples.length === 0) return Number.NaN;
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

export interface FrameRate {
  readonly framesPerSecond: number;
  /** Longest time between two frames, ms. */
  readonly worstMs: number;
  /** Frames that came more than 1.5 refreshes late. */
  readonly late: number;
}

const LATE_MS = 25;

/** Rate over consecutive frame times, ms. */
export function frameRate(times: readonly number[]): FrameRate {
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? time));
  const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
  return {
    framesPerSecond: span > 0 ? (gaps.length / span) * 1000 : Number.NaN,
    worstMs: gaps.reduce((worst, gap) => Math.max(worst, gap), 0),
    late: gaps.filter((gap) => gap > LATE_MS).length,
  };
}

/** Slope of the least-squares line through (minute, value): growth per minute. */
export function growthPerMinute(points: readonly { readonly minute: number; readonly value: number }[]): number {
  if (points.length < 2) return Number.NaN;
  const meanX = points.reduce((sum, point) => sum + point.minute, 0) / points.length;
  const meanY = points.reduce((sum, point) => sum + point.value, 0) / points.length;
  const top = points.reduce((sum, point) => sum + (point.minute - meanX) * (point.value - meanY), 0);
  const bottom = points.reduce((sum, point) => sum + (point.minute - meanX) ** 2, 0);
  return bottom === 0 ? Number.NaN : top / bottom;
}

export interface HeapWatch {
  readonly startMb: number;
  readonly endMb: number;
  readonly minutes: number;
  readonly readings: number;
  /** Slope over the whole watch, and over its second half, when the engine of the browser has compiled what it will. */
  readonly mbPerMinute: number;
  readonly lateMbPerMinute: number;
  /** 90 % bounds of the late slope, from the scatter of the readings around their line. */
  readonly lateLow: number;
  readonly lateHigh: number;
  readonly verdict: 'flat' | 'grows' | 'too short to say';
}

/** More than this per minute fills a gigabyte within a week of trading. */
const LEAK_MB_PER_MINUTE = 0.1;
const FEWEST_LATE_READINGS = 8;
const Z90 = 1.645;

/** Judges readings taken after a forced collection: flat when the slope of the second half is no more than a leak that matters. */
export function judgeHeap(points: readonly { readonly minute: number; readonly value: number }[]): HeapWatch {
  const minutes = points.at(-1)?.minute ?? 0;
  const late = points.filter(({ minute }) => minute >= minutes / 2);
  const slope = growthPerMinute(late);
  const meanX = late.reduce((sum, point) => sum + point.minute, 0) / late.length;
  const meanY = late.reduce((sum, point) => sum + point.value, 0) / late.length;
  const spread = late.reduce((sum, point) => sum + (point.minute - meanX) ** 2, 0);
  const residual = late.reduce((sum, point) => sum + (point.value - meanY - slope * (point.minute - meanX)) ** 2, 0);
  const error = Math.sqrt(residual / Math.max(1, late.length - 2) / spread) * Z90;
  return {
    startMb: points[0]?.value ?? Number.NaN,
    endMb: points.at(-1)?.value ?? Number.NaN,
    minutes,
    readings: points.length,
    mbPerMinute: growthPerMinute(points),
    lateMbPerMinute: slope,
    lateLow: slope - error,
    lateHigh: slope + error,
    verdict: late.length < FEWEST_LATE_READINGS ? 'too short to say' : slope <= LEAK_MB_PER_MINUTE ? 'flat' : 'grows',
  };
}
