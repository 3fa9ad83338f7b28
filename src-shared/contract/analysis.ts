// What the screen learns of the analysis beyond the present: structure as it was known at a past time, the count of rewrites, and where liquidity is expected.
import { z } from 'zod';
import { TIMEFRAMES } from '../domain/candle.ts';
import type { StructureSnapshot } from '../domain/structure.ts';
import type { EpochMs } from '../kernel/units.ts';

export const knownAtRequestSchema = z.object({
  symbol: z.string().min(1).max(40),
  timeframe: z.enum(TIMEFRAMES),
  /** Only candles that had closed by this time count. */
  time: z.number().int().nonnegative(),
});
export type KnownAtRequest = z.infer<typeof knownAtRequestSchema>;

export interface AnalysisCalls {
  /** Structure exactly as it stood at `time`: later objects absent, strength, fills and tests as they were then. Null before the first candle. */
  readonly structureKnownAt: { readonly parameters: KnownAtRequest; readonly result: StructureSnapshot | null };
}

/** The running proof that the chart has no hindsight: every published object is compared with what was published of it before. */
export interface HindsightView {
  /** Objects seen since the start, over all symbols and timeframes. */
  readonly published: number;
  /** Objects that came to light backdated, changed place, price or time of confirmation, or took a fact back. Must be 0. */
  readonly rewriteCount: number;
  /** Times a timeframe was computed anew, because the exchange corrected a candle, history came or a setting changed; comparing starts afresh. */
  readonly rebuilt: number;
  /** Comparisons made: one symbol, one timeframe, one candle or more. */
  readonly comparisons: number;
  /** The first rewrite in words, or null. */
  readonly offence: string | null;
  readonly checkedAt: EpochMs;
}

/** A level at which resting orders are expected to be taken. */
export interface PredictedLevel {
  readonly price: number;
  /** [0, 1] chance that price trades there within the horizon. */
  readonly probability: number;
}

/** Where buy-side liquidity (above) and sell-side liquidity (below) is expected to be taken next. */
export interface PredictedLiquidity {
  /** Close of the newest candle it was predicted from. */
  readonly asOf: EpochMs;
  readonly horizonMs: number;
  /** A model of that name, or `rule` when none serves. */
  readonly source: string;
  readonly above: PredictedLevel | null;
  readonly below: PredictedLevel | null;
}
