// Turns the working records of a timeframe into the plain objects that charts, tests and exports read.
import type { FairValueGap, LiquidityPool, OrderBlock, StructureBreak, StructureSnapshot, Swing } from '../../../src-shared/domain/structure.ts';
import type { Timeframe } from '../../../src-shared/domain/candle.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import type { BreakRecord } from './break-record.ts';
import { describeRange } from './dealing-range.ts';
import { gapStrength } from './fair-value-gaps.ts';
import type { GapRecord } from './fair-value-gaps.ts';
import type { PoolRecord } from './liquidity.ts';
import type { OrderBlockRecord } from './order-block-rules.ts';
import type { RecordRing } from './record-pool.ts';
import type { SwingRecord } from './swing-record.ts';
import type { SwingDetector } from './swings.ts';
import type { TimeframeState } from './timeframe-state.ts';

function timeOrNull(time: number): EpochMs | null {
  return Number.isNaN(time) ? null : (time as EpochMs);
}

function known(record: { readonly originTime: number; readonly confirmedTime: number }): { readonly originTime: EpochMs; readonly confirmedTime: EpochMs } {
  return { originTime: record.originTime as EpochMs, confirmedTime: record.confirmedTime as EpochMs };
}

export function describeSwing(record: SwingRecord, detector: SwingDetector): Swing {
  return { kind: record.kind, scale: detector.scale, price: record.price, brokenTime: timeOrNull(record.brokenTime), ...known(record) };
}

export function describeBreak(record: BreakRecord): StructureBreak {
  const { kind, direction, scale, level, displacementAtr } = record;
  return { kind, direction, scale, level, displacementAtr, ...known(record) };
}

export function orderBlockId(record: OrderBlockRecord, timeframe: Timeframe): string {
  return `${timeframe}-ob-${record.direction}-${record.originTime}-${record.confirmedTime}`;
}

export function gapId(record: GapRecord, timeframe: Timeframe): string {
  return `${timeframe}-fvg-${record.direction}-${record.originTime}`;
}

export function describeOrderBlock(record: OrderBlockRecord, timeframe: Timeframe): OrderBlock {
  const { direction, top, bottom, volumeRatio, displacementAtr, strength, tests, state, endReason } = record;
  return {
    id: orderBlockId(record, timeframe),
    direction,
    top,
    bottom,
    volumeRatio,
    displacementAtr,
    adjoinsGap: record.gap !== null,
    strength,
    tests,
    state,
    endedTime: timeOrNull(record.endedTime),
    endReason,
    ...known(record),
  };
}

export function describeGap(record: GapRecord, timeframe: Timeframe): FairValueGap {
  const { direction, top, bottom, sizeAtr, filledFraction } = record;
  return {
    id: gapId(record, timeframe),
    direction,
    top,
    bottom,
    sizeAtr,
    strength: gapStrength(record),
    filledFraction,
    halfFilledTime: timeOrNull(record.halfFilledTime),
    filledTime: timeOrNull(record.filledTime),
    ...known(record),
  };
}

export function describePool(record: PoolRecord, timeframe: Timeframe): LiquidityPool {
  const { side, price, touches } = record;
  return {
    id: `${timeframe}-pool-${side}-${record.originTime}-${record.bornTime}`,
    side,
    price,
    touches,
    weak: touches < 2,
    sweptTime: timeOrNull(record.sweptTime),
    takenTime: timeOrNull(record.takenTime),
    ...known(record),
  };
}

function listOf<T, U>(ring: RecordRing<T>, describe: (record: T) => U): U[] {
  return Array.from({ length: ring.size }, (_, position) => describe(ring.at(position)));
}

function byTime(a: { readonly confirmedTime: EpochMs; readonly originTime: EpochMs }, b: typeof a): number {
  return a.confirmedTime - b.confirmedTime || a.originTime - b.originTime;
}

/** Everything known now about one symbol and timeframe. Lists are bounded and ordered by the time they became known. */
export function describeStructure(symbol: string, state: TimeframeState): StructureSnapshot {
  const { book } = state;
  const { timeframe } = book;
  const swings = [state.internalSwings, state.swings].flatMap((detector) =>
    [detector.highs, detector.lows].flatMap((ring) => listOf(ring, (record) => describeSwing(record, detector))),
  );
  const breaks = [state.internalBreaks, state.breaks].flatMap((detector) => listOf(detector.breaks, describeBreak));
  state.orderBlocks.refresh();
  const { blocks } = state.orderBlocks;
  const { gaps } = state.gaps;
  const pools = [state.buySide.pools, state.sellSide.pools].flatMap((pool) => [...pool.ended, ...pool.alive]);
  return {
    symbol,
    timeframe,
    asOf: (book.count === 0 ? 0 : book.lastCloseTime) as EpochMs,
    swings: swings.toSorted(byTime),
    breaks: breaks.toSorted(byTime),
    orderBlocks: [...blocks.ended, ...blocks.alive].map((record) => describeOrderBlock(record, timeframe)).toSorted(byTime),
    gaps: [...gaps.ended, ...gaps.alive].map((record) => describeGap(record, timeframe)).toSorted(byTime),
    pools: pools.map((record) => describePool(record, timeframe)).toSorted(byTime),
    range: describeRange(state.swings, state.breaks.trend),
    regime: state.regime.regime,
    trend: state.breaks.trend ?? state.internalBreaks.trend,
    atr: state.close * Math.expm1(state.atr),
  };
}
