// The features that both sides of a symbol share, up to their sign: measured once per candle, written into two rows.
import type { Settings } from '../../../src-shared/contract/settings.ts';
import { timeWithin } from '../market/grid.ts';
import { sessionAt } from '../structure/sessions.ts';
import type { SymbolState } from '../structure/symbol-state.ts';
import type { TimeframeState } from '../structure/timeframe-state.ts';
import { correlationOfReturns, logReturn, realisedVolatility } from './returns.ts';
import { Measurements } from './measurements.ts';
import { soft } from './row-writer.ts';
import { ZoneMeasurements, measureStructure } from './structure-features.ts';

const DAY_MS = 86_400_000;
const REFERENCE_ATR = 0.004;
const CONTEXT_BARS = 48;
const ROOT_CONTEXT_BARS = Math.sqrt(CONTEXT_BARS);

const STEP_MS = 300_000;
/** Sine and cosine of the time of day at every 5m close. */
const HOUR_SINES = Float64Array.from({ length: DAY_MS / STEP_MS }, (_, place) => Math.sin((2 * Math.PI * place * STEP_MS) / DAY_MS));
const HOUR_COSINES = Float64Array.from({ length: DAY_MS / STEP_MS }, (_, place) => Math.cos((2 * Math.PI * place * STEP_MS) / DAY_MS));
const WEEKDAY_SINES = Float64Array.from({ length: 7 }, (_, day) => Math.sin((2 * Math.PI * day) / 7));
const WEEKDAY_COSINES = Float64Array.from({ length: 7 }, (_, day) => Math.cos((2 * Math.PI * day) / 7));

/** What a measurement was taken from. */
interface Source {
  readonly state: SymbolState;
  readonly bitcoin: SymbolState | null;
  readonly settings: Settings;
}

/**
 * Remembers the last symbol measured. A candle, a correction or a reset changes the revision of the state, so nothing stale is ever
 * written.
 */
export class SharedFeatures {
  /** Trend, momentum, volatility and the shared part of structure. */
  readonly head = new Measurements();
  /** Volume, market and time. */
  readonly tail = new Measurements();
  readonly bullish = new ZoneMeasurements('bullish');
  readonly bearish = new ZoneMeasurements('bearish');
  private source: Source | null = null;
  private revision = -1;
  private bitcoinRevision = -1;

  measure(source: Source): void {
    const { state, bitcoin, settings } = source;
    const revision = state.revision;
    const bitcoinRevision = bitcoin === null ? -1 : bitcoin.revision;
    const last = this.source;
    const isSame = last !== null && last.state === state && last.bitcoin === bitcoin && last.settings === settings;
    if (isSame && this.revision === revision && this.bitcoinRevision === bitcoinRevision) return;
    this.source = source;
    this.revision = revision;
    this.bitcoinRevision = bitcoinRevision;
    this.head.clear();
    measureTrend(this.head, state);
    measureMomentum(this.head, state);
    measureVolatility(this.head, state);
    measureStructure(this.head, state);
    this.bullish.measure(state);
    this.bearish.measure(state);
    this.tail.clear();
    measureVolume(this.tail, state);
    measureMarket(this.tail, state, bitcoin);
    measureTime(this.tail, state.frames['5m'].book.lastCloseTime, settings);
  }
}

function measureTrend(into: Measurements, state: SymbolState): void {
  const { '5m': five, '15m': fifteen, '1h': hour } = state.frames;
  into.odd(soft(emaSpread(five)));
  into.even(five.indicators.adx.value / 100);
  into.odd(soft((five.logClose - fifteen.indicators.emaFast.value) / fifteen.atr));
  measureFrameTrend(into, fifteen);
  measureFrameTrend(into, hour);
}

function measureFrameTrend(into: Measurements, frame: TimeframeState): void {
  const { adx, emaFast } = frame.indicators;
  into.odd(soft(emaSpread(frame)));
  into.odd(soft((emaFast.value - frame.indicators.emaFastAgo(3)) / frame.atr));
  into.even(adx.value / 100);
  into.odd((adx.plusDi - adx.minusDi) / 100);
}

function emaSpread(frame: TimeframeState): number {
  return (frame.indicators.emaFast.value - frame.indicators.emaSlow.value) / frame.atr;
}

function measureMomentum(into: Measurements, state: SymbolState): void {
  const { '5m': five, '15m': fifteen, '1h': hour } = state.frames;
  into.odd((five.indicators.rsi.value - 50) / 50);
  into.odd((fifteen.indicators.rsi.value - 50) / 50);
  into.odd((hour.indicators.rsi.value - 50) / 50);
  into.odd(soft((fifteen.indicators.rsi.value - fifteen.indicators.rsiAgo(3)) / 10));
  measureReturn(into, five, 1);
  measureReturn(into, five, 3);
  measureReturn(into, five, 12);
  measureReturn(into, five, CONTEXT_BARS);
}

function measureReturn(into: Measurements, frame: TimeframeState, bars: number): void {
  into.odd(soft(logReturn(frame, bars) / (frame.atr * Math.sqrt(bars))));
}

function measureVolatility(into: Measurements, state: SymbolState): void {
  const { '5m': five, '15m': fifteen, '1h': hour } = state.frames;
  const { bollinger } = fifteen.indicators;
  into.even(soft(Math.log(fifteen.atr / REFERENCE_ATR)));
  into.even(fifteen.indicators.atrPercentile);
  into.even(soft(hour.indicators.atrRatio - 1));
  into.even(soft((bollinger.upper - bollinger.lower) / (8 * fifteen.atr)));
  into.even(soft(realisedVolatility(five, CONTEXT_BARS) / five.atr));
}

function measureVolume(into: Measurements, state: SymbolState): void {
  const { '5m': five, '15m': fifteen } = state.frames;
  into.even(soft(Math.log(Math.max(0.01, five.indicators.volumeRatio.value))));
  into.even(soft(Math.log(Math.max(0.01, fifteen.indicators.volumeRatio.value))));
  const { volumeRatio } = fifteen.indicators;
  into.even(soft(Math.log(Math.max(1e-9, volumeRatio.meanOf(5)) / Math.max(1e-9, volumeRatio.meanOf(20)))));
}

function measureMarket(into: Measurements, state: SymbolState, bitcoin: SymbolState | null): void {
  const five = state.frames['5m'];
  const reference = bitcoin?.frames['5m'] ?? null;
  const isUsable = bitcoin !== null && reference !== null && bitcoin.frames['15m'].isWarm && reference.book.lastOpenTime === five.book.lastOpenTime;
  into.odd(isUsable ? soft(logReturn(reference, CONTEXT_BARS) / (reference.atr * ROOT_CONTEXT_BARS)) : Number.NaN);
  into.even(isUsable ? soft(bitcoin.frames['15m'].indicators.atrRatio - 1) : Number.NaN);
  into.even(isUsable ? correlationOfReturns(five, reference, CONTEXT_BARS) : Number.NaN);
  into.even(isUsable ? 0 : 1);
}

function measureTime(into: Measurements, closeTime: number, settings: Settings): void {
  const place = timeWithin(closeTime, DAY_MS) / STEP_MS;
  const weekday = timeWithin(Math.floor(closeTime / DAY_MS), 7);
  into.even(HOUR_SINES[place]!);
  into.even(HOUR_COSINES[place]!);
  into.even(WEEKDAY_SINES[weekday]!);
  into.even(WEEKDAY_COSINES[weekday]!);
  into.even(sessionAt(closeTime, settings) === null ? 0 : 1);
}
