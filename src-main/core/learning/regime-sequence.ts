// What the regime predictor sees: the last ten closed 1h candles, each in twelve measures; and the three regimes it tells apart.
import type { TimeframeState } from '../structure/timeframe-state.ts';
import { logRatio } from './structure-window.ts';

export const REGIME_STEPS = 10;
const MEASURES = 12;
export const REGIME_WIDTH = REGIME_STEPS * MEASURES;
export const REGIME_SCHEMA = 'regime-10x12-v1';
export const REGIMES = ['rising', 'falling', 'ranging'] as const;
export type FutureRegime = (typeof REGIMES)[number];
/** Hours ahead that the regime is about. */
export const REGIME_HORIZON_HOURS = 12;
const CONTEXT_BARS = 24;

/**
 * Writes REGIME_WIDTH values from `offset`, oldest hour first: returns over 1, 3 and 12 hours (in ATR·√hours), range, body, upper and
 * lower wick in ATR, volume ratio, efficiency and volatility of 12 hours, distance from the 24-hour mean in ATR, place in the 24-hour
 * range. False, with zeros, while there are too few candles or no ATR.
 */
export function buildRegimeSequence(frame: TimeframeState, out: Float32Array, offset: number): boolean {
  const { book } = frame;
  out.fill(0, offset, offset + REGIME_WIDTH);
  if (book.size < REGIME_STEPS + CONTEXT_BARS + 1 || !(frame.atr > 0)) return false;
  const first = book.count - REGIME_STEPS;
  for (let step = 0; step < REGIME_STEPS; step += 1) putHour(frame, first + step, { out, offset: offset + step * MEASURES });
  return true;
}

function putHour(frame: TimeframeState, bar: number, target: { readonly out: Float32Array; readonly offset: number }): void {
  const { book, atr } = frame;
  const { out, offset } = target;
  const closeOf = (back: number): number => book.logClose[book.slot(bar - back)]!;
  const slot = book.slot(bar);
  const [open, high, low, close] = [Math.log(book.open[slot]!), book.logHigh[slot]!, book.logLow[slot]!, closeOf(0)];
  let path = 0;
  let squares = 0;
  for (let back = 0; back < REGIME_HORIZON_HOURS; back += 1) {
    const move = closeOf(back) - closeOf(back + 1);
    path += Math.abs(move);
    squares += move * move;
  }
  let mean = 0;
  let volume = 0;
  let top = -Infinity;
  let bottom = Infinity;
  for (let back = 0; back < CONTEXT_BARS; back += 1) {
    const at = book.slot(bar - back);
    mean += closeOf(back) / CONTEXT_BARS;
    volume += book.volume[at]! / CONTEXT_BARS;
    top = Math.max(top, book.logHigh[at]!);
    bottom = Math.min(bottom, book.logLow[at]!);
  }
  const net = close - closeOf(REGIME_HORIZON_HOURS);
  const values = [
    (close - closeOf(1)) / atr,
    (close - closeOf(3)) / (atr * Math.sqrt(3)),
    net / (atr * Math.sqrt(REGIME_HORIZON_HOURS)),
    (high - low) / atr,
    (close - open) / atr,
    (high - Math.max(open, close)) / atr,
    (Math.min(open, close) - low) / atr,
    logRatio(book.volume[slot]!, volume),
    path > 0 ? Math.abs(net) / path : 0,
    Math.sqrt(squares / REGIME_HORIZON_HOURS) / atr,
    (close - mean) / atr,
    top > bottom ? (close - bottom) / (top - bottom) - 0.5 : 0,
  ];
  values.forEach((value, measure) => (out[offset + measure] = value));
}

/** The regime of a stretch: its net move against what a random walk of this ATR would make (the mean true range is about 1.6 deviations of an hour). */
export function regimeOf(netLogMove: number, hourAtr: number): FutureRegime {
  const expected = (hourAtr / 1.6) * Math.sqrt(REGIME_HORIZON_HOURS);
  if (netLogMove > expected) return 'rising';
  return netLogMove < -expected ? 'falling' : 'ranging';
}
