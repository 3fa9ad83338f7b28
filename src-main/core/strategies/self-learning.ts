// The self-learning strategy: the model chooses the side; without a proven model ICT decides and the signal says so.
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { ModelOpinion, Side, Signal, TradePlan } from '../../../src-shared/domain/signal.ts';
import { computeSubScores } from '../features/sub-scores.ts';
import { unit } from '../features/scale.ts';
import { breakEvenOf } from './break-even.ts';
import { effectiveRegime } from '../structure/regime-forecast.ts';
import type { SymbolState } from '../structure/symbol-state.ts';
import { weighConfidence } from './confidence.ts';
import type { DecisionContext, IctAnalysis } from './context.ts';
import { refuse } from './context.ts';
import { checkGates } from './gates.ts';
import { analyseIct } from './ict.ts';
import { buildPlan } from './plan.ts';
import { QUALITY_FLOOR, judgeQuality } from './quality.ts';

const STOP_ATR = 1.5;
/** The model must see the chosen side this far above what its plan needs to earn its costs: the same break-even its edge was judged by. */
const EDGE_NEEDED = 0.04;

/**
 * With opinions on both sides from a model whose calibration has passed: the side further above break-even, stop at 1.5 ATR of 15m,
 * target at the reward ratio; it must stand above the break-even of that plan after costs; confidence = the calibrated probability of that side. One decision per 15m candle.
 */
export function analyseSelfLearning(state: SymbolState, settings: Settings, context: DecisionContext): IctAnalysis {
  const { long, short } = context.opinions;
  if (long === null || short === null) return ictInstead(state, settings, { context, why: context.fallback ?? 'The model gave no answer; ICT decides alone.' });
  if (!context.modelHasEdge) return ictInstead(state, settings, { context, why: 'The model has shown no edge where there is no set-up; ICT decides alone.' });
  const gate = checkGates(state, settings, context);
  if (gate !== null) return { kind: 'none', noSignal: gate };
  const side: Side = long.winProbability > short.winProbability ? 'long' : 'short';
  const opinion = side === 'long' ? long : short;
  const plan = planAtMarket(state, side, { settings, now: context.now });
  const needed = breakEvenOf(plan) + EDGE_NEEDED;
  if (opinion.winProbability < needed || long.winProbability === short.winProbability) {
    const numbers = { long: long.winProbability, short: short.winProbability, needed };
    return {
      kind: 'none',
      noSignal: refuse({
        symbol: state.symbol,
        now: context.now,
        step: 'model',
        code: 'model.no_edge_now',
        numbers,
        side,
        closeness: opinion.winProbability / needed,
      }),
    };
  }
  return candidateOf({ state, side, opinion, plan }, settings, context);
}

function ictInstead(state: SymbolState, settings: Settings, given: { readonly context: DecisionContext; readonly why: string }): IctAnalysis {
  const analysis = analyseIct(state, settings, given.context);
  if (analysis.kind === 'none') return analysis;
  return { ...analysis, signal: { ...analysis.signal, strategy: 'self_learning', evidence: { ...analysis.signal.evidence, fallback: given.why } } };
}

function stopDistanceOf(state: SymbolState, settings: Settings): number {
  return Math.max(STOP_ATR * state.frames['15m'].atr, settings.minStopDistancePercent / 100);
}

function planAtMarket(state: SymbolState, side: Side, { settings, now }: { readonly settings: Settings; readonly now: DecisionContext['now'] }): TradePlan {
  const stopDistance = stopDistanceOf(state, settings);
  return buildPlan({ side, entry: state.frames['5m'].close, entryKind: 'market', stopDistance, targetR: settings.rewardRiskRatio, now }, settings);
}

function candidateOf(
  chosen: { readonly state: SymbolState; readonly side: Side; readonly opinion: ModelOpinion; readonly plan: TradePlan },
  settings: Settings,
  context: DecisionContext,
): IctAnalysis {
  const { state, side, opinion, plan } = chosen;
  const { '5m': five, '15m': fifteen } = state.frames;
  const stopDistance = stopDistanceOf(state, settings);
  const subScores = computeSubScores(state, side, settings);
  const barsAgo = (five.book.lastCloseTime - fifteen.book.lastCloseTime) / five.book.stepMs;
  const quality = judgeQuality({
    side,
    barsAgo,
    distanceAtr: 0,
    volumeRatio: fifteen.indicators.volumeRatio.value,
    maxSpread: settings.maxSlippagePercent / 100,
    context,
  });
  const signal: Signal = {
    id: `${state.symbol}-${side}-${fifteen.book.lastCloseTime}`,
    symbol: state.symbol,
    side,
    decidedAt: context.now,
    strategy: 'self_learning',
    plan,
    confidence: unit(opinion.winProbability * (context.modelDiscount ?? 1)),
    ictConfidence: weighConfidence(subScores),
    uncertainty: unit(opinion.high - opinion.low),
    quality,
    evidence: {
      regime: effectiveRegime(state.frames['1h'], settings, context.regimeForecast ?? null).regime,
      subScores,
      zone: null,
      trigger: 'the model sees an edge at this 15m close',
      facts: [
        { label: 'proposed by', value: `${opinion.model} ${opinion.version}` },
        { label: 'win probability', value: opinion.winProbability * 100, unit: '%' },
        { label: '15m ATR', value: fifteen.atr * 100, unit: '% of price' },
        { label: '1h ADX', value: state.frames['1h'].indicators.adx.value },
      ],
      opinions: [{ ...opinion, effect: 'confirmed' }],
      fallback: null,
    },
  };
  const stop = (step: 'confidence' | 'quality' | 'plan', code: string, numbers: Readonly<Record<string, number>>): IctAnalysis => ({
    kind: 'candidate',
    signal,
    stoppedBy: refuse({ symbol: state.symbol, now: context.now, step, code, numbers, side, closeness: 0.5 }),
  });
  const maximum = settings.maxStopDistancePercent / 100;
  if (stopDistance > maximum) return stop('plan', 'plan.stop_too_far', { stopPercent: stopDistance * 100, maximumPercent: settings.maxStopDistancePercent });
  if (signal.confidence < settings.minConfidence)
    return stop('confidence', 'confidence.too_low', { confidence: signal.confidence, minimum: settings.minConfidence });
  if (quality < QUALITY_FLOOR) return stop('quality', 'quality.too_low', { quality, minimum: QUALITY_FLOOR });
  return { kind: 'candidate', signal, stoppedBy: null };
}
