// The hybrid strategy: ICT proposes, models judge; without an opinion ICT decides alone and says so.
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { Fact, ModelOpinion, NoSignal, Signal } from '../../../src-shared/domain/signal.ts';
import type { SymbolState } from '../structure/symbol-state.ts';
import { blendOpinion } from './confidence.ts';
import type { Blend } from './confidence.ts';
import type { DecisionContext, IctAnalysis } from './context.ts';
import { refuse } from './context.ts';
import { analyseIct } from './ict.ts';

/** ICT's candidate after the models spoke. The ICT confidence stays beside the blended one. */
export function analyseHybrid(state: SymbolState, settings: Settings, context: DecisionContext): IctAnalysis {
  const analysis = analyseIct(state, settings, context);
  if (analysis.kind === 'none') return analysis;
  const { signal } = analysis;
  const opinion = context.opinions[signal.side];
  if (opinion === null) return { ...analysis, signal: withoutModel(signal, context.fallback ?? 'The model gave no answer for this side.') };
  const blend = blendOpinion(signal.ictConfidence, opinion, {
    modelWeight: settings.hybridModelWeight,
    vetoProbability: settings.hybridVetoProbability,
    rewardRisk: signal.plan.rewardRisk,
    hasEdge: context.modelHasEdge,
    discount: context.modelDiscount ?? 1,
  });
  const judged: Signal = {
    ...signal,
    strategy: 'hybrid',
    confidence: blend.confidence,
    uncertainty: blend.uncertainty,
    evidence: {
      ...signal.evidence,
      facts: [...signal.evidence.facts, ...judgement({ analysis, blend, opinion })],
      opinions: [{ ...opinion, effect: blend.effect }],
      ictAlone: analysis.stoppedBy === null,
    },
  };
  return { kind: 'candidate', signal: judged, stoppedBy: stopAfterModel({ analysis, blend, opinion }, settings, context) };
}

function withoutModel(signal: Signal, fallback: string): Signal {
  return { ...signal, strategy: 'hybrid', evidence: { ...signal.evidence, fallback } };
}

/** Who proposed, who changed or vetoed it, and by how much. */
function judgement({ analysis, blend, opinion }: JudgedAnalysis): readonly Fact[] {
  const { ictConfidence } = analysis.signal;
  const change = (blend.confidence - ictConfidence) * 100;
  return [
    { label: 'proposed by', value: 'ICT' },
    { label: 'ICT alone', value: analysis.stoppedBy === null ? 'would trade' : `would not: ${analysis.stoppedBy.code}` },
    { label: 'ICT confidence', value: ictConfidence * 100, unit: '%' },
    { label: 'confidence changed by the model', value: change, unit: 'points' },
    { label: 'model', value: `${opinion.model} ${opinion.version}` },
  ];
}

interface JudgedAnalysis {
  readonly analysis: Extract<IctAnalysis, { kind: 'candidate' }>;
  readonly blend: Blend;
  readonly opinion: ModelOpinion;
}

/**
 * A model can rescue a candidate from too little ICT confidence when it lifts it over the minimum that stopped it, never from a missing
 * trigger or poor quality.
 */
function stopAfterModel(judged: JudgedAnalysis, settings: Settings, context: DecisionContext): NoSignal | null {
  const { analysis, blend, opinion } = judged;
  const stopped = analysis.stoppedBy;
  const { symbol, side } = analysis.signal;
  const stop = (code: string, numbers: Readonly<Record<string, number>>, closeness: number): NoSignal =>
    refuse({ symbol, now: context.now, step: 'model', code, numbers, side, closeness });
  if (stopped !== null && stopped.step !== 'confidence') return stopped;
  if (blend.effect === 'vetoed') {
    return stop(
      'model.veto',
      { winProbability: opinion.winProbability, needed: settings.hybridVetoProbability },
      opinion.winProbability / settings.hybridVetoProbability,
    );
  }
  const minimum = stopped?.numbers['minimum'] ?? settings.minConfidence;
  if (blend.confidence >= minimum) return null;
  if (stopped !== null) return stopped;
  return stop(
    'model.lowered',
    { confidence: blend.confidence, ictConfidence: analysis.signal.ictConfidence, minimum: settings.minConfidence },
    blend.confidence / settings.minConfidence,
  );
}
