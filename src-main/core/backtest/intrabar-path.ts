// The way price is assumed to go inside a candle: open → nearer extreme → other extreme → close, through every price on the way.

/** Milliseconds after the open at which each leg ends; the last one ends just before the next candle. */
export const LEG_ENDS_MS = [100_000, 200_000, 299_999] as const;

/** Prices at the end of the three legs. The extreme nearer to the open comes first; at equal distance the high. */
export function pathOf(candle: {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}): readonly [number, number, number] {
  const { open, high, low, close } = candle;
  return high - open <= open - low ? [high, low, close] : [low, high, close];
}

/**
 * The nearest of `levels` on the way from `from` to `to`, both ends left out, or null. Prices of the ledger (ticks) in, a tick out: what
 * waits at a price between two points of the path is met at its own price and not at the end of the leg.
 */
export function nextLevel(levels: Iterable<number>, from: number, to: number): number | null {
  let nearest: number | null = null;
  for (const level of levels) {
    const isBetween = from < to ? level > from && level < to : level < from && level > to;
    if (isBetween && (nearest === null || Math.abs(level - from) < Math.abs(nearest - from))) nearest = level;
  }
  return nearest;
}
