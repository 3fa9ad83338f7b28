// What makes five numbers a candle; shared by answers and streams.

/** A candle that contradicts itself is refused: a wrong one would stay in history. */
export function isCandle({
  open,
  high,
  low,
  close,
  volume,
}: {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}): boolean {
  return low > 0 && low <= Math.min(open, close) && high >= Math.max(open, close) && volume >= 0;
}
