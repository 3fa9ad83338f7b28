// The label of a trade: target first, stop first, or expiry; entered at the next tradable price, costs included.
import type { Candle } from '../../../src-shared/domain/candle.ts';
import type { TradePlan } from '../../../src-shared/domain/signal.ts';
import { ROUND_TRIP_COST } from '../strategies/break-even.ts';

const FIVE_MINUTES = 300_000;

export interface TradeLabel {
  readonly won: boolean;
  /** In units of the risk at entry, after costs. */
  readonly resultR: number;
  readonly endedAt: number;
  readonly reason: 'target' | 'stop' | 'expired';
}

/**
 * Enters at the open of `candles[next]`, the first candle after the decision. One candle with both barriers counts as stopped; a
 * gap through the stop fills at the open. Null when entry is beyond a barrier already, or candles are missing before the trade ends.
 */
export function labelTrade(plan: TradePlan, candles: readonly Candle[], next: number): TradeLabel | null {
  const first = candles[next];
  if (first === undefined) return null;
  const isLong = plan.side === 'long';
  const sign = isLong ? 1 : -1;
  const entry = first.open;
  const risk = (entry - plan.stop) * sign;
  if (risk <= 0 || (plan.target - entry) * sign <= 0) return null;
  const close = (price: number, candle: Candle, reason: TradeLabel['reason']): TradeLabel => {
    const resultR = ((price - entry) * sign - entry * ROUND_TRIP_COST) / risk;
    return { won: reason === 'expired' ? resultR > 0 : reason === 'target', resultR, endedAt: candle.openTime + FIVE_MINUTES, reason };
  };
  for (let index = next; index < candles.length; index += 1) {
    const candle = candles[index] as Candle;
    const previous = candles[index - 1];
    if (index > next && previous !== undefined && candle.openTime - previous.openTime > FIVE_MINUTES) return null;
    const isOpenBeyond = isLong ? candle.open <= plan.stop : candle.open >= plan.stop;
    if (isOpenBeyond) return close(candle.open, candle, 'stop');
    if (isLong ? candle.low <= plan.stop : candle.high >= plan.stop) return close(plan.stop, candle, 'stop');
    if (isLong ? candle.high >= plan.target : candle.low <= plan.target) return close(plan.target, candle, 'target');
    if (candle.openTime + FIVE_MINUTES >= plan.expiresAt) return close(candle.close, candle, 'expired');
  }
  return null;
}
