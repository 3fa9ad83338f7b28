// The standard normal distribution: cumulative probability and its inverse, absolute error about 1e-15.

const NUMERATOR = [3.52624965998911e-2, 0.700383064443688, 6.37396220353165, 33.912866078383, 112.079291497871, 221.213596169931, 220.206867912376] as const;
const DENOMINATOR = [
  8.83883476483184e-2, 1.75566716318264, 16.064177579207, 86.7807322029461, 296.564248779674, 637.333633378831, 793.826512519948, 440.413735824752,
] as const;
const ROOT_TWO_PI = Math.sqrt(2 * Math.PI);

function horner(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (const coefficient of coefficients) sum = sum * x + coefficient;
  return sum;
}

/** P(Z ≤ x). Source: Hart (1968) as given by West, "Better approximations to cumulative normal functions", 2005. */
export function normalCumulative(x: number): number {
  const size = Math.abs(x);
  if (size > 37) return x > 0 ? 1 : 0;
  const density = Math.exp((-size * size) / 2);
  const tail =
    size < 7.07106781186547
      ? (density * horner(NUMERATOR, size)) / horner(DENOMINATOR, size)
      : density / ROOT_TWO_PI / (size + 1 / (size + 2 / (size + 3 / (size + 4 / (size + 0.65)))));
  return x > 0 ? 1 - tail : tail;
}

const CENTRE_TOP = [-3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1, 2.506628277459239] as const;
const CENTRE_BOTTOM = [-5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1, 1] as const;
const TAIL_TOP = [-7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968, 2.938163982698783] as const;
const TAIL_BOTTOM = [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1] as const;
const TAIL = 0.02425;

/** x with P(Z ≤ x) = p, for 0 < p < 1; ±Infinity at the ends. Source: Acklam's rational approximation with one Halley step. */
export function normalQuantile(p: number): number {
  if (p <= 0) return -Infinity;
  if (p >= 1) return Infinity;
  const start = approximateQuantile(p);
  const error = (normalCumulative(start) - p) * ROOT_TWO_PI * Math.exp((start * start) / 2);
  return start - error / (1 + (start * error) / 2);
}

function approximateQuantile(p: number): number {
  if (p < TAIL || p > 1 - TAIL) {
    const q = Math.sqrt(-2 * Math.log(Math.min(p, 1 - p)));
    const x = horner(TAIL_TOP, q) / horner(TAIL_BOTTOM, q);
    return p < TAIL ? x : -x;
  }
  const q = p - 0.5;
  return (horner(CENTRE_TOP, q * q) * q) / horner(CENTRE_BOTTOM, q * q);
}
