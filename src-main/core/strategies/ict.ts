// The ICT strategy: gate, bias, set-up, trigger, confidence, plan and quality, each with a reason when it says no.
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { NoSignal, Side, Signal } from '../../../src-shared/domain/signal.ts';
import { computeSubScores } from '../features/sub-scores.ts';
import { effectiveRegime } from '../structure/regime-forecast.ts';
import type { SymbolState } from '../structure/symbol-state.ts';
import { judgeBias } from './bias.ts';
import type { Bias } from './bias.ts';
import { dynamicScoreOf, subScoreSpread, tiltConfidence, weighConfidence } from './confidence.ts';
import type { DecisionContext, IctAnalysis, Refusal } from './context.ts';
import { refuse } from './context.ts';
import { buildEvidence } from './evidence.ts';
import { checkGates } from './gates.ts';
import { huntLiquidity } from './liquidity-hunter.ts';
import { planTrade } from './plan.ts';
import { QUALITY_FLOOR, judgeQuality } from './quality.ts';
import type { SetUp } from './setup.ts';
import { findSetUp } from './setup.ts';
import type { Trigger } from './trigger.ts';
import { findTrigger } from './trigger.ts';

type FoundSetUp = Extract<SetUp, { kind: 'found' }>;

/**
 * Runs the six steps on the newest closed candles, and behind its switch the liquidity hunter where they find nothing. Pure: the same
 * state and context give the same answer.
 */
export function analyseIct(state: SymbolState, settings: Settings, context: DecisionContext): IctAnalysis {
  return huntLiquidity(analyseRules(state, settings, context), { state, settings, context });
}

function analyseRules(state: SymbolState, settings: Settings, context: DecisionContext): IctAnalysis {
  const { symbol } = state;
  const { now } = context;
  const gate = checkGates(state, settings, context);
  if (gate !== null) return { kind: 'none', noSignal: gate };
  const bias = judgeBias(state.frames['1h']);
  if (bias.side === null) {
    const numbers = { order: bias.order, slope: bias.slope, structure: bias.structure };
    return { kind: 'none', noSignal: refuse({ symbol, now, step: 'bias', code: 'bias.none', numbers, side: null, closeness: Math.abs(bias.votes) / 2 }) };
  }
  const setUp = findSetUp(state, bias.side, settings);
  if (setUp.kind === 'missing') {
    const { code, numbers, closeness } = setUp;
    return { kind: 'none', noSignal: refuse({ symbol, now, step: 'setup', code, numbers, side: bias.side, closeness }) };
  }
  return completeCandidate({ state, settings, context, bias, side: bias.side, setUp });
}

interface CandidateParts {
  readonly state: SymbolState;
  readonly settings: Settings;
  readonly context: DecisionContext;
  readonly bias: Bias;
  readonly side: Side;
  readonly setUp: FoundSetUp;
}

function completeCandidate(parts: CandidateParts): IctAnalysis {
  const { state, settings, context, bias, side, setUp } = parts;
  const stop = (refusal: Pick<Refusal, 'step' | 'code' | 'numbers' | 'closeness'>): NoSignal =>
    refuse({ symbol: state.symbol, now: context.now, side, ...refusal });
  const outcome = planTrade({ state, side, zone: setUp.zone, now: context.now }, settings);
  if (outcome.kind === 'impossible') return { kind: 'none', noSignal: stop({ step: 'plan', code: outcome.code, numbers: outcome.numbers, closeness: 0.5 }) };
  const trigger = findTrigger(state.frames['5m'], setUp.zone, side);
  const subScores = computeSubScores(state, side, settings);
  const confidence = tiltConfidence(weighConfidence(subScores), { side, settings, context });
  const quality = judgeQuality({
    side,
    barsAgo: trigger.kind === 'fired' ? trigger.barsAgo : 0,
    distanceAtr: setUp.distanceAtr,
    volumeRatio: state.frames['15m'].indicators.volumeRatio.value,
    maxSpread: settings.maxSlippagePercent / 100,
    context,
  });
  const signal: Signal = {
    id: setUpId(state.symbol, side, { setUp, trigger }),
    symbol: state.symbol,
    side,
    decidedAt: context.now,
    strategy: 'ict',
    plan: outcome.plan,
    confidence,
    ictConfidence: confidence,
    uncertainty: subScoreSpread(subScores),
    quality,
    evidence: buildEvidence({
      state,
      regime: effectiveRegime(state.frames['1h'], settings, context.regimeForecast ?? null),
      bias,
      zone: setUp.zone,
      distanceAtr: setUp.distanceAtr,
      rangePosition: setUp.rangePosition,
      trigger,
      subScores,
      targetFrom: outcome.targetFrom,
      dynamicScore: dynamicScoreOf(settings, context),
      fallback: null,
    }),
  };
  return { kind: 'candidate', signal, stoppedBy: firstStop({ trigger, confidence, quality, settings }, stop) };
}

interface Judged {
  readonly trigger: Trigger;
  readonly confidence: number;
  readonly quality: number;
  readonly settings: Settings;
}

function firstStop(judged: Judged, stop: (refusal: Pick<Refusal, 'step' | 'code' | 'numbers' | 'closeness'>) => NoSignal): NoSignal | null {
  const { trigger, confidence, quality, settings } = judged;
  if (trigger.kind === 'waiting') return stop({ step: 'trigger', code: trigger.code, numbers: trigger.numbers, closeness: trigger.closeness });
  if (confidence < settings.minConfidence) {
    return stop({
      step: 'confidence',
      code: 'confidence.too_low',
      numbers: { confidence, minimum: settings.minConfidence },
      closeness: confidence / settings.minConfidence,
    });
  }
  if (quality < QUALITY_FLOOR)
    return stop({ step: 'quality', code: 'quality.too_low', numbers: { quality, minimum: QUALITY_FLOOR }, closeness: quality / QUALITY_FLOOR });
  return null;
}

/**
 * One name per opportunity, made from the market alone: a triggered set-up is named by the close of its trigger candle, one still
 * waiting by its zone's confirmation and the visits it has had. Judging the same candles again gives the same name.
 */
function setUpId(symbol: string, side: Side, found: { readonly setUp: FoundSetUp; readonly trigger: Trigger }): string {
  const { setUp, trigger } = found;
  return trigger.kind === 'fired' ? `${symbol}-${side}-${trigger.time}` : `${symbol}-${side}-${setUp.zone.confirmedTime}-v${setUp.zone.tests}`;
}
