// The way price takes inside a replayed candle: over its minutes where they are known, else open, nearer extreme, other extreme, close.
import type { Candle } from '../../src-shared/domain/candle.ts';
import type { PathedCandle } from './source.ts';

const MINUTES = 5;
const MINUTE = 60_000;

/** Six points: half of the way to the nearer extreme, the extreme, the middle, the other extreme, half of the way back, the close. */
export function pathOf(candle: Candle): PathedCandle {
  const { open, close } = candle;
  const [first, second] = extremes(candle);
  return { candle, points: Float64Array.from([(open + first) / 2, first, (first + second) / 2, second, (second + close) / 2, close]), premiums: null };
}

/** Four points a minute. Falls back to {@link pathOf} when a minute is missing or the minutes tell another story than the candle. */
export function pathOverMinutes(candle: Candle, minuteAt: (openTime: number) => Candle | undefined): PathedCandle {
  const points: number[] = [];
  let high = -Infinity;
  let low = Infinity;
  let close = Number.NaN;
  for (let minute = 0; minute < MINUTES; minute += 1) {
    const part = minuteAt(candle.openTime + minute * MINUTE);
    if (part === undefined) return pathOf(candle);
    const [first, second] = extremes(part);
    points.push(first, (first + second) / 2, second, part.close);
    high = Math.max(high, part.high);
    low = Math.min(low, part.low);
    close = part.close;
  }
  if (high !== candle.high || low !== candle.low || close !== candle.close) return pathOf(candle);
  return { candle, points: Float64Array.from(points), premiums: null };
}

function extremes({ open, high, low }: Candle): readonly [number, number] {
  return high - open <= open - low ? [high, low] : [low, high];
}
