// What the liquidity predictor sees and is asked: 48 closed 15m candles, and whether the nearest pool of each side will be taken.
import type { TimeframeState } from '../structure/timeframe-state.ts';
import { logRatio } from './structure-window.ts';

export const SEQUENCE_STEPS = 48;
export const STEP_WIDTH = 8;
export const SEQUENCE_WIDTH = SEQUENCE_STEPS * STEP_WIDTH;
export const SEQUENCE_SCHEMA = 'liquidity-48x8-v1';
/** A pool counts as taken when price trades beyond it within this many 15m bars. */
export const SEQUENCE_HORIZON_BARS = 24;

/** Values of the answer: distance in ATR to the next pool taken above and below, probability that each is taken. */
export const LIQUIDITY_OUTPUTS = ['distanceAbove', 'distanceBelow', 'takenAbove', 'takenBelow'] as const;

/**
 * Writes SEQUENCE_WIDTH values from `offset`, oldest bar first: open, high, low and close offsets in ATR from the last close, ln volume
 * ratio, range in ATR, and whether the bar is a top or a bottom of its two neighbours on each side (known two bars later, 0 before).
 * False, with zeros, while there are too few candles or no ATR.
 */
export function buildLiquiditySequence(frame: TimeframeState, out: Float32Array, offset: number): boolean {
  const { book } = frame;
  out.fill(0, offset, offset + SEQUENCE_WIDTH);
  if (book.size < SEQUENCE_STEPS + 2 || !(frame.atr > 0)) return false;
  const first = book.count - SEQUENCE_STEPS;
  const last = book.logClose[book.slot(book.count - 1)]!;
  let volume = 0;
  for (let bar = first; bar < book.count; bar += 1) volume += book.volume[book.slot(bar)]! / SEQUENCE_STEPS;
  for (let bar = first; bar < book.count; bar += 1) {
    const slot = book.slot(bar);
    const at = offset + (bar - first) * STEP_WIDTH;
    out[at] = (Math.log(book.open[slot]!) - last) / frame.atr;
    out[at + 1] = (book.logHigh[slot]! - last) / frame.atr;
    out[at + 2] = (book.logLow[slot]! - last) / frame.atr;
    out[at + 3] = (book.logClose[slot]! - last) / frame.atr;
    out[at + 4] = logRatio(book.volume[slot]!, volume);
    out[at + 5] = (book.logHigh[slot]! - book.logLow[slot]!) / frame.atr;
    out[at + 6] = isTurn(frame, bar, 1) ? 1 : 0;
    out[at + 7] = isTurn(frame, bar, -1) ? 1 : 0;
  }
  return true;
}

/** Whether the bar's extreme stands beyond its two neighbours on each side. */
function isTurn(frame: TimeframeState, bar: number, sign: 1 | -1): boolean {
  const { book } = frame;
  if (bar + 2 >= book.count) return false;
  const column = sign === 1 ? book.logHigh : book.logLow;
  const here = column[book.slot(bar)]! * sign;
  return [-2, -1, 1, 2].every((step) => column[book.slot(bar + step)]! * sign < here);
}

export interface NearestPools {
  /** Price of the nearest untaken pool, NaN without one. */
  readonly above: number;
  readonly below: number;
}

/** The pools a label is about, as the live detectors know them now. */
export function nearestPools(frame: TimeframeState, price: number): NearestPools {
  const newest = frame.book.count - 1;
  return { above: frame.buySide.nearestBeyond(price, newest)?.price ?? Number.NaN, below: frame.sellSide.nearestBeyond(price, newest)?.price ?? Number.NaN };
}
