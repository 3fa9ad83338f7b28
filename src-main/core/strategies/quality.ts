// Step 7: how good the moment is, apart from how sure the direction is.
import type { Side } from '../../../src-shared/domain/signal.ts';
import { oppositeSide, unit } from '../features/scale.ts';
import type { DecisionContext } from './context.ts';
import { TRIGGER_FRESH_BARS } from './trigger.ts';

/** Signals of lower quality are not traded. */
export const QUALITY_FLOOR = 0.2;
/** Correlated positions of the same side at which that part of quality reaches 0. */
const CROWDED_POSITIONS = 5;

export interface QualityInput {
  readonly side: Side;
  /** 5m candles since the trigger. */
  readonly barsAgo: number;
  readonly distanceAtr: number;
  readonly volumeRatio: number;
  /** Fraction of price that counts as too wide. */
  readonly maxSpread: number;
  readonly context: DecisionContext;
}

/**
 * [0, 1] = 0.25 freshness + 0.25 nearness to the zone + 0.15 spread (0.5 when unknown) + 0.15 volume (full at the 20-bar mean)
 * + 0.10 no opposite position + 0.10 little correlation with what is on. Zero with an opposing position in the same symbol.
 */
export function judgeQuality(input: QualityInput): number {
  const { context, side } = input;
  if (context.openSide === oppositeSide(side)) return 0;
  const freshness = unit(1 - input.barsAgo / TRIGGER_FRESH_BARS);
  const nearness = unit(1 - input.distanceAtr / 2);
  const spread = context.spreadFraction === null ? 0.5 : unit(1 - context.spreadFraction / input.maxSpread);
  const volume = unit(input.volumeRatio);
  const free = context.openSide === null ? 1 : 0;
  const correlation = unit(1 - context.correlatedPositions[side] / CROWDED_POSITIONS);
  return 0.25 * freshness + 0.25 * nearness + 0.15 * spread + 0.15 * volume + 0.1 * free + 0.1 * correlation;
}
