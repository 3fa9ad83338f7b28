// What the screen asks of the analysis beyond the present: structure as known at a past time, and where liquidity is expected.
import { knownAtRequestSchema, type PredictedLiquidity } from '../../src-shared/contract/analysis.ts';
import { CallError, type CallHandlers } from '../../src-shared/contract/rpc.ts';
import type { Settings } from '../../src-shared/contract/settings.ts';
import { candleOpenTime, timeframeMs, type Timeframe } from '../../src-shared/domain/candle.ts';
import type { StructureSnapshot } from '../../src-shared/domain/structure.ts';
import { epochMs, type EpochMs } from '../../src-shared/kernel/units.ts';
import { describeLevels } from '../core/engine/predicted-liquidity.ts';
import { volumeNodes } from '../core/learning/fallbacks.ts';
import type { MarketFeed } from '../core/ports.ts';
import { structureAsOf } from '../core/structure/known-at.ts';
import type { TimeframeState } from '../core/structure/timeframe-state.ts';

/** Candles before a time from which structure is told as surely as a terminal just started tells it. */
const ENOUGH_CANDLES = 499;
const ARCHIVE_CANDLES = 1000;
/** The timeframe that liquidity is predicted on. */
const LIQUIDITY_TIMEFRAME: Timeframe = '15m';

/** What these calls read from the engine without changing it. */
export interface AnalysisReader {
  structureKnownAt(symbol: string, timeframe: Timeframe, time: EpochMs): StructureSnapshot | null;
  closedBy(symbol: string, timeframe: Timeframe, time: EpochMs): number;
  predictedLiquidity(symbol: string): PredictedLiquidity | null;
  frame(symbol: string, timeframe: Timeframe): TimeframeState | null;
}

export interface AnalysisCallParts {
  readonly reader: AnalysisReader;
  readonly feed: Pick<MarketFeed, 'history'>;
  readonly settings: () => Settings;
}

/** From memory where it reaches far enough before the time, else from the archive or the exchange. */
export function answerKnownAt(parts: AnalysisCallParts): CallHandlers['structureKnownAt'] {
  return async (raw) => {
    const parsed = knownAtRequestSchema.safeParse(raw);
    if (!parsed.success) throw new CallError('rpc.parameters', parsed.error.issues[0]?.message ?? 'not understood');
    const { symbol, timeframe } = parsed.data;
    const time = epochMs(parsed.data.time);
    const held = parts.reader.closedBy(symbol, timeframe, time);
    if (held >= ENOUGH_CANDLES) return parts.reader.structureKnownAt(symbol, timeframe, time);
    const before = candleOpenTime(time, timeframe);
    const older = await parts.feed.history({ symbol, timeframe, limit: ARCHIVE_CANDLES, before });
    if (older.ok && older.value.length > held)
      return structureAsOf({ symbol, timeframe, candles: lastRun(older.value, timeframe), settings: parts.settings() }, time);
    if (held > 0) return parts.reader.structureKnownAt(symbol, timeframe, time);
    if (!older.ok) throw new CallError('chart.unavailable', older.error.uiMessage);
    return null;
  };
}

/** What follows the last hole: structure never bridges missing candles. */
function lastRun<T extends { readonly openTime: number }>(candles: readonly T[], timeframe: Timeframe): readonly T[] {
  const step = timeframeMs(timeframe);
  const hole = candles.findLastIndex((candle, index) => index > 0 && candle.openTime !== candles[index - 1]!.openTime + step);
  return hole < 0 ? candles : candles.slice(hole);
}

/** Where resting orders are expected to be taken: by the model that serves, else by the rule that stands in; null while there are too few candles. */
export function predictLiquidity(reader: AnalysisReader, symbol: string): PredictedLiquidity | null {
  const served = reader.predictedLiquidity(symbol);
  if (served !== null) return served;
  const frame = reader.frame(symbol, LIQUIDITY_TIMEFRAME);
  const nodes = frame === null ? null : volumeNodes(frame);
  if (frame === null || nodes === null) return null;
  const [above, below, takenAbove, takenBelow] = nodes;
  return describeLevels(frame, 'rule', { above, below, takenAbove, takenBelow });
}
