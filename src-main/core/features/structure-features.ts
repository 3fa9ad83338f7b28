// The feature groups that read market structure: trends and range, zones, liquidity.
import type { Side } from '../../../src-shared/domain/signal.ts';
import type { Direction } from '../../../src-shared/domain/structure.ts';
import { rangePosition } from '../structure/dealing-range.ts';
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
  into.odd(signedTrend(five.internalBreaks.trend));
  into.odd(signedTrend(fifteen.internalBreaks.trend));
  into.odd(signedTrend(hour.breaks.trend));
  const last = fifteen.internalBreaks.breaks.newest;
  into.even(last === null ? 0 : Math.exp(-(fifteen.book.count - 1 - last.bar) / BREAK_DECAY_BARS));
  const position = centredPosition(fifteen, five.logClose);
  into.odd(position);
  into.even(Number.isNaN(position) ? 1 : 0);
  into.odd(centredPosition(hour, five.logClose));
}

function signedTrend(trend: Direction | null): number {
  return trend === null ? 0 : trend === 'bullish' ? 1 : -1;
}

/** −1 at the low of the range, +1 at its high, limited to ±1.5. */
function centredPosition(frame: TimeframeState, logPrice: number): number {
  return clamp(2 * rangePosition(frame.swings, logPrice) - 1, -1.5, 1.5);
}

export function putSwings(writer: RowWriter, state: SymbolState, side: Side): void {
  const { '5m': five, '15m': fifteen } = state.frames;
  const { lastHigh: high, lastLow: low } = fifteen.internalSwings;
  const reach = 4 * fifteen.atr;
  const above = high === null ? Number.NaN : soft((high.logPrice - five.logClose) / reach);
  const below = low === null ? Number.NaN : soft((five.logClose - low.logPrice) / reach);
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
  const newestBar = fifteen.book.count - 1;
  const ahead = (side === 'long' ? fifteen.buySide : fifteen.sellSide).nearestBeyond(five.close, newestBar);
  const behind = (side === 'long' ? fifteen.sellSide : fifteen.buySide).nearestBeyond(five.close, newestBar);
  writer.putOptional(ahead === null ? Number.NaN : soft(Math.abs(Math.log(ahead.price / five.close)) / (4 * fifteen.atr)));
  writer.putOptional(behind === null ? Number.NaN : soft(Math.abs(Math.log(five.close / behind.price)) / (4 * fifteen.atr)));
  const swept = side === 'long' ? five.sellSide : five.buySide;
  writer.put(swept.lastSweepBar < 0 ? 0 : Math.exp(-(five.book.count - 1 - swept.lastSweepBar) / SWEEP_DECAY_BARS));
}
