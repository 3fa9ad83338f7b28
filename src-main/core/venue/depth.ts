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

/** Resting levels a taker of `side` meets, best first. */
export function takerLevels(instrument: Instrument, last: Ticks, market: { readonly side: OrderSide; readonly quoteVolume24h: number }): readonly Level[] {
  const { bid, ask } = quoteAround(last);
  const step = Math.max(1, Math.floor(last * LEVEL_STEP));
  const price = (last * instrument.tickUnits) / 10 ** instrument.priceScale;
  const quantity = Math.max(MINIMUM_LEVEL_USDT, market.quoteVolume24h * LEVEL_SHARE) / price;
  const size = lots(Math.max(1, Math.floor((quantity * 10 ** instrument.quantityScale) / instrument.stepUnits)));
  return Array.from({ length: LEVELS }, (_, index) => ({
    price: ticks(market.side === 'BUY' ? ask + index * step : Math.max(1, bid - index * step)),
    lots: lots(size * (1 + (index >> 1))),
  }));
}
