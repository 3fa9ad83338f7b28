// A position opened by hand, judged while it is typed: distance, reward, what the engine would refuse, and a size of one's own in lots.
import type { Settings } from '../../src-shared/contract/settings.ts';
import type { MarketInfo } from '../../src-shared/contract/view.ts';
import { lossFractionAt } from '../../src-shared/domain/loss-at-stop.ts';
import type { Side } from '../../src-shared/domain/signal.ts';
import { lotsToQuantity } from '../ui/format.ts';

export interface TicketInputs {
  readonly side: Side;
  /** Last price, stop and target, floating; target null lets the engine place it by the reward ratio. */
  readonly price: number;
  readonly stop: number;
  readonly target: number | null;
  /** Price at which the entry shall rest; null opens at the market. */
  readonly limit?: number | null;
  readonly settings: Pick<Settings, 'minStopDistancePercent' | 'maxStopDistancePercent' | 'rewardRiskRatio'>;
}

export type TicketProblem = 'stop_missing' | 'stop_wrong_side' | 'stop_too_close' | 'stop_too_far' | 'target_wrong_side' | 'limit_fills_at_once';

export interface TicketView {
  readonly problem: TicketProblem | null;
  /** Distance from price to stop, percent. */
  readonly distancePercent: number;
  readonly rewardRisk: number;
  /** Where the target will be. */
  readonly target: number;
}

export function judgeTicket({ side, price: last, stop, target, limit = null, settings }: TicketInputs): TicketView {
  const sign = side === 'long' ? 1 : -1;
  // Everything is judged from where the entry fills.
  const price = limit ?? last;
  const fillsAtOnce = limit !== null && (limit - last) * sign >= 0;
  const risk = (price - stop) * sign;
  const distancePercent = (Math.abs(price - stop) / price) * 100;
  const placed = target ?? price + sign * Math.abs(price - stop) * settings.rewardRiskRatio;
  return {
    problem: problemOf({ risk, distancePercent, reward: (placed - price) * sign, stop, settings }) ?? (fillsAtOnce ? 'limit_fills_at_once' : null),
    distancePercent,
    rewardRisk: Math.abs(placed - price) / Math.abs(price - stop),
    target: placed,
  };
}

interface Distances {
  readonly risk: number;
  readonly distancePercent: number;
  readonly reward: number;
  readonly stop: number;
  readonly settings: TicketInputs['settings'];
}

function problemOf({ risk, distancePercent, reward, stop, settings }: Distances): TicketProblem | null {
  if (!(stop > 0)) return 'stop_missing';
  if (!(risk > 0)) return 'stop_wrong_side';
  if (distancePercent < settings.minStopDistancePercent) return 'stop_too_close';
  if (distancePercent > settings.maxStopDistancePercent) return 'stop_too_far';
  return reward > 0 ? null : 'target_wrong_side';
}

/** What a size is given in: the most the limits leave, percent of the equity at risk, USDT of margin, or the base asset. */
export const SIZE_UNITS = ['most', 'risk', 'margin', 'quantity'] as const;
export type SizeUnit = (typeof SIZE_UNITS)[number];

export interface SizeWish {
  readonly unit: SizeUnit;
  readonly amount: number;
  /** Where the entry fills and its stop, floating. */
  readonly price: number;
  readonly stop: number;
  readonly leverage: number;
  /** USDT. */
  readonly equity: number;
  readonly market: MarketInfo;
  readonly maxSlippagePercent: number;
}

/** Whole lots not above the wish; undefined for the most the limits leave, 0 where the wish is less than one lot or no number. */
export function wishedLots({ unit, amount, price, stop, leverage, equity, market, maxSlippagePercent }: SizeWish): number | undefined {
  if (unit === 'most') return undefined;
  const lot = lotsToQuantity(market, 1);
  const quantity = {
    risk: (equity * amount) / 100 / (price * lossFractionAt({ price, stop, maxSlippagePercent })),
    margin: (amount * leverage) / price,
    quantity: amount,
  }[unit];
  const lots = Math.floor(quantity / lot + 1e-9);
  return Number.isFinite(lots) && lots > 0 ? lots : 0;
}
