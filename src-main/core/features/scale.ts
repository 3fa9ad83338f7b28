// Small bounded maps that turn measurements into scores; shared by the sub-scores and the features.
import type { Side } from '../../../src-shared/domain/signal.ts';
import type { Direction } from '../../../src-shared/domain/structure.ts';

export function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}

/** value limited to [0, 1]; NaN stays NaN. */
export function unit(value: number): number {
  return clamp(value, 0, 1);
}

/** +1 for a long, −1 for a short. */
export function sideSign(side: Side): 1 | -1 {
  return side === 'long' ? 1 : -1;
}

export function sideDirection(side: Side): Direction {
  return side === 'long' ? 'bullish' : 'bearish';
}

export function oppositeSide(side: Side): Side {
  return side === 'long' ? 'short' : 'long';
}

/** 1 inside [low, high], falling linearly to 0 at `zeroLow` and `zeroHigh`. */
export function plateau(value: number, shape: { readonly zeroLow: number; readonly low: number; readonly high: number; readonly zeroHigh: number }): number {
  if (value < shape.low) return unit((value - shape.zeroLow) / (shape.low - shape.zeroLow));
  return unit((shape.zeroHigh - value) / (shape.zeroHigh - shape.high));
}
