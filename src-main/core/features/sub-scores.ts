// The five ICT sub-scores of one side, each in [0, 1]; the strategy weighs them and the models read them.
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { Side, SubScores } from '../../../src-shared/domain/signal.ts';
import { rangePosition } from '../structure/dealing-range.ts';
import { BREAK_PUSH, INTERNAL_TREND, SWING_TREND } from '../structure/facts.ts';
import type { SymbolState } from '../structure/symbol-state.ts';
import type { TimeframeState } from '../structure/timeframe-state.ts';
import { plateau, sideSign, unit } from './scale.ts';

const SLOPE_BARS = 3;
/** Share of the trend threshold at which a trend begins to count. */
const TREND_STARTS = 0.75;

/**
 * - trendAlignment: per timeframe the EMA order (± 1.5 ATR spans the score) and the fast EMA's 3-bar slope (± 0.75 ATR), averaged and
 *   scaled by 0.6 + 0.4 · strength with strength = (ADX − ¾ T)/T, T = ADX_TREND_THRESHOLD (20); weights 1h 0.5, 15m 0.3, 5m 0.2.
 * - marketStructure: 0.35 the 1h swing trend, 0.30 the 15m and 0.15 the 5m internal trend (1 agrees, 0.5 none yet, 0 against), 0.20
 *   displacement of the last 15m internal break this way, full at 3 ATR.
 * - pricePosition: place in the 15m dealing range seen from this side (0 = where it would buy cheapest): full in the optimal entry
 *   band and down to 10 %, half at equilibrium, nothing from 75 % up or 25 % below the range; 0.5 without a range.
 * - momentum: 0.5 the 5m RSI turning this way, 0.3 the 15m DI difference, 0.2 room before the 15m RSI is exhausted at 75.
 * - volatility: 15m ATR over its mean of 96 bars: full from 0.8 to 1.6, nothing below 0.3 or above 3.
 * Everything is measured in log price, so that a mirrored market gives the other side the same scores. Source: STRATEGY, "Confidence".
 */
export function computeSubScores(state: SymbolState, side: Side, { adxTrendThreshold }: Pick<Settings, 'adxTrendThreshold'>): SubScores {
  const { '5m': five, '15m': fifteen, '1h': hour } = state.frames;
  const trendOf = (frame: TimeframeState): number => frameTrend(frame, side, adxTrendThreshold);
  return {
    trendAlignment: 0.5 * trendOf(hour) + 0.3 * trendOf(fifteen) + 0.2 * trendOf(five),
    marketStructure: structureScore(state, side),
    pricePosition: positionScore(rangePosition(fifteen.facts, five.logClose), side),
    momentum: momentumScore(five, fifteen, side),
    volatility: plateau(fifteen.indicators.atrRatio, { zeroLow: 0.3, low: 0.8, high: 1.6, zeroHigh: 3 }),
  };
}

function frameTrend(frame: TimeframeState, side: Side, threshold: number): number {
  const { indicators, atr } = frame;
  const sign = sideSign(side);
  const order = unit(0.5 + (0.5 * sign * (indicators.emaFast.value - indicators.emaSlow.value)) / (1.5 * atr));
  const slope = unit(0.5 + (0.5 * sign * (indicators.emaFast.value - indicators.emaFastAgo(SLOPE_BARS))) / (0.75 * atr));
  const strength = unit((indicators.adx.value - TREND_STARTS * threshold) / threshold);
  return ((order + slope) / 2) * (0.6 + 0.4 * strength);
}

function structureScore(state: SymbolState, side: Side): number {
  const { '5m': five, '15m': fifteen, '1h': hour } = state.frames;
  const sign = sideSign(side);
  const push = Math.max(0, sign * fifteen.facts[BREAK_PUSH]!);
  return (
    0.35 * agreement(hour.facts[SWING_TREND]!, sign) +
    0.3 * agreement(fifteen.facts[INTERNAL_TREND]!, sign) +
    0.15 * agreement(five.facts[INTERNAL_TREND]!, sign) +
    0.2 * Math.min(1, push / 3)
  );
}

/** 1 for a trend of this side, 0 for one against it, 0.5 before the first. */
function agreement(trend: number, sign: 1 | -1): number {
  return 0.5 + 0.5 * trend * sign;
}

/** `position` is 0 at the range's low and 1 at its high. */
function positionScore(position: number, side: Side): number {
  if (Number.isNaN(position)) return 0.5;
  const place = side === 'long' ? position : 1 - position;
  if (place < 0.1) return unit((place + 0.25) / 0.35);
  if (place <= 0.38) return 1;
  if (place <= 0.5) return 1 - (0.5 * (place - 0.38)) / 0.12;
  return unit(0.5 - (0.5 * (place - 0.5)) / 0.25);
}

function momentumScore(five: TimeframeState, fifteen: TimeframeState, side: Side): number {
  const sign = sideSign(side);
  const turn = unit(0.5 + (sign * (five.indicators.rsi.value - 50)) / 40);
  const pressure = unit(0.5 + (sign * (fifteen.indicators.adx.plusDi - fifteen.indicators.adx.minusDi)) / 50);
  const heat = side === 'long' ? fifteen.indicators.rsi.value : 100 - fifteen.indicators.rsi.value;
  return 0.5 * turn + 0.3 * pressure + 0.2 * unit((75 - heat) / 25);
}
