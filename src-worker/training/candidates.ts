// Training rows from candle files: the live code finds the candidates, the candles after them say how each ended.
import { defaultSettings, type Settings } from '../../src-shared/contract/settings.ts';
import type { Candle } from '../../src-shared/domain/candle.ts';
import type { ModelOpinion, Side, Signal } from '../../src-shared/domain/signal.ts';
import { epochMs } from '../../src-shared/kernel/units.ts';
import { buildFeatureRow } from '../../src-main/core/features/build.ts';
import { FEATURE_COUNT } from '../../src-main/core/features/schema.ts';
import { labelTrade } from '../../src-main/core/learning/triple-barrier.ts';
import { breakEvenOf } from '../../src-main/core/strategies/break-even.ts';
import { bareContext } from '../../src-main/core/strategies/context.ts';
import { analyseSelfLearning } from '../../src-main/core/strategies/self-learning.ts';
import { createStrategy, SignalMemory, type Strategy } from '../../src-main/core/strategies/strategy.ts';
import { createMarketState, type MarketState } from '../../src-main/core/structure/market-state.ts';
import type { SymbolState } from '../../src-main/core/structure/symbol-state.ts';

import type { Steps } from './steps.ts';

const FIVE_MINUTES = 300_000;
const HOUR_MS = 3_600_000;

/** Archive rows are decided this often: once an hour. */
const ARCHIVE_BARS = 12;

export interface TrainingRow {
  /** A set-up is what the strategy would ask about; an archive row is the model's own plan at a fixed hour, for learning only. */
  readonly kind: 'set-up' | 'archive';
  readonly symbol: string;
  readonly side: Side;
  readonly decidedAt: number;
  /** When the label became known; rows whose window crosses a split boundary are purged. */
  readonly labelledAt: number;
  readonly features: Float32Array;
  readonly label: 0 | 1;
  readonly resultR: number;
  /** Win probability at which the plan earns nothing after costs, known at entry. */
  readonly breakEven: number;
  readonly ictConfidence: number;
  /** Known at entry; never the outcome. */
  readonly quality: number;
  /** True when every step passed, false for a set-up stopped after step 3. */
  readonly isSignal: boolean;
  /** Index of the first candle after the decision, among the candles of its symbol. */
  readonly next: number;
  /** The plan's exits as fractions of its entry price, and how long it may last. */
  readonly exits: { readonly stop: number; readonly target: number; readonly horizonMs: number };
}

/** A moment at which rows were made, with what was known then. Read it at once: the state moves on. */
export interface ObservedDecision {
  readonly symbol: string;
  readonly state: SymbolState;
  readonly now: number;
  readonly candles: readonly Candle[];
  readonly next: number;
  readonly rows: readonly TrainingRow[];
}

export interface SymbolCandles {
  readonly symbol: string;
  /** Oldest first; holes allowed. */
  readonly candles: readonly Candle[];
}

/** Candidates of all symbols, replayed side by side in time so that the market context is the one that was known. */
export function collectRows(series: readonly SymbolCandles[], onProgress: (fraction: number) => void): readonly TrainingRow[] {
  const steps = rowSteps(series, { observe: () => undefined, watch: () => undefined });
  for (;;) {
    const next = steps.next();
    if (next.done === true) return next.value;
    onProgress(next.value);
  }
}

/** Sees every symbol at every full hour, whether rows are made then or not. */
export type Watch = (symbol: string, state: SymbolState, now: number) => void;

export interface Observers {
  /** Sees every moment at which rows were made. */
  readonly observe: (decision: ObservedDecision) => void;
  readonly watch: Watch;
}

/** The same in steps of a few thousand candles. */
export function* rowSteps(series: readonly SymbolCandles[], { observe, watch }: Observers): Steps<readonly TrainingRow[]> {
  const settings: Settings = defaultSettings();
  const market = createMarketState(settings);
  const strategy = createStrategy('ict', settings, new SignalMemory());
  const seen = new Set<string>();
  const rows: TrainingRow[] = [];
  const cursors = series.map(() => 0);
  const first = Math.min(...series.map((entry) => entry.candles[0]?.openTime ?? Infinity));
  const last = Math.max(...series.map((entry) => entry.candles.at(-1)?.openTime ?? -Infinity));
  for (let openTime = first; openTime <= last; openTime += FIVE_MINUTES) {
    const advanced: number[] = [];
    series.forEach((entry, index) => {
      const cursor = cursors[index] ?? 0;
      const candle = entry.candles[cursor];
      if (candle === undefined || candle.openTime !== openTime) return;
      cursors[index] = cursor + 1;
      const outcome = market.appendClosed5m(entry.symbol, candle);
      if (outcome.kind === 'gap') {
        market.get(entry.symbol)?.reset();
        market.appendClosed5m(entry.symbol, candle);
      }
      advanced.push(index);
    });
    for (const index of advanced) {
      const entry = series[index];
      if (entry === undefined) continue;
      const made: TrainingRow[] = [];
      const decision = { entry, cursor: cursors[index] ?? 0, market, settings, now: openTime + FIVE_MINUTES };
      const setUp = findSetUp(decision, strategy);
      if (setUp !== null && !seen.has(setUp.signal.id)) {
        const row = rowOf(decision, { ...setUp, kind: 'set-up' });
        if (row !== null) {
          seen.add(setUp.signal.id);
          made.push(row);
        }
      }
      if ((openTime / FIVE_MINUTES + 1) % ARCHIVE_BARS === 0) {
        for (const side of ['long', 'short'] as const) {
          const signal = planOnSide(decision, side);
          const row = signal === null ? null : rowOf(decision, { signal, isSignal: false, kind: 'archive' });
          if (row !== null) made.push(row);
        }
      }
      const state = market.get(entry.symbol);
      if (state !== null && decision.now % HOUR_MS === 0) watch(entry.symbol, state, decision.now);
      if (made.length === 0 || state === null) continue;
      rows.push(...made);
      observe({ symbol: entry.symbol, state, now: decision.now, candles: entry.candles, next: decision.cursor, rows: made });
    }
    if ((openTime / FIVE_MINUTES) % 500 === 0) yield (openTime - first) / Math.max(1, last - first);
  }
  return rows;
}

interface Decision {
  readonly entry: SymbolCandles;
  /** Index of the first candle after the decision. */
  readonly cursor: number;
  readonly market: MarketState;
  readonly settings: Settings;
  readonly now: number;
}

interface Found {
  readonly signal: Signal;
  /** Whether every step passed. */
  readonly isSignal: boolean;
}

/** What ICT sees now: a signal, or a set-up that got past step 3. */
function findSetUp(decision: Decision, strategy: Strategy): Found | null {
  const state = decision.market.get(decision.entry.symbol);
  if (state === null) return null;
  const evaluation = strategy.evaluate(state, bareContext(epochMs(decision.now)));
  const signal = evaluation.kind === 'signal' ? evaluation.signal : evaluation.candidate;
  return signal === null ? null : { signal, isSignal: evaluation.kind === 'signal' };
}

/** The trade the self-learning mode would plan on this side if its model wanted it; null while the market may not be judged. */
function planOnSide(decision: Decision, side: Side): Signal | null {
  const state = decision.market.get(decision.entry.symbol);
  if (state === null) return null;
  const opinion = (winProbability: number): ModelOpinion => ({
    model: 'none',
    version: 'none',
    winProbability,
    low: winProbability,
    high: winProbability,
    effect: 'unused',
  });
  const opinions = { long: opinion(side === 'long' ? 0.9 : 0.1), short: opinion(side === 'short' ? 0.9 : 0.1) };
  const analysis = analyseSelfLearning(state, decision.settings, { ...bareContext(epochMs(decision.now)), opinions, modelHasEdge: true });
  return analysis.kind === 'candidate' ? analysis.signal : null;
}

function rowOf(decision: Decision, found: Found & { readonly kind: TrainingRow['kind'] }): TrainingRow | null {
  const { entry, market, settings, now, cursor } = decision;
  const { signal, isSignal, kind } = found;
  const state = market.get(entry.symbol);
  // The next candle is the first that can be traded; after a hole there is none.
  if (state === null || entry.candles[cursor]?.openTime !== now) return null;
  const features = new Float32Array(FEATURE_COUNT);
  if (!buildFeatureRow({ state, bitcoin: market.get('BTCUSDT'), side: signal.side, settings }, features, 0)) return null;
  const label = labelTrade(signal.plan, entry.candles, cursor);
  if (label === null) return null;
  return {
    kind,
    symbol: entry.symbol,
    side: signal.side,
    decidedAt: now,
    labelledAt: label.endedAt,
    features,
    label: label.won ? 1 : 0,
    resultR: label.resultR,
    breakEven: breakEvenOf(signal.plan),
    ictConfidence: signal.ictConfidence,
    quality: signal.quality,
    isSignal,
    next: cursor,
    exits: {
      stop: Math.abs(signal.plan.entry - signal.plan.stop) / signal.plan.entry,
      target: Math.abs(signal.plan.target - signal.plan.entry) / signal.plan.entry,
      horizonMs: signal.plan.expiresAt - now,
    },
  };
}
