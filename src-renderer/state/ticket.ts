// A position opened by hand, judged before it is asked for: distance, reward, the most it may lose, and what the engine would refuse.
import type { Settings } from '../../src-shared/contract/settings.ts';
import type { Side } from '../../src-shared/domain/signal.ts';

export interface TicketInputs {
  readonly side: Side;
  /** Last price, stop and target, floating; target null lets the engine place it by the reward ratio. */
  readonly price: number;
  readonly stop: number;
  readonly target: number | null;
  /** Price at which the entry shall rest; null opens at the market. */
  readonly limit?: number | null;
  /** USDT. */
  readonly equity: number;
  readonly settings: Pick<
    Settings,
    'minStopDistancePercent' | 'maxStopDistancePercent' | 'riskPerTradePercent' | 'rewardRiskRatio' | 'maxMarginPercent' | 'minLeverage'
  >;
}

export type TicketProblem = 'stop_missing' | 'stop_wrong_side' | 'stop_too_close' | 'stop_too_far' | 'target_wrong_side' | 'limit_fills_at_once';

export interface TicketView {
  readonly problem: TicketProblem | null;
  /** Distance from price to stop, percent. */
  readonly distancePercent: number;
  readonly rewardRisk: number;
  /** Where the target will be. */
  readonly target: number;
  /** The most the stop may cost by the risk limit, USDT. */
  readonly lossUsdt: number;
  /** The largest value the risk limit and the margin limit leave room for, USDT; the engine may choose less. */
  readonly notionalUsdt: number;
}

export function judgeTicket({ side, price: last, stop, target, limit = null, equity, settings }: TicketInputs): TicketView {
  const sign = side === 'long' ? 1 : -1;
  // Everything is judged from where the entry fills.
  const price = limit ?? last;
  const fillsAtOnce = limit !== null && (limit - last) * sign >= 0;
  const risk = (price - stop) * sign;
  const distancePercent = (Math.abs(price - stop) / price) * 100;
  const placed = target ?? price + sign * Math.abs(price - stop) * settings.rewardRiskRatio;
  const lossUsdt = (equity * settings.riskPerTradePercent) / 100;
  const byRisk = lossUsdt / (distancePercent / 100);
  // By hand, leverage stays at its lowest: a person's conviction is no measured probability.
  const byMargin = ((equity * settings.maxMarginPercent) / 100) * settings.minLeverage;
  return {
    problem: problemOf({ risk, distancePercent, reward: (placed - price) * sign, stop, settings }) ?? (fillsAtOnce ? 'limit_fills_at_once' : null),
    distancePercent,
    rewardRisk: Math.abs(placed - price) / Math.abs(price - stop),
    target: placed,
    lossUsdt,
    notionalUsdt: Math.min(byRisk, byMargin),
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
