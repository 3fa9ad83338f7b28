// The prices at which something of a symbol waits at the venue: triggers, limits, liquidation.
import type { Exchange } from '../venue/exchange.ts';
import type { SymbolClock } from './symbol-clock.ts';

/** In ticks, in no order. */
export function* waitingLevels(exchange: Exchange, { symbol, history }: SymbolClock): Generator<number> {
  for (const algo of exchange.openAlgos(symbol)) yield algo.trigger;
  for (const order of exchange.openOrders(symbol)) if (order.price !== null) yield order.price;
  const { priceScale, tickUnits } = history.instrument;
  for (const holding of exchange.holdings()) {
    if (holding.symbol !== symbol) continue;
    const level = exchange.liquidationPriceOf(holding);
    if (level !== null) yield Math.round((level * 10 ** priceScale) / tickUnits);
  }
}
