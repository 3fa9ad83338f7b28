// What a position has earned and cost so far: gross, fees, funding and net, and the price at which the whole trade ends at nothing.
import type { MarketInfo, PositionView } from '../../src-shared/contract/view.ts';
import { TAKER_FEE_FRACTION } from '../../src-shared/domain/loss-at-stop.ts';
import { lotsToQuantity } from '../ui/format.ts';

/** Amounts in units of 1e-8 USDT. */
export interface PositionMoney {
  /** What part-closes brought and what is open at the mark, before costs. */
  readonly gross: number;
  /** Commissions; positive is paid. */
  readonly fees: number;
  /** Positive was received. */
  readonly funding: number;
  /** gross − fees + funding. */
  readonly net: number;
}

export function moneyOf({ position, unrealised }: PositionView): PositionMoney {
  const gross = position.realisedPnl + (position.phase === 'closed' ? 0 : unrealised);
  return { gross, fees: position.fees, funding: position.funding, net: gross - position.fees + position.funding };
}

/**
 * Price at which closing the rest at the market would end the whole trade at 0: part-closes, fees, funding and the fee of that close counted.
 * Floating price; NaN while nothing is open.
 */
export function breakEvenPrice({ position }: Pick<PositionView, 'position'>, market: MarketInfo | undefined): number {
  const quantity = lotsToQuantity(market, position.lots);
  if (quantity === 0) return Number.NaN;
  const sign = position.side === 'long' ? 1 : -1;
  const settled = (position.realisedPnl - position.fees + position.funding) / 1e8;
  return (position.entryPrice - (sign * settled) / quantity) / (1 - sign * TAKER_FEE_FRACTION);
}
