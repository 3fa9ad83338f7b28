// Outcomes that tell nothing: every row takes the outcome of a random other one, on both sides of the split, so that chance is known exactly.
import { createHash } from 'node:crypto';
import { areaUnderCurve, type Scored } from './metrics.ts';
import { shuffle } from './random.ts';

/** Standard errors off chance that are no chance any more: once in 16,000 runs. */
const CHANCE_ERRORS = 4;

/** For each row-major row the first row with the same inputs: itself, unless it is there twice. */
export function firstAlike(rows: Float32Array, width: number): Int32Array {
  const bytes = new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength);
  const first = new Map<string, number>();
  return Int32Array.from({ length: rows.length / width }, (_, row) => {
    const key = createHash('sha1')
      .update(bytes.subarray(row * width * 4, (row + 1) * width * 4))
      .digest('base64');
    const known = first.get(key);
    if (known === undefined) first.set(key, row);
    return known ?? row;
  });
}

/**
 * For each row the index of the row whose outcome it takes; `alike` is what firstAlike says. Rows with the same inputs take the same one: a row that
 * stands on both sides of a split carries its outcome across, and whoever learned it by heart is found out.
 */
export function shuffleSources(alike: Int32Array, random: () => number): Int32Array {
  const kept = alike.filter((first, row) => first === row);
  const given = Int32Array.from(kept);
  shuffle(given, random);
  const sourceOf = new Map(Array.from(kept, (row, at) => [row, given[at]!]));
  return alike.map((row) => sourceOf.get(row)!);
}

/** Judged rows that were learned from too, as their share; `learned` rows come first in `alike`. */
export function shareOfShared(alike: Int32Array, learned: number): number {
  const judged = alike.subarray(learned);
  return judged.reduce((count, first) => count + (first < learned ? 1 : 0), 0) / Math.max(1, judged.length);
}

/** A market that stands still shows the same row twice; more than this share of the rows judged is no market that stands still. */
export const MOST_SHARED = 0.01;

/**
 * Whether a ranking of shuffled outcomes is within chance: four standard errors of the AUC around one half. A score that is no number, where all
 * outcomes are one, proves nothing and is not at chance. Source: Mann & Whitney 1947.
 */
export function isAtChance(rows: readonly Pick<Scored, 'probability' | 'label'>[]): { readonly auc: number; readonly isAtChance: boolean } {
  const auc = areaUnderCurve(rows);
  const positives = rows.reduce((sum, { label }) => sum + label, 0);
  const error = Math.sqrt((rows.length + 1) / (12 * positives * (rows.length - positives)));
  return { auc, isAtChance: Math.abs(auc - 0.5) <= CHANCE_ERRORS * error };
}
