// Other traders' liquidations: when price runs fast, positions on the wrong side of it are closed by force.
import type { Market } from './market.ts';
import type { StreamContent } from './stream-content.ts';
import { priceText } from './text.ts';

/** A move of this size between two points of the path liquidates somebody. */
const RUN = 0.002;
const SHARE_OF_VOLUME = 0.002;

/** Reports them as they happen, for the forceOrder streams. */
export function followCrowd(market: Market, content: StreamContent): void {
  const before = new Map<string, number>();
  market.onPrice((symbolMarket, { price, time }) => {
    const { instrument } = symbolMarket;
    const last = before.get(instrument.symbol) ?? price;
    before.set(instrument.symbol, price);
    const move = price / last - 1;
    if (Math.abs(move) < RUN) return;
    const volume = symbolMarket.series.last?.volume ?? 0;
    const quantity = Math.max(1 / 10 ** instrument.quantityScale, volume * SHARE_OF_VOLUME * (Math.abs(move) / RUN));
    content.addForced(symbolMarket, {
      side: move < 0 ? 'SELL' : 'BUY',
      price: priceText(instrument, price),
      averagePrice: priceText(instrument, price),
      quantity: quantity.toFixed(instrument.quantityScale),
      time: Math.floor(time),
    });
  });
}
