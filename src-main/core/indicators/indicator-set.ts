// All indicators of one symbol and timeframe, advanced together, with a short memory of past values.
import type { Settings } from '../../../src-shared/contract/settings.ts';
import { ADX_SIZE, Adx } from './adx.ts';
import { ATR_SIZE, Atr } from './atr.ts';
import { BOLLINGER_SIZE, Bollinger } from './bollinger.ts';
import { EMA_SIZE, Ema } from './ema.ts';
import { RSI_SIZE, Rsi } from './rsi.ts';
import { VOLUME_RATIO_SIZE, VolumeRatio } from './volume-ratio.ts';
import { VWAP_SIZE, Vwap } from './vwap.ts';

/** Past values kept per indicator: more than the 168 hours of a week. A power of two. */
export const INDICATOR_HISTORY = 256;
/** ATR values kept of the 1h timeframe: the longest volatility window, 60 days, is 1,440 hours. A power of two. */
export const HOURLY_ATR_HISTORY = 2048;

/** Where each indicator starts in the memory of a set. */
const EMA_FAST = 0;
const EMA_SLOW = EMA_FAST + EMA_SIZE;
const RSI = EMA_SLOW + EMA_SIZE;
const ATR = RSI + RSI_SIZE;
const ADX = ATR + ATR_SIZE;
const VWAP = ADX + ADX_SIZE;
const VOLUME = VWAP + VWAP_SIZE;
const BOLLINGER = VOLUME + VOLUME_RATIO_SIZE;
const PAST = BOLLINGER + BOLLINGER_SIZE;

/** Bars that ATR is compared with. */
export const ATR_COMPARISON_BARS = 96;

/**
 * The set works on whatever numbers it is fed. Fed prices, it gives the textbook values. Fed logarithms of prices, ATR is a
 * fraction of price, and the mirrored market p → K/p gives exactly mirrored values (EMA → ln K − EMA, RSI → 100 − RSI, ±DI
 * swapped, ADX and ATR unchanged); decisions use that set.
 */
export class IndicatorSet {
  readonly emaFast: Ema;
  readonly emaSlow: Ema;
  readonly rsi: Rsi;
  readonly atr: Atr;
  readonly adx: Adx;
  readonly bollinger: Bollinger;
  readonly volumeRatio: VolumeRatio;
  readonly vwap: Vwap;
  private count = 0;
  private readonly atrPeriod: number;
  /** Bar for which the two ATR comparisons were taken; -1 before the first. */
  private comparedAt = -1;
  private ratioValue = Number.NaN;
  private percentileValue = Number.NaN;
  private readonly emaFastPast: Float64Array;
  private readonly rsiPast: Float64Array;
  private readonly atrPast: Float64Array;
  private readonly adxPast: Float64Array;

  /**
   * All state lies in one block of memory: a market of hundreds of symbols is read from cold memory once a cycle. `atrHistory` is how many
   * ATR values are remembered, a power of two.
   */
  constructor(settings: Settings, atrHistory: number = INDICATOR_HISTORY) {
    const memory = new Float64Array(PAST + 3 * INDICATOR_HISTORY + atrHistory).fill(Number.NaN, PAST);
    this.atrPeriod = settings.atrPeriod;
    this.emaFast = new Ema(settings.emaFast, memory, EMA_FAST);
    this.emaSlow = new Ema(settings.emaSlow, memory, EMA_SLOW);
    this.rsi = new Rsi(settings.rsiPeriod, memory, RSI);
    this.atr = new Atr(settings.atrPeriod, memory, ATR);
    this.adx = new Adx(settings.adxPeriod, memory, ADX);
    this.vwap = new Vwap(memory, VWAP);
    this.volumeRatio = new VolumeRatio(memory, VOLUME);
    this.bollinger = new Bollinger(memory, BOLLINGER);
    const past = (column: number): Float64Array => memory.subarray(PAST + column * INDICATOR_HISTORY, PAST + (column + 1) * INDICATOR_HISTORY);
    this.emaFastPast = past(0);
    this.rsiPast = past(1);
    this.adxPast = past(2);
    this.atrPast = memory.subarray(PAST + 3 * INDICATOR_HISTORY);
  }

  update(bar: IndicatorInput): void {
    const { high, low, close, volume } = bar;
    const slot = this.count & (INDICATOR_HISTORY - 1);
    this.emaFastPast[slot] = this.emaFast.update(close);
    this.emaSlow.update(close);
    this.rsiPast[slot] = this.rsi.update(close);
    this.atrPast[this.count & (this.atrPast.length - 1)] = this.atr.update(high, low, close);
    this.adxPast[slot] = this.adx.update(high, low, close);
    this.bollinger.update(close);
    this.volumeRatio.update(volume);
    this.vwap.update(bar.openTime, (high + low + close) / 3, volume);
    this.count += 1;
  }

  /** Value `barsAgo` bars before the newest (0 = newest), NaN when unknown or no longer remembered. */
  emaFastAgo(barsAgo: number): number {
    return this.past(this.emaFastPast, barsAgo);
  }

  rsiAgo(barsAgo: number): number {
    return this.past(this.rsiPast, barsAgo);
  }

  atrAgo(barsAgo: number): number {
    return this.past(this.atrPast, barsAgo);
  }

  adxAgo(barsAgo: number): number {
    return this.past(this.adxPast, barsAgo);
  }

  /** ATR over the mean of its last {@link ATR_COMPARISON_BARS} values (fewer while warming up); NaN before ATR is warm. */
  get atrRatio(): number {
    if (this.comparedAt !== this.count) this.compareAtr();
    return this.ratioValue;
  }

  /** Share of the previous {@link ATR_COMPARISON_BARS} ATR values below the newest; NaN before there is one. */
  get atrPercentile(): number {
    if (this.comparedAt !== this.count) this.compareAtr();
    return this.percentileValue;
  }

  private compareAtr(): void {
    const { atrPast, count } = this;
    const mask = atrPast.length - 1;
    const newest = this.atr.value;
    // The first value comes with the bar after a whole period.
    const available = Math.max(0, count - this.atrPeriod);
    const averaged = Math.min(available, ATR_COMPARISON_BARS);
    const compared = Math.min(available - 1, ATR_COMPARISON_BARS);
    let odd = 0;
    let even = 0;
    for (let back = 1; back <= averaged; back += 2) {
      odd += atrPast[(count - back) & mask]!;
      if (back < averaged) even += atrPast[(count - back - 1) & mask]!;
    }
    const sum = odd + even;
    let below = 0;
    for (let back = 2; back <= compared + 1; back += 1) below += atrPast[(count - back) & mask]! < newest ? 1 : 0;
    this.ratioValue = sum > 0 ? (newest * averaged) / sum : Number.NaN;
    this.percentileValue = compared > 0 ? below / compared : Number.NaN;
    this.comparedAt = count;
  }

  private past(column: Float64Array, barsAgo: number): number {
    if (barsAgo >= column.length || barsAgo >= this.count) return Number.NaN;
    return column[(this.count - 1 - barsAgo) & (column.length - 1)]!;
  }
}

export interface IndicatorInput {
  readonly openTime: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}
