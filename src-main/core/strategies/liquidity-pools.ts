// Ranks resting liquidity by size, age, distance and a model's opinion, and finds the pool that was just swept.
import type { Side } from '../../../src-shared/domain/signal.ts';
import { sideSign, unit } from '../features/scale.ts';
import { SWEEP_BARS } from '../structure/liquidity.ts';
import type { LiquiditySide } from '../structure/liquidity.ts';
import type { SymbolState } from '../structure/symbol-state.ts';
import type { TimeframeState } from '../structure/timeframe-state.ts';
import { TRIGGER_FRESH_BARS } from './trigger.ts';

const HOUR_MS = 3_600_000;
const FULL_TOUCHES = 3;
const FULL_AGE_HOURS = 24;
const REACH_ATR = 4;
const MODEL_SHARE = 0.4;

/** A level where stops rest: a pool of equal levels or a single swing, or an edge of the dealing range when no pool is known. */
export interface LiquidityLevel {
  readonly source: 'pool' | 'range';
  readonly frame: TimeframeState;
  readonly price: number;
  readonly touches: number;
  /** Close of the candle at which it became known, and of the oldest of its swing points. */
  readonly originTime: number;
}

export interface Sweep {
  readonly level: LiquidityLevel;
  /** Close time of the candle that closed back. */
  readonly time: number;
  /** Candles of 5m since then. */
  readonly barsAgo: number;
  /** Farthest price of the wicks beyond the level. */
  readonly extreme: number;
}

export interface RankTerms {
  readonly price: number;
  readonly now: number;
  /** Probability that the level is worked, from a liquidity model; null without one. */
  readonly modelProbability: number | null;
}

/**
 * [0, 1] = 0.4 size (three touches are full) + 0.3 age (a day is full) + 0.3 nearness (nothing at 4 ATR of its frame). With a model its
 * probability counts 0.4 and the rest 0.6. Source: STRATEGY, "Liquidity hunter".
 */
export function scoreLevel(level: LiquidityLevel, terms: RankTerms): number {
  const size = Math.min(1, level.touches / FULL_TOUCHES);
  const age = Math.min(1, Math.max(0, terms.now - level.originTime) / HOUR_MS / FULL_AGE_HOURS);
  const nearness = unit(1 - Math.abs(Math.log(level.price / terms.price)) / level.frame.atr / REACH_ATR);
  const ruled = 0.4 * size + 0.3 * age + 0.3 * nearness;
  return terms.modelProbability === null ? ruled : (1 - MODEL_SHARE) * ruled + MODEL_SHARE * terms.modelProbability;
}

/** Untouched pools of 15m on the side a sweep would favour `side` from, best first; the range edge when there is none. */
export function rankLevels(state: SymbolState, side: Side, terms: RankTerms): readonly { readonly level: LiquidityLevel; readonly score: number }[] {
  const frame = state.frames['15m'];
  const pools = sideOf(frame, side).pools.alive.filter((pool) => pool.wickBar < 0);
  const levels = pools.map((pool): LiquidityLevel => ({ source: 'pool', frame, price: pool.price, touches: pool.touches, originTime: pool.originTime }));
  const edge = levels.length === 0 ? rangeEdge(frame, side) : null;
  return [...levels, ...(edge === null ? [] : [edge])]
    .map((level) => ({ level, score: scoreLevel(level, terms) }))
    .toSorted((a, b) => b.score - a.score || a.level.price - b.level.price);
}

/** The freshest sweep that favours `side`, of 15m or of 5m pools; when neither frame knows pools, of the 15m range edge. */
export function findSweep(state: SymbolState, side: Side): Sweep | null {
  const { '5m': five, '15m': fifteen } = state.frames;
  const swept = sweptPool(fifteen, five, side) ?? sweptPool(five, five, side);
  if (swept !== null || sideOf(fifteen, side).pools.alive.length > 0) return swept;
  return sweptEdge(fifteen, five, side);
}

function sideOf(frame: TimeframeState, side: Side): LiquiditySide {
  return side === 'long' ? frame.sellSide : frame.buySide;
}

function sweptPool(frame: TimeframeState, five: TimeframeState, side: Side): Sweep | null {
  const { lastSweepTime, pools } = sideOf(frame, side);
  const barsAgo = (five.book.lastCloseTime - lastSweepTime) / five.book.stepMs;
  if (!(barsAgo < TRIGGER_FRESH_BARS)) return null;
  const pool = pools.ended.findLast((ended) => ended.sweptTime === lastSweepTime);
  if (pool === undefined) return null;
  const level: LiquidityLevel = { source: 'pool', frame, price: pool.price, touches: pool.touches, originTime: pool.originTime };
  return { level, time: lastSweepTime, barsAgo, extreme: wickExtreme(frame, pool.wickBar, side) };
}

function rangeEdge(frame: TimeframeState, side: Side): LiquidityLevel | null {
  const swing = side === 'long' ? frame.swings.lastLow : frame.swings.lastHigh;
  return swing === null ? null : { source: 'range', frame, price: swing.price, touches: 1, originTime: swing.originTime };
}

/** The newest candle as the first to close back, at most {@link SWEEP_BARS} bars after the first wick beyond the edge; longer beyond, it is taken. */
function sweptEdge(frame: TimeframeState, five: TimeframeState, side: Side): Sweep | null {
  const level = rangeEdge(frame, side);
  const { book } = frame;
  const barsAgo = (five.book.lastCloseTime - book.lastCloseTime) / five.book.stepMs;
  if (level === null || !(barsAgo < TRIGGER_FRESH_BARS)) return null;
  const sign = sideSign(side);
  const isBeyond = (price: number): boolean => sign * (level.price - price) > 0;
  const closedBeyond = (bar: number): boolean => isBeyond(book.close[book.slot(bar)]!);
  const newest = book.count - 1;
  if (closedBeyond(newest)) return null;
  let first = newest;
  while (first > book.firstIndex && first >= newest - SWEEP_BARS && closedBeyond(first - 1)) first -= 1;
  const extreme = wickExtreme(frame, first, side);
  return newest - first > SWEEP_BARS || !isBeyond(extreme) ? null : { level, time: book.lastCloseTime, barsAgo, extreme };
}

function wickExtreme(frame: TimeframeState, fromBar: number, side: Side): number {
  const { book } = frame;
  let extreme = side === 'long' ? Infinity : -Infinity;
  for (let bar = Math.max(fromBar, book.firstIndex); bar < book.count; bar += 1) {
    const slot = book.slot(bar);
    extreme = side === 'long' ? Math.min(extreme, book.low[slot]!) : Math.max(extreme, book.high[slot]!);
  }
  return extreme;
}
