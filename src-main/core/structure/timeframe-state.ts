// Everything known about one symbol on one timeframe, advanced one closed candle at a time.
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { Candle, Timeframe } from '../../../src-shared/domain/candle.ts';
import { HOURLY_ATR_HISTORY, INDICATOR_HISTORY, IndicatorSet } from '../indicators/indicator-set.ts';
import type { IndicatorInput } from '../indicators/indicator-set.ts';
import { CandleBook } from '../market/candle-book.ts';
import { BreakDetector } from './breaks.ts';
import type { BreakRecord } from './break-record.ts';
import { CandleHash } from './candle-hash.ts';
import type { NumberHash } from './candle-hash.ts';
import { DECISION_MEMORY_BARS } from './decision-memory.ts';
import {
  BREAK_BAR,
  BREAK_PUSH,
  BUY_POOL,
  BUY_POOL_BAR,
  BUY_SWEEP_BAR,
  CLOSE,
  FACTS_SIZE,
  INTERNAL_HIGH,
  INTERNAL_LOW,
  INTERNAL_TREND,
  LOG_CLOSE,
  RETURNS,
  RETURN_BARS,
  SELL_POOL,
  SELL_POOL_BAR,
  SELL_SWEEP_BAR,
  SWING_HIGH,
  SWING_LOW,
  SWING_TREND,
  clearFacts,
} from './facts.ts';
import { GapDetector } from './fair-value-gaps.ts';
import { LiquiditySide } from './liquidity.ts';
import { OrderBlockDetector } from './order-blocks.ts';
import { RegimeTracker } from './regime.ts';
import { SwingDetector } from './swings.ts';

/** Bars over which slopes are taken. */
const SLOPE_BARS = 3;

/**
 * Book, indicators and structure of one timeframe. Order comparisons use prices as they are; every distance is a difference of
 * logarithms measured in the ATR of log price. `append` costs O(1) amortised and allocates nothing once warm.
 */
export class TimeframeState {
  readonly book: CandleBook;
  private settings: Settings;
  /** Indicators of log price; see IndicatorSet. */
  indicators!: IndicatorSet;
  internalSwings!: SwingDetector;
  swings!: SwingDetector;
  internalBreaks!: BreakDetector;
  breaks!: BreakDetector;
  gaps!: GapDetector;
  orderBlocks!: OrderBlockDetector;
  buySide!: LiquiditySide;
  sellSide!: LiquiditySide;
  regime!: RegimeTracker;
  /** What decisions read most; positions are named in facts.ts. */
  readonly facts = new Float64Array(FACTS_SIZE);
  private readonly candleHash = new CandleHash();
  /** Grows whenever an object appears, changes state or ends; charts reload on a change. */
  structureVersion = 0;
  /** Grows with every candle and every reset, so that what was measured can be told from what must be measured again. */
  revision = 0;
  /** Grows with every reset: what was published before it belongs to another reading of the market. */
  generation = 0;
  private warm = false;
  private readonly input: { -readonly [K in keyof IndicatorInput]: number } = { openTime: 0, high: 0, low: 0, close: 0, volume: 0 };
  private readonly newBreaks: (BreakRecord | null)[] = [null, null];

  constructor(timeframe: Timeframe, settings: Settings, capacity: number) {
    this.settings = settings;
    this.book = new CandleBook(timeframe, capacity);
    this.reset();
  }

  /** Forgets everything, as if no candle had ever come. */
  reset(): void {
    const { settings } = this;
    this.book.reset();
    this.indicators = new IndicatorSet(settings, this.book.timeframe === '1h' ? HOURLY_ATR_HISTORY : INDICATOR_HISTORY);
    this.internalSwings = new SwingDetector('internal', settings.internalSwingLength);
    this.swings = new SwingDetector('swing', settings.swingLength);
    this.internalBreaks = new BreakDetector('internal', settings.wicksBreakStructure);
    this.breaks = new BreakDetector('swing', settings.wicksBreakStructure);
    this.gaps = new GapDetector(settings.minGapAtr);
    this.orderBlocks = new OrderBlockDetector(settings);
    this.buySide = new LiquiditySide('buy', settings.equalLevelAtr);
    this.sellSide = new LiquiditySide('sell', settings.equalLevelAtr);
    this.regime = new RegimeTracker(settings);
    clearFacts(this.facts);
    this.candleHash.reset();
    this.structureVersion += 1;
    this.revision += 1;
    this.generation += 1;
    this.warm = false;
  }

  /** Reads the candles in memory again from the first, under other settings. */
  rebuild(settings: Settings): void {
    const candles = this.book.candles();
    this.settings = settings;
    this.reset();
    for (const candle of candles) this.append(candle);
  }

  /** Takes the next contiguous closed candle. */
  append(candle: Candle): void {
    this.book.append(candle);
    this.revision += 1;
    this.updateIndicators();
    const { book } = this;
    const atr = this.atr;
    const zonesBefore = this.zoneChanges();
    this.internalBreaks.update(book, this.internalSwings, atr);
    this.breaks.update(book, this.swings, atr);
    this.internalSwings.update(book);
    this.swings.update(book);
    this.gaps.update(book, atr);
    this.newBreaks[0] = this.internalBreaks.latest;
    this.newBreaks[1] = this.breaks.latest;
    this.orderBlocks.update(this, this.newBreaks);
    this.buySide.update(book, this.internalSwings.confirmedHigh, atr);
    this.sellSide.update(book, this.internalSwings.confirmedLow, atr);
    this.regime.update(this.indicators.adx.value);
    this.noteFacts();
    if (this.isStructureNew() || this.zoneChanges() !== zonesBefore) this.structureVersion += 1;
  }

  /** Every candle since the last reset in one word, for naming what a decision was made from. */
  get inputs(): NumberHash {
    return this.candleHash.upTo(this.book);
  }

  /** In place of reading `inputs`: the word, when it is asked for later, is the same as if it had been read now. */
  keepInputs(): void {
    this.candleHash.keepUp(this.book);
  }

  /** ATR of log price: a fraction of price. NaN during warm-up. */
  get atr(): number {
    return this.indicators.atr.value;
  }

  /** Newest close, or NaN. */
  get close(): number {
    return this.facts[CLOSE]!;
  }

  /** Natural logarithm of the newest close, or NaN. */
  get logClose(): number {
    return this.facts[LOG_CLOSE]!;
  }

  /** True once every indicator a decision needs, slopes over three bars included, has left its warm-up. */
  get isWarm(): boolean {
    if (!this.warm) this.warm = this.hasWarmed();
    return this.warm;
  }

  private hasWarmed(): boolean {
    const { indicators } = this;
    const needed =
      indicators.emaSlow.value +
      indicators.emaFastAgo(SLOPE_BARS) +
      indicators.rsiAgo(SLOPE_BARS) +
      indicators.adx.value +
      indicators.atr.value +
      indicators.volumeRatio.value;
    return !Number.isNaN(needed);
  }

  private updateIndicators(): void {
    const { book, input } = this;
    const slot = book.slot(book.count - 1);
    input.openTime = book.openTime[slot]!;
    input.high = book.logHigh[slot]!;
    input.low = book.logLow[slot]!;
    input.close = book.logClose[slot]!;
    input.volume = book.volume[slot]!;
    this.indicators.update(input);
    book.volumeRatio[slot] = this.indicators.volumeRatio.value;
  }

  private noteFacts(): void {
    const { facts, book, internalSwings, swings, buySide, sellSide } = this;
    const slot = book.slot(book.count - 1);
    const logClose = book.logClose[slot]!;
    facts[RETURNS + ((book.count - 1) & (RETURN_BARS - 1))] = logClose - facts[LOG_CLOSE]!;
    facts[CLOSE] = book.close[slot]!;
    facts[LOG_CLOSE] = logClose;
    const { latest } = this.internalBreaks;
    if (latest !== null) {
      const sign = latest.direction === 'bullish' ? 1 : -1;
      facts[INTERNAL_TREND] = sign;
      if (latest.bar - latest.swingBar <= DECISION_MEMORY_BARS) {
        facts[BREAK_BAR] = latest.bar;
        facts[BREAK_PUSH] = Number.isNaN(latest.displacementAtr) ? 0 : sign * latest.displacementAtr;
      }
    }
    if (this.breaks.latest !== null) facts[SWING_TREND] = this.breaks.latest.direction === 'bullish' ? 1 : -1;
    if (internalSwings.confirmedHigh !== null) facts[INTERNAL_HIGH] = internalSwings.confirmedHigh.logPrice;
    if (internalSwings.confirmedLow !== null) facts[INTERNAL_LOW] = internalSwings.confirmedLow.logPrice;
    if (swings.confirmedHigh !== null) facts[SWING_HIGH] = swings.confirmedHigh.logPrice;
    if (swings.confirmedLow !== null) facts[SWING_LOW] = swings.confirmedLow.logPrice;
    facts[BUY_SWEEP_BAR] = buySide.lastSweepBar;
    facts[SELL_SWEEP_BAR] = sellSide.lastSweepBar;
    facts[BUY_POOL] = buySide.nearestPrice;
    facts[BUY_POOL_BAR] = buySide.nearestBar;
    facts[SELL_POOL] = sellSide.nearestPrice;
    facts[SELL_POOL_BAR] = sellSide.nearestBar;
  }

  /** Grows with every birth, change of state and end of a gap, block or pool. */
  private zoneChanges(): number {
    return this.gaps.changes + this.orderBlocks.changes + this.buySide.changes + this.sellSide.changes;
  }

  /** Whether the newest candle made a break or confirmed a swing. */
  private isStructureNew(): boolean {
    return (
      this.internalBreaks.latest !== null ||
      this.breaks.latest !== null ||
      this.internalSwings.confirmedHigh !== null ||
      this.internalSwings.confirmedLow !== null ||
      this.swings.confirmedHigh !== null ||
      this.swings.confirmedLow !== null
    );
  }
}
