// Isotonic calibration: the rising chain of straight pieces that fits the outcomes best, smoothed at its ends.
import type { Isotonic } from './tree.ts';

/** Pieces thinner than this in the margin join: float32 arithmetic must not decide between two steps. */
const LEAST_WIDTH = 0.02;
const MOST_PIECES = 20;
/** Rows of prior belief in the base rate added to each block, so that no block says 0 or 1. */
const PRIOR_ROWS = 4;

interface Block {
  margins: number;
  wins: number;
  count: number;
}

/** Pool-adjacent-violators over the margins, then straight lines between the middles of the blocks. Source: Zadrozny & Elkan 2002. */
export function fitIsotonic(margins: readonly number[], labels: readonly number[]): Isotonic {
  const baseRate = labels.length === 0 ? 0.5 : labels.reduce((sum, label) => sum + label, 0) / labels.length;
  const points = pool(margins, labels).map(({ margins: sum, wins, count }) => ({
    at: sum / count,
    rate: (wins + PRIOR_ROWS * baseRate) / (count + PRIOR_ROWS),
  }));
  const kept: { at: number; rate: number }[] = [];
  for (const point of points) {
    const last = kept.at(-1);
    if (last === undefined) kept.push(point);
    else if (point.at - last.at >= LEAST_WIDTH && point.rate > last.rate) kept.push(point);
  }
  const first = kept[0];
  if (first === undefined) return { base: baseRate, from: [], width: [], rise: [] };
  const from: number[] = [];
  const width: number[] = [];
  const rise: number[] = [];
  for (let index = 1; index < kept.length; index += 1) {
    const [low, high] = [kept[index - 1]!, kept[index]!];
    from.push(low.at);
    width.push(high.at - low.at);
    rise.push(high.rate - low.rate);
  }
  return { base: first.rate, from, width, rise };
}

function pool(margins: readonly number[], labels: readonly number[]): readonly Block[] {
  const order = margins.map((_, index) => index).toSorted((a, b) => margins[a]! - margins[b]!);
  // Equal shares first: at most MOST_PIECES blocks, whatever the number of rows.
  const share = Math.max(1, Math.ceil(order.length / MOST_PIECES));
  const blocks: Block[] = [];
  for (let start = 0; start < order.length; start += share) {
    const part = order.slice(start, start + share);
    blocks.push({
      margins: part.reduce((sum, index) => sum + margins[index]!, 0),
      wins: part.reduce((sum, index) => sum + labels[index]!, 0),
      count: part.length,
    });
    while (blocks.length > 1) {
      const [before, last] = [blocks.at(-2)!, blocks.at(-1)!];
      if (before.wins / before.count < last.wins / last.count) break;
      blocks.splice(-2, 2, { margins: before.margins + last.margins, wins: before.wins + last.wins, count: before.count + last.count });
    }
  }
  return blocks;
}
