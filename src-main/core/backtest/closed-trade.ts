// A finished position as one row of results: what it cost, what it brought, how far it went both ways.
import { lotsToQuantity, type Instrument } from '../../../src-shared/domain/instrument.ts';
import type { CloseReason, Position } from '../../../src-shared/domain/position.ts';
import type { Side } from '../../../src-shared/domain/signal.ts';
import { money, moneyToUsdt, type EpochMs, type Money } from '../../../src-shared/kernel/units.ts';

export interface ClosedTrade {
  readonly id: string;
  readonly symbol: string;
  readonly side: Side;
  readonly origin: Position['origin'];
  readonly openedAt: EpochMs;
  readonly closedAt: EpochMs;
  readonly entryPrice: number;
  readonly exitPrice: number;
  /** Base-asset quantity that was opened. */
  readonly quantity: number;
  readonly leverage: number;
  /** Gross of fees and funding. */
  readonly realised: Money;
  readonly fees: Money;
  readonly funding: Money;
  readonly net: Money;
  /** Planned risk: distance from entry to the first stop × quantity, USDT. */
  readonly riskUsdt: number;
  /** Net over planned risk; NaN without a plan. */
  readonly netR: number;
  readonly reason: CloseReason;
  /** Best and worst profit on the way, in R after costs known then; never worse than what the trade ended with. */
  readonly maxR: number;
  readonly minR: number;
  readonly confidence: number | null;
  readonly quality: number | null;
  readonly regime: string | null;
  readonly rewardRisk: number | null;
}

/** Null while the position is open or when it never had a fill. `openedLots` are all lots its opening fills brought. */
export function closedTradeOf(position: Position, openedLots: number, instrument: Instrument): ClosedTrade | null {
  const { closedAt, exitPrice, closeReason, signal } = position;
  if (position.phase !== 'closed' || closedAt === null || exitPrice === null || openedLots === 0) return null;
  const quantity = lotsToQuantity(instrument, openedLots as Position['lots']);
  const net = money(position.realisedPnl - position.fees + position.funding);
  const riskUsdt = position.riskPerUnit * quantity;
  const netR = riskUsdt > 0 ? moneyToUsdt(net) / riskUsdt : Number.NaN;
  return {
    id: position.id,
    symbol: position.symbol,
    side: position.side,
    origin: position.origin,
    openedAt: position.openedAt,
    closedAt,
    entryPrice: position.entryPrice,
    exitPrice,
    quantity,
    leverage: position.leverage,
    realised: position.realisedPnl,
    fees: position.fees,
    funding: position.funding,
    net,
    riskUsdt,
    netR,
    reason: closeReason ?? 'external',
    maxR: Math.max(position.maxPnlR, netR),
    minR: Math.min(position.minPnlR, netR),
    confidence: signal?.confidence ?? null,
    quality: signal?.quality ?? null,
    regime: signal?.evidence.regime ?? null,
    rewardRisk: signal?.plan.rewardRisk ?? null,
  };
}
