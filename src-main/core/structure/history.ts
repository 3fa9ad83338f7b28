// Runs the detectors over a whole history and keeps every object they ever published, not only the recent ones.
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { Candle, Timeframe } from '../../../src-shared/domain/candle.ts';
import type { DealingRange, FairValueGap, LiquidityPool, OrderBlock, Regime, StructureBreak, Swing } from '../../../src-shared/domain/structure.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import { describeRange } from './dealing-range.ts';
import type { RecordPool } from './record-pool.ts';
import { describeBreak, describeGap, describeOrderBlock, describePool, describeSwing } from './snapshot.ts';
import type { SwingDetector } from './swings.ts';
import { TimeframeState } from './timeframe-state.ts';

/** Recent swings are written down at least this often, before their ring recycles them. */
const SWING_FLUSH = 32;

export interface RegimeChange {
  readonly time: EpochMs;
  readonly regime: Regime;
}

/** A stretch of missing candles; the detectors start anew after it. */
export interface MissingStretch {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

export interface StructureHistory {
  readonly swings: readonly Swing[];
  readonly breaks: readonly StructureBreak[];
  readonly orderBlocks: readonly OrderBlock[];
  readonly gaps: readonly FairValueGap[];
  readonly pools: readonly LiquidityPool[];
  /** Every dealing range in the order it became known. */
  readonly ranges: readonly DealingRange[];
  readonly regimes: readonly RegimeChange[];
  readonly missing: readonly MissingStretch[];
}

/** Feeds candles to a TimeframeState and remembers each object's final state. */
export class HistoryRecorder {
  readonly state: TimeframeState;
  private readonly timeframe: Timeframe;
  private readonly swings = new Map<string, Swing>();
  private readonly breaks: StructureBreak[] = [];
  private readonly orderBlocks: OrderBlock[] = [];
  private readonly gaps: FairValueGap[] = [];
  private readonly pools: LiquidityPool[] = [];
  private readonly ranges: DealingRange[] = [];
  private readonly regimes: RegimeChange[] = [];
  private readonly missing: MissingStretch[] = [];
  private seen = { blocks: 0, gaps: 0, buy: 0, sell: 0, swings: 0 };

  constructor(timeframe: Timeframe, settings: Settings, capacity: number) {
    this.timeframe = timeframe;
    this.state = new TimeframeState(timeframe, settings, capacity);
  }

  append(candle: Candle): void {
    const { book } = this.state;
    if (book.count > 0 && candle.openTime !== book.lastCloseTime) this.startAnew(candle.openTime);
    this.state.append(candle);
    this.collect();
  }

  /** Everything published up to now. */
  finish(): StructureHistory {
    this.flushSwings();
    const { state, timeframe } = this;
    state.orderBlocks.refresh();
    const byTime = (a: { readonly confirmedTime: EpochMs; readonly originTime: EpochMs }, b: typeof a): number =>
      a.confirmedTime - b.confirmedTime || a.originTime - b.originTime;
    return {
      swings: [...this.swings.values()].toSorted(byTime),
      breaks: this.breaks.toSorted(byTime),
      orderBlocks: [...this.orderBlocks, ...state.orderBlocks.blocks.alive.map((record) => describeOrderBlock(record, timeframe))].toSorted(byTime),
      gaps: [...this.gaps, ...state.gaps.gaps.alive.map((record) => describeGap(record, timeframe))].toSorted(byTime),
      pools: [...this.pools, ...[state.buySide, state.sellSide].flatMap((side) => side.pools.alive.map((record) => describePool(record, timeframe)))].toSorted(
        byTime,
      ),
      ranges: this.ranges,
      regimes: this.regimes,
      missing: this.missing,
    };
  }

  private startAnew(nextOpenTime: EpochMs): void {
    const { state } = this;
    this.missing.push({ from: state.book.lastCloseTime as EpochMs, to: (nextOpenTime - state.book.stepMs) as EpochMs });
    const so = this.finish();
    this.orderBlocks.splice(0, Infinity, ...so.orderBlocks);
    this.gaps.splice(0, Infinity, ...so.gaps);
    this.pools.splice(0, Infinity, ...so.pools);
    this.seen = { blocks: 0, gaps: 0, buy: 0, sell: 0, swings: 0 };
    state.reset();
  }

  private collect(): void {
    const { state, timeframe, seen } = this;
    for (const detector of [state.internalBreaks, state.breaks]) if (detector.latest !== null) this.breaks.push(describeBreak(detector.latest));
    seen.blocks = takeEnded(state.orderBlocks.blocks, seen.blocks, (record) => this.orderBlocks.push(describeOrderBlock(record, timeframe)));
    seen.gaps = takeEnded(state.gaps.gaps, seen.gaps, (record) => this.gaps.push(describeGap(record, timeframe)));
    seen.buy = takeEnded(state.buySide.pools, seen.buy, (record) => this.pools.push(describePool(record, timeframe)));
    seen.sell = takeEnded(state.sellSide.pools, seen.sell, (record) => this.pools.push(describePool(record, timeframe)));
    const pushed = [state.internalSwings, state.swings].reduce((sum, detector) => sum + detector.highs.total + detector.lows.total, 0);
    if (pushed - seen.swings >= SWING_FLUSH) {
      this.flushSwings();
      seen.swings = pushed;
    }
    if (state.swings.confirmedHigh !== null || state.swings.confirmedLow !== null) {
      const range = describeRange(state.swings, state.breaks.trend);
      if (range !== null) this.ranges.push(range);
    }
    const { regime } = state.regime;
    if (this.regimes.at(-1)?.regime !== regime) this.regimes.push({ time: state.book.lastCloseTime as EpochMs, regime });
  }

  private flushSwings(): void {
    const flush = (detector: SwingDetector): void => {
      for (const ring of [detector.highs, detector.lows]) {
        for (let position = 0; position < ring.size; position += 1) {
          const swing = describeSwing(ring.at(position), detector);
          this.swings.set(`${swing.scale}-${swing.kind}-${swing.originTime}`, swing);
        }
      }
    };
    flush(this.state.internalSwings);
    flush(this.state.swings);
  }
}

/** Hands over the records that ended since `seen` and returns the new count. */
function takeEnded<T>(pool: RecordPool<T>, seen: number, take: (record: T) => void): number {
  const fresh = pool.endedTotal - seen;
  for (const record of pool.ended.slice(pool.ended.length - fresh)) take(record);
  return pool.endedTotal;
}
