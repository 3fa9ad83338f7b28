// The synthetic order book: a spread around the last price and a finite amount on each level, so that size costs money.
import type { Instrument } from '../../../src-shared/domain/instrument.ts';
import type { OrderSide } from '../../../src-shared/domain/order.ts';
import { lots, ticks, type Lots, type Ticks } from '../../../src-shared/kernel/units.ts';

const HALF_SPREAD = 0.00005;
const LEVEL_STEP = 0.0001;
const LEVELS = 20;
/** Share of 24 h quote volume that rests on one level. */
const LEVEL_SHARE = 0.000002;
const MINIMUM_LEVEL_USDT = 5000;
/** Time in which a book that was traded into fills up again. */
const RECOVERY_MS = 5000;

export interface Quote {
  readonly bid: Ticks;
  readonly ask: Ticks;
}

export interface Level {
  readonly price: Ticks;
  readonly lots: Lots;
}

/** Best bid and ask around the last price: half a basis point each side, at least one tick apart. */
export function quoteAround(last: Ticks): Quote {
  const half = Math.max(0, Math.floor(last * HALF_SPREAD));
  const bid = Math.max(1, last - half);
  return { bid: ticks(bid), ask: ticks(Math.max(bid + 1, last + half)) };
}

export interface DepthInput {
  readonly side: OrderSide;
  readonly quoteVolume24h: number;
  /** Lots already taken from the best levels and not yet replaced. */
  readonly taken?: number;
  /** 1 is a normal book; 0.01 a nearly empty one. */
  readonly thickness?: number;
  /** Levels behind those that hold so many lots together are left out; all of the book without it. */
  readonly wanted?: number;
}

/** Resting levels a taker of `side` meets, best first. Sizes differ from level to level, the same for the same prices. */
export function takerLevels(instrument: Instrument, last: Ticks, market: DepthInput): readonly Level[] {
  const { bid, ask } = quoteAround(last);
  const step = Math.max(1, Math.floor(last * LEVEL_STEP));
  const size = averageLevelLots(instrument, last, market);
  const levels: Level[] = [];
  let taken = market.taken ?? 0;
  let wanted = market.wanted ?? Infinity;
  for (let index = 0; index < LEVELS && wanted > 0; index += 1) {
    const price = market.side === 'BUY' ? ask + index * step : bid - index * step;
    if (price < 1) break;
    const full = Math.max(1, Math.floor(size * (1 + (index >> 1)) * (0.6 + 0.8 * unevenness(price))));
    const left = Math.max(0, full - taken);
    taken = Math.max(0, taken - full);
    if (left < 1) continue;
    levels.push({ price: ticks(price), lots: lots(Math.floor(left)) });
    wanted -= Math.floor(left);
  }
  return levels;
}

/** Lots of an ordinary level at this price and activity. */
export function averageLevelLots(instrument: Instrument, last: Ticks, market: { readonly quoteVolume24h: number; readonly thickness?: number }): number {
  const price = (last * instrument.tickUnits) / 10 ** instrument.priceScale;
  const quantity = (Math.max(MINIMUM_LEVEL_USDT, market.quoteVolume24h * LEVEL_SHARE) * (market.thickness ?? 1)) / price;
  return Math.max(1, (quantity * 10 ** instrument.quantityScale) / instrument.stepUnits);
}

/** A number in [0, 1) that depends on the price alone. */
function unevenness(price: number): number {
  return (Math.imul(price | 0, 0x9e3779b1) >>> 0) / 4_294_967_296;
}

/** What takers have eaten from each side of each book, and how much of it has grown back. */
export class BookPressure {
  readonly #taken = new Map<string, { lots: number; time: number }>();

  taken(symbol: string, side: OrderSide, time: number): number {
    const entry = this.#taken.get(`${symbol} ${side}`);
    if (entry === undefined) return 0;
    return entry.lots * Math.max(0, 1 - Math.max(0, time - entry.time) / RECOVERY_MS);
  }

  take(symbol: string, side: OrderSide, eaten: { readonly lots: number; readonly time: number }): void {
    this.#taken.set(`${symbol} ${side}`, { lots: this.taken(symbol, side, eaten.time) + eaten.lots, time: eaten.time });
  }
}
