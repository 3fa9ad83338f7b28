// Robust scaling learned on training rows and kept with the model: median to 0, interquartile range to 1, clipped.
import type { Scaling } from './network.ts';

const LIMIT = 5;
/** Rows looked at for the quantiles; more change nothing that matters. */
const MOST_ROWS = 20_000;

/** Learns centre and scale of each column. A column that never moves gets scale 0: it says nothing, whatever it is when serving. */
export function fitScaling(rows: Float32Array, width: number): Scaling {
  const rowCount = rows.length / width;
  const step = Math.max(1, Math.floor(rowCount / MOST_ROWS));
  const centre = new Float32Array(width);
  const scale = new Float32Array(width);
  const column = new Float32Array(Math.ceil(rowCount / step));
  for (let feature = 0; feature < width; feature += 1) {
    for (let at = 0; at < column.length; at += 1) column[at] = rows[at * step * width + feature]!;
    const sorted = column.toSorted();
    const quantile = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
    const isConstant = sorted[0] === sorted.at(-1);
    const range = quantile(0.75) - quantile(0.25);
    // A flag that is mostly one value has no interquartile range; its whole range serves instead.
    const spread = range > 1e-6 ? range : (sorted.at(-1) ?? 0) - (sorted[0] ?? 0);
    centre[feature] = quantile(0.5);
    scale[feature] = isConstant || !(spread > 0) ? 0 : 1 / spread;
  }
  return { centre, scale, limit: LIMIT };
}

/** Leaves rows as they are. */
export function noScaling(width: number): Scaling {
  return { centre: new Float32Array(width), scale: new Float32Array(width).fill(1), limit: 1000 };
}
