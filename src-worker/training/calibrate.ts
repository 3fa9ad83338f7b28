// Calibration: turns margins into probabilities that mean what they say, fitted on rows the model never saw. Platt, or isotonic where it wins.
import { calibrate, sigmoid, type Calibration } from './tree.ts';
import { fitIsotonic } from './isotonic.ts';

export interface Platt {
  readonly slope: number;
  readonly intercept: number;
}

/** Newton's method on the log loss of sigmoid(slope × margin + intercept), lightly pulled towards slope 1, intercept 0. */
export function fitPlatt(margins: readonly number[], labels: readonly number[]): Platt {
  let slope = 1;
  let intercept = 0;
  const pull = 1;
  for (let round = 0; round < 50; round += 1) {
    let g0 = pull * (slope - 1);
    let g1 = pull * 0.1 * intercept;
    let h00 = pull;
    let h01 = 0;
    let h11 = pull * 0.1;
    margins.forEach((margin, index) => {
      const probability = sigmoid(slope * margin + intercept);
      const error = probability - (labels[index] ?? 0);
      const weight = Math.max(1e-9, probability * (1 - probability));
      g0 += error * margin;
      g1 += error;
      h00 += weight * margin * margin;
      h01 += weight * margin;
      h11 += weight;
    });
    const determinant = h00 * h11 - h01 * h01;
    if (Math.abs(determinant) < 1e-12) break;
    const step0 = (h11 * g0 - h01 * g1) / determinant;
    const step1 = (h00 * g1 - h01 * g0) / determinant;
    slope -= step0;
    intercept -= step1;
    if (Math.abs(step0) + Math.abs(step1) < 1e-9) break;
  }
  // A negative slope would say the trees rank backwards; then they know nothing and the base rate stands.
  return slope > 0 ? { slope, intercept } : { slope: 0, intercept: Math.log(Math.max(1e-6, average(labels)) / Math.max(1e-6, 1 - average(labels))) };
}

/** Rows below which isotonic steps would follow single outcomes. */
const ISOTONIC_ROWS = 500;

/**
 * Platt under 500 rows; else whichever of Platt and isotonic, fitted on the older two thirds, has the lower log loss on the newest
 * third, fitted again on all. Rows must be in the order of time.
 */
export function chooseCalibration(margins: readonly number[], labels: readonly number[]): Calibration {
  const platt = fitPlatt(margins, labels);
  if (margins.length < ISOTONIC_ROWS) return platt;
  const part = Math.floor((margins.length * 2) / 3);
  const [before, known] = [margins.slice(0, part), labels.slice(0, part)];
  const early = fitPlatt(before, known);
  const lossOf = (calibration: Calibration): number =>
    average(
      margins.slice(part).map((margin, index) => {
        const probability = calibrate(margin, calibration);
        return -Math.log(Math.max(1e-6, labels[part + index] === 1 ? probability : 1 - probability));
      }),
    );
  const isIsotonicBetter = lossOf({ ...early, isotonic: fitIsotonic(before, known) }) < lossOf(early);
  return isIsotonicBetter ? { ...platt, isotonic: fitIsotonic(margins, labels) } : platt;
}

function average(values: readonly number[]): number {
  return values.length === 0 ? 0.5 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Half-width of the band in log odds: 90th percentile over ten bins of |observed − predicted| log odds plus its sampling error.
 * Source: split-conformal idea applied to binned calibration residuals.
 */
export function bandHalfWidth(probabilities: readonly number[], labels: readonly number[]): number {
  const order = probabilities.map((_, index) => index).toSorted((a, b) => (probabilities[a] ?? 0) - (probabilities[b] ?? 0));
  const bins = 10;
  const residuals: number[] = [];
  for (let bin = 0; bin < bins; bin += 1) {
    const part = order.slice(Math.floor((bin * order.length) / bins), Math.floor(((bin + 1) * order.length) / bins));
    if (part.length < 5) continue;
    const predicted = average(part.map((index) => probabilities[index] ?? 0));
    const observed = average(part.map((index) => labels[index] ?? 0));
    const spread = Math.max(1e-3, predicted * (1 - predicted));
    residuals.push((Math.abs(observed - predicted) + 1.64 * Math.sqrt(spread / part.length)) / spread);
  }
  if (residuals.length === 0) return 2;
  return residuals.toSorted((a, b) => a - b)[Math.floor(residuals.length * 0.9)] ?? 2;
}
