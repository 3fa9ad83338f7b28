// The dealing range: where price stands between the last confirmed swing high and low, and the optimal trade entry band.
import type { DealingRange, Direction } from '../../../src-shared/domain/structure.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import { SWING_HIGH, SWING_LOW } from './facts.ts';
import type { SwingRecord } from './swing-record.ts';
import type { SwingDetector } from './swings.ts';

const OTE_NEAR = 0.62;
const OTE_FAR = 0.79;

/** The pair of swings that span the range, or null while either is missing or they do not span anything. */
function rangeSwings(detector: SwingDetector): { readonly high: SwingRecord; readonly low: SwingRecord } | null {
  const { lastHigh: high, lastLow: low } = detector;
  return high === null || low === null || high.price <= low.price ? null : { high, low };
}

/**
 * Position of a price, given as its logarithm, in the dealing range of a timeframe: 0 at the low, 0.5 at equilibrium, 1 at the high,
 * outside beyond them; NaN without a range. Measured in log price, so that the mirrored market reads 1 − position.
 */
export function rangePosition(facts: Float64Array, logPrice: number): number {
  const low = facts[SWING_LOW]!;
  const span = facts[SWING_HIGH]! - low;
  return span > 0 ? (logPrice - low) / span : Number.NaN;
}

/**
 * The range with equilibrium (premium above, discount below) and the 62–79 % retracement band of its leg, or null. When one bar is both
 * swing high and low, its inner order is unknown and the trend of the scale tells the leg's direction.
 */
export function describeRange(detector: SwingDetector, trend: Direction | null): DealingRange | null {
  const swings = rangeSwings(detector);
  if (swings === null) return null;
  const { high, low } = swings;
  if (low.originTime === high.originTime && trend === null) return null;
  const isBullish = low.originTime === high.originTime ? trend === 'bullish' : low.originTime < high.originTime;
  const at = (position: number): number => low.price * (high.price / low.price) ** position;
  const near = at(isBullish ? 1 - OTE_NEAR : OTE_NEAR);
  const far = at(isBullish ? 1 - OTE_FAR : OTE_FAR);
  return {
    high: high.price,
    low: low.price,
    equilibrium: at(0.5),
    direction: isBullish ? 'bullish' : 'bearish',
    oteTop: Math.max(near, far),
    oteBottom: Math.min(near, far),
    originTime: Math.min(high.originTime, low.originTime) as EpochMs,
    confirmedTime: Math.max(high.confirmedTime, low.confirmedTime) as EpochMs,
  };
}
