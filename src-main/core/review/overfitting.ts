// How likely the best of many tried settings is best by chance: combinatorially symmetric cross-validation.
import { sharpePerPeriod } from './returns.ts';

export interface OverfittingEstimate {
  /** Share of splits in which the best of one half is no better than the median of the other half. NaN with too little data. */
  readonly probability: number;
  readonly splits: number;
  readonly blocks: number;
}

const UNKNOWN: OverfittingEstimate = { probability: Number.NaN, splits: 0, blocks: 0 };
const MINIMUM_BLOCK = 3;

/**
 * `returns[trial][period]`, all of one length. Time is cut into `blocks` (even); for every choice of half of them the best trial there is
 * ranked in the other half. Source: Bailey, Borwein, López de Prado and Zhu, "The probability of backtest overfitting", J. of
 * Computational Finance 20 (2017).
 */
export function probabilityOfOverfitting(returns: readonly (readonly number[])[], blocks = 8): OverfittingEstimate {
  const length = Math.floor((returns[0]?.length ?? 0) / blocks);
  if (returns.length < 2 || length < MINIMUM_BLOCK) return UNKNOWN;
  let splits = 0;
  let overfitted = 0;
  for (const chosen of halvesOf(blocks)) {
    const part = (trial: readonly number[], isTrain: boolean): number[] =>
      Array.from({ length: blocks }, (_, block) => (chosen.includes(block) === isTrain ? trial.slice(block * length, (block + 1) * length) : [])).flat();
    const inside = returns.map((trial) => orZero(sharpePerPeriod(part(trial, true))));
    const outside = returns.map((trial) => orZero(sharpePerPeriod(part(trial, false))));
    const best = inside.indexOf(Math.max(...inside));
    const below = outside.filter((value) => value < outside[best]!).length;
    const equal = outside.filter((value) => value === outside[best]!).length;
    const rank = (below + (equal + 1) / 2) / (returns.length + 1);
    splits += 1;
    if (rank <= 0.5) overfitted += 1;
  }
  return { probability: overfitted / splits, splits, blocks };
}

/** A trial without variation (no trade) has neither gain nor risk. */
function orZero(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

function halvesOf(blocks: number): readonly (readonly number[])[] {
  const halves: number[][] = [];
  for (let mask = 0; mask < 2 ** blocks; mask += 1) {
    const members = Array.from({ length: blocks }, (_, block) => block).filter((block) => (mask >> block) % 2 === 1);
    if (members.length === blocks / 2) halves.push(members);
  }
  return halves;
}
