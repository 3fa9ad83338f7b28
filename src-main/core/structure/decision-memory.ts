// How far back decisions look, so that an engine that was restarted decides like one that never stopped.

/**
 * Decisions and features look at zones, pools and swings of this many newest bars of their timeframe. Older ones stay on the chart. A restart
 * reads 499 candles a timeframe; the bars between the two let averages and detectors settle before anything counts.
 */
export const DECISION_MEMORY_BARS = 400;

/** The oldest bar that counts, as an absolute index. */
export function oldestCounted(book: { readonly count: number }): number {
  return book.count - 1 - DECISION_MEMORY_BARS;
}
