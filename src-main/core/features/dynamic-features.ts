// The dynamic feature generator: candidates compete out of sample and are kept while they earn their place.
import type { Settings } from '../../../src-shared/contract/settings.ts';
import { classOf } from '../structure/regime-forecast.ts';
import type { MarketClass } from '../structure/regime-forecast.ts';
import type { SymbolState } from '../structure/symbol-state.ts';
import { CANDIDATES, measureCandidate } from './dynamic-candidates.ts';
import { isOnGrid } from '../market/grid.ts';

const HOUR_MS = 3_600_000;
const HOURS_PER_YEAR = 8760;
/** Hours after which an outcome weighs half. */
const HALF_LIFE_HOURS = 720;
const KEEP = 0.5 ** (1 / HALF_LIFE_HOURS);
/** Hours with outcomes a candidate needs before it can be kept. */
const MINIMUM_HOURS = 240;
const LARGEST_OUTCOME = 5;
/** Taken off every information ratio: dozens of candidates compete, and the luckiest of them is not the best. */
const STANDARD_ERRORS = 2;

interface Pending {
  readonly closeTime: number;
  readonly logClose: number;
  readonly atr: number;
  readonly market: MarketClass;
  /** Per candidate: its value times the sign it was trusted with at that time. */
  readonly positions: Float64Array;
  readonly values: Float64Array;
}

export interface KeptFeature {
  readonly name: string;
  readonly market: MarketClass;
  /** Annualised information ratio out of sample, less two standard errors. */
  readonly informationRatio: number;
  readonly hours: number;
}

/**
 * Watches every symbol at each full hour. A candidate holds a position of its value, with the sign that its past outcomes had, over the
 * next hour, measured in ATR; the positions of one hour form one outcome. Its information ratio over these outcomes (older ones fade)
 * is out of sample, since the sign was fixed before. Less two standard errors, it must reach `dynamicFeatureMinSharpe`; the best
 * `dynamicFeatureMaximum` are kept. While none is, callers fall back to the fixed features. Feed states in time order.
 */
export class DynamicFeatureGenerator {
  private readonly settings: Settings;
  private readonly pending = new Map<string, Pending>();
  private readonly agreement = new Float64Array(CANDIDATES.length);
  private readonly mean = new Float64Array(CANDIDATES.length);
  private readonly square = new Float64Array(CANDIDATES.length);
  private readonly weight = new Float64Array(CANDIDATES.length);
  private readonly weightSquare = new Float64Array(CANDIDATES.length);
  private readonly hourSum = new Float64Array(CANDIDATES.length);
  private readonly hourCount = new Float64Array(CANDIDATES.length);
  private hour = Number.NaN;
  private keptNow: readonly (KeptFeature & { readonly index: number })[] = [];

  constructor(settings: Settings) {
    this.settings = settings;
  }

  /** Call after a 5m candle closed. Does nothing between full hours, while the symbol warms up, or twice for one hour. */
  observe(state: SymbolState): void {
    const { '15m': fifteen, '1h': hour } = state.frames;
    const closeTime = fifteen.book.lastCloseTime;
    if (!isOnGrid(closeTime, HOUR_MS) || hour.book.lastCloseTime !== closeTime || !fifteen.isWarm || !hour.isWarm) return;
    const before = this.pending.get(state.symbol);
    if (before !== undefined && before.closeTime >= closeTime) return;
    if (closeTime !== this.hour) this.closeHour(closeTime);
    if (before !== undefined && closeTime - before.closeTime === HOUR_MS) this.settle(before, fifteen.logClose);
    this.pending.set(state.symbol, this.take(state, closeTime));
  }

  forget(symbol: string): void {
    this.pending.delete(symbol);
  }

  /** The features that hold their place now, best first. */
  get kept(): readonly KeptFeature[] {
    return this.keptNow;
  }

  /** What the kept features of the symbol's market class say for a long, −1 … 1; NaN when none is kept for it. */
  score(state: SymbolState): number {
    const market = classOf(state.frames['1h'], this.settings);
    let sum = 0;
    let weights = 0;
    for (const feature of this.keptNow) {
      if (feature.market !== market) continue;
      sum += feature.informationRatio * Math.sign(this.agreement[feature.index]!) * measureCandidate(CANDIDATES[feature.index]!, state);
      weights += feature.informationRatio;
    }
    return weights > 0 ? sum / weights : Number.NaN;
  }

  private take(state: SymbolState, closeTime: number): Pending {
    const market = classOf(state.frames['1h'], this.settings);
    const values = new Float64Array(CANDIDATES.length);
    const positions = new Float64Array(CANDIDATES.length);
    CANDIDATES.forEach((candidate, index) => {
      if (candidate.market !== market) return;
      const value = measureCandidate(candidate, state);
      values[index] = value;
      positions[index] = value * Math.sign(this.agreement[index]!);
    });
    const { logClose, atr } = state.frames['15m'];
    return { closeTime, logClose, atr, market, positions, values };
  }

  private settle(before: Pending, logClose: number): void {
    const outcome = Math.max(-LARGEST_OUTCOME, Math.min(LARGEST_OUTCOME, (logClose - before.logClose) / before.atr));
    for (let index = 0; index < CANDIDATES.length; index += 1) {
      if (CANDIDATES[index]!.market !== before.market) continue;
      this.hourSum[index] = this.hourSum[index]! + before.positions[index]! * outcome;
      this.hourCount[index] = this.hourCount[index]! + 1;
      this.agreement[index] = this.agreement[index]! + before.values[index]! * outcome;
    }
  }

  /** Books the outcomes of the hour before and chooses anew. */
  private closeHour(next: number): void {
    this.hour = next;
    for (let index = 0; index < CANDIDATES.length; index += 1) {
      const count = this.hourCount[index]!;
      this.agreement[index] = this.agreement[index]! * KEEP;
      if (count === 0) continue;
      const result = this.hourSum[index]! / count;
      const weight = this.weight[index]! * KEEP + 1;
      this.weightSquare[index] = this.weightSquare[index]! * KEEP * KEEP + 1;
      this.mean[index] = this.mean[index]! + (result - this.mean[index]!) / weight;
      this.square[index] = this.square[index]! + (result * result - this.square[index]!) / weight;
      this.weight[index] = weight;
      this.hourSum[index] = 0;
      this.hourCount[index] = 0;
    }
    this.keptNow = this.choose();
  }

  private choose(): readonly (KeptFeature & { readonly index: number })[] {
    return CANDIDATES.map((candidate, index) => {
      const hours = this.weight[index]! ** 2 / Math.max(1, this.weightSquare[index]!);
      const deviation = Math.sqrt(Math.max(0, this.square[index]! - this.mean[index]! ** 2));
      const perHour = deviation === 0 ? 0 : this.mean[index]! / deviation;
      const informationRatio = (perHour - STANDARD_ERRORS / Math.sqrt(Math.max(1, hours))) * Math.sqrt(HOURS_PER_YEAR);
      return { index, name: candidate.name, market: candidate.market, informationRatio, hours };
    })
      .filter((feature) => feature.hours >= MINIMUM_HOURS && feature.informationRatio >= this.settings.dynamicFeatureMinSharpe)
      .toSorted((a, b) => b.informationRatio - a.informationRatio || a.index - b.index)
      .slice(0, this.settings.dynamicFeatureMaximum);
  }
}
