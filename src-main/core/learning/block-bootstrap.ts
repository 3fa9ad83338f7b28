// How sure a mean of overlapping outcomes is: the bootstrap over blocks of time, widened for few blocks; one block says nothing.

/** Mean with its 90 % bounds; NaN where nothing can be said. */
export interface Bounds {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface Timed {
  readonly value: number;
  /** Epoch milliseconds. */
  readonly time: number;
}

const DRAWS = 1000;
/** Four days, longer than any label window: outcomes that overlap in time fall into one block or two neighbouring ones. */
const BLOCK_MS = 96 * 3_600_000;
const NORMAL_95 = 1.6448536269514722;

/**
 * Mean with 90 % bounds from 1,000 resamples of four-day blocks; `random` is uniform in [0, 1). A bootstrap of few blocks is too sure of itself (of
 * two blocks it calls every fourth chance result proven), so its bounds are widened to those of Student's t with one degree of freedom
 * less than there are blocks. Without two blocks there are no bounds. Source: Hesterberg 2015, "What teachers should know about the bootstrap".
 */
export function boundMean(values: readonly Timed[], random: () => number): Bounds {
  if (values.length === 0) return { value: Number.NaN, low: Number.NaN, high: Number.NaN };
  const blocks = new Map<number, { sum: number; count: number }>();
  let total = 0;
  for (const { value, time } of values) {
    total += value;
    const key = Math.floor(time / BLOCK_MS);
    const block = blocks.get(key);
    if (block === undefined) blocks.set(key, { sum: value, count: 1 });
    else {
      block.sum += value;
      block.count += 1;
    }
  }
  const list = [...blocks.values()];
  const value = total / values.length;
  if (list.length < 2) return { value, low: Number.NaN, high: Number.NaN };
  const means = new Float64Array(DRAWS);
  for (let draw = 0; draw < DRAWS; draw += 1) {
    let sum = 0;
    let count = 0;
    for (let index = 0; index < list.length; index += 1) {
      const block = list[Math.floor(random() * list.length)]!;
      sum += block.sum;
      count += block.count;
    }
    means[draw] = sum / count;
  }
  means.sort();
  const wider = (studentT95(list.length - 1) / NORMAL_95) * Math.sqrt(list.length / (list.length - 1));
  return {
    value,
    low: value - (value - means[Math.floor(DRAWS * 0.05)]!) * wider,
    high: value + (means[Math.floor(DRAWS * 0.95)]! - value) * wider,
  };
}

/** 95 % quantile of Student's t, to 0.3 %. Source: Abramowitz & Stegun 26.7.5; one and two degrees of freedom exactly. */
export function studentT95(freedom: number): number {
  if (freedom === 1) return Math.tan(0.45 * Math.PI);
  if (freedom === 2) return 0.9 / Math.sqrt(0.095);
  const z = NORMAL_95;
  return (
    z +
    (z ** 3 + z) / (4 * freedom) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * freedom ** 3)
  );
}
