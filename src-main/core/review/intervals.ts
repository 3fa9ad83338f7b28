// How sure a number is: Wilson's interval for shares, the bootstrap for means. Chance is seeded, so a report is the same every time.
import { normalQuantile } from './normal.ts';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

const NOTHING_KNOWN: Interval = { low: Number.NaN, high: Number.NaN };

/** Score interval of a share; `count` trials of which `successes` came true. Source: Wilson, JASA 22 (1927). */
export function wilsonInterval(successes: number, count: number, confidence = 0.95): Interval {
  if (count === 0) return { low: 0, high: 1 };
  const z = normalQuantile(1 - (1 - confidence) / 2);
  const share = successes / count;
  const centre = (share + (z * z) / (2 * count)) / (1 + (z * z) / count);
  const half = (z / (1 + (z * z) / count)) * Math.sqrt((share * (1 - share)) / count + (z * z) / (4 * count * count));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

export interface BootstrapOptions {
  readonly resamples: number;
  readonly seed: number;
  readonly confidence: number;
}

const USUAL_BOOTSTRAP: BootstrapOptions = { resamples: 2000, seed: 1, confidence: 0.95 };

/** Percentile interval of the mean by resampling with replacement. NaN below two values. Source: Efron, Ann. Statist. 7 (1979). */
export function bootstrapMean(values: readonly number[], options: Partial<BootstrapOptions> = {}): Interval {
  const { resamples, seed, confidence } = { ...USUAL_BOOTSTRAP, ...options };
  if (values.length < 2) return NOTHING_KNOWN;
  const next = seededUniform(seed);
  const means = new Float64Array(resamples);
  for (let round = 0; round < resamples; round += 1) {
    let sum = 0;
    for (let draw = 0; draw < values.length; draw += 1) sum += values[Math.floor(next() * values.length)]!;
    means[round] = sum / values.length;
  }
  means.sort();
  const edge = (1 - confidence) / 2;
  return { low: quantileOfSorted(means, edge), high: quantileOfSorted(means, 1 - edge) };
}

export interface MeanDifference extends Interval {
  readonly difference: number;
}

/** Mean of `a` minus mean of `b`, e.g. of two sessions, with its percentile interval; both lists are resampled on their own. */
export function bootstrapDifference(a: readonly number[], b: readonly number[], options: Partial<BootstrapOptions> = {}): MeanDifference {
  const { resamples, seed, confidence } = { ...USUAL_BOOTSTRAP, ...options };
  if (a.length < 2 || b.length < 2) return { difference: Number.NaN, ...NOTHING_KNOWN };
  const next = seededUniform(seed);
  const resampled = (values: readonly number[]): number => {
    let sum = 0;
    for (let draw = 0; draw < values.length; draw += 1) sum += values[Math.floor(next() * values.length)]!;
    return sum / values.length;
  };
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const differences = Float64Array.from({ length: resamples }, () => resampled(a) - resampled(b)).toSorted();
  const edge = (1 - confidence) / 2;
  return { difference: mean(a) - mean(b), low: quantileOfSorted(differences, edge), high: quantileOfSorted(differences, 1 - edge) };
}

/** Linear interpolation between order statistics (type 7 of Hyndman and Fan, 1996). NaN when empty. */
export function quantileOfSorted(sorted: ArrayLike<number>, share: number): number {
  if (sorted.length === 0) return Number.NaN;
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below]!;
  const high = sorted[Math.min(sorted.length - 1, below + 1)]!;
  return low + (high - low) * (at - below);
}

/** Uniform numbers in [0, 1) from a seed. Source: mulberry32, Tommy Ettinger, public domain. */
export function seededUniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
