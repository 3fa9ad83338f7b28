// How well one input alone ranks outcomes: the AUC of a column, fast enough to ask every column of every training.

/** An input that alone ranks outcomes this well has seen them. */
const LEAK_AUC = 0.95;

export interface Ranked {
  /** Row-major. */
  readonly rows: Float32Array;
  readonly width: number;
  /** Row-major, 0 or 1; NaN where there is no outcome. */
  readonly labels: ArrayLike<number>;
  readonly labelWidth: number;
}

/** Whether the column ranks the outcomes, up or down, as only one that has seen them can. */
export function isTelling(ranked: Ranked, column: number, label = 0): boolean {
  const auc = columnAuc(ranked, column, label);
  return Math.max(auc, 1 - auc) > LEAK_AUC;
}

/**
 * Chance that a winner stands above a loser in this column; ties count half; NaN where all outcomes are one. The same as areaUnderCurve, without an
 * object for each row: value and label become one number each, in the order of the values, and numbers sort themselves.
 */
export function columnAuc({ rows, width, labels, labelWidth }: Ranked, column: number, label: number): number {
  const count = rows.length / width;
  const values = new Float32Array(count);
  // Adding nothing turns −0 into 0: the two are one value.
  for (let row = 0; row < count; row += 1) values[row] = rows[row * width + column]! + 0;
  const bits = new Uint32Array(values.buffer);
  const keys = new Float64Array(count);
  let known = 0;
  for (let row = 0; row < count; row += 1) {
    const outcome = labels[row * labelWidth + label]!;
    if (Number.isNaN(outcome)) continue;
    const raw = bits[row]!;
    // The bits of a float in an order of whole numbers: negative ones turned round, below all positive ones.
    const place = raw >= 0x80000000 ? 0xffffffff - raw : raw + 0x80000000;
    keys[known] = place * 2 + outcome;
    known += 1;
  }
  const sorted = keys.subarray(0, known).sort();
  let rankSum = 0;
  let positives = 0;
  for (let start = 0; start < known;) {
    const value = Math.floor(sorted[start]! / 2);
    let end = start;
    let wins = 0;
    while (end < known && Math.floor(sorted[end]! / 2) === value) {
      wins += sorted[end]! % 2;
      end += 1;
    }
    rankSum += (wins * (start + end + 1)) / 2;
    positives += wins;
    start = end;
  }
  const negatives = known - positives;
  return positives === 0 || negatives === 0 ? Number.NaN : (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}
