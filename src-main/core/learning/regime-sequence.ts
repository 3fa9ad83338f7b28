// What the regime predictor sees: the last ten closed 1h candles, each in twelve measures; it tells the market's class ten hours ahead.
import type { MarketClass, RegimeForecast } from '../structure/regime-forecast.ts';
import type { TimeframeState } from '../structure/timeframe-state.ts';
import { logRatio } from './structure-window.ts';

export const REGIME_STEPS = 10;
const MEASURES = 12;
export const REGIME_WIDTH = REGIME_STEPS * MEASURES;
export const REGIME_SCHEMA = 'regime-10x12-v2';
/** Bars of efficiency and volatility, and of the place in the range. */
const STRETCH_BARS = 12;
const CONTEXT_BARS = 24;

/**
 * Writes REGIME_WIDTH values from `offset`, oldest hour first: returns over 1, 3 and 12 hours (in ATR·√hours), range and body in ATR, ADX,
 * ATR against its own mean, volume ratio, efficiency and volatility of 12 hours, distance from the 24-hour mean in ATR, place in the
 * 24-hour range. False, with zeros, while there are too few candles or no ATR.
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
  const { book, atr, indicators } = frame;
  const { out, offset } = target;
  const barsAgo = book.count - 1 - bar;
  const closeOf = (back: number): number => book.logClose[book.slot(bar - back)]!;
  const slot = book.slot(bar);
  const [open, high, low, close] = [Math.log(book.open[slot]!), book.logHigh[slot]!, book.logLow[slot]!, closeOf(0)];
  let path = 0;
  let squares = 0;
  for (let back = 0; back < STRETCH_BARS; back += 1) {
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
  const net = close - closeOf(STRETCH_BARS);
  const values = [
    (close - closeOf(1)) / atr,
    (close - closeOf(3)) / (atr * Math.sqrt(3)),
    net / (atr * Math.sqrt(STRETCH_BARS)),
    (high - low) / atr,
    (close - open) / atr,
    known(indicators.adxAgo(barsAgo)) / 50,
    known((indicators.atrAgo(barsAgo) * indicators.atrRatio) / atr - 1),
    logRatio(book.volume[slot]!, volume),
    path > 0 ? Math.abs(net) / path : 0,
    Math.sqrt(squares / STRETCH_BARS) / atr,
    (close - mean) / atr,
    top > bottom ? (close - bottom) / (top - bottom) - 0.5 : 0,
  ];
  values.forEach((value, measure) => (out[offset + measure] = value));
}

/** Indicators that do not reach back say nothing. */
function known(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

/** A model's answer as the forecast the strategies take; `now` is the class of the newest candle. */
export function forecastFrom(answer: ArrayLike<number>, now: MarketClass): RegimeForecast {
  const [trending = 0, ranging = 0, volatile = 0] = Array.from(answer);
  return { now, probabilities: { trending, ranging, volatile } };
}
