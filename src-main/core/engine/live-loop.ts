// The live loop: evaluate what is new, ask the models, rank, review, execute; every symbol leaves with a signal or a reason.
import type { PredictedLiquidity } from '../../../src-shared/contract/analysis.ts';
import type { DecisionView, FunnelView, MarketAnalysis } from '../../../src-shared/contract/view.ts';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { NoSignal, Side, Signal } from '../../../src-shared/domain/signal.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import { buildFeatureRow } from '../features/build.ts';
import { StackBuilder, type MarketMoment, type RecentOutcomes } from '../learning/stack-inputs.ts';
import { DynamicFeatureGenerator } from '../features/dynamic-features.ts';
import { FEATURE_COUNT, FEATURE_SCHEMA_HASH } from '../features/schema.ts';
import type { PredictionBatch, PredictionFailure, PredictionResult } from '../ports.ts';
import type { Result } from '../../../src-shared/kernel/result.ts';
import { bareContext, type DecisionContext } from '../strategies/context.ts';
import { FunnelCounts } from '../strategies/funnel.ts';
import { analyseIct } from '../strategies/ict.ts';
import { describeMarket } from './describe-market.ts';
import { hear } from './model-answers.ts';
import { hashInputs, keepInputs } from '../strategies/inputs-hash.ts';
import { createStrategy, SignalMemory, type Strategy } from '../strategies/strategy.ts';
import { emptyFunnel } from './initial-view.ts';
import type { MarketDesk } from './market-desk.ts';
import { describeLiquidity } from './predicted-liquidity.ts';
import { rankSignals, type RankedSignal } from './ranking.ts';

const MODEL = 'boosted-trees';
const SIDES: readonly Side[] = ['long', 'short'];
const NO_HASHES: ReadonlyMap<string, string> = new Map();

/** What a position book must tell a cycle. */
export interface CycleSurroundings {
  readonly openSideOf: (symbol: string) => Side | null;
  readonly correlatedPositions: (symbol: string) => Readonly<Record<Side, number>>;
  readonly modelHasEdge: boolean;
  /** Whether the analysis of every symbol is told, also of those without a set-up. */
  readonly isWatched: boolean;
}

export interface CycleResult {
  readonly cycle: number;
  readonly ranked: readonly RankedSignal[];
  /** Set-ups that were stopped after step 3. */
  readonly candidates: readonly { readonly signal: Signal; readonly stoppedBy: NoSignal }[];
  /** Empty when nobody watches. */
  readonly analysis: readonly MarketAnalysis[];
  /** What each signal and candidate was decided from, by symbol. */
  readonly inputsHashes: ReadonlyMap<string, string>;
  readonly counts: FunnelCounts;
  readonly funnel: FunnelView;
  readonly evaluated: number;
}

interface PendingCycle {
  readonly cycle: number;
  readonly startedAt: EpochMs;
  readonly symbols: readonly string[];
}

export type CycleStart = { readonly kind: 'ask'; readonly batch: PredictionBatch } | { readonly kind: 'decide' } | { readonly kind: 'idle' };

export class LiveLoop {
  readonly memory = new SignalMemory();
  readonly #market: MarketDesk;
  readonly #stack = new StackBuilder();
  #dynamic: DynamicFeatureGenerator;
  #settings: Settings;
  /** Made anew when settings change. */
  #strategy: Strategy | null = null;
  readonly #liquidity = new Map<string, PredictedLiquidity>();
  #cycle = 0;
  #pending: PendingCycle | null = null;
  #lateAnswers = 0;
  #lastFunnel: FunnelView = emptyFunnel(0);

  constructor(market: MarketDesk, settings: Settings) {
    this.#market = market;
    this.#settings = settings;
    this.#dynamic = new DynamicFeatureGenerator(settings);
  }

  set settings(settings: Settings) {
    const isNew =
      settings.dynamicFeatureMaximum !== this.#settings.dynamicFeatureMaximum || settings.dynamicFeatureMinSharpe !== this.#settings.dynamicFeatureMinSharpe;
    this.#settings = settings;
    this.#strategy = null;
    if (isNew) this.#dynamic = new DynamicFeatureGenerator(settings);
  }

  /** Where a model with skill expects liquidity to be taken, as of the symbol's last cycle; null without one. */
  predictedLiquidity(symbol: string): PredictedLiquidity | null {
    return this.#liquidity.get(symbol) ?? null;
  }

  get lateAnswers(): number {
    return this.#lateAnswers;
  }

  get lastFunnel(): FunnelView {
    return this.#lastFunnel;
  }

  /** Starts a cycle over the symbols with new candles. One is in flight at most; the symbols of a skipped tick stay dirty. */
  begin(now: EpochMs, past: () => RecentOutcomes): CycleStart {
    if (this.#pending !== null) return { kind: 'idle' };
    const symbols = this.#settings.enableIncrementalCache ? this.#market.takeDirty() : this.#market.takeReady();
    if (symbols.length === 0) return { kind: 'idle' };
    this.#cycle += 1;
    this.#pending = { cycle: this.#cycle, startedAt: now, symbols };
    if (this.#settings.strategyMode === 'ict') return { kind: 'decide' };
    return { kind: 'ask', batch: this.#buildBatch(symbols, past(), now) };
  }

  /** True when an answer belongs to the cycle in flight; any other is counted and dropped. */
  accepts(cycle: number): boolean {
    if (this.#pending?.cycle === cycle) return true;
    this.#lateAnswers += 1;
    return false;
  }

  /** True when the cycle in flight has waited longer than `deadlineMs` of engine time. */
  isOverdue(now: EpochMs, deadlineMs: number): boolean {
    return this.#pending !== null && now - this.#pending.startedAt > deadlineMs;
  }

  /** Decides the cycle in flight with the models' answer, or without it and saying why. */
  conclude(answer: Result<PredictionResult, PredictionFailure> | null, surroundings: CycleSurroundings, now: EpochMs): CycleResult | null {
    const pending = this.#pending;
    if (pending === null) return null;
    this.#pending = null;
    const heard = hear(answer?.ok === true ? answer.value : null, this.#settings);
    const { opinions } = heard;
    const fallback = answer === null ? 'The strategy mode is ICT; no model was asked.' : answer.ok ? null : answer.error.uiMessage;
    const strategy = (this.#strategy ??= createStrategy(this.#settings.strategyMode, this.#settings, this.memory));
    const funnel = new FunnelCounts();
    const signals: Signal[] = [];
    const candidates: { readonly signal: Signal; readonly stoppedBy: NoSignal }[] = [];
    const analysis: MarketAnalysis[] = [];
    let inputsHashes: Map<string, string> | null = null;
    this.#observe(pending.symbols);
    for (const symbol of pending.symbols) {
      const state = this.#market.state.get(symbol);
      if (state === null) continue;
      const dynamicScore = this.#settings.enableDynamicFeatures ? { dynamicScore: this.#dynamic.score(state) } : null;
      const forecasts = heard.forecasts(symbol, state);
      const told: DecisionContext = {
        now,
        spreadFraction: this.#market.prices.get(symbol)?.spreadFraction ?? null,
        opinions: heard.opinionsOf(symbol),
        modelHasEdge: surroundings.modelHasEdge || heard.isEnsemble(symbol),
        modelDiscount: heard.discount,
        fallback,
        openSide: surroundings.openSideOf(symbol),
        correlatedPositions: surroundings.correlatedPositions(symbol),
      };
      const context = forecasts === null && dynamicScore === null ? told : { ...told, ...forecasts, ...dynamicScore };
      const evaluation = heard.explain(symbol, strategy.evaluate(state, context), context);
      funnel.record(evaluation);
      if (evaluation.kind === 'signal') signals.push(evaluation.signal);
      else if (evaluation.candidate !== null) candidates.push({ signal: evaluation.candidate, stoppedBy: evaluation.noSignal });
      const liquidity = heard.liquidityOf(symbol);
      if (liquidity !== null) this.#liquidity.set(symbol, describeLiquidity(state.frames['15m'], liquidity));
      else if (this.#liquidity.size > 0) this.#liquidity.delete(symbol);
      if (!surroundings.isWatched && evaluation.kind === 'none' && evaluation.candidate === null) {
        keepInputs(state);
        continue;
      }
      const inputsHash = hashInputs(state, this.#settings, context);
      (inputsHashes ??= new Map<string, string>()).set(symbol, inputsHash);
      if (surroundings.isWatched) analysis.push(describeMarket(state, evaluation, { settings: this.#settings, opinions, now, inputsHash }));
    }
    const ranked = rankSignals(signals, this.#settings);
    for (const entry of ranked) {
      this.memory.remember(entry.signal.id);
      if (entry.stoppedBy !== null) funnel.stop('rank', entry.stoppedBy.code);
    }
    this.#lastFunnel = funnel.view(pending.cycle);
    const hashes = inputsHashes ?? NO_HASHES;
    const { cycle, symbols } = pending;
    return { cycle, ranked, candidates, analysis, inputsHashes: hashes, counts: funnel, funnel: this.#lastFunnel, evaluated: symbols.length };
  }

  /** The generator learns from every symbol before any is decided, so that one order of symbols is as good as another. */
  #observe(symbols: readonly string[]): void {
    if (!this.#settings.enableDynamicFeatures) return;
    for (const symbol of symbols) {
      const state = this.#market.state.get(symbol);
      if (state !== null) this.#dynamic.observe(state);
    }
  }

  /** Two rows a symbol, long and short, of every symbol in one tensor. */
  #buildBatch(symbols: readonly string[], past: RecentOutcomes, now: EpochMs): PredictionBatch {
    const width = FEATURE_COUNT;
    const keys = symbols.flatMap((symbol) => SIDES.map((side) => `${symbol} ${side}`));
    const rows = new Float32Array(keys.length * width);
    const bitcoin = this.#market.state.get('BTCUSDT');
    const settings = this.#settings;
    symbols.forEach((symbol, index) => {
      const state = this.#market.state.get(symbol);
      if (state === null) return;
      SIDES.forEach((side, offset) => buildFeatureRow({ state, bitcoin, side, settings }, rows, (index * SIDES.length + offset) * width));
    });
    const moments = symbols.map((symbol): MarketMoment | null => {
      const state = this.#market.state.get(symbol);
      if (state === null) return null;
      const analysis = analyseIct(state, settings, bareContext(now));
      return { state, setUp: analysis.kind === 'candidate' ? { signal: analysis.signal, isSignal: analysis.stoppedBy === null } : null };
    });
    return { cycle: this.#cycle, model: MODEL, schemaHash: FEATURE_SCHEMA_HASH, keys, rows, width, stack: this.#stack.build(moments, past, now) };
  }
}

/** A decision for the feed. */
export function describeDecision(
  signal: Signal,
  outcome: DecisionView['outcome'],
  reason: { readonly code: string; readonly numbers: Readonly<Record<string, number>> } | null,
): Omit<DecisionView, 'inputsHash'> {
  return { signal, outcome, code: reason?.code ?? null, numbers: reason?.numbers ?? {} };
}
