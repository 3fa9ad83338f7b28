// What the risk manager's answer means for a person: the win at the target after costs, funding, and how far liquidation is.
import type { OpenApproved } from '../../src-shared/contract/trade-calls.ts';
import type { MarketInfo } from '../../src-shared/contract/view.ts';
import type { Side } from '../../src-shared/domain/signal.ts';
import { lotsToQuantity, ticksToPrice } from '../ui/format.ts';

export interface TicketNumbers {
  /** At the target, both fees taken off, USDT. */
  readonly winUsdt: number;
  /** That win over the loss at the stop with its costs. */
  readonly netRewardRisk: number;
  /** What the next funding adds (+) or takes (−), USDT; NaN while the rate is unknown. */
  readonly fundingUsdt: number;
  /** Distance as a fraction of the entry, and how many times as far as the stop; null without a liquidation price. */
  readonly liquidation: { readonly price: number; readonly distance: number; readonly stopMultiple: number } | null;
}

export function factsOf(
  preview: OpenApproved,
  { side, market, fundingRate }: { readonly side: Side; readonly market: MarketInfo; readonly fundingRate: number },
): TicketNumbers {
  const { price, factors } = preview;
  const sign = side === 'long' ? 1 : -1;
  const winUsdt = (ticksToPrice(market, preview.target) - price) * sign * lotsToQuantity(market, preview.lots) - preview.feesUsdt;
  const at = factors.liquidationPrice;
  return {
    winUsdt,
    netRewardRisk: winUsdt / (factors.lossAtStop / 1e8),
    fundingUsdt: -sign * fundingRate * preview.notionalUsdt,
    liquidation:
      at === null
        ? null
        : { price: at, distance: Math.abs(at / price - 1), stopMultiple: Math.abs(at - price) / Math.abs(ticksToPrice(market, preview.stop) - price) },
  };
}
