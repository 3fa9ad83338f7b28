// exp, log and square root from additions, multiplications and divisions alone: IEEE 754 fixes those to the last bit, so that every
// machine and every JavaScript engine makes the same market. The built-in functions may differ between engines.

const LN2 = 0.6931471805599453;
const SQRT_HALF = 0.7071067811865476;
const EXP_TERMS = 14;
const LOG_TERMS = 12;

/** Natural exponential, relative error below 1e-14 for |x| < 700. */
export function exactExp(x: number): number {
  const whole = Math.round(x / LN2);
  const rest = x - whole * LN2;
  let sum = 1;
  for (let term = EXP_TERMS; term >= 1; term -= 1) sum = 1 + (rest / term) * sum;
  let scaled = sum;
  for (let count = 0; count < whole; count += 1) scaled *= 2;
  for (let count = 0; count > whole; count -= 1) scaled /= 2;
  return scaled;
}

const NEAR = 0.06;

/** The exponential of a small number, as price changes are: a short series within ±0.06 (error below 1e-13), the long way beyond. */
export function exactGrowth(x: number): number {
  if (x > NEAR || x < -NEAR) return exactExp(x);
  return 1 + x * (1 + (x / 2) * (1 + (x / 3) * (1 + (x / 4) * (1 + (x / 5) * (1 + (x / 6) * (1 + x / 7))))));
}

/** Natural logarithm of a positive number, absolute error below 1e-14 times its size. */
export function exactLog(x: number): number {
  let mantissa = x;
  let exponent = 0;
  while (mantissa >= 2 * SQRT_HALF) {
    mantissa /= 2;
    exponent += 1;
  }
  while (mantissa < SQRT_HALF) {
    mantissa *= 2;
    exponent -= 1;
  }
  const ratio = (mantissa - 1) / (mantissa + 1);
  const square = ratio * ratio;
  let sum = 0;
  for (let term = LOG_TERMS; term >= 0; term -= 1) sum = 1 / (2 * term + 1) + square * sum;
  return exponent * LN2 + 2 * ratio * sum;
}

/** Square root by Newton's steps from a power of two. */
export function exactSqrt(x: number): number {
  if (x <= 0) return 0;
  let guess = 1;
  while (guess * guess > x) guess /= 2;
  while (guess * guess * 4 < x) guess *= 2;
  for (let step = 0; step < 7; step += 1) guess = (guess + x / guess) / 2;
  return guess;
}
