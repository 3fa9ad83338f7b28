// What stands at the stop after a part of a position is closed or more is added: in USDT and as percent of the equity.
import type { MarketInfo, PositionView } from '../../src-shared/contract/view.ts';
import { lotsToQuantity, ticksToPrice } from '../ui/format.ts';

export interface ResultAtStop {
  /** Result of what is then open if its stop fills at its price, before fees; negative is a loss. NaN without a stop. */
  readonly usdt: number;
  readonly percent: number;
}

/** `change` in lots: below zero is closed, above zero is added at the mark. `equity` in USDT. */
export function resultAtStop(
  { position, mark }: PositionView,
  { market, change, equity }: { readonly market: MarketInfo | undefined; readonly change: number; readonly equity: number },
): ResultAtStop {
  const lots = Math.max(0, position.lots + change);
  const added = Math.max(0, change);
  // Closing leaves the entry price of the rest as it is; adding moves it towards the mark.
  const entry = lots === 0 ? position.entryPrice : ((lots - added) * position.entryPrice + added * mark) / lots;
  const sign = position.side === 'long' ? 1 : -1;
  const usdt = lots === 0 ? 0 : (ticksToPrice(market, position.stop) - entry) * sign * lotsToQuantity(market, lots);
  return { usdt, percent: (usdt / equity) * 100 };
}
