// Histogram bins: every feature becomes a byte, and every boundary between bins a float32 threshold that separates the same rows.

/** Bin of a missing value. */
export const MISSING_BIN = 255;

export interface BinnedMatrix {
  readonly rowCount: number;
  readonly width: number;
  /** Column-major: the codes of feature f start at f × rowCount. */
  readonly codes: Uint8Array;
  /** For each feature, `thresholds[f][b]` separates bins ≤ b (value ≤ threshold) from bins > b. */
  readonly thresholds: readonly Float32Array[];
}

/** Bins row-major values by quantiles of the distinct values, at most `maxBins` (≤ 254) for a feature. */
export function binMatrix(rows: Float32Array, width: number, maxBins: number): BinnedMatrix {
  const rowCount = rows.length / width;
  const codes = new Uint8Array(rowCount * width);
  const thresholds: Float32Array[] = [];
  const column = new Float32Array(rowCount);
  for (let feature = 0; feature < width; feature += 1) {
    for (let row = 0; row < rowCount; row += 1) column[row] = rows[row * width + feature]!;
    const edges = chooseThresholds(column, maxBins);
    thresholds.push(edges);
    for (let row = 0; row < rowCount; row += 1) codes[feature * rowCount + row] = codeOf(column[row]!, edges);
  }
  return { rowCount, width, codes, thresholds };
}

function chooseThresholds(column: Float32Array, maxBins: number): Float32Array {
  const sorted = column.filter((value) => !Number.isNaN(value)).toSorted();
  const edges: number[] = [];
  const share = sorted.length / maxBins;
  let taken = 0;
  for (let index = 0; index + 1 < sorted.length; index += 1) {
    const value = sorted[index]!;
    const next = sorted[index + 1]!;
    if (value === next) continue;
    // The last row of a bin: it is full, or everything distinct still fits.
    if (index + 1 < Math.floor((taken + 1) * share) && sorted.length > maxBins) continue;
    edges.push(middle(value, next));
    taken = Math.max(taken + 1, Math.floor((index + 1) / share));
    if (edges.length === maxBins - 1) break;
  }
  return Float32Array.from(edges);
}

/** A float32 t with low ≤ t < high, so that `value <= t` parts the two also after rounding. */
function middle(low: number, high: number): number {
  const between = Math.fround(low + (high - low) / 2);
  return between >= low && between < high ? between : low;
}

function codeOf(value: number, edges: Float32Array): number {
  if (Number.isNaN(value)) return MISSING_BIN;
  let from = 0;
  let to = edges.length;
  while (from < to) {
    const half = (from + to) >>> 1;
    if (value <= edges[half]!) to = half;
    else from = half + 1;
  }
  return from;
}
