// The feature groups that read market structure: trends and range, zones, liquidity.
import type { Side } from '../../../src-shared/domain/signal.ts';
import type { Direction } from '../../../src-shared/domain/structure.ts';
import { rangePosition } from '../structure/dealing-range.ts';
import {
  BREAK_BAR,
  BUY_POOL,
  BUY_POOL_BAR,
  BUY_SWEEP_BAR,
  INTERNAL_HIGH,
  INTERNAL_LOW,
  INTERNAL_TREND,
  SELL_POOL,
  SELL_POOL_BAR,
  SELL_SWEEP_BAR,
  SWING_TREND,
} from '../structure/facts.ts';
import { DECISION_MEMORY_BARS, oldestCounted } from '../structure/decision-memory.ts';
import type { OrderBlockRecord } from '../structure/order-block-rules.ts';
import type { SymbolState } from '../structure/symbol-state.ts';
import type { TimeframeState } from '../structure/timeframe-state.ts';
import type { RowWriter } from './row-writer.ts';
import { soft } from './row-writer.ts';
import { clamp } from './scale.ts';
import type { Measurements } from './measurements.ts';

const BREAK_DECAY_BARS = 20;
const SWEEP_DECAY_BARS = 12;
const HOUR_MS = 3_600_000;
/** e^(−bars/decay) by bars; beyond the table it is below 1e-11 and counts as 0. */
const BREAK_RECENCY = Float64Array.from({ length: 26 * BREAK_DECAY_BARS }, (_, bars) => Math.exp(-bars / BREAK_DECAY_BARS));
const SWEEP_RECENCY = Float64Array.from({ length: 26 * SWEEP_DECAY_BARS }, (_, bars) => Math.exp(-bars / SWEEP_DECAY_BARS));

function recency(table: Float64Array, bars: number): number {
  return bars < table.length ? table[bars]! : 0;
}

/** The part of the structure group that both sides share: trends, the age of the last break, places in the dealing ranges. */
export function measureStructure(into: Measurements, state: SymbolState): void {
  const { '5m': five, '15m': fifteen, '1h': hour } = state.frames;
  into.odd(five.facts[INTERNAL_TREND]!);
  into.odd(fifteen.facts[INTERNAL_TREND]!);
  into.odd(hour.facts[SWING_TREND]!);
  const breakBar = fifteen.facts[BREAK_BAR]!;
  into.even(breakBar < 0 ? 0 : recency(BREAK_RECENCY, fifteen.book.count - 1 - breakBar));
  const position = centredPosition(fifteen, five.logClose);
  into.odd(position);
  into.even(Number.isNaN(position) ? 1 : 0);
  into.odd(centredPosition(hour, five.logClose));
}

/** −1 at the low of the range, +1 at its high, limited to ±1.5. */
function centredPosition(frame: TimeframeState, logPrice: number): number {
  return clamp(2 * rangePosition(frame.facts, logPrice) - 1, -1.5, 1.5);
}

export function putSwings(writer: RowWriter, state: SymbolState, side: Side): void {
  const { '5m': five, '15m': fifteen } = state.frames;
  const reach = 4 * fifteen.atr;
  const above = soft((fifteen.facts[INTERNAL_HIGH]! - five.logClose) / reach);
  const below = soft((five.logClose - fifteen.facts[INTERNAL_LOW]!) / reach);
  writer.put(side === 'long' ? above : below);
  writer.put(side === 'long' ? below : above);
}

/** Positions in the zone measurements of one direction: its nearest block and gap, the pool its target lies at, the sweep behind it. */
const BLOCK_DISTANCE = 0;
const BLOCK_STRENGTH = 1;
const BLOCK_TESTS = 2;
const BLOCK_AGE = 3;
const GAP_DISTANCE = 4;
const POOL_AHEAD = 5;
const SWEEP = 6;

/**
 * Zones and liquidity that support one direction; the other side reads them as opposing. What only the own side reads is measured with its
 * first row.
 */
export class ZoneMeasurements {
  private readonly values = new Float64Array(SWEEP + 1);
  private readonly direction: Direction;
  private state: SymbolState | null = null;
  private block: OrderBlockRecord | null = null;
  private isOwnMeasured = false;

  constructor(direction: Direction) {
    this.direction = direction;
  }

  measure(state: SymbolState): void {
    const { values, direction } = this;
    const { '5m': five, '15m': fifteen } = state.frames;
    const { close } = five;
    const { atr } = fifteen;
    const block = fifteen.orderBlocks.nearestActive(direction, close, oldestCounted(fifteen.book));
    values[BLOCK_DISTANCE] = block === null ? Number.NaN : soft(edgeDistance(block, close) / atr / 2);
    const ratio = direction === 'bullish' ? poolAbove(fifteen, close) / close : close / poolBelow(fifteen, close);
    values[POOL_AHEAD] = soft(Math.log(ratio) / (4 * atr));
    this.state = state;
    this.block = block;
    this.isOwnMeasured = false;
  }

  /** Writes the zone and liquidity groups of the side that this direction supports. */
  write(writer: RowWriter, opposing: ZoneMeasurements): void {
    if (!this.isOwnMeasured && this.state !== null) this.measureOwn(this.state);
    const own = this.values;
    const other = opposing.values;
    writer.putOptional(own[BLOCK_DISTANCE]!);
    writer.put(own[BLOCK_STRENGTH]!);
    writer.put(own[BLOCK_TESTS]!);
    writer.put(own[BLOCK_AGE]!);
    writer.putOptional(other[BLOCK_DISTANCE]!);
    writer.putOptional(own[GAP_DISTANCE]!);
    writer.putOptional(own[POOL_AHEAD]!);
    writer.putOptional(other[POOL_AHEAD]!);
    writer.put(own[SWEEP]!);
  }

  private measureOwn(state: SymbolState): void {
    const { values, block, direction } = this;
    const { '5m': five, '15m': fifteen } = state.frames;
    const { close, facts, book } = five;
    values[BLOCK_STRENGTH] = block === null ? 0 : fifteen.orderBlocks.strengthOf(block);
    values[BLOCK_TESTS] = block === null ? 0 : block.tests / 4;
    values[BLOCK_AGE] = block === null ? 0 : soft((book.lastCloseTime - block.confirmedTime) / HOUR_MS / 24);
    values[GAP_DISTANCE] = soft(fifteen.gaps.nearestDistance(direction, close, oldestCounted(fifteen.book)) / fifteen.atr / 2);
    const sweepBar = facts[direction === 'bullish' ? SELL_SWEEP_BAR : BUY_SWEEP_BAR]!;
    values[SWEEP] = sweepBar < 0 ? 0 : recency(SWEEP_RECENCY, book.count - 1 - sweepBar);
    this.isOwnMeasured = true;
  }
}

/** Log distance between price and the zone: 0 inside, and the way to the far edge when price has passed it. */
function edgeDistance(zone: OrderBlockRecord, price: number): number {
  if (price > zone.top) return Math.log(price / zone.top);
  return price < zone.bottom ? Math.log(zone.bottom / price) : 0;
}

/** Price of the nearest untouched pool above `price`, NaN without one. */
function poolAbove(frame: TimeframeState, price: number): number {
  const { facts, book } = frame;
  const isRecent = book.count - 1 - facts[BUY_POOL_BAR]! <= DECISION_MEMORY_BARS;
  if (isRecent && facts[BUY_POOL]! > price) return facts[BUY_POOL]!;
  return frame.buySide.nearestBeyond(price, book.count - 1)?.price ?? Number.NaN;
}

function poolBelow(frame: TimeframeState, price: number): number {
  const { facts, book } = frame;
  const isRecent = book.count - 1 - facts[SELL_POOL_BAR]! <= DECISION_MEMORY_BARS;
  if (isRecent && facts[SELL_POOL]! < price) return facts[SELL_POOL]!;
  return frame.sellSide.nearestBeyond(price, book.count - 1)?.price ?? Number.NaN;
}
