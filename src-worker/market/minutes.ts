// One-minute candles from the path inside a five-minute candle: price runs in straight lines between its points, volume evenly.
import type { Candle } from '../../src-shared/domain/candle.ts';
import { epochMs } from '../../src-shared/kernel/units.ts';
import { FIVE_MINUTES } from './source.ts';

const MINUTE = 60_000;
const MINUTES = 5;

/** The minutes of a candle up to `until`; the last one may be unfinished. `points` as in a pathed candle; `round` snaps to the tick. */
export function minuteCandles(
  candle: Candle,
  points: Float64Array,
  { until, round }: { readonly until: number; readonly round: (price: number) => number },
): readonly Candle[] {
  const candles: Candle[] = [];
  for (let minute = 0; minute < MINUTES; minute += 1) {
    const openTime = candle.openTime + minute * MINUTE;
    if (openTime >= until) break;
    const end = Math.min(openTime + MINUTE, until);
    const part = (end - openTime) / FIVE_MINUTES;
    const prices = pricesBetween(candle, points, { from: openTime, to: end });
    const open = minute === 0 ? candle.open : round(prices[0] ?? candle.open);
    const close = round(prices.at(-1) ?? open);
    let high = Math.max(open, close);
    let low = Math.min(open, close);
    for (const price of prices) {
      high = Math.max(high, round(price));
      low = Math.min(low, round(price));
    }
    candles.push({
      openTime: epochMs(openTime),
      open,
      high,
      low,
      close,
      volume: candle.volume * part,
      quoteVolume: candle.quoteVolume * part,
      trades: Math.max(1, Math.floor(candle.trades * part)),
      takerBuyVolume: candle.takerBuyVolume * part,
    });
  }
  return candles;
}

/** Price at `from`, at every point in between, and at `to`. */
function pricesBetween(candle: Candle, points: Float64Array, { from, to }: { readonly from: number; readonly to: number }): readonly number[] {
  const pointMs = FIVE_MINUTES / points.length;
  const prices = [priceAt(candle, points, from)];
  for (let index = Math.floor((from - candle.openTime) / pointMs); index < points.length; index += 1) {
    const time = candle.openTime + (index + 1) * pointMs;
    if (time >= to) break;
    if (time > from) prices.push(points[index] ?? candle.close);
  }
  prices.push(priceAt(candle, points, to));
  return prices;
}

/** Price of the path at a time inside the candle. */
export function priceAt(candle: Candle, points: Float64Array, time: number): number {
  const progress = Math.max(0, Math.min(points.length, ((time - candle.openTime) / FIVE_MINUTES) * points.length));
  const index = Math.min(points.length - 1, Math.floor(progress));
  const from = index === 0 ? candle.open : (points[index - 1] ?? candle.open);
  const to = points[index] ?? candle.close;
  return from + (to - from) * (progress - index);
}
