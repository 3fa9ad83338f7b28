// A second implementation of the statistics, written another way on purpose: sums of powers, integration, enumeration. Tests compare the two.

/** Φ(x) by Simpson's rule over the density. */
export function phi(x: number): number {
  const from = -12;
  const steps = 20_000;
  const width = (x - from) / steps;
  const density = (t: number): number => Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI);
  let sum = density(from) + density(x);
  for (let index = 1; index < steps; index += 1) sum += density(from + index * width) * (index % 2 === 1 ? 4 : 2);
  return (sum * width) / 3;
}

/** Raw power sums instead of central moments. */
export function moments(values: readonly number[]): { mean: number; deviation: number; skewness: number; kurtosis: number } {
  const n = values.length;
  const [s1, s2, s3, s4] = [1, 2, 3, 4].map((power) => values.reduce((sum, value) => sum + value ** power, 0) / n) as [number, number, number, number];
  const m2 = s2 - s1 ** 2;
  const m3 = s3 - 3 * s1 * s2 + 2 * s1 ** 3;
  const m4 = s4 - 4 * s1 * s3 + 6 * s1 ** 2 * s2 - 3 * s1 ** 4;
  return { mean: s1, deviation: Math.sqrt((m2 * n) / (n - 1)), skewness: m3 / m2 ** 1.5, kurtosis: m4 / m2 ** 2 };
}

/** Every pair of a peak and a later point. */
export function deepestFall(equity: readonly number[]): number {
  let deepest = 0;
  equity.forEach((peak, from) => equity.slice(from).forEach((value) => (deepest = Math.max(deepest, (peak - value) / peak))));
  return deepest;
}

/** Shares p whose distance from the observed one is exactly z standard errors, by bisection. */
export function wilson(successes: number, count: number, z: number): readonly [number, number] {
  const observed = successes / count;
  const excess = (p: number): number => Math.abs(observed - p) - z * Math.sqrt((p * (1 - p)) / count);
  const root = (inside: number, outside: number): number => {
    let [near, far] = [inside, outside];
    for (let round = 0; round < 200; round += 1) {
      const middle = (near + far) / 2;
      if (excess(middle) > 0) far = middle;
      else near = middle;
    }
    return near;
  };
  return [root(observed, 0), root(observed, 1)];
}

/** All nⁿ resamples of a small list: the exact distribution that the bootstrap draws from. */
export function everyResampledMean(values: readonly number[]): readonly number[] {
  let means: readonly number[] = [0];
  for (let draw = 0; draw < values.length; draw += 1) means = means.flatMap((sum) => values.map((value) => sum + value / values.length));
  return [...means].sort((a, b) => a - b);
}
