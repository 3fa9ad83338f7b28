// The feature groups that read market structure: trends and range, zones, liquidity.
import type { Side } from '../../../src-shared/domain/signal.ts';
import type { Direction } from '../../../src-shared/domain/structure.ts';
import { rangePosition } from '../structure/dealing-range.ts';
import type { OrderBlockRecord } from '../structure/order-blocks.ts';
import type { SymbolState } from '../structure/symbol-state.ts';
import type { TimeframeState } from '../structure/timeframe-state.ts';
import type { RowWriter } from './row-writer.ts';
import { soft } from './row-writer.ts';
import { clamp, oppositeSide, sideDirection, sideSign } from './scale.ts';

const BREAK_DECAY_BARS = 20;
const SWEEP_DECAY_BARS = 12;
const HOUR_MS = 3_600_000;

export function putStructure(writer: RowWriter, state: SymbolState, side: Side): void {
  const { '5m': five, '15m': fifteen, '1h': hour } = state.frames;
  const sign = sideSign(side);
  writer.put(signedTrend(five.internalBreaks.trend, side));
  writer.put(signedTrend(fifteen.internalBreaks.trend, side));
  writer.put(signedTrend(hour.breaks.trend, side));
  const last = fifteen.internalBreaks.breaks.newest;
  writer.put(last === null ? 0 : Math.exp(-(fifteen.book.count - 1 - last.bar) / BREAK_DECAY_BARS));
  writer.putOptional(centredPosition(fifteen, five.close, sign));
  writer.put(centredPosition(hour, five.close, sign));
  const ahead = side === 'long' ? fifteen.internalSwings.lastHigh : fifteen.internalSwings.lastLow;
  const behind = side === 'long' ? fifteen.internalSwings.lastLow : fifteen.internalSwings.lastHigh;
  writer.put(ahead === null ? Number.NaN : soft((sign * Math.log(ahead.price / five.close)) / (4 * fifteen.atr)));
  writer.put(behind === null ? Number.NaN : soft((sign * Math.log(five.close / behind.price)) / (4 * fifteen.atr)));
}

function signedTrend(trend: Direction | null, side: Side): number {
  if (trend === null) return 0;
  return trend === sideDirection(side) ? 1 : -1;
}

/** −1 at the range edge behind this side, +1 at the edge ahead, limited to ±1.5. */
function centredPosition(frame: TimeframeState, price: number, sign: number): number {
  return clamp(sign * (2 * rangePosition(frame.swings, price) - 1), -1.5, 1.5);
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
  return Math.max(0, Math.log(price / zone.top) / atr, Math.log(zone.bottom / price) / atr);
}

export function putLiquidity(writer: RowWriter, state: SymbolState, side: Side): void {
  const { '5m': five, '15m': fifteen } = state.frames;
  const sign = sideSign(side);
  const newestBar = fifteen.book.count - 1;
  const ahead = (side === 'long' ? fifteen.buySide : fifteen.sellSide).nearestBeyond(five.close, newestBar);
  const behind = (side === 'long' ? fifteen.sellSide : fifteen.buySide).nearestBeyond(five.close, newestBar);
  writer.putOptional(ahead === null ? Number.NaN : soft((sign * Math.log(ahead.price / five.close)) / (4 * fifteen.atr)));
  writer.putOptional(behind === null ? Number.NaN : soft((sign * Math.log(five.close / behind.price)) / (4 * fifteen.atr)));
  const swept = side === 'long' ? five.sellSide : five.buySide;
  writer.put(swept.lastSweepBar < 0 ? 0 : Math.exp(-(five.book.count - 1 - swept.lastSweepBar) / SWEEP_DECAY_BARS));
}
