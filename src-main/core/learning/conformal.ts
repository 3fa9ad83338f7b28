// Conformal bands: how far a stated probability may be off, from outcomes the model did not see.

export interface CalibrationPoint {
  readonly probability: number;
  readonly label: 0 | 1;
}

/** Rows averaged into one observed rate. */
const GROUP_ROWS = 25;

/**
 * Half width h such that the observed win rate of neighbours lies within ± h of the stated probability for `coverage` of them: the
 * ⌈(n + 1)·coverage⌉-th smallest residual of groups of 25 rows with similar probabilities. 0.5 (knows nothing) with too few groups to promise it.
 * Source: split conformal prediction, Vovk et al. 2005, on grouped outcomes.
 */
export function conformalHalfWidth(points: readonly CalibrationPoint[], coverage: number): number {
  const sorted = points.toSorted((a, b) => a.probability - b.probability);
  const residuals: number[] = [];
  for (let start = 0; start + GROUP_ROWS <= sorted.length; start += GROUP_ROWS) {
    const group = sorted.slice(start, start + GROUP_ROWS);
    const stated = group.reduce((sum, point) => sum + point.probability, 0) / GROUP_ROWS;
    const observed = group.reduce((sum, point) => sum + point.label, 0) / GROUP_ROWS;
    residuals.push(Math.abs(stated - observed));
  }
  residuals.sort((a, b) => a - b);
  const rank = Math.ceil((residuals.length + 1) * coverage);
  return Math.min(0.5, residuals[rank - 1] ?? 0.5);
}
