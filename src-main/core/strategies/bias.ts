// Step 2: the 1h bias, by majority of EMA order, EMA slope and the last swing-scale break.
import type { Side } from '../../../src-shared/domain/signal.ts';
import { SWING_TREND } from '../structure/facts.ts';
import type { TimeframeState } from '../structure/timeframe-state.ts';

/** A slope flatter than this many ATR per 3 bars counts as none. */
const FLAT_SLOPE_ATR = 0.05;
const SLOPE_BARS = 3;

export interface Bias {
  readonly side: Side | null;
  /** Votes: +1 long, −1 short, 0 none. */
  readonly order: number;
  readonly slope: number;
  readonly structure: number;
  /** Sum of the votes, −3 … 3; two agreeing votes make a bias. */
  readonly votes: number;
}

/** The bias of a warm 1h frame. Source: STRATEGY, "ICT strategy" step 2. */
export function judgeBias(hour: TimeframeState): Bias {
  const { indicators, atr } = hour;
  const order = Math.sign(indicators.emaFast.value - indicators.emaSlow.value);
  const move = (indicators.emaFast.value - indicators.emaFastAgo(SLOPE_BARS)) / atr;
  const slope = Math.abs(move) < FLAT_SLOPE_ATR ? 0 : Math.sign(move);
  const structure = hour.facts[SWING_TREND]!;
  const votes = order + slope + structure;
  return { side: votes >= 2 ? 'long' : votes <= -2 ? 'short' : null, order, slope, structure, votes };
}
