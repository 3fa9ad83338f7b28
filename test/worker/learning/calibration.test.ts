// Calibration: isotonic finds a shape Platt cannot, Platt stands where data are few or the shape is its own, and ONNX says the same.
import { describe, expect, it } from 'vitest';
import { exportEnsemble } from '../../../src-worker/onnx/export.ts';
import { chooseCalibration } from '../../../src-worker/training/calibrate.ts';
import { fitBoosting } from '../../../src-worker/training/gbdt.ts';
import { fitIsotonic } from '../../../src-worker/training/isotonic.ts';
import { createRandom } from '../../../src-worker/training/random.ts';
import { calibrate, predictMargins, sigmoid, type Calibration } from '../../../src-worker/training/tree.ts';
import { PLANTED_PARAMETERS, plantedRows } from '../support/planted.ts';
import { largestGap, runOnnx } from './support/onnx.ts';

function outcomes(count: number, rule: (margin: number) => number, seed: number): { readonly margins: readonly number[]; readonly labels: readonly number[] } {
  const random = createRandom(seed);
  const margins = Array.from({ length: count }, () => random() * 6 - 3);
  return { margins, labels: margins.map((margin) => (random() < rule(margin) ? 1 : 0)) };
}

/** Mean |stated − true| probability. */
function gap(calibration: Calibration, rule: (margin: number) => number): number {
  let sum = 0;
  for (let at = 0; at < 100; at += 1) sum += Math.abs(calibrate(-3 + at * 0.06, calibration) - rule(-3 + at * 0.06)) / 100;
  return sum;
}

describe('calibration', () => {
  const stepRule = (margin: number): number => (margin < 1 ? 0.3 : 0.8);

  it('isotonic is taken where the truth is a step', () => {
    const { margins, labels } = outcomes(4000, stepRule, 1);
    const chosen = chooseCalibration(margins, labels);
    expect(chosen.isotonic).toBeDefined();
    expect(gap(chosen, stepRule)).toBeLessThan(0.04);
    const { isotonic: _, ...platt } = chosen;
    expect(gap(platt, stepRule)).toBeGreaterThan(0.07);
  });

  it('Platt is kept under 500 rows, and its parameters are found', () => {
    const { margins, labels } = outcomes(499, stepRule, 2);
    expect(chooseCalibration(margins, labels).isotonic).toBeUndefined();
    const rule = (margin: number): number => sigmoid(0.6 * margin - 0.5);
    const many = outcomes(6000, rule, 3);
    expect(gap(chooseCalibration(many.margins, many.labels), rule)).toBeLessThan(0.02);
  });

  it('isotonic never falls, stays inside (0, 1) and keeps the average', () => {
    const { margins, labels } = outcomes(1500, (margin) => (margin > 2 ? 1 : margin < -2 ? 0 : 0.4), 4);
    const isotonic = fitIsotonic(margins, labels);
    const stated = Array.from({ length: 400 }, (_, at) => calibrate(-4 + at * 0.02, { slope: 1, intercept: 0, isotonic }));
    stated.forEach((value, at) => expect(at === 0 || value >= stated[at - 1]!).toBe(true));
    expect(Math.min(...stated)).toBeGreaterThan(0);
    expect(Math.max(...stated)).toBeLessThan(1);
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(margins.map((margin) => calibrate(margin, { slope: 1, intercept: 0, isotonic })))).toBeCloseTo(mean(labels), 1);
  });

  it('L35 outcomes that run against the margin give one flat probability, the base rate', () => {
    const { margins, labels } = outcomes(2000, (margin) => sigmoid(-margin), 5);
    const isotonic = fitIsotonic(margins, labels);
    const span = calibrate(3, { slope: 1, intercept: 0, isotonic }) - calibrate(-3, { slope: 1, intercept: 0, isotonic });
    expect(span).toBeLessThan(0.02);
  });

  it('the exported chain agrees with the trainer to 1e-5', async () => {
    const train = plantedRows({ count: 1500, width: 6, seed: 3 });
    const { ensemble } = fitBoosting({ train, stopping: null, parameters: { ...PLANTED_PARAMETERS, trees: 40 } });
    const margins = [...predictMargins(ensemble, train.rows, 1500)];
    const calibration = { slope: 1, intercept: 0, isotonic: fitIsotonic(margins, [...train.labels]) };
    expect(calibration.isotonic.from.length).toBeGreaterThan(3);
    const bytes = exportEnsemble({ name: 'iso', schemaHash: 'abc', ensemble, calibration, bandHalfWidth: 0.1 });
    const values = await runOnnx(bytes, train.rows, 6);
    const stated = values.filter((_, at) => at % 3 === 0);
    expect(
      largestGap(
        stated,
        margins.map((margin) => calibrate(margin, calibration)),
      ),
    ).toBeLessThan(1e-5);
  });
});
