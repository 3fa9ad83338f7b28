// Builds the feature row of one symbol and side from closed candles alone; training and serving call the same function.
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { Side } from '../../../src-shared/domain/signal.ts';
import { sessionAt } from '../structure/sessions.ts';
import type { SymbolState } from '../structure/symbol-state.ts';
import type { TimeframeState } from '../structure/timeframe-state.ts';
import { correlationOfReturns, logReturn, realisedVolatility } from './returns.ts';
import { RowWriter, soft } from './row-writer.ts';
import { sideSign } from './scale.ts';
import { FEATURE_COUNT } from './schema.ts';
import { atrRatio, computeSubScores } from './sub-scores.ts';
import { putLiquidity, putStructure, putZones } from './structure-features.ts';

const DAY_MS = 86_400_000;
const REFERENCE_ATR = 0.004;
const PERCENTILE_BARS = 96;
const CONTEXT_BARS = 48;

export interface FeatureInput {
  readonly state: SymbolState;
  /** The state of BTCUSDT at the same time, or null when it is not watched; then the market group is missing. */
  readonly bitcoin: SymbolState | null;
  readonly side: Side;
  readonly settings: Settings;
}

const writer = new RowWriter();

/**
 * Writes FEATURE_COUNT values into `out` from `offset`, as known at the close of the newest 5m candle. Returns false, with the row
 * zeroed, while the symbol is warming up. Every value is finite and within ±2.
 */
export function buildFeatureRow(input: FeatureInput, out: Float32Array, offset: number): boolean {
  const { '5m': five, '15m': fifteen, '1h': hour } = input.state.frames;
  if (!five.isWarm || !fifteen.isWarm || !hour.isWarm) {
    out.fill(0, offset, offset + FEATURE_COUNT);
    return false;
  }
  const sign = sideSign(input.side);
  writer.begin(out, offset);
  putTrend(input, sign);
  putMomentum(input, sign);
  putVolatility(input);
  putStructure(writer, input.state, input.side);
  putZones(writer, input.state, input.side);
  putLiquidity(writer, input.state, input.side);
  putVolume(input);
  putMarket(input, sign);
  putTime(five.book.lastCloseTime, input.settings);
  putScores(input);
  writer.end(FEATURE_COUNT);
  return true;
}

function putTrend(input: FeatureInput, sign: number): void {
  const { '5m': five, '15m': fifteen, '1h': hour } = input.state.frames;
  writer.put(soft(sign * emaSpread(five)));
  writer.put(five.indicators.adx.value / 100);
  writer.put(soft((sign * (Math.log(five.close) - fifteen.indicators.emaFast.value)) / fifteen.atr));
  for (const frame of [fifteen, hour]) {
    const { adx, emaFast } = frame.indicators;
    writer.put(soft(sign * emaSpread(frame)));
    writer.put(soft((sign * (emaFast.value - frame.indicators.emaFastAgo(3))) / frame.atr));
    writer.put(adx.value / 100);
    writer.put((sign * (adx.plusDi - adx.minusDi)) / 100);
  }
}

function emaSpread(frame: TimeframeState): number {
  return (frame.indicators.emaFast.value - frame.indicators.emaSlow.value) / frame.atr;
}

function putMomentum(input: FeatureInput, sign: number): void {
  const { '5m': five, '15m': fifteen, '1h': hour } = input.state.frames;
  for (const frame of [five, fifteen, hour]) writer.put((sign * (frame.indicators.rsi.value - 50)) / 50);
  writer.put(soft((sign * (fifteen.indicators.rsi.value - fifteen.indicators.rsiAgo(3))) / 10));
  for (const bars of [1, 3, 12, CONTEXT_BARS]) writer.put(soft((sign * logReturn(five, bars)) / (five.atr * Math.sqrt(bars))));
}

function putVolatility(input: FeatureInput): void {
  const { '5m': five, '15m': fifteen, '1h': hour } = input.state.frames;
  const { bollinger } = fifteen.indicators;
  writer.put(soft(Math.log(fifteen.atr / REFERENCE_ATR)));
  writer.put(atrPercentile(fifteen));
  writer.put(soft(atrRatio(hour) - 1));
  writer.put(soft((bollinger.upper - bollinger.lower) / (8 * fifteen.atr)));
  writer.put(soft(realisedVolatility(five, CONTEXT_BARS) / five.atr));
}

function atrPercentile(frame: TimeframeState): number {
  let below = 0;
  let known = 0;
  for (let back = 1; back <= PERCENTILE_BARS; back += 1) {
    const value = frame.indicators.atrAgo(back);
    if (Number.isNaN(value)) break;
    known += 1;
    if (value < frame.atr) below += 1;
  }
  return known === 0 ? Number.NaN : below / known;
}

function putVolume(input: FeatureInput): void {
  const { '5m': five, '15m': fifteen } = input.state.frames;
  writer.put(soft(Math.log(Math.max(0.01, five.indicators.volumeRatio.value))));
  writer.put(soft(Math.log(Math.max(0.01, fifteen.indicators.volumeRatio.value))));
  const slope = Math.log(Math.max(1e-9, meanVolume(fifteen, 5)) / Math.max(1e-9, meanVolume(fifteen, 20)));
  writer.put(soft(slope));
}

function meanVolume(frame: TimeframeState, bars: number): number {
  const { book } = frame;
  let sum = 0;
  for (let bar = book.count - bars; bar < book.count; bar += 1) sum += book.volume[book.slot(bar)]!;
  return sum / bars;
}

function putMarket(input: FeatureInput, sign: number): void {
  const { state, bitcoin } = input;
  const reference = bitcoin?.frames['5m'] ?? null;
  const isUsable =
    bitcoin !== null && reference !== null && bitcoin.frames['15m'].isWarm && reference.book.lastOpenTime === state.frames['5m'].book.lastOpenTime;
  writer.put(isUsable ? soft((sign * logReturn(reference, CONTEXT_BARS)) / (reference.atr * Math.sqrt(CONTEXT_BARS))) : Number.NaN);
  writer.put(isUsable ? soft(atrRatio(bitcoin.frames['15m']) - 1) : Number.NaN);
  writer.put(isUsable ? correlationOfReturns(state.frames['5m'], reference, CONTEXT_BARS) : Number.NaN);
  writer.put(isUsable ? 0 : 1);
}

function putTime(closeTime: number, settings: Settings): void {
  const hourAngle = (2 * Math.PI * (closeTime % DAY_MS)) / DAY_MS;
  const weekdayAngle = (2 * Math.PI * (Math.floor(closeTime / DAY_MS) % 7)) / 7;
  writer.put(Math.sin(hourAngle));
  writer.put(Math.cos(hourAngle));
  writer.put(Math.sin(weekdayAngle));
  writer.put(Math.cos(weekdayAngle));
  writer.put(sessionAt(closeTime, settings) === null ? 0 : 1);
}

function putScores(input: FeatureInput): void {
  const scores = computeSubScores(input.state, input.side);
  writer.put(scores.trendAlignment);
  writer.put(scores.marketStructure);
  writer.put(scores.pricePosition);
  writer.put(scores.momentum);
  writer.put(scores.volatility);
}
