// Our boosted trees beside an independent implementation on the same rows.
import { expect, it } from 'vitest';
import { fitBoosting } from '../../../src-worker/training/gbdt.ts';
import { areaUnderCurve } from '../../../src-worker/training/metrics.ts';
import { predictMargins, sigmoid } from '../../../src-worker/training/tree.ts';
import { PLANTED_PARAMETERS, plantedRows } from '../support/planted.ts';

/**
 * Computed with scikit-learn 1.2.1 on exactly these rows: HistGradientBoostingClassifier(max_iter=120, learning_rate=0.1, max_depth=4,
 * max_leaf_nodes=None, min_samples_leaf=20, l2_regularization=1, max_bins=64, early_stopping=False, random_state=0).
 */
const SCIKIT_LEARN = { logLoss: 0.5398769265608834, auc: 0.8015117662383976 };

it('boosted trees reach the log loss of scikit-learn within 2 % with the same settings, missing values included', () => {
  const request = { count: 4000, width: 12, missingShare: 0.05, strength: 1.5 };
  const train = plantedRows({ ...request, seed: 101 });
  const later = plantedRows({ ...request, seed: 102 });
  const parameters = { ...PLANTED_PARAMETERS, trees: 120, depth: 4, learningRate: 0.1, l2: 1, minChildWeight: 4, rowShare: 1, columnShare: 1, maxBins: 64 };
  const { ensemble } = fitBoosting({ train, stopping: null, parameters });
  const scored = Array.from(predictMargins(ensemble, later.rows, 4000), (margin, row) => ({ probability: sigmoid(margin), label: later.labels[row]! }));
  const logLoss = scored.reduce((sum, { probability, label }) => sum - Math.log(label === 1 ? probability : 1 - probability), 0) / 4000;
  expect(logLoss / SCIKIT_LEARN.logLoss).toBeLessThan(1.02);
  expect(Math.abs(areaUnderCurve(scored) - SCIKIT_LEARN.auc)).toBeLessThan(0.01);
});
