// The ensemble: it finds which members know something, ignores the others, and serves the same numbers from ONNX Runtime.
import { describe, expect, it } from 'vitest';
import { buildStackRow, STACK_WIDTH } from '../../../src-main/core/learning/stack-row.ts';
import { DISAGREEMENT_SHARE, exportStack } from '../../../src-worker/onnx/export-stack.ts';
import { fitIsotonic } from '../../../src-worker/training/isotonic.ts';
import { chooseCalibration } from '../../../src-worker/training/calibrate.ts';
import { showsEdge } from '../../../src-worker/training/fit.ts';
import { areaUnderCurve, mean, scoreModel, type Metrics } from '../../../src-worker/training/metrics.ts';
import { createRandom } from '../../../src-worker/training/random.ts';
import { fitStack, stackMargin } from '../../../src-worker/training/stack.ts';
import { calibrate, sigmoid } from '../../../src-worker/training/tree.ts';
import { largestGap, runOnnx } from './support/onnx.ts';

interface Data {
  readonly rows: Float32Array;
  readonly labels: readonly number[];
}

/** Members 0 and 3 know something, the others are noise. */
function opinions(count: number, strength: number, seed: number): Data {
  const random = createRandom(seed);
  const rows = new Float32Array(count * STACK_WIDTH);
  const labels = Array.from({ length: count }, (_, row) => {
    for (let at = 0; at < STACK_WIDTH; at += 1) rows[row * STACK_WIDTH + at] = random() * 2 - 1;
    const margin = strength * (rows[row * STACK_WIDTH]! + 0.7 * rows[row * STACK_WIDTH + 3]!) - 0.5;
    return random() < sigmoid(margin) ? 1 : 0;
  });
  return { rows, labels };
}

const fit = ({ rows, labels }: Data): ReturnType<typeof fitStack> => fitStack({ rows, labels, width: STACK_WIDTH });

describe('stacking', () => {
  it('weighs members by what they know and finds the planted weights', () => {
    const stack = fit(opinions(4000, 2, 1));
    [2, 0, 0, 1.4, 0, 0].forEach((weight, at) => expect(Math.abs(stack.weights[at]! - weight)).toBeLessThan(0.2));
    expect(Math.abs(stack.intercept + 0.5)).toBeLessThan(0.15);
    const later = opinions(2000, 2, 2);
    expect(areaUnderCurve(later.labels.map((label, row) => ({ probability: stackMargin(stack, later.rows, row * STACK_WIDTH), label })))).toBeGreaterThan(0.8);
  });

  it('gives members that know nothing almost no weight: they must prove themselves', () => {
    const stack = fit(opinions(600, 0, 3));
    stack.weights.forEach((weight) => expect(Math.abs(weight)).toBeLessThan(0.25));
    expect(stack.intercept).toBeCloseTo(-0.5, 0);
  });

  /** Fitted, calibrated and judged on three stretches of time, as the training does; a win pays 1.8 R, a loss costs 1.1 R. */
  function judge(strength: number): Metrics {
    const [fitting, calibrating, later] = [opinions(1200, strength, 11), opinions(600, strength, 12), opinions(1500, strength, 14)];
    const stack = fit(fitting);
    const marginsOf = ({ rows, labels }: Data): readonly number[] => labels.map((_, row) => stackMargin(stack, rows, row * STACK_WIDTH));
    const calibration = chooseCalibration(marginsOf(calibrating), calibrating.labels);
    const margins = marginsOf(later);
    return scoreModel(
      later.labels.map((label, row) => ({
        probability: calibrate(margins[row]!, calibration),
        label,
        resultR: label === 1 ? 1.8 : -1.1,
        decidedAt: row * 4 * 3_600_000,
        baseRate: mean(fitting.labels),
        breakEven: 1.1 / 2.9,
      })),
      7,
    );
  }

  it('has an edge where members know something, and says no edge on pure noise', () => {
    expect(showsEdge(judge(2))).toBe(true);
    const noise = judge(0);
    expect([showsEdge(noise), noise.logLossGain.low > 0]).toEqual([false, false]);
  });

  it('a member that is always the same harms nothing', () => {
    const { rows, labels } = opinions(500, 2, 4);
    const flat = rows.map((value, at) => (at % STACK_WIDTH === 4 ? 0.25 : value));
    const stack = fit({ rows: flat, labels });
    expect(stack.weights.every((weight) => Number.isFinite(weight))).toBe(true);
  });

  it.each(['Platt', 'isotonic'] as const)('agrees with ONNX Runtime to 1e-5, band included, with %s calibration', async (kind) => {
    const { rows, labels } = opinions(1500, 2, 5);
    const stack = fit({ rows, labels });
    const margins = labels.map((_, row) => stackMargin(stack, rows, row * STACK_WIDTH));
    const calibration = kind === 'Platt' ? { slope: 0.8, intercept: -0.1 } : { slope: 1, intercept: 0, isotonic: fitIsotonic(margins, labels) };
    const band = 0.07;
    const values = await runOnnx(exportStack({ name: 'ensemble', schemaHash: 'abc', stack, calibration, bandHalfWidth: band }), rows, STACK_WIDTH);
    const expected = margins.flatMap((margin, row) => {
      const probability = calibrate(margin, calibration);
      const half = band + DISAGREEMENT_SHARE * Math.abs(probability - sigmoid(rows[row * STACK_WIDTH]!));
      return [probability, Math.max(0, probability - half), Math.min(1, probability + half)];
    });
    expect(largestGap(values, expected)).toBeLessThan(1e-5);
  });

  it('the row holds log odds and bounded numbers', () => {
    const row = buildStackRow({ boostedTrees: 0.5, discovery: 1, evolverAdvantage: -9, liquidityAgreement: 0.25, novelty: 7, ictConfidence: 0 });
    expect([...row].map((value) => Number(value.toFixed(3)))).toEqual([0, 4.595, -3, 0.25, 3, -4.595]);
  });
});
