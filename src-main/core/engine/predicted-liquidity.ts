// Where a liquidity model expects resting orders to be taken, as prices the chart can draw.
import type { PredictedLevel, PredictedLiquidity } from '../../../src-shared/contract/analysis.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import { SEQUENCE_HORIZON_BARS } from '../learning/liquidity-sequence.ts';
import type { StackAnswer } from '../learning/stack-answer.ts';
import type { TimeframeState } from '../structure/timeframe-state.ts';

export const LIQUIDITY_MODEL = 'liquidity-predictor';

/** Levels from log distances in ATR of `frame`; a distance that is missing gives no level. */
export function describeLevels(frame: TimeframeState, source: string, sides: LevelSides): PredictedLiquidity {
  const level = (distanceAtr: number, probability: number): PredictedLevel | null =>
    Number.isFinite(distanceAtr + probability) ? { price: frame.close * Math.exp(distanceAtr * frame.atr), probability } : null;
  return {
    asOf: frame.book.lastCloseTime as EpochMs,
    horizonMs: SEQUENCE_HORIZON_BARS * frame.book.stepMs,
    source,
    above: level(sides.above, sides.takenAbove),
    below: level(-sides.below, sides.takenBelow),
  };
}

export interface LevelSides {
  /** ATR from the newest close up to the level above, and down to the one below; NaN without one. */
  readonly above: number;
  readonly below: number;
  readonly takenAbove: number;
  readonly takenBelow: number;
}

/** The answer of the liquidity model for a long: ahead is above, behind is below. */
export function describeLiquidity(frame: TimeframeState, answer: NonNullable<StackAnswer['liquidity']>): PredictedLiquidity {
  const { distanceAhead, distanceBehind, takenAhead, takenBehind } = answer;
  return describeLevels(frame, LIQUIDITY_MODEL, { above: distanceAhead, below: distanceBehind, takenAbove: takenAhead, takenBelow: takenBehind });
}
