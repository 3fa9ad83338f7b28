// One symbol of the running market: its candles, the path it is on, and the prices of this moment.
import type { Candle } from '../../src-shared/domain/candle.ts';
import { nearestTick, ticksToPrice, type Instrument } from '../../src-shared/domain/instrument.ts';
import { AnnouncedFunding } from './announced-funding.ts';
import { HOUR_MS, MarkProcess, type FundingRecord, type MarkPath } from './funding.ts';
import { INTERVALS } from './intervals.ts';
import { minuteCandles } from './minutes.ts';
import { ReferenceSeries, type Reference } from './reference-series.ts';
import { aggregateSeries, CandleSeries, mergeCandles, type CandleRequest } from './series.ts';
import { FIVE_MINUTES, type PathedCandle } from './source.ts';

/** Candles whose inner path stays known, for candles of one and three minutes: a bit more than a day. */
export const PATHS_KEPT = 320;
const FUNDING_KEPT = 1000;

/** A price at a moment, as the exchange engine and the tape see it. */
export interface PriceStep {
  readonly price: number;
  readonly mark: number;
  readonly time: number;
}

/** Recorded funding rate of a settlement, or null. */
type FundingRecords = (settlement: number) => number | null;

export class SymbolMarket {
  instrument: Instrument;
  readonly series = new CandleSeries();
  readonly fundings: FundingRecord[] = [];
  last = 0;
  mark = 0;
  index = 0;
  forming: Candle | null = null;
  /** Grows with every price. */
  version = 1;
  lastChange = 0;
  /** Every price is multiplied by this; a rehearsed gap changes it. */
  shift = 1;
  /** A halted symbol keeps its price and makes no candles. */
  isHalted = false;
  /** Settlements of the exchange that is followed. */
  readonly announced = new AnnouncedFunding();
  readonly #references: ReferenceSeries;
  readonly #process: MarkProcess;
  #current: PathedCandle | null = null;
  #marks: MarkPath = { indexes: new Float64Array(0), marks: new Float64Array(0) };
  #pointsDone = 0;
  #isGapped = false;
  readonly #paths: { readonly openTime: number; readonly points: Float64Array; readonly candle: Candle }[] = [];

  /** Milliseconds between settlements of funding. */
  readonly fundingMs: number;

  constructor(instrument: Instrument, now: number, fundingHours: number) {
    this.instrument = instrument;
    this.fundingMs = fundingHours * HOUR_MS;
    this.#process = new MarkProcess(fundingHours);
    this.lastChange = now;
    this.#references = new ReferenceSeries(now);
  }

  get fundingRate(): number {
    return this.#process.rate();
  }
  nextFundingTime(now: number): number {
    return this.announced.next ?? (Math.floor(now / this.fundingMs) + 1) * this.fundingMs;
  }
  get averagePremium(): number {
    return this.#process.averagePremium;
  }

  /** Takes a whole candle into history without visiting its points. */
  absorb(pathed: PathedCandle, { recordedFunding, keepsPath }: { readonly recordedFunding: FundingRecords; readonly keepsPath: boolean }): void {
    this.open(pathed);
    this.#end(pathed.candle.openTime + FIVE_MINUTES, recordedFunding, keepsPath);
  }

  /** Begins a candle; null is a hole in the data. */
  open(pathed: PathedCandle | null): void {
    this.#current = pathed === null ? null : scale(pathed, this.shift);
    this.#pointsDone = 0;
    this.#isGapped = false;
    this.forming = null;
    if (this.#current !== null) this.#marks = this.#process.follow(this.#current);
  }

  /** Ends the candle at `boundary`; in a hole there is none. */
  close(boundary: number, recordedFunding: FundingRecords): void {
    this.#end(boundary, recordedFunding, true);
  }

  #end(boundary: number, recordedFunding: FundingRecords, keepsPath: boolean): void {
    const current = this.#current;
    if (current !== null && !this.isHalted) {
      const visited = this.forming;
      const closed =
        this.#isGapped && visited !== null
          ? { ...current.candle, open: visited.open, high: visited.high, low: visited.low, close: visited.close }
          : current.candle;
      this.series.append(closed);
      if (keepsPath) this.#paths.push({ openTime: closed.openTime, points: current.points.slice(), candle: closed });
      if (this.#paths.length > PATHS_KEPT) this.#paths.shift();
      this.#references.append({ openTime: closed.openTime, points: current.points, ...this.#marks });
      this.last = closed.close;
      this.mark = this.#marks.marks.at(-1) ?? this.mark;
      this.index = this.#marks.indexes.at(-1) ?? this.index;
    }
    const { isFollowed } = this.announced;
    const told = isFollowed ? this.announced.take(boundary) : recordedFunding(boundary);
    if (isFollowed ? told !== null : boundary % this.fundingMs === 0) {
      this.fundings.push({ time: boundary, rate: this.#process.settle(told), mark: this.mark });
      if (this.fundings.length > FUNDING_KEPT) this.fundings.shift();
    }
  }

  /** A price that comes from outside instead of from a path. */
  follow(step: PriceStep): void {
    this.last = step.price;
    this.mark = step.mark;
    this.index = step.mark;
    this.version += 1;
    this.lastChange = step.time;
  }

  /** Visits every point of the path up to `time`, then the place between two points where price is now. */
  move(time: number, visit: (step: PriceStep) => void): void {
    const current = this.#current;
    if (current === null || this.isHalted) return;
    const { points, candle } = current;
    const pointMs = FIVE_MINUTES / points.length;
    const progress = Math.min(points.length, (time - candle.openTime) / pointMs);
    while (this.#pointsDone < Math.floor(progress + 1e-9)) {
      const done = this.#pointsDone;
      this.#pointsDone += 1;
      const mark = this.#marks.marks[done] ?? this.mark;
      this.index = this.#marks.indexes[done] ?? this.index;
      this.#setPrice({ price: points[done] ?? candle.close, mark, time: candle.openTime + this.#pointsDone * pointMs }, visit);
    }
    if (this.#pointsDone < points.length) this.#between(progress - this.#pointsDone, time, visit);
    this.#fillVolume(Math.max(0.001, progress / points.length));
  }

  #between(share: number, time: number, visit: (step: PriceStep) => void): void {
    const current = this.#current;
    if (current === null || share <= 0) return;
    const done = this.#pointsDone;
    const blend = (values: Float64Array, before: number): number => before + ((values[done] ?? before) - before) * share;
    const previous = done === 0 ? current.candle.open : (current.points[done - 1] ?? current.candle.open);
    const markBefore = done === 0 ? (this.mark === 0 ? previous : this.mark) : (this.#marks.marks[done - 1] ?? this.mark);
    const price = this.roundPrice(blend(current.points, previous));
    if (price === this.last) return;
    this.#setPrice({ price, mark: done === 0 ? markBefore : blend(this.#marks.marks, markBefore), time }, visit);
  }

  roundPrice(price: number): number {
    return ticksToPrice(this.instrument, nearestTick(this.instrument, price));
  }

  /** Moves price at once and for good: the rest of the path continues from there. */
  gap(fraction: number, time: number, visit: (step: PriceStep) => void): void {
    const factor = 1 + fraction;
    this.shift *= factor;
    const current = this.#current;
    this.#isGapped = true;
    if (current !== null) {
      this.forming ??= beginForming(current.candle, this.last);
      this.#current = scale(current, factor);
      this.#marks = { indexes: this.#marks.indexes.map((value) => value * factor), marks: this.#marks.marks.map((value) => value * factor) };
    }
    this.index *= factor;
    this.#setPrice({ price: this.roundPrice(this.last * factor), mark: this.mark * factor, time }, visit);
  }

  #setPrice(step: PriceStep, visit: (step: PriceStep) => void): void {
    const { price } = step;
    this.last = price;
    this.mark = step.mark;
    this.version += 1;
    this.lastChange = step.time;
    if (this.forming !== null)
      this.forming = { ...this.forming, high: Math.max(this.forming.high, price), low: Math.min(this.forming.low, price), close: price };
    else if (this.#current !== null) this.forming = beginForming(this.#current.candle, price);
    visit(step);
  }

  /** Volume arrives evenly over the candle; prices are those visited so far. */
  #fillVolume(share: number): void {
    if (this.#current === null) return;
    const { candle } = this.#current;
    const forming = this.forming ?? { ...candle, high: candle.open, low: candle.open, close: candle.open };
    this.forming = {
      ...forming,
      volume: candle.volume * share,
      quoteVolume: candle.quoteVolume * share,
      trades: Math.max(1, Math.floor(candle.trades * share)),
      takerBuyVolume: candle.takerBuyVolume * share,
    };
  }

  /** Prices of the newest finished path, oldest first. */
  recentPrices(): readonly PriceStep[] {
    const path = this.#paths.at(-1);
    if (path === undefined) return [];
    const pointMs = FIVE_MINUTES / path.points.length;
    return Array.from(path.points, (price, index) => ({ price, mark: price, time: path.openTime + (index + 1) * pointMs }));
  }

  /** Candles of any interval, oldest first; the last one is the unfinished one when the range reaches now. */
  candles(request: CandleRequest, now: number): readonly Candle[] {
    if ((INTERVALS[request.interval] ?? FIVE_MINUTES) >= FIVE_MINUTES) return aggregateSeries(this.series, this.forming, request);
    return mergeCandles(this.#minutes(request, now), request);
  }

  /** Candles of mark price, index or premium of the last days, oldest first; the last one is unfinished when the range reaches now. */
  referenceCandles(reference: Reference, request: CandleRequest, now: number): readonly Candle[] {
    const current = this.#current;
    const path = current === null || this.isHalted ? null : { openTime: current.candle.openTime, points: current.points, ...this.#marks };
    return this.#references.candles(reference, request, { current: path, now: Math.max(now, (path?.openTime ?? 0) + 1) });
  }

  /** The minutes of the kept paths, and of the candle being formed. */
  *#minutes(request: CandleRequest, now: number): Generator<Candle> {
    const round = (price: number): number => this.roundPrice(price);
    for (const path of this.#paths) {
      if (path.openTime + FIVE_MINUTES <= request.from || path.openTime > request.to) continue;
      yield* minuteCandles(path.candle, path.points, { until: path.openTime + FIVE_MINUTES, round });
    }
    if (this.#current !== null && !this.isHalted)
      yield* minuteCandles(this.#current.candle, this.#current.points, { until: Math.max(now, this.#current.candle.openTime + 1), round });
  }
}

function beginForming(candle: Candle, price: number): Candle {
  const { open } = candle;
  return { ...candle, high: Math.max(open, price), low: Math.min(open, price), close: price, volume: 0, quoteVolume: 0, trades: 0, takerBuyVolume: 0 };
}

function scale(pathed: PathedCandle, factor: number): PathedCandle {
  if (factor === 1) return pathed;
  const { candle } = pathed;
  return {
    candle: { ...candle, open: candle.open * factor, high: candle.high * factor, low: candle.low * factor, close: candle.close * factor },
    points: pathed.points.map((value) => value * factor),
    premiums: pathed.premiums,
  };
}
