// Rows with a known rule and rows without any: what a learner must find, and what it must not.
import type { BoostingParameters, LabelledRows } from '../../../src-worker/training/gbdt.ts';
import { createRandom } from '../../../src-worker/training/random.ts';

export const PLANTED_PARAMETERS: BoostingParameters = {
  trees: 200,
  depth: 4,
  learningRate: 0.1,
  minChildWeight: 5,
  l2: 1,
  minGain: 0,
  rowShare: 0.8,
  columnShare: 0.8,
  maxBins: 64,
  patience: 25,
  seed: 11,
};

export interface PlantedRequest {
  readonly count: number;
  readonly width: number;
  readonly seed: number;
  readonly missingShare?: number;
  /** Log odds are strength × (sign(x0·x1) + (x2 > 0.3)) − strength/2; 0 is pure noise. */
  readonly strength?: number;
}

export function plantedRows(request: PlantedRequest): LabelledRows {
  const { count, width, seed, missingShare = 0, strength = 2 } = request;
  const random = createRandom(seed);
  const rows = new Float32Array(count * width);
  const labels = new Uint8Array(count);
  for (let row = 0; row < count; row += 1) {
    for (let column = 0; column < width; column += 1) rows[row * width + column] = random() * 2 - 1;
    const [a, b, c] = [rows[row * width]!, rows[row * width + 1]!, rows[row * width + 2]!];
    const logOdds = strength * (Math.sign(a * b) + (c > 0.3 ? 1 : 0)) - strength / 2;
    labels[row] = random() < 1 / (1 + Math.exp(-logOdds)) ? 1 : 0;
    for (let column = 0; column < width; column += 1) if (random() < missingShare) rows[row * width + column] = Number.NaN;
  }
  return { rows, width, labels, weights: new Float64Array(count).fill(1) };
}
