// Plain re-tellings of which swings, breaks, order blocks and pools a market has, worked out from all its candles, without any memory of its own.
import type { Candle } from '../../../src-shared/domain/candle.ts';
import type { Direction, Swing, SwingScale } from '../../../src-shared/domain/structure.ts';
import { settings } from './random-markets.ts';

const LENGTHS: Readonly<Record<SwingScale, number>> = { internal: settings.internalSwingLength, swing: settings.swingLength };

interface Point {
  readonly kind: Swing['kind'];
  readonly bar: number;
  readonly price: number;
  /** Bar at whose close it is known. */
  readonly known: number;
}

/** Every swing of a scale in the order they become known; of one bar the high comes first. */
export function swingsAgain(candles: readonly Candle[], scale: SwingScale): readonly Point[] {
  const length = LENGTHS[scale];
  return candles.flatMap((candle, bar) => {
    if (bar < length || bar + length >= candles.length) return [];
    const before = candles.slice(bar - length, bar);
    const later = candles.slice(bar + 1, bar + length + 1);
    const isHigh = before.every((other) => other.high < candle.high) && later.every((other) => other.high <= candle.high);
    const isLow = before.every((other) => other.low > candle.low) && later.every((other) => other.low >= candle.low);
    const point = (kind: Swing['kind'], price: number): Point => ({ kind, bar, price, known: bar + length });
    return [...(isHigh ? [point('high', candle.high)] : []), ...(isLow ? [point('low', candle.low)] : [])];
  });
}

interface Break {
  readonly kind: 'bos' | 'choch';
  readonly direction: Direction;
  readonly swing: Point;
  readonly bar: number;
  /** Bar of the lowest low (highest high) between the swing and the break, the later of equals; −1 when none lies between. */
  readonly extreme: number;
}

/** Every break of a scale: a close beyond the newest unbroken swing known before it; the others it passed are broken with it. */
export function breaksAgain(
  candles: readonly Candle[],
  scale: SwingScale,
): { readonly points: readonly Point[]; readonly breaks: readonly Break[]; readonly brokenAt: ReadonlyMap<Point, number> } {
  const points = swingsAgain(candles, scale);
  const brokenAt = new Map<Point, number>();
  const breaks: Break[] = [];
  let trend: Direction | null = null;
  candles.forEach((candle, bar) => {
    for (const kind of ['high', 'low'] as const) {
      const direction: Direction = kind === 'high' ? 'bullish' : 'bearish';
      const unbroken = points.filter((point) => point.kind === kind && point.known < bar && !brokenAt.has(point));
      const isPassed = (point: Point): boolean => (kind === 'high' ? candle.close > point.price : candle.close < point.price);
      const last = unbroken.at(-1);
      if (last === undefined || !isPassed(last)) continue;
      breaks.push({ kind: trend === null || trend === direction ? 'bos' : 'choch', direction, swing: last, bar, extreme: extremeBetween(candles, last, bar) });
      trend = direction;
      for (const point of unbroken.toReversed()) {
        if (!isPassed(point)) break;
        brokenAt.set(point, bar);
      }
    }
  });
  return { points, breaks, brokenAt };
}

function extremeBetween(candles: readonly Candle[], swing: Point, bar: number): number {
  let best = -1;
  for (let index = swing.bar + 1; index < bar; index += 1) {
    if (best < 0) best = index;
    const isFarther = swing.kind === 'high' ? candles[index]!.low <= candles[best]!.low : candles[index]!.high >= candles[best]!.high;
    if (isFarther) best = index;
  }
  return best;
}

export function blockBar(candles: readonly Candle[], extreme: number, direction: Direction): number {
  for (let bar = extreme; bar >= Math.max(0, extreme - 5); bar -= 1) {
    const { open, close } = candles[bar]!;
    if (direction === 'bullish' ? close < open : close > open) return bar;
  }
  return extreme;
}

/** Highest volume against the mean of the twenty before it, over the block and two more bars, as far as they are there at `known`. */
export function volumeOf(candles: readonly Candle[], block: number, known: number): number {
  const ratios = candles.slice(block, Math.min(block + 2, known) + 1).map((candle, offset) => {
    const bar = block + offset;
    const mean = candles.slice(bar - 20, bar).reduce((sum, other) => sum + other.volume, 0) / 20;
    return bar < 20 ? 0 : candle.volume / mean;
  });
  return Math.max(0, ...ratios);
}

interface Pool {
  origin: number;
  /** Bar whose close began it, and the one at which it was known in its present form. */
  born: number;
  known: number;
  price: number;
  touches: number;
  /** Bar of the first wick beyond and how it ended; −1 while untouched. */
  wick: number;
  end: 'swept' | 'taken' | null;
  wasTaken: boolean;
}

export function poolsAgain(candles: readonly Candle[], side: 'buy' | 'sell', atr: readonly number[]): readonly Pool[] {
  const points = swingsAgain(candles, 'internal').filter((point) => point.kind === (side === 'buy' ? 'high' : 'low'));
  const pools: Pool[] = [];
  const isBeyond = (price: number, level: number): boolean => (side === 'buy' ? price > level : price < level);
  candles.forEach((candle, bar) => {
    for (const pool of pools.filter((entry) => entry.end === null)) {
      if (pool.wick < 0 && isBeyond(side === 'buy' ? candle.high : candle.low, pool.price)) pool.wick = bar;
      if (pool.wick < 0) continue;
      if (!isBeyond(candle.close, pool.price)) pool.end = 'swept';
      else if (bar - pool.wick >= 3) pool.end = 'taken';
      else pool.wasTaken = true;
      if (pool.end === 'taken') pool.wasTaken = true;
    }
    const point = points.find((entry) => entry.known === bar);
    if (point === undefined) return;
    const reach = atr[bar]! * settings.equalLevelAtr;
    const distance = (pool: Pool): number => Math.abs(Math.log(pool.price / point.price));
    const near = pools
      .filter((pool) => pool.end === null && pool.wick < 0 && distance(pool) <= reach)
      .toSorted((a, b) => distance(a) - distance(b) || pools.indexOf(b) - pools.indexOf(a))[0];
    if (near !== undefined) {
      near.touches += 1;
      near.price = side === 'buy' ? Math.max(near.price, point.price) : Math.min(near.price, point.price);
      if (near.touches === 2) near.known = bar;
      return;
    }
    const pierced = pools.findLast((pool) => pool.end === 'swept' && !pool.wasTaken && pool.wick === point.bar && distance(pool) <= reach);
    pools.push({
      origin: pierced?.origin ?? point.bar,
      born: bar,
      known: bar,
      price: point.price,
      touches: (pierced?.touches ?? 0) + 1,
      wick: -1,
      end: null,
      wasTaken: false,
    });
  });
  return pools;
}
