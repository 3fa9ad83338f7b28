// Calibration: isotonic finds a shape Platt cannot, Platt stands where data are few or the shape is its own, and ONNX says the same.
import { describe, expect, it } from 'vitest';
import { exportEnsemble } from '../../../src-worker/onnx/export.ts';
import { bandHalfWidth, chooseCalibration, fitPlatt } from '../../../src-worker/training/calibrate.ts';
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

  it('isotonic by hand: two blocks, each pulled by four rows of the base rate, and a straight line between their middles', () => {
    // Twenty rows are twenty blocks of one; losers below, winners above: pooling leaves two.
    const margins = Array.from({ length: 20 }, (_, at) => at / 10);
    const labels = margins.map((_, at) => (at < 12 ? 0 : 1));
    const { base, from, width, rise } = fitIsotonic(margins, labels);
    expect(base).toBeCloseTo((4 * 0.4) / 16, 12);
    expect([from.length, from[0], width[0]]).toEqual([1, expect.closeTo(0.55, 12), expect.closeTo(1.55 - 0.55, 12)]);
    expect(base + rise[0]!).toBeCloseTo((8 + 4 * 0.4) / 12, 12);
    expect(fitIsotonic([], [])).toEqual({ base: 0.5, from: [], width: [], rise: [] });
  });

  it('isotonic pieces thinner than two hundredths join, and there are at most twenty', () => {
    const close = fitIsotonic([0, 0, 0.019, 0.019], [0, 0, 1, 1]);
    expect(close.from).toEqual([]);
    expect(fitIsotonic([0, 0, 0.021, 0.021], [0, 0, 1, 1]).from).toHaveLength(1);
    // Twenty shares of twenty rows that win 0, 1, 2 … of them: twenty blocks, nineteen pieces between; one row more makes larger shares, not more.
    const rising = (count: number): ReturnType<typeof fitIsotonic> => {
      const at = Array.from({ length: count }, (_, row) => row / 10);
      return fitIsotonic(
        at,
        at.map((_, row) => (row % 20 < Math.floor(row / 20) ? 1 : 0)),
      );
    };
    expect(rising(400).from).toHaveLength(19);
    expect(rising(401).from.length).toBeLessThan(20);
    const many = outcomes(4000, (margin) => (margin + 3) / 6, 8);
    expect(fitIsotonic(many.margins, many.labels).from.length).toBeLessThan(20);
    expect(fitIsotonic(many.margins, many.labels).from.length).toBeGreaterThan(12);
  });

  it('Platt minimises the log loss with a light pull to slope one: its gradient is zero there', () => {
    const { margins, labels } = outcomes(300, (margin) => sigmoid(0.4 * margin + 0.3), 9);
    const { slope, intercept } = fitPlatt(margins, labels);
    const error = (at: number): number => sigmoid(slope * margins[at]! + intercept) - labels[at]!;
    const sum = (of: (at: number) => number): number => margins.reduce((total, _, at) => total + of(at), 0);
    expect(sum((at) => error(at) * margins[at]!) + (slope - 1)).toBeCloseTo(0, 6);
    expect(sum((at) => error(at)) + 0.1 * intercept).toBeCloseTo(0, 6);
    expect(fitPlatt([], [])).toEqual({ slope: 1, intercept: 0 });
  });

  it('the band is the widest of ten bins in log odds with its sampling error, two where nothing is known', () => {
    // Ten bins of 40 that state 0.5 and win 20 of 40, the last one 30 of 40.
    const labels = Array.from({ length: 400 }, (_, at) => (at % 40 < (at >= 360 ? 30 : 20) ? 1 : 0));
    const half = bandHalfWidth(
      labels.map(() => 0.5),
      labels,
    );
    expect(half).toBeCloseTo((0.25 + 1.64 * Math.sqrt(0.25 / 40)) / 0.25, 9);
    expect(bandHalfWidth([0.5, 0.5, 0.5, 0.5], [1, 0, 1, 0])).toBe(2);
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
