// Drift: whether the features served are still those trained on (population stability index), and whether a model's loss has risen (Page–Hinkley).

/** Below: stable; from WARN on the models view names the feature; from ACT on confidence is discounted and training asked for. */
export const PSI_WARN = 0.1;
export const PSI_ACT = 0.25;
const BINS = 10;
/** A bin without any row counts as this share, so that the logarithm stands. */
const LEAST_SHARE = 1e-4;
/** The index of equal distributions is about (BINS − 1) / rows; below this many rows it says nothing. */
export const PSI_LEAST_ROWS = 200;

/** How one feature lay in training: upper edges of its bins (quantiles) and the share of rows in each. */
export interface FeatureProfile {
  readonly edges: readonly number[];
  readonly shares: readonly number[];
}

/** Width of the bin around the value of a column that never moved, as a share of it. */
const CONSTANT_WIDTH = 1e-6;

/** Profile of a column of training values. A value that repeats much has a bin of its own, so that it is missed when it is gone. */
export function profileFeature(values: ArrayLike<number>): FeatureProfile {
  const sorted = Float64Array.from(values).toSorted();
  const edges = sorted[0] === sorted.at(-1) ? edgesAround(sorted[0] ?? 0) : quantileEdges(sorted);
  return { edges, shares: sharesOf(values, edges) };
}

/** Below, at and above the only value there was. */
function edgesAround(value: number): readonly number[] {
  return [value - Math.max(CONSTANT_WIDTH, Math.abs(value) * CONSTANT_WIDTH), value];
}

function quantileEdges(sorted: Float64Array): readonly number[] {
  const edges = new Set<number>();
  let last = Number.NaN;
  for (let bin = 1; bin < BINS; bin += 1) {
    const edge = sorted[Math.floor((bin * sorted.length) / BINS)]!;
    // The same value in two places holds more than a bin: what lies below it gets an edge too.
    const below = edge === last ? sorted.findLast((value) => value < edge) : undefined;
    if (below !== undefined) edges.add(below);
    if (edge !== sorted.at(-1)) edges.add(edge);
    last = edge;
  }
  return [...edges].toSorted((a, b) => a - b);
}

function sharesOf(values: ArrayLike<number>, edges: readonly number[]): readonly number[] {
  const counts = new Float64Array(edges.length + 1);
  for (let at = 0; at < values.length; at += 1) {
    const bin = edges.findIndex((edge) => values[at]! <= edge);
    counts[bin < 0 ? edges.length : bin]! += 1;
  }
  return [...counts].map((count) => count / Math.max(1, values.length));
}

/** Σ (now − then) · ln(now / then). Source: the usual scorecard definition. Null under PSI_LEAST_ROWS values: too few to say. */
export function stabilityIndex(profile: FeatureProfile, values: ArrayLike<number>): number | null {
  if (values.length < PSI_LEAST_ROWS) return null;
  const now = sharesOf(values, profile.edges);
  return now.reduce((sum, share, bin) => {
    const after = Math.max(LEAST_SHARE, share);
    const before = Math.max(LEAST_SHARE, profile.shares[bin] ?? 0);
    return sum + (after - before) * Math.log(after / before);
  }, 0);
}

export interface FeatureDrift {
  readonly name: string;
  readonly index: number;
  readonly grade: 'warn' | 'act';
}

export interface DriftReport {
  /** Features that moved, most first. */
  readonly moved: readonly FeatureDrift[];
  /** Rows it is based on. */
  readonly rows: number;
  readonly action: 'none' | 'warn' | 'act';
  /** What confidence from this model is multiplied with. */
  readonly discount: number;
}

/** Compares served rows (row-major, as wide as the profiles) with the training data. */
export function measureDrift(profiles: readonly FeatureProfile[], names: readonly string[], rows: Float32Array): DriftReport {
  const width = profiles.length;
  const count = Math.floor(rows.length / Math.max(1, width));
  const moved: FeatureDrift[] = [];
  const column = new Float64Array(count);
  profiles.forEach((profile, feature) => {
    for (let row = 0; row < count; row += 1) column[row] = rows[row * width + feature]!;
    const index = stabilityIndex(profile, column);
    if (index !== null && index >= PSI_WARN) moved.push({ name: names[feature] ?? `column ${feature}`, index, grade: index >= PSI_ACT ? 'act' : 'warn' });
  });
  moved.sort((a, b) => b.index - a.index);
  const action = moved.some(({ grade }) => grade === 'act') ? 'act' : moved.length > 0 ? 'warn' : 'none';
  return { moved, rows: count, action, discount: discountOf(moved, width) };
}

/** 1 without acting drift, falling to 0.5 as the share of acting features reaches a fifth. */
function discountOf(moved: readonly FeatureDrift[], width: number): number {
  const acting = moved.filter(({ grade }) => grade === 'act').length;
  return 1 - 0.5 * Math.min(1, acting / Math.max(1, width) / 0.2);
}

export interface PageHinkleyState {
  readonly count: number;
  readonly mean: number;
  /** Sum of deviations above the running mean, less the tolerance. */
  readonly sum: number;
  readonly least: number;
}

export interface PageHinkleyRules {
  /** Change of the mean that is let pass. */
  readonly tolerance: number;
  /** Alarm when the sum rises this far above its least. */
  readonly threshold: number;
  /** No alarm before this many values. */
  readonly leastCount: number;
}

/** For log losses of single trades (spread about 0.3): a lasting rise of 0.15 is found within 200 trades. */
export const LOSS_RULES: PageHinkleyRules = { tolerance: 0.04, threshold: 12, leastCount: 30 };

export const PAGE_HINKLEY_START: PageHinkleyState = { count: 0, mean: 0, sum: 0, least: 0 };

/** One more value; `isDrifting` when the mean has risen. Source: Page 1954; Gama et al. 2014, "A survey on concept drift adaptation". */
export function pageHinkley(
  state: PageHinkleyState,
  value: number,
  rules: PageHinkleyRules,
): { readonly state: PageHinkleyState; readonly isDrifting: boolean } {
  const count = state.count + 1;
  const mean = state.mean + (value - state.mean) / count;
  const sum = state.sum + value - mean - rules.tolerance;
  const least = Math.min(state.least, sum);
  return { state: { count, mean, sum, least }, isDrifting: count >= rules.leastCount && sum - least > rules.threshold };
}
