// The feature groups that read market structure: trends and range, zones, liquidity.
import type { Side } from '../../../src-shared/domain/signal.ts';
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
import { POOL_MEMORY_BARS } from '../structure/liquidity.ts';
import type { OrderBlockRecord } from '../structure/order-blocks.ts';
import type { SymbolState } from '../structure/symbol-state.ts';
import type { TimeframeState } from '../structure/timeframe-state.ts';
import type { RowWriter } from './row-writer.ts';
import { soft } from './row-writer.ts';
import { clamp, oppositeSide, sideDirection } from './scale.ts';
import type { Measurements } from './measurements.ts';

const BREAK_DECAY_BARS = 20;
const SWEEP_DECAY_BARS = 12;
const HOUR_MS = 3_600_000;

/** The part of the structure group that both sides share: trends, the age of the last break, places in the dealing ranges. */
export function measureStructure(into: Measurements, state: SymbolState): void {
  const { '5m': five, '15m': fifteen, '1h': hour } = state.frames;
  into.odd(five.facts[INTERNAL_TREND]!);
  into.odd(fifteen.facts[INTERNAL_TREND]!);
  into.odd(hour.facts[SWING_TREND]!);
  const breakBar = fifteen.facts[BREAK_BAR]!;
  into.even(breakBar < 0 ? 0 : Math.exp(-(fifteen.book.count - 1 - breakBar) / BREAK_DECAY_BARS));
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

export function putZones(writer: RowWriter, state: SymbolState, side: Side): void {
  const { '5m': five, '15m': fifteen } = state.frames;
  const own = fifteen.orderBlocks.nearestActive(sideDirection(side), five.close);
  writer.putOptional(own === null ? Number.NaN : soft(edgeDistance(own, five.close, fifteen.atr) / 2));
  writer.put(own === null ? 0 : fifteen.orderBlocks.strengthOf(own));
  writer.put(own === null ? 0 : own.tests / 4);
  writer.put(own === null ? 0 : soft((five.book.lastCloseTime - own.confirmedTime) / HOUR_MS / 24));
  const opposing = fifteen.orderBlocks.nearestActive(sideDirection(oppositeSide(side)), five.close);
  writer.putOptional(opposing === null ? Number.NaN : soft(edgeDistance(opposing, five.close, fifteen.atr) / 2));
  const gapDistance = fifteen.gaps.nearestDistance(sideDirection(side), five.close) / fifteen.atr;
  writer.putOptional(Number.isNaN(gapDistance) ? gapDistance : soft(gapDistance / 2));
}

/** ATR between price and the zone: 0 inside, and the way to the far edge when price has passed it. */
function edgeDistance(zone: OrderBlockRecord, price: number, atr: number): number {
  if (price > zone.top) return Math.log(price / zone.top) / atr;
  return price < zone.bottom ? Math.log(zone.bottom / price) / atr : 0;
}

export function putLiquidity(writer: RowWriter, state: SymbolState, side: Side): void {
  const { '5m': five, '15m': fifteen } = state.frames;
  const { close } = five;
  const reach = 4 * fifteen.atr;
  const above = soft(Math.log(poolAbove(fifteen, close) / close) / reach);
  const below = soft(Math.log(close / poolBelow(fifteen, close)) / reach);
  writer.putOptional(side === 'long' ? above : below);
  writer.putOptional(side === 'long' ? below : above);
  const sweepBar = five.facts[side === 'long' ? SELL_SWEEP_BAR : BUY_SWEEP_BAR]!;
  writer.put(sweepBar < 0 ? 0 : Math.exp(-(five.book.count - 1 - sweepBar) / SWEEP_DECAY_BARS));
}

/** Price of the nearest untouched pool above `price`, NaN without one. */
function poolAbove(frame: TimeframeState, price: number): number {
  const { facts, book } = frame;
  const isRecent = book.count - 1 - facts[BUY_POOL_BAR]! <= POOL_MEMORY_BARS;
  if (isRecent && facts[BUY_POOL]! > price) return facts[BUY_POOL]!;
  return frame.buySide.nearestBeyond(price, book.count - 1)?.price ?? Number.NaN;
}

function poolBelow(frame: TimeframeState, price: number): number {
  const { facts, book } = frame;
  const isRecent = book.count - 1 - facts[SELL_POOL_BAR]! <= POOL_MEMORY_BARS;
  if (isRecent && facts[SELL_POOL]! < price) return facts[SELL_POOL]!;
  return frame.sellSide.nearestBeyond(price, book.count - 1)?.price ?? Number.NaN;
}
