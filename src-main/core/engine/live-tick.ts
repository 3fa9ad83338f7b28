// The live loop's two halves: start a cycle and ask the models; take their answer (or none), rank, review and execute.
import type { Signal, NoSignal, Side, StrategyMode } from '../../../src-shared/domain/signal.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import type { PredictionFailure, PredictionResult } from '../ports.ts';
import type { Result } from '../../../src-shared/kernel/result.ts';
import { review, type RiskRequest } from '../risk/manager.ts';
import type { RecentOutcomes } from '../learning/stack-inputs.ts';
import type { EngineState } from './engine-state.ts';
import { describeDecision, type CycleSurroundings } from './live-loop.ts';
import type { EngineInput } from './messages.ts';
import type { OutputBuilder } from './output.ts';
import { riskFacts } from './risk-facts.ts';

/** Newest finished set-ups the evolver is told of. */
const OUTCOMES_TOLD = 20;
const NOISE_STEPS: readonly string[] = ['trigger', 'confidence', 'quality', 'model', 'rank'];

export function runLiveTick(state: EngineState, now: EpochMs, output: OutputBuilder): void {
  const started = state.live.begin(now, () => recentOutcomes(state));
  if (started.kind === 'ask') output.effect({ kind: 'predict', batch: started.batch });
  if (started.kind === 'decide') concludeCycle(state, null, { now, output });
}

/** Finished and open set-ups, traded or not: what the evolver is told of the past. */
function recentOutcomes(state: EngineState): RecentOutcomes {
  const closed = state.virtual.list('closed', OUTCOMES_TOLD);
  return { recentR: closed.map(({ pnlR }) => pnlR).toReversed(), open: state.virtual.summary().open };
}

export function onPrediction(state: EngineState, input: Extract<EngineInput, { kind: 'prediction' }>, output: OutputBuilder): void {
  if (!state.live.accepts(input.cycle)) return;
  concludeCycle(state, input.result, { now: input.at, output });
}

/** The models did not answer in time: ICT decides alone and says so. */
export function giveUpOnModels(state: EngineState, now: EpochMs, output: OutputBuilder): void {
  if (!state.live.isOverdue(now, state.settings.processTimeoutSeconds * 1000 * state.speed)) return;
  concludeCycle(state, { ok: false, error: { code: 'deadline', uiMessage: 'The models did not answer in time; ICT rules decide alone.' } }, { now, output });
}

interface Moment {
  readonly now: EpochMs;
  readonly output: OutputBuilder;
}

function surroundingsOf(state: EngineState, hasEdge: boolean): CycleSurroundings {
  const open = state.desk.positions().map((position) => ({ symbol: position.symbol, side: position.side }));
  return {
    openSideOf: (symbol): Side | null => open.find((position) => position.symbol === symbol)?.side ?? null,
    correlatedPositions: (symbol) => state.clusters.countCorrelated(symbol, open, state.settings.clusterCorrelation),
    modelHasEdge: hasEdge,
    isWatched: state.isWatched,
  };
}

/** H5 Self-learning trades moments without a set-up: an edge that was shown on set-ups alone is none there. */
export function hasAuthority(answer: Pick<PredictionResult, 'hasEdge' | 'hasEdgeAlone'>, mode: StrategyMode): boolean {
  return mode === 'self_learning' ? answer.hasEdgeAlone === true : answer.hasEdge;
}

function concludeCycle(state: EngineState, answer: Result<PredictionResult, PredictionFailure> | null, { now, output }: Moment): void {
  const result = state.live.conclude(answer, surroundingsOf(state, answer?.ok === true && hasAuthority(answer.value, state.settings.strategyMode)), now);
  if (result === null) return;
  const hashOf = (signal: Signal): string | undefined => result.inputsHashes.get(signal.symbol);
  for (const { signal, stoppedBy } of result.candidates) {
    output.absorb(state.virtual.open(signal, stoppedBy.code, now));
    if (stoppedBy.code === 'model.veto') decide({ signal, outcome: 'vetoed', reason: stoppedBy, inputsHash: hashOf(signal) }, { now, output });
  }
  for (const ranked of result.ranked) {
    state.rememberSignal(ranked.signal);
    if (ranked.verdict === 'execute') execute(state, { signal: ranked.signal, inputsHash: hashOf(ranked.signal) }, { now, output });
    else {
      if (NOISE_STEPS.includes(ranked.stoppedBy?.step ?? ''))
        decide({ signal: ranked.signal, outcome: 'virtual', reason: ranked.stoppedBy, inputsHash: hashOf(ranked.signal) }, { now, output });
      output.absorb(state.virtual.open(ranked.signal, ranked.stoppedBy?.code ?? 'rank', now));
    }
  }
  output.event({ kind: 'analysis', analysis: result.analysis, funnel: result.funnel });
  const impassable = result.evaluated >= 50 ? result.counts.impassableStep : null;
  if (impassable !== null && impassable !== 'bias' && impassable !== 'setup') {
    output.note(now, 'alarm', `All ${result.evaluated} markets stopped at the ${impassable} step.`);
    output.notify({
      topic: 'alarm',
      title: 'No market passes',
      text: `All ${result.evaluated} markets stopped at the ${impassable} step; check data and settings.`,
    });
  }
}

function execute(state: EngineState, { signal, inputsHash }: Pick<Decided, 'signal' | 'inputsHash'>, { now, output }: Moment): void {
  const request = riskRequest(state, signal, now);
  const verdict = request === null ? ({ kind: 'denied', code: 'data_stale', numbers: {} } as const) : review(request);
  if (verdict.kind === 'denied') {
    decide({ signal, outcome: 'denied', reason: verdict, inputsHash }, { now, output });
    output.absorb(state.virtual.open(signal, verdict.code, now));
    return;
  }
  decide({ signal, outcome: 'executed', reason: null, inputsHash }, { now, output });
  output.absorb(state.virtual.open(signal, 'traded', now));
  output.absorb(state.desk.openPosition(verdict.approval, signal, now));
  output.effect({ kind: 'require-symbols', symbols: state.desk.positions().map((position) => position.symbol) });
}

/** Everything the risk manager reads, or null while account or price is unknown. */
export function riskRequest(state: EngineState, signal: Signal, now: EpochMs): RiskRequest | null {
  const facts = riskFacts(state, { symbol: signal.symbol }, now);
  const price = state.market.prices.get(signal.symbol);
  if (facts === null || price === null) return null;
  return {
    ...facts,
    now,
    signal,
    instrument: state.market.instrument(signal.symbol),
    isPaused: state.session.isPaused,
    isSymbolPaused: state.pausedSymbols.has(signal.symbol),
    isByHand: signal.strategy === 'manual',
    hasPendingOrder: state.desk.hasPendingOrder(signal.symbol),
    hasUnknownOrder: state.desk.hasUnknownOrder(signal.symbol),
    quoteVolume24h: price.quoteVolume24h,
    drawdownFraction: state.guard.drawdownFraction,
    atrRatio: state.market.atrRatio(signal.symbol, state.settings.volatilityWindowDays),
    atrToMedian: state.market.atrToMedian(signal.symbol),
    record: state.tradeRecord(signal.symbol),
  };
}

interface Decided {
  readonly signal: Signal;
  readonly outcome: 'executed' | 'virtual' | 'denied' | 'vetoed';
  readonly reason: { readonly code: string; readonly numbers: Readonly<Record<string, number>> } | NoSignal | null;
  /** Absent for a trade by hand. */
  readonly inputsHash?: string | undefined;
}

export function decide({ signal, outcome, reason, inputsHash }: Decided, { now, output }: Moment): void {
  const decision = { ...describeDecision(signal, outcome, reason), ...(inputsHash === undefined ? {} : { inputsHash }) };
  output.event({ kind: 'decision', decision });
  output.record({
    time: now,
    kind: 'decision',
    positionId: null,
    symbol: signal.symbol,
    summary: `${signal.symbol}: ${signal.side} ${outcome}${reason === null ? '' : ` (${reason.code})`}, confidence ${(signal.confidence * 100).toFixed(0)} %`,
    data: decision,
  });
  if (outcome === 'executed')
    output.notify({
      topic: 'trade',
      title: `${signal.symbol} ${signal.side}`,
      // A person's conviction is no confidence of a signal.
      text: `${signal.strategy === 'manual' ? 'Opened by hand' : `Signal with confidence ${(signal.confidence * 100).toFixed(0)} % is being traded`}; stop ${signal.plan.stop.toPrecision(6)}, target ${signal.plan.target.toPrecision(6)}.`,
    });
}
